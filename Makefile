# Jiban 即办. `make run` and `make test` work on a bare machine with Python 3.11; everything else comes from the lock files.
PYTHON ?= python3.11
PORT ?= 8000
DEMO ?= sqlite:///data/demo.db
BIN = .venv/bin
# Where tests keep the databases that nothing outlives: in memory where there is plenty of it.
SCRATCH = $(shell free=$$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}'); \
	if [ -w /dev/shm ] && [ "$${free:-0}" -ge 4096 ] && ! grep -q ' /dev/shm .*noexec' /proc/mounts; then echo /dev/shm; else echo "$${TMPDIR:-/tmp}"; fi)

.PHONY: help setup run cluster browser test journeys shots contract kernel oracle model walks kills rush accounts faults backups lint words bench lock vendor clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/development ## the virtual environment .venv, nothing else

run: export JIBAN_DATABASE = $(DEMO)
run: .venv/runtime ## a demonstration in data/demo.db: migrate, deploy the shelf and serve http://127.0.0.1:$PORT
	@echo "This is a demonstration 演示 with invented people and cases, in $(DEMO); a real office runs jiban serve."
	$(BIN)/jiban migrate
	$(BIN)/jiban deploy
	PORT=$(PORT) $(BIN)/jiban serve --demo

cluster: .venv/development ## three nodes on ports 8001-8003 over a PostgreSQL of their own in data/postgres, to try a cluster
	$(BIN)/python -m services.bench.trial data/postgres

browser: ## Chromium and a Chinese font, which the tests of the pages need: installed where apt-get can, else named
	@if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fontconfig fonts-noto-cjk >/dev/null; \
	else echo "make: the tests need Chromium and a Chinese font (Debian: apt-get install chromium fontconfig fonts-noto-cjk)" >&2; exit 1; fi

test journeys kernel oracle model walks kills rush accounts faults backups: export TMPDIR = $(SCRATCH)

test: .venv/development ## all tests but those below, on SQLite and on a PostgreSQL started for them
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not browser"

journeys: .venv/development browser ## the pages in a real browser: days in the hall by mouse and by keys, the drawing board, axe on every page
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m browser tests/journeys

shots: .venv/development browser ## a picture of every page, wide and narrow, in data/shots, to be looked at
	$(BIN)/python -m tests.journeys.shots data/shots

contract: .venv/development ## schemathesis against the API's description, with both sorts of token, in a few minutes
	JIBAN_CONTRACT=20 $(BIN)/python -m pytest -q -n 2 tests/services/web/test_description_holds.py

kernel: .venv/development ## 9,000 random processes on our kernel and on stock SpiffWorkflow, and cases sent back in as many, in a few minutes
	JIBAN_PROCESSES=9000 $(BIN)/python -m pytest -q -n auto tests/engine/process/test_against_stock.py tests/engine/process/test_returning_random.py

oracle: .venv/development ## 100,000 deadlines and their accounts against a slow walk from day to day, in a few minutes
	JIBAN_ORACLE_QUESTIONS=100000 $(BIN)/python -m pytest -q -n auto tests/engine/test_limits_walk.py

model: .venv/development ## 5,000 random lives of a case, 40 moves each, against a small model of the law, in about an hour
	JIBAN_MODEL_RUNS=5000 $(BIN)/python -m pytest -q -n auto --dist worksteal tests/services/test_time_model.py

walks: .venv/development ## 500 random walks of each process with random verbs by random people, in about half an hour
	JIBAN_WALKS=500 $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/services/test_verb_walks.py

kills: .venv/development ## kill the server fifty times while eight clerks work, in about a minute
	JIBAN_KILLS=50 $(BIN)/python -m pytest -q tests/faults/test_killed_server.py

rush: .venv/development ## fifty clerks complete the same 2,000 tasks at once through HTTP, on each database
	JIBAN_RUSH=2000 $(BIN)/python -m pytest -q tests/faults/test_rush.py

accounts: .venv/development ## 2,000 cases on three nodes that are killed while a receiver is told of them, every delivery accounted for
	JIBAN_TOLD_CASES=2000 $(BIN)/python -m pytest -q -s tests/faults/test_cluster_accounts.py

backups: .venv/development ## twenty backups while eight people work, each restored and verified, on each database
	JIBAN_BACKUPS=20 $(BIN)/python -m pytest -q tests/services/backup

FAULTS = JIBAN_KILLS=1000 JIBAN_TRANSITIONS=100000 JIBAN_NODE_KILLS=200 JIBAN_DATABASE_KILLS=50 JIBAN_CASES=20000 JIBAN_TOLD_CASES=2000 \
	JIBAN_FAILPOINTS=10000 JIBAN_FREEZES=500 JIBAN_CUTS=1000 JIBAN_LOST_ANSWERS=10000 JIBAN_MUTATIONS=10000 JIBAN_JUMPS=200 \
	JIBAN_DISK_FAILURES=500 JIBAN_TAMPERINGS=5000 JIBAN_FIGURES=data/faults/reached.jsonl

faults: .venv/development ## every fault in its full size, judged by verify, in some seventy minutes; figures in data/faults
	@rm -f data/faults/reached.jsonl
	@$(FAULTS) $(BIN)/python -m pytest -q -s tests/faults; status=$$?; \
	  $(BIN)/python -m tests.faults.reached data/faults/reached.jsonl; exit $$status

lint: .venv/development ## style, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/mypy engine services webhooks
	$(BIN)/lint-imports

words: .venv/development ## gather the words of the interface in services/web/words/interface.pot, for translators
	PYTHONPATH=. $(BIN)/pybabel -q extract -F pyproject.toml --no-location --omit-header -o services/web/words/interface.pot .

bench: .venv/development ## what a step costs: kernel, store, timers, clocks, inbox, cluster
	$(BIN)/jiban bench kernel
	$(BIN)/jiban bench store
	$(BIN)/jiban bench timers
	$(BIN)/jiban bench clocks
	$(BIN)/jiban bench inbox
	$(BIN)/jiban bench cluster

lock: .venv/development ## resolve setup.cfg anew into the two lock files
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements.lock
	$(BIN)/uv pip compile setup.cfg --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements-dev.lock

vendor: ## build services/web/static/vendor from libraries of others (needs Node and the network; nobody else does)
	folder=$$(mktemp -d) && cp -r services/web/vendoring/. $$folder && cd $$folder && npm ci --no-audit --no-fund \
	  && node build.mjs $(CURDIR)/services/web/static/vendor && rm -rf $$folder

clean: ## remove the virtual environment and caches; the database in data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed (Debian: apt-get install python3.11 python3.11-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: Python lacks venv (Debian: apt-get install python3.11-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# A marker file per set of packages: development is runtime and more.
.venv/runtime: .venv/bin/python requirements.lock setup.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/development: .venv/bin/python requirements-dev.lock setup.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ .venv/runtime

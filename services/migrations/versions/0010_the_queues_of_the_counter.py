"""What the queues of the counter are read by: a task's place, phase and the instants its lamp turns; what an ended case awaits;
by which an applicant is searched for; who has decided a task. Phases and instants are the engine's to say: the pass that folds
every case anew (`services.refolding`) fills them in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NEVER = "253402214400000000"
_BY_BYTES = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
_BY = {"postgresql": "(convert_from(body, 'UTF8')::json) ->> 'by'", "sqlite": "json_extract(CAST(body AS TEXT), '$.by')"}


def upgrade() -> None:
    _add_columns()
    _fill()
    _index()


def _add_columns() -> None:
    for name, length in (("park", 100), ("department", 100), ("process", 200), ("phase", 10)):
        op.add_column("task", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    for name in ("warns_at", "late_at"):
        op.add_column("task", sa.Column(name, sa.BigInteger(), nullable=False, server_default=_NEVER))
    for name, kind in (("awaits", sa.String(length=20)), ("applicant_name", _BY_BYTES), ("credit_code", sa.String(length=18))):
        op.add_column("case", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("fact", sa.Column("doer", sa.String(length=100), nullable=True))


def _fill() -> None:
    """What the rows beside say; and that every case is to be folded anew, also where an earlier pass had begun."""
    for name in ("park", "department", "process"):
        op.execute(f'UPDATE task SET {name} = (SELECT "case".{name} FROM "case" WHERE "case".id = task.case_id)')
    op.execute("UPDATE task SET department = unit WHERE unit <> ''")
    op.execute(f"UPDATE fact SET doer = {_BY[op.get_bind().dialect.name]} WHERE decides IS NOT NULL")
    op.execute("DELETE FROM counter WHERE name = 'refolded'")
    op.execute("INSERT INTO counter (name, value) SELECT 'refolded', 0 WHERE EXISTS (SELECT 1 FROM \"case\")")


def _index() -> None:
    for places in ((), ("process",), ("park",), ("department",), ("park", "department"), ("park", "process")):
        rest = ["phase", "late_at", "case_id", "token", "warns_at", "department" if "process" in places else "process"]
        _partial("_".join(("ix_task_offered", *places)), "task", ["role", *places, *rest], "assignee IS NULL")
    _partial("ix_task_held", "task", ["assignee", "phase", "late_at", "case_id", "token", "warns_at"], "assignee IS NOT NULL")
    for places in ((), ("park",), ("department",), ("park", "department")):
        _partial("_".join(("ix_case_awaits", *places)), "case", ["awaits", *places, "id", "process"], "awaits <> ''")
    _partial("ix_case_applicant_name", "case", ["applicant_name", "id"], "applicant_name <> ''")
    _partial("ix_case_credit_code", "case", ["credit_code", "id"], "credit_code <> ''")
    _partial("ix_fact_doer", "fact", ["doer", "at", "case_id", "seq"], "doer IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=False, postgresql_where=sa.text(where), sqlite_where=sa.text(where))

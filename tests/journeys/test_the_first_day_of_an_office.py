"""A real office begins: its first administrator is made at the machine, signs in to the pages and enters a colleague."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from services.database import connect
from services.office import Office
from services.settings import Settings
from services.web.app import create_app
from tests.journeys.browser import Hall, Machine, served
from tests.services.staff import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def founded(sqlite_url: str, office: Office, browser: Browser, tmp_path: Path) -> Iterator[Hall]:
    """An office with the administrator that `jiban init` has made."""
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    subprocess.run([sys.executable, "-m", "services.cli", "init", "张敏", "张敏", "--unit", "市数据局", "--password-file",
                    str(tmp_path / "password")], env={**os.environ, "JIBAN_DATABASE": sqlite_url}, check=True)
    database, own = connect(sqlite_url), replace(office, cache=OrderedDict())
    machine = Machine(at=datetime.now(UTC))  # `init` reads the machine's clock, and from today on he is in office
    app = create_app(database, own, Settings(), clock=machine)
    with served(app) as address:
        hall = Hall(address=address, database=database, office=own, machine=machine, browser=browser, app=app)
        yield hall
        for visit in hall.visits:
            visit.page.context.close()
            assert visit.unexcused() == []
    database.dispose()


def test_whoever_has_lost_his_session_signs_in_and_is_back_at_his_page(founded: Hall) -> None:
    page = (visit := founded.visit()).page
    visit.become("张敏", founded.machine())
    visit.go("/administration/people/enter")

    page.context.clear_cookies()
    page.reload()
    page.get_by_label("账号").fill("张敏")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="登记人员")).to_be_visible()
    assert page.url.endswith("/administration/people/enter")


def test_the_first_administrator_signs_in_with_his_password_and_lands_where_he_wanted(founded: Hall) -> None:
    page = (visit := founded.visit()).page
    visit.excused.append("422")
    visit.go("/administration/people")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()

    page.get_by_label("账号").fill("张敏")
    page.get_by_label("密码").fill("不对的密码")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不正确")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="人员与岗位")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("演示")
    page.locator(".me summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()

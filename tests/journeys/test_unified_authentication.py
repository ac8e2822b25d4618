"""A clerk signs in by unified authentication 统一身份认证 in a real browser, at a provider of another site, by keys alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from services import account_links
from services.administering import Instruction
from services.database import connect, writing
from services.office import Office
from services.oidc.client import Client
from services.settings import RETURN_PATH, Settings
from services.web.app import create_app
from services.web.door import Door, hang
from tests.journeys.browser import MACHINE, PHONE, Hall, Machine, Visit, served
from tests.journeys.test_every_page import ASK, AXE
from tests.services.staff import hire
from tests.services.unified import SUBJECT, Unified, unified

pytestmark = pytest.mark.browser


@pytest.fixture
def there() -> Iterator[Unified]:
    """The provider, at 127.0.0.1."""
    with unified(MACHINE) as listening:
        yield listening


@pytest.fixture
def named(sqlite_url: str, office: Office, browser: Browser, there: Unified) -> Iterator[Hall]:
    """An office at localhost, which is another site to a browser; 周凯 is linked, 陈静 is not."""
    database, own, machine = connect(sqlite_url), replace(office, cache=OrderedDict()), Machine()
    with writing(database) as connection:
        hire(connection, "张", "system_admin"), hire(connection, "周凯", "clerk")
        account_links.link(connection, Instruction(by="张", now=MACHINE), "周凯", issuer=there.issuer, subject=SUBJECT)
    app = create_app(database, own, Settings(), clock=machine)
    with served(app) as address:
        here = address.replace("127.0.0.1", "localhost")
        there.return_to = f"{here}{RETURN_PATH}"
        hang(app, Door(database=database, office=own, settings=Settings(), clock=machine, vouching=Client(there.provider())))
        hall = Hall(address=here, database=database, office=own, machine=machine, browser=browser, app=app)
        yield hall
        for visit in hall.visits:
            visit.page.context.close()
            assert visit.unexcused() == []
    database.dispose()


def to_the_button(hall: Hall, there: Unified, **given: object) -> Visit:
    """Somebody wants a page, is sent to sign in, and goes to the button by keys."""
    visit = hall.visit(**given)  # type: ignore[arg-type]
    visit.excused.append(f"asks another address: http://127.0.0.1:{there.port}/authorize?")
    visit.go("/search?q=岳阳")
    visit.tab_to(visit.page.get_by_role("link", name="统一身份认证登录"))
    return visit


def test_a_clerk_signs_in_by_keys_alone_and_is_on_the_page_he_wanted(named: Hall, there: Unified) -> None:
    # given a clerk who wanted a page, at the button
    visit = to_the_button(named, there)

    # when he presses it, and the provider knows him
    visit.key("Enter")

    # then he is on that page, with a visit like any other and nothing left of the attempt
    visit.page.wait_for_url("**/search?q=*")
    expect(visit.page.get_by_text("周凯某")).to_be_visible()
    kept = {each["name"]: each for each in visit.page.context.cookies()}
    assert kept["jiban"]["httpOnly"] and kept["jiban"]["sameSite"] == "Lax" and "jiban_oidc" not in kept


def test_whoever_is_not_linked_reads_what_to_tell_whom(named: Hall, there: Unified) -> None:
    # given somebody with a telephone, whom the provider knows and the office does not
    there.subject = "330102"
    visit = to_the_button(named, there, size=PHONE)
    visit.excused.append("403")

    # when he presses the button
    visit.key("Enter")

    # then he is told his subject and whom to turn to, within the width of his telephone
    expect(visit.page.get_by_role("alert")).to_contain_text("标识“330102”")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_the_page_to_sign_in_with_the_button_can_be_used_by_everybody(named: Hall, there: Unified) -> None:
    visit = named.visit(bypass_csp=True)  # axe is brought in by the test
    visit.go("/sign-in")
    visit.page.evaluate(AXE.read_text())

    assert visit.page.evaluate(ASK) == []

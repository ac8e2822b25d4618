"""What whoever works by keys, or is disturbed by them, can count on at every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Hall
from tests.journeys.hands import Keys, Mouse, become, begin

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.id"


def keys_of(page: Page) -> list[str]:
    """The keys the dialog lists."""
    return page.locator("#keys dt").all_inner_texts()


def test_the_dialog_lists_the_keys_of_the_page_keeps_the_focus_and_gives_it_back(hall: Hall) -> None:
    hand = begin(hall, Keys, "陈静")
    page = hand.visit.page

    hand.press(page.locator("#keys-open"))
    listed = keys_of(page)
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")

    assert {"J · K", "/", "\\", "[", "]"} <= set(listed)
    expect(page.locator("#keys")).not_to_be_visible()
    expect(page.locator("#keys-open")).to_be_focused()


def test_keys_of_a_single_sign_stay_switched_off_for_whoever_wants_none_until_he_wants_them_again(hall: Hall) -> None:
    hand = begin(hall, Keys, "陈静")
    page = hand.visit.page
    hand.visit.key("?")
    expect(page.locator("#keys input")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")

    for pressed in ("?", "/", "j", "\\"):  # and after the page was loaded anew
        hand.visit.key(pressed)
        expect(page.locator("#keys")).not_to_be_visible()
        expect(page.locator("body")).to_be_focused()  # a browser takes the focus off what it hides only when it draws anew
        page.reload()
    become(hand, "周凯")
    hand.visit.key("/")
    expect(page.locator("#find")).to_be_focused()

    become(hand, "陈静")
    hand.press(page.locator("#keys-open"))
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.locator("#keys-open").blur()
    hand.visit.key("/")
    expect(page.locator("#find")).to_be_focused()


def test_the_first_key_leads_past_the_menu_to_the_page_itself(hall: Hall) -> None:
    hand = begin(hall, Mouse, "陈静")
    page = hand.visit.page
    page.reload()

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_focus_stays_where_it_is_when_the_counts_are_fetched_anew(hall: Hall) -> None:
    hand = begin(hall, Keys, "陈静")
    page = hand.visit.page
    hand.visit.tab_to(page.locator("#queues").get_by_role("link", name="已超期"))
    before = page.evaluate(FOCUSED)

    with page.expect_response("**/counts"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('jiban:tick'))")
    page.wait_for_timeout(200)

    assert before and page.evaluate(FOCUSED) == before

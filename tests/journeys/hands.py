"""Two ways to work with a page: with the mouse, and by the keyboard alone.

A story told with a hand is told with both, and once it has begun it goes to no page by its address: whoever cannot be reached
from where one stands fails it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Hall, Visit

_ORDERS = ("ymd", "mdy", "dmy")
"""In which a browser may ask for the parts of a day: the language it was installed with decides."""


class Hand(Protocol):
    """What somebody does with something he sees."""

    visit: Visit

    def press(self, wanted: Locator) -> None:
        """Follow a link, press a button, open what is folded."""

    def fill(self, wanted: Locator, text: str) -> None:
        """Write in a field, instead of what is there."""

    def date(self, wanted: Locator, day: str) -> None:
        """Fill in a day, as ISO 8601 has it, whatever order the browser asks its parts in."""

    def choose(self, wanted: Locator, place: int) -> None:
        """Take one of the options of a list, counted from the first, which says that one should choose."""

    def check(self, wanted: Locator) -> None:
        """Tick a box, or one of several circles."""


@dataclass
class Mouse:
    """The mouse, and the keyboard for what is written."""

    visit: Visit

    def press(self, wanted: Locator) -> None:
        wanted.click()

    def fill(self, wanted: Locator, text: str) -> None:
        wanted.fill(text)

    def date(self, wanted: Locator, day: str) -> None:
        wanted.fill(day)

    def choose(self, wanted: Locator, place: int) -> None:
        wanted.select_option(index=place)

    def check(self, wanted: Locator) -> None:
        wanted.check()


@dataclass
class Keys:
    """The keyboard alone: the Tab key goes to everything, and shows where it is."""

    visit: Visit

    def press(self, wanted: Locator) -> None:
        self.visit.tab_to(wanted)
        self.visit.page.keyboard.press("Enter")

    def fill(self, wanted: Locator, text: str) -> None:
        self.visit.tab_to(wanted)
        self.visit.page.keyboard.press("Control+a")
        self.visit.page.keyboard.insert_text(text)

    def date(self, wanted: Locator, day: str) -> None:
        self.visit.tab_to(wanted)
        parts, keyboard = dict(zip("ymd", day.split("-"), strict=True)), self.visit.page.keyboard
        for order in _ORDERS:
            for part in order:
                keyboard.type(parts[part])  # month and day, once full, lead on by themselves
                if part == "y":
                    keyboard.press("ArrowRight")
            if wanted.input_value() == day:
                break
            for _ in "md":
                keyboard.press("ArrowLeft")
        expect(wanted).to_have_value(day)

    def choose(self, wanted: Locator, place: int) -> None:
        self.visit.tab_to(wanted)
        self.visit.page.keyboard.press("Home")
        for _ in range(place):
            self.visit.page.keyboard.press("ArrowDown")

    def check(self, wanted: Locator) -> None:
        self.visit.tab_to(wanted)
        self.visit.page.keyboard.press("Space")


BOTH = [Mouse, Keys]


def begin(hall: Hall, kind: type[Mouse] | type[Keys], person: str, *, wanted: str = "/") -> Hand:
    """Somebody comes to the demonstration and becomes a person of it."""
    hand = kind(hall.visit())
    hand.visit.go(wanted)
    become(hand, person)
    return hand


def become(hand: Hand, person: str) -> None:
    """Be somebody else from now on, by the bar."""
    page = hand.visit.page
    hand.press(page.locator(".demo-people summary"))
    hand.press(page.locator(".demo-people").get_by_role("button", name=re.compile(f"^{person}")))
    expect(page.locator(".demo-who")).to_contain_text(f"您现在是 {person}")
    page.wait_for_load_state()


def find(hand: Hand, text: str) -> None:
    """Look for a case and open it."""
    page = hand.visit.page
    hand.fill(page.locator("#find"), text)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(search|cases)"))
    if "/search" in page.url:
        hand.press(page.locator("tr[data-row] a").first)
    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()


def button(page: Page, name: str) -> Locator:
    """A button of the page itself, whatever key stands on it."""
    return page.locator("main").get_by_role("button", name=re.compile(f"^{name}")).first


def link(page: Page, name: str) -> Locator:
    """A link of the page itself."""
    return page.locator("main").get_by_role("link", name=re.compile(f"^{name}")).first


def menu(page: Page, name: str) -> Locator:
    """An entry of the menu."""
    return page.locator(".menu").get_by_role("link", name=name)

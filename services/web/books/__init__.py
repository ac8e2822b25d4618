"""The books an office keeps about itself: people, contacts, limits, policies, lists …, each a table with history and acts.

A book says what its columns are, where its rows come from and what may be done; one set of pages (`pages.administration`)
shows them all, so that every book looks, is searched and is refused the same way. The use cases decide; a book only asks.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.web.books import (
    accounts,
    assessments,
    calendar,
    catalogue,
    connectors,
    contacts,
    credit,
    dead_letters,
    empowerment,
    endpoints,
    limits,
    linkage,
    lists,
    mandates,
    people,
    platform_messages,
    platforms,
    policies,
    undertakings,
)
from services.web.books.book import Book
from services.web.books.shelves import SHELVES as SHELVES

BOOKS: Mapping[str, Book] = {book.name: book for book in (
    people.BOOK, accounts.BOOK, contacts.BOOK, mandates.BOOK,
    catalogue.MATTERS, catalogue.BUNDLES, catalogue.SUPERVISION, catalogue.PARKS, catalogue.DEPARTMENTS,
    catalogue.SYSTEMS,
    limits.LIMITS_BOOK, limits.COMMITMENTS, policies.BOOK, calendar.BOOK,
    empowerment.BOOK, lists.BOOK, assessments.BOOK, linkage.LINKAGE,
    linkage.RECTIFICATIONS, undertakings.BOOK, credit.BOOK, endpoints.BOOK, dead_letters.BOOK, platforms.BOOK,
    platform_messages.BOOK, connectors.BOOK)}
"""All of them by the name in their address, in the order of the menu."""

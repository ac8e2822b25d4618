"""The books an office keeps about itself: people, contacts, limits, policies, lists …, each a table with history and acts.

A book says what its columns are, where its rows come from and what may be done; one pair of pages (`pages.administration`)
shows them all, so that every book looks, is searched and is refused the same way. The use cases decide; a book only asks.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.web.books import contacts, people
from services.web.books.book import Book

BOOKS: Mapping[str, Book] = {book.name: book for book in (people.BOOK, contacts.BOOK)}
"""All of them by the name in their address, in the order of the menu."""

"""The contact book 联络表: who is told when a deadline lapses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.ladder import Rank
from services import contacts
from services.contact_sheets import WORDS
from services.contacts import Contact, NewContact
from services.web.books.book import Act, Asked, Book, Row
from services.web.books.forms import asking, line, one_of, text
from services.web.books.shelves import PEOPLE

_KEEPERS = frozenset({"department_admin", "park_admin", "system_admin"})
_RANKS = {rank.value: WORDS[rank] for rank in Rank}


def _rows(asked: Asked) -> Sequence[Row]:
    person = asked.office.people.persons.get(asked.by)
    found = contacts.contacts(asked.connection, viewer_unit=person.unit if person else None, with_history=asked.with_history)
    return [_row(each) for each in found]


def _row(contact: Contact) -> Row:
    return Row(key=f"{contact.rank.value}:{contact.unit}", is_over=contact.until is not None,
               cells=(contact.unit, WORDS[contact.rank], contact.name, contact.title, contact.office_phone, contact.mobile,
                      contact.note, contact.entered_by),
               acts=() if contact.until else ("replace", "end"))


def _form(asked: Asked) -> Mapping[str, Any]:
    return asking(("unit", "rank", "name"), unit=line("单位"), rank=one_of("类别", _RANKS), name=line("姓名", 50),
                  title=line("职务"), office_phone=line("办公电话"), mobile=line("联系手机"), note=line("备注", 200))


def _given(asked: Asked) -> Mapping[str, Any]:
    rank, _, unit = asked.key.partition(":")
    return {"unit": unit, "rank": rank}


def _enter(asked: Asked, said: Mapping[str, Any]) -> None:
    contacts.set_contact(asked.connection, NewContact(
        unit=text(said, "unit"), rank=Rank(text(said, "rank")), name=text(said, "name"), title=text(said, "title"),
        office_phone=text(said, "office_phone"), mobile=text(said, "mobile"), note=text(said, "note")), by=asked.by,
        now=asked.now)


def _end(asked: Asked, said: Mapping[str, Any]) -> None:
    rank, _, unit = asked.key.partition(":")
    contacts.end_contact(asked.connection, unit=unit, rank=Rank(rank), now=asked.now)


BOOK = Book(
    name="contacts", title="联络表", note="时限届满或临近时按此表告知。缺的联络人本身就是一项警报；他人手机号只显示前后几位。",
    shelf=PEOPLE,
    columns=("单位", "类别", "姓名", "职务", "办公电话", "联系手机", "备注", "录入人"), rows=_rows,
    readers=_KEEPERS | {"head_of_office", "supervisor"},
    acts=(
        Act(name="enter", label="登记联络人", consequence="自此刻起按新联络人告知；原任者留在历史中。", roles=_KEEPERS,
            asks=_form, do=_enter),
        Act(name="replace", label="更换", consequence="自此刻起按新联络人告知；原任者留在历史中。", roles=_KEEPERS, asks=_form,
            do=_enter, is_about_row=True, given=_given),
        Act(name="end", label="撤下", consequence="该岗位将没有联络人，届时告知会报缺。", roles=_KEEPERS,
            asks=lambda asked: asking(), do=_end, is_about_row=True),
    ))

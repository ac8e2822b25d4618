"""The statements of errands and of the children of a bundle, built once at import. Commits nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from services import tables as t
from services.store.rows import CaseRow, ErrandRow

_ERRAND = [t.errand.c[name] for name in ErrandRow._fields]
_CASE = [t.case.c[name] for name in CaseRow._fields]
_IS_IT = ((t.errand.c.case_id == bindparam("of_case")) & (t.errand.c.seq == bindparam("of_seq"))
          & (t.errand.c.place == bindparam("of_place")))
_CLAIM = (select(*_ERRAND).where(t.errand.c.due_at <= bindparam("now"))
          .order_by(t.errand.c.due_at, t.errand.c.case_id, t.errand.c.seq, t.errand.c.place).limit(1)
          .with_for_update(skip_locked=True))
_THIS_ONE = select(t.errand.c.place).where(_IS_IT, t.errand.c.due_at.is_not(None)).with_for_update()
_FINISH = delete(t.errand).where(_IS_IT)
_SET_ASIDE = update(t.errand).where(_IS_IT).values(due_at=None)
_OF_PARENT = (
    select(*_ERRAND).join_from(t.errand, t.case, t.errand.c.case_id == t.case.c.id)
    .where(t.errand.c.due_at.is_(None), t.errand.c.token == bindparam("token"),
           or_(t.case.c.number == bindparam("number"),
               (t.case.c.parent == bindparam("number")) & (t.case.c.parent_token == bindparam("token"))))
    .order_by(t.errand.c.case_id, t.errand.c.seq, t.errand.c.place))
_AGAIN = update(t.errand).where(_IS_IT).values(due_at=bindparam("again_at"))
_CASE_BY_ID = select(*_CASE).where(t.case.c.id == bindparam("id"))
_CHILDREN = select(*_CASE).where(t.case.c.parent == bindparam("number")).order_by(t.case.c.parent_token)
_CHILD = select(*_CASE).where(t.case.c.parent == bindparam("number"), t.case.c.parent_token == bindparam("token"))


def claim(connection: Connection, now: datetime) -> ErrandRow | None:
    """The errand that has waited longest, locked until the transaction ends; what another worker holds is skipped."""
    row = connection.execute(_CLAIM, {"now": now}).first()
    return ErrandRow._make(row) if row else None


def is_there(connection: Connection, errand: ErrandRow) -> bool:
    """Is it still to be done? It is locked until the transaction ends."""
    return connection.execute(_THIS_ONE, _key(errand)).first() is not None


def finish(connection: Connection, errand: ErrandRow) -> None:
    """It is done."""
    connection.execute(_FINISH, _key(errand))


def set_aside(connection: Connection, errand: ErrandRow) -> None:
    """It is claimed no more until somebody has looked."""
    connection.execute(_SET_ASIDE, _key(errand))


def errands_set_aside(connection: Connection, number: str, token: int) -> list[ErrandRow]:
    """Those set aside between a bundle and the child it knows by this token."""
    return [ErrandRow._make(row) for row in connection.execute(_OF_PARENT, {"number": number, "token": token})]


def ask_again(connection: Connection, errands: Sequence[ErrandRow], now: datetime) -> None:
    """They are due again."""
    if errands:
        connection.execute(_AGAIN, [{**_key(errand), "again_at": now} for errand in errands])


def case_of(connection: Connection, case_id: int) -> CaseRow:
    """A case to be looked at, by its key."""
    return CaseRow._make(connection.execute(_CASE_BY_ID, {"id": case_id}).one())


def children_of(connection: Connection, number: str) -> list[CaseRow]:
    """The child cases of a bundle, in the order the diagram asked for them."""
    return [CaseRow._make(row) for row in connection.execute(_CHILDREN, {"number": number})]


def child_of(connection: Connection, number: str, token: int) -> CaseRow | None:
    """The child a bundle knows by this token; None while it is not opened."""
    row = connection.execute(_CHILD, {"number": number, "token": token}).first()
    return CaseRow._make(row) if row else None


def _key(errand: ErrandRow) -> dict[str, object]:
    return {"of_case": errand.case_id, "of_seq": errand.seq, "of_place": errand.place}

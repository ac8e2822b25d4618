"""How tables name their constraints, and the key that all rows of a case begin with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
})
"""Named constraints: a migration must be able to name what it changes, on both databases."""


def case_key(name: str = "case_id") -> Column[int]:
    """The first column of a case's rows."""
    return Column(name, BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False)

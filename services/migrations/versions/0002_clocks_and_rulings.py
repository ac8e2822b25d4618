"""Clocks as rows, cards and orders, and what an office rules: the calendar's changes, limits, commitments, contacts.

What was a timer drawn for a limit is a clock now; `services.adoption` makes the clocks of the cases that are there. Where there
are any, the counter “adopted” says how far it has come; it removes it at the end.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name, length in (("park", 100), ("department", 100), ("project", 100)):
        op.add_column("case", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    op.create_index("ix_case_concluded_on", "case", ["concluded_on"], unique=False,
                    postgresql_where=sa.text("concluded_on IS NOT NULL"), sqlite_where=sa.text("concluded_on IS NOT NULL"))
    op.create_index("ix_case_project", "case", ["project"], unique=False,
                    postgresql_where=sa.text("project <> ''"), sqlite_where=sa.text("project <> ''"))

    op.create_table(
        "clock",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("since_on", sa.String(length=10), nullable=False),
        sa.Column("due", sa.String(length=16), nullable=True),
        sa.Column("lapses_at", sa.BigInteger(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("has_lapsed", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("law", sa.Integer(), nullable=False),
        sa.Column("rings_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_clock_case_id"),
        sa.PrimaryKeyConstraint("case_id", "clock", name="pk_clock"),
    )
    op.create_index("ix_clock_lapses_at_case_id_clock", "clock", ["lapses_at", "case_id", "clock"], unique=False)
    op.create_index("ix_clock_rings_at", "clock", ["rings_at"], unique=False,
                    postgresql_where=sa.text("rings_at IS NOT NULL"), sqlite_where=sa.text("rings_at IS NOT NULL"))

    op.create_table(
        "clock_count",
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("due", sa.String(length=16), nullable=False),
        sa.Column("is_provisional", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clocks", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("process", "park", "department", "kind", "amount",
                                "unit", "due", "is_provisional", "shard", name="pk_clock_count"),
    )

    op.create_table(
        "card",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("scheduled_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_card_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_card"),
    )
    op.create_index("ix_card_department_issued_at", "card", ["department", "issued_at"], unique=False)
    op.create_index("ix_card_issued_at_case_id_seq", "card", ["issued_at", "case_id", "seq"], unique=False)

    op.create_table(
        "supervision_order",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("addressee", sa.String(length=100), nullable=False),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_supervision_order_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_supervision_order"),
    )
    op.create_index("ix_supervision_order_state_due_on_case_id_seq", "supervision_order", ["state", "due_on", "case_id", "seq"],
                    unique=False)

    op.create_table(
        "notification",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_notification_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", "place", name="pk_notification"),
    )
    op.create_index("ix_notification_recipient_created_at", "notification", ["recipient", "created_at"], unique=False)

    op.create_table(
        "calendar_change",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.String(length=10), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("approver", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("is_fixture", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("is_accepted", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("signed_off_by", sa.String(length=100), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_change"),
        sa.UniqueConstraint("version", name="uq_calendar_change_version"),
    )

    op.create_table(
        "office_limit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("exception", sa.Text(), nullable=False),
        sa.Column("approver", sa.String(length=100), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_office_limit"),
    )
    op.create_index("ix_office_limit_process_park_kind", "office_limit", ["process", "park", "kind"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("start_event", sa.String(length=100), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("agreement", sa.String(length=200), nullable=False),
        sa.Column("responsible", sa.String(length=100), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commitment"),
    )
    op.create_index("ix_commitment_project_item", "commitment", ["project", "item"], unique=False)

    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
    )
    op.create_index("ix_policy_process_park", "policy", ["process", "park"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("office_phone", sa.String(length=40), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index("ix_contact_unit_rank", "contact", ["unit", "rank"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "park", "department", "process", "number", name="pk_snapshot"),
    )
    op.execute("INSERT INTO counter (name, value) SELECT 'adopted', 0 WHERE EXISTS (SELECT 1 FROM \"case\")")

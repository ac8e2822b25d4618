"""Why a connector is asked no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("connector", sa.Column("reason", sa.String(length=500), server_default="", nullable=False))

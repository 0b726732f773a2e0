"""How the person of a session signed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sessions", sa.Column("signed_in_by", sa.Text(), server_default=sa.text("'password'"), nullable=False)
    )

"""When the content of an analysis was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("analyses", sa.Column("erased_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.create_index(
        "ix_analyses_kept",
        "analyses",
        ["use_case", "asked_at"],
        unique=False,
        postgresql_where=sa.text("erased_at IS NULL"),
    )

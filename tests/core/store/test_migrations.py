"""The migrations make what core/store/tables.py says."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate
from core.store.tables import metadata


def test_migrations_and_tables_agree(var: Path) -> None:
    with EmbeddedPostgres.start(var) as postgres:
        owner = postgres.url("owner", STATE_DATABASE)
        assert migrate(owner, "app")
        assert not migrate(owner, "app")
        engine = create_engine(owner)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            differences = compare_metadata(context, metadata)
        engine.dispose()
    assert differences == []

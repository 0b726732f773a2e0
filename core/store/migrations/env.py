"""Run by Alembic. The connection comes from core.store.engine.migrate, inside its transaction and lock."""

from __future__ import annotations

from alembic import context

from core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()

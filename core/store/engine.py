"""The state database: one engine for the app's limited login, and migrations by the owner's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.errors import StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_340_001  # advisory: two processes starting at once migrate once


def open_engine(url: URL, pool_size: int = 10) -> Engine:
    """An engine for the app's login. Nothing connects yet."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "record-analyst"},
    )


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """psycopg's connection below SQLAlchemy's: for COPY, and where a statement's own time counts."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


@contextmanager
def store_errors() -> Generator[None]:
    """Translates whatever SQLAlchemy raises into StoreUnavailable."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreUnavailable("The product's own database does not answer.") from error


def answers(engine: Engine) -> bool:
    """Whether the database answers at all."""
    try:
        with store_errors(), engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except StoreUnavailable:
        return False
    return True


def migrate(owner: URL, app_role: str) -> bool:
    """Bring the schema to the newest revision and grant the app's role what it needs; True when anything changed.

    Raises StoreUnavailable.
    """
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(configuration).get_current_head()
    engine = create_engine(owner, poolclass=NullPool, connect_args={"connect_timeout": 10})
    with store_errors(), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        if MigrationContext.configure(connection).get_current_revision() == head:
            return False
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
        grant(connection, app_role)
    return True


def grant(connection: Connection, app_role: str) -> None:
    """The app's login reads and writes what it must; on the audit log it may only append and read."""
    current = connection.execute(text("SELECT current_user")).scalar_one()
    if app_role == current:  # one login for everything: the audit log then rests on its triggers and its key
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    statements = cast("LiteralString", (MIGRATIONS / "grants.sql").read_text(encoding="utf-8"))
    driver.execute(sql.SQL(statements).format(app=sql.Identifier(app_role)))

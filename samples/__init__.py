"""The sample business: an invented company in PostgreSQL, for trying the product and for testing it.

It has six stored procedures, one per use case, and a login may execute those and do nothing else. The data is made
from one seed, so every installation holds the same rows; samples/findings.py says what is hidden in them.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from samples.business.tables import SEED, Table

FOLDER = Path(__file__).resolve().parent
SCHEMA = "business"
PROCEDURES = (
    "customer_insight",
    "order_analysis",
    "support_ticket",
    "financial_report",
    "patient_record",
    "document_review",
)


@cache
def version() -> str:
    """Changes with every file that makes the sample business: an older one is then replaced."""
    digest = hashlib.sha256(str(SEED).encode())
    for path in sorted([*FOLDER.glob("business/*.py"), *FOLDER.glob("postgresql/*.sql")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def is_loaded(connection: psycopg.Connection) -> bool:
    """Is this version of the sample business in the database? `connection` is the owner's; it is left idle."""
    with connection.transaction():
        if connection.execute("SELECT to_regclass('business.sample_version') IS NULL").fetchone() == (True,):
            return False
        return connection.execute("SELECT version FROM business.sample_version").fetchone() == (version(),)


def load(connection: psycopg.Connection, app_role: str) -> None:
    """Create schema, tables, data and procedures, and let `app_role` (which exists) execute the six procedures.

    `connection` is the owner's, outside a transaction. All or nothing; another version is replaced, this one is kept
    as it is. Safe to call from two processes at once: the second waits for the first.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('record analyst samples'))")
        if not is_loaded(connection):
            _replace(connection)
        _grant(connection, app_role)


def settle_samples(owner: URL, app_role: str) -> None:
    """Load the samples into a database unless this version of them is there. Takes milliseconds when it is."""
    address = owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        if not is_loaded(connection):
            load(connection, app_role)


def _replace(connection: psycopg.Connection) -> None:
    from samples.business import build  # a second start does not need it

    connection.execute("SET LOCAL client_min_messages = warning")
    connection.execute("DROP SCHEMA IF EXISTS business CASCADE")
    _run(connection, "tables.sql")
    for table in build():
        _copy(connection, table)
    _run(connection, "indexes.sql")
    _run(connection, "norms.sql")
    _run(connection, "wording.sql")
    for procedure in PROCEDURES:
        _run(connection, f"{procedure}.sql")
    connection.execute("INSERT INTO business.sample_version VALUES (%s)", [version()])


def _run(connection: psycopg.Connection, file: str) -> None:
    connection.execute((FOLDER / "postgresql" / file).read_bytes())


def _copy(connection: psycopg.Connection, table: Table) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(SCHEMA, table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in table.rows:
            copy.write_row(row)


def _grant(connection: psycopg.Connection, app_role: str) -> None:
    """USAGE on the schema and EXECUTE on the six; nothing for PUBLIC."""
    role = sql.Identifier(app_role)
    connection.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA business FROM PUBLIC")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA business TO {}").format(role))
    for procedure in PROCEDURES:
        connection.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.Identifier(SCHEMA, procedure), role)
        )

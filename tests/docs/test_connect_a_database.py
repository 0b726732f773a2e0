"""What docs/connect-a-database.md says to do is done, on a server of its kind, and the call works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from core.records.procedures import Database, Identity, Limits, call, check_rights
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from tests.mariadb import Mariadbd
from tests.parts import ROOT

PAGE = (ROOT / "docs/connect-a-database.md").read_text(encoding="utf-8")
TABLES = [
    "CREATE TABLE customers (customer_id varchar(20), name varchar(50), account_manager varchar(50))",
    "CREATE TABLE orders (order_id varchar(20), customer_id varchar(20), ordered_on date, total_eur decimal(12, 2))",
    "INSERT INTO customers VALUES ('C-1', 'Acme', 'anna'), ('C-2', 'Bolt', 'bert')",
    "INSERT INTO orders VALUES ('O-1', 'C-1', '2026-01-31', 12.50), ('O-2', 'C-2', '2026-02-28', 99.00)",
]


def blocks(chapter: str, language: str) -> list[str]:
    text = PAGE.split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def url_of(chapter: str) -> URL:
    (entry,) = blocks(chapter, "toml")
    return make_url(re.findall(r'^url = "(.+)"$', entry, re.MULTILINE)[0])


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Database]:
    """Of a superuser's part, login and other databases are there before; this one is as in a new server."""
    with EmbeddedPostgres.start(tmp_path) as server:
        owner = server.url("business_owner", SAMPLE_DATABASE).set(drivername="postgresql")
        with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as connection:
            given = [f"GRANT TEMPORARY ON DATABASE {SAMPLE_DATABASE} TO PUBLIC", "GRANT ALL ON SCHEMA public TO PUBLIC"]
            for statement in [*given, *TABLES]:
                connection.execute(statement.encode())
            for block in blocks("PostgreSQL", "sql"):
                ours = re.sub(r"^(CREATE ROLE|REVOKE CONNECT) .*\n", "", block, flags=re.MULTILINE)
                ours = ours.replace("DATABASE crm", f"DATABASE {SAMPLE_DATABASE}").replace(
                    "crm_owner", "business_owner"
                )
                connection.execute(ours.encode())
        database = Database("crm", server.url("analyst", SAMPLE_DATABASE))
        yield database
        database.close()


@pytest.fixture
def mariadb(mariadbd: Mariadbd) -> Iterator[Database]:
    """The account is the documented one but for its name, which another test's server may have already."""
    with mariadbd.owner() as connection, connection.cursor() as cursor:
        for statement in ["CREATE DATABASE crm", "USE crm", *TABLES]:
            cursor.execute(statement)
        for block in blocks("MariaDB and MySQL", "sql"):
            for statement in _split(block.replace("'analyst'@", "'documented'@")):
                cursor.execute(statement)
        url = url_of("MariaDB and MySQL")
        database = Database("crm", url.set(username="documented", host="127.0.0.1", port=mariadbd.port))
        yield database
        database.close()
        cursor.execute("DROP DATABASE crm")
        cursor.execute("DROP USER 'documented'@'%'")


def _split(block: str) -> list[str]:
    """At the delimiter, as the server's own client does."""
    statements, delimiter = [""], ";"
    for line in block.splitlines():
        if line.startswith("DELIMITER "):
            delimiter = line.split()[1]
        elif line.rstrip().endswith(delimiter):
            statements[-1] += line.rstrip().removesuffix(delimiter)
            statements.append("")
        else:
            statements[-1] += line + "\n"
    return [one for one in statements if one.strip()]


def ask(database: Database, procedure: str, user: str) -> list[tuple[tuple[object, ...], ...]]:
    record = call(
        database,
        procedure,
        {"customer_id": "C-1"},
        Identity(user, "analyst", "request-1"),
        Limits(),
        record_id="C-1",
        result_sets=("customer", "orders"),
    )
    assert [one.name for one in record.result_sets] == ["customer", "orders"]
    return [one.rows for one in record.result_sets]


@pytest.mark.parametrize(("engine", "procedure"), [("postgresql", "reports.customer"), ("mariadb", "crm.customer")])
def test_the_documented_statements_make_a_database_that_answers(
    request: pytest.FixtureRequest, engine: str, procedure: str
) -> None:
    database: Database = request.getfixturevalue(engine)
    assert ask(database, procedure, "anna") == [
        (("C-1", "Acme"),),
        (("O-1", date(2026, 1, 31), Decimal("12.50")),),
    ]
    assert ask(database, procedure, "bert") == [(), ()]
    assert check_rights(database, [procedure]) == []


@pytest.mark.parametrize("chapter", ["PostgreSQL", "MariaDB and MySQL", "SQL Server", "Oracle"])
def test_the_documented_url_is_one_that_the_product_takes(chapter: str) -> None:
    database = Database("crm", url_of(chapter))
    assert "change-me" not in repr(database).lower()


@pytest.mark.parametrize("chapter", ["PostgreSQL", "MariaDB and MySQL", "SQL Server", "Oracle"])
def test_a_chapter_is_under_two_pages(chapter: str) -> None:
    text = PAGE.split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    assert text.count("\n") < 100

"""The login that analyses use may execute the six procedures, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from samples import PROCEDURES
from tests.samples.result_sets import Fetch


def tables(owner: psycopg.Connection) -> list[str]:
    return [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'business'")]


@pytest.mark.parametrize("command", ["SELECT * FROM {} LIMIT 1", "REFRESH MATERIALIZED VIEW {}"])
def test_no_materialized_view_can_be_read(owner: psycopg.Connection, analyst: psycopg.Connection, command: str) -> None:
    query = "SELECT matviewname FROM pg_matviews WHERE schemaname = 'business'"
    names = [row[0] for row in owner.execute(query)]
    assert len(names) >= 5
    for name in names:
        with pytest.raises(InsufficientPrivilege), analyst.transaction():
            analyst.execute(command.format(f"business.{name}"))


@pytest.mark.parametrize(
    "command",
    [
        "SELECT * FROM {} LIMIT 1",
        "SELECT count(*) FROM {}",
        "INSERT INTO {} DEFAULT VALUES",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "COPY {} TO STDOUT",
        "LOCK TABLE {} IN ACCESS SHARE MODE",
        "DROP TABLE {}",
        "ALTER TABLE {} ADD COLUMN more text",
        "CREATE INDEX ON {} ((1))",
    ],
)
def test_no_table_can_be_read_or_written(owner: psycopg.Connection, analyst: psycopg.Connection, command: str) -> None:
    names = tables(owner)
    assert len(names) >= 29
    for name in names:
        with pytest.raises(InsufficientPrivilege), analyst.transaction():
            analyst.execute(sql.SQL(command).format(sql.Identifier("business", name)))


def test_no_row_can_be_changed(owner: psycopg.Connection, analyst: psycopg.Connection) -> None:
    columns = owner.execute(
        "SELECT DISTINCT ON (table_name) table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'business'"
    ).fetchall()
    assert len(columns) == len(tables(owner))
    for table, column in columns:
        command = sql.SQL("UPDATE {} SET {} = {}").format(
            sql.Identifier("business", table), sql.Identifier(column), sql.Identifier(column)
        )
        with pytest.raises(InsufficientPrivilege):
            analyst.execute(command)


@pytest.mark.parametrize(
    "command",
    [
        "CREATE TABLE business.mine (a int)",
        "CREATE FUNCTION business.mine() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE VIEW business.mine AS SELECT 1",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (a int)",
        "DROP FUNCTION business.customer_insight(text, integer)",
        "ALTER FUNCTION business.customer_insight(text, integer) RESET ALL",
        "GRANT SELECT ON business.customers TO PUBLIC",
        "SELECT business.eur(1)",
        "SELECT business.percent(1, 2)",
        "SET ROLE business_owner",
    ],
)
def test_nothing_can_be_made_or_taken(analyst: psycopg.Connection, command: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        analyst.execute(command)


def test_the_only_functions_it_may_execute_are_the_six(owner: psycopg.Connection) -> None:
    allowed = owner.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'business'::regnamespace"
        " AND has_function_privilege('analyst', oid, 'EXECUTE')"
    ).fetchall()
    assert sorted(row[0] for row in allowed) == sorted(PROCEDURES)


def test_nobody_else_may_execute_them(owner: psycopg.Connection) -> None:
    granted = owner.execute(
        "SELECT proname FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl"
        " WHERE pronamespace = 'business'::regnamespace AND acl.grantee = 0"
    ).fetchall()
    assert granted == []


def test_each_procedure_runs_as_its_owner_with_a_fixed_search_path(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "SELECT proname, prosecdef, provolatile, proconfig FROM pg_proc"
        " WHERE pronamespace = 'business'::regnamespace AND proname = ANY (%s)",
        [list(PROCEDURES)],
    ).fetchall()
    assert sorted(row[0] for row in found) == sorted(PROCEDURES)
    assert {(row[1], row[2], "search_path=business, pg_temp" in row[3]) for row in found} == {(True, "s", True)}


def test_a_table_of_the_caller_cannot_stand_in_for_ours(analyst: psycopg.Connection, fetch: Fetch) -> None:
    """A temporary table named like one of ours would be found first if the search path were not fixed."""
    honest = fetch("customer_insight", "CUST-0142")
    with suppress(InsufficientPrivilege):  # to be refused is better still
        analyst.execute("CREATE TEMP TABLE calendar AS SELECT date '1999-01-01' AS as_of")
    analyst.execute("SET search_path = pg_temp, public")
    assert fetch("customer_insight", "CUST-0142") == honest


def test_a_procedure_works_where_nothing_may_be_written(analyst: psycopg.Connection) -> None:
    with analyst.transaction():
        analyst.execute("SET TRANSACTION READ ONLY")
        assert analyst.execute("SELECT count(*) FROM business.patient_record('PAT-0107')").fetchone() == (6,)

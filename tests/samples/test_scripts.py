"""Scripts that have met no server: their grammar, their names, and their sets beside those of PostgreSQL.

What they cannot show without one is that the values are the same.
"""

from __future__ import annotations

import re

import pytest
import sqlfluff
from sqlfluff.api import APIParsingError
from sqlglot.errors import OptimizeError

from core.use_cases import UseCases
from samples import PROCEDURES
from samples.business import build
from tests.samples.result_sets import Fetch
from tests.samples.scripts import Scripts

MARIADB = Scripts("mariadb", "mariadb", "mysql", "//")  # held against PostgreSQL value by value, on a server
SQL_SERVER = Scripts("sqlserver", "tsql", "tsql", "GO")
ALL = [pytest.param(SQL_SERVER, id="sqlserver")]
FILES = ("tables", "norms", *PROCEDURES, "grants")
VARIABLES = {"alike": {"place": "int", "ticket_id": "nvarchar(20)", "similarity": "decimal(5, 1)"}}
"""Tables that live in a procedure."""


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("script", FILES)
def test_every_statement_is_of_the_databases_grammar(scripts: Scripts, script: str) -> None:
    sqlfluff.parse(scripts.text(script), dialect=scripts.grammar)


@pytest.mark.parametrize("scripts", ALL)
def test_a_statement_that_is_not_of_the_grammar_is_found(scripts: Scripts) -> None:
    broken = scripts.text("document_review").replace("ORDER BY p.signed_on", "ORDER p.signed_on")
    with pytest.raises(APIParsingError):
        sqlfluff.parse(broken, dialect=scripts.grammar)


@pytest.mark.parametrize("scripts", ALL)
def test_tables_have_the_columns_of_the_data(scripts: Scripts) -> None:
    tables = scripts.tables()
    assert {table.name: set(table.columns) for table in build()} == {
        table.name: set(tables[table.name]) for table in build()
    }


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("use_case", PROCEDURES)
def test_sets_and_columns_are_those_of_postgresql(
    scripts: Scripts, use_cases: UseCases, fetch: Fetch, use_case: str
) -> None:
    contract = use_cases.get(use_case)
    tables = scripts.tables() | VARIABLES
    found = [scripts.columns(_plain(query), tables) for query in scripts.queries(use_case)]
    expected = fetch(use_case, contract.record_id.example)
    assert dict(zip(contract.result_sets, found, strict=True)) == {
        name: columns for name, (columns, _) in expected.items()
    }


@pytest.mark.parametrize("scripts", ALL)
def test_a_misspelt_column_is_found(scripts: Scripts) -> None:
    query = scripts.queries("document_review")[2].replace("p.signatory", "p.signatry")
    with pytest.raises(OptimizeError, match="signatry"):
        scripts.columns(query, scripts.tables())


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("use_case", PROCEDURES)
def test_signals_are_those_of_mariadb(scripts: Scripts, use_case: str) -> None:
    """By their titles: whoever adds a rule to one database adds it to all."""
    titles = _titles(MARIADB.text(use_case))
    assert _titles(scripts.text(use_case)) == titles
    assert len(titles) >= 5


@pytest.mark.parametrize("scripts", ALL)
def test_the_login_may_execute_the_six_procedures_and_nothing_else(scripts: Scripts) -> None:
    granted = re.findall(r"^\s*GRANT (.+) TO ", scripts.text("grants"), re.MULTILINE)
    assert set(granted) - {"CREATE SESSION"} == {f"EXECUTE ON business.{name}" for name in PROCEDURES}


def _plain(query: str) -> str:
    """A table variable of SQL Server as if it were a table."""
    return query.replace("FROM @", "FROM business.")


def _titles(text: str) -> list[str]:
    found = re.findall(r"SELECT (?:[123]|CASE i\.severity WHEN N?'High' THEN 1 ELSE 2 END), N?'([^']+)'", text)
    return sorted(found)

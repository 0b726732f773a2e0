"""Scripts that have met no server: their grammar, their names, and their sets beside those of PostgreSQL.

What they cannot show without one is that the values are the same.
"""

from __future__ import annotations

import re

import pytest
import sqlfluff
from sqlfluff.core.dialects import dialect_selector
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError

from core.use_cases import UseCases
from samples import PROCEDURES
from tests.samples.result_sets import Fetch
from tests.samples.scripts import Scripts, sample_tables

MARIADB = Scripts("mariadb", "mariadb", "mysql", "//")  # held against PostgreSQL value by value, on a server
SQL_SERVER = Scripts("sqlserver", "tsql", "tsql", "GO")
ORACLE = Scripts("oracle", "oracle", "oracle", "/")
ALL = [pytest.param(SQL_SERVER, id="sqlserver"), pytest.param(ORACLE, id="oracle")]
VARIABLES = {"alike": {"place": "int", "ticket_id": "nvarchar(20)", "similarity": "decimal(5, 1)"}}
"""Tables that live in a procedure."""
FOREIGN = {
    "sqlserver": r"\b(LIMIT|USING|FILTER|SUBSTR|IFNULL|NVL|dual|ADD_MONTHS|TRUNC|TO_CHAR|INTERVAL)\b|::|\|\||`",
    "oracle": r"\b(LIMIT|USING|FILTER|TOP|IFNULL|ISNULL|GETDATE|DATEDIFF|DATEADD|STRING_AGG|CHARINDEX|CONCAT|text)\b"
    r"|\b(nvarchar|varchar|int|bit|datetime2)\b|::|`|@|\bN'|\bAS [a-z_]+\s+ON\b",
}
"""What is the grammar of others, and read by sqlglot all the same."""


def test_statements_are_of_the_grammar_of_sql_server() -> None:
    """One of each kind: sqlfluff is strict, and takes a second for a procedure. sqlglot reads all queries below."""
    for script in ("norms", "document_review", "grants"):
        sqlfluff.parse(SQL_SERVER.text(script), dialect="tsql")


def test_statements_are_of_the_grammar_of_oracle() -> None:
    """Without procedures and types, of which sqlfluff knows too little."""
    for statement in (*ORACLE.statements("tables")[:3], *ORACLE.statements("norms"), *ORACLE.statements("grants")[:3]):
        if re.match(r"CREATE (TABLE|FUNCTION|USER)|GRANT", statement):
            sqlfluff.parse(statement.rstrip(";") + ";", dialect="oracle")
    for query in ORACLE.queries("document_review")[2:]:
        sqlfluff.parse(query + ";", dialect="oracle")


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("script", ["tables", "norms", *PROCEDURES])
def test_nothing_is_of_anothers_grammar(scripts: Scripts, script: str) -> None:
    text = re.sub(r"'[^']*'", "''", "\n".join(scripts.statements(script)))
    assert re.search(FOREIGN[scripts.folder], text) is None


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("use_case", PROCEDURES)
def test_no_name_is_a_reserved_word(scripts: Scripts, use_case: str) -> None:
    reserved = dialect_selector(scripts.grammar).sets("reserved_keywords")
    for query in scripts.queries(use_case):
        tree = scripts.parse(_plain(query))
        names = {one.name.upper() for one in tree.find_all(exp.Identifier) if not one.quoted}
        assert names & reserved == set()
    assert {name.upper() for columns in scripts.tables().values() for name in columns} & reserved == set()


@pytest.mark.parametrize("scripts", ALL)
def test_a_statement_that_is_not_of_the_grammar_is_found(scripts: Scripts) -> None:
    query = scripts.queries("document_review")[2]
    with pytest.raises(ParseError):
        scripts.parse(query.replace("ORDER BY p.signed_on", "ORDER p.signed_on"))
    assert re.search(FOREIGN[scripts.folder], f"{query} LIMIT 5")


@pytest.mark.parametrize("scripts", ALL)
def test_tables_have_the_columns_of_the_data(scripts: Scripts) -> None:
    tables = scripts.tables()
    assert {table.name: set(table.columns) for table in sample_tables()} == {
        table.name: set(tables[table.name]) for table in sample_tables()
    }


@pytest.mark.parametrize("scripts", ALL)
@pytest.mark.parametrize("use_case", PROCEDURES)
def test_sets_and_columns_are_those_of_postgresql(
    scripts: Scripts, use_cases: UseCases, fetch: Fetch, use_case: str
) -> None:
    contract = use_cases.get(use_case)
    tables = scripts.tables() | VARIABLES
    variables = scripts.variables(use_case)
    found = [scripts.columns(_plain(query), tables, variables) for query in scripts.queries(use_case)]
    expected = fetch(use_case, contract.record_id.example)
    assert dict(zip(contract.result_sets, found, strict=True)) == {
        name: columns for name, (columns, _) in expected.items()
    }


@pytest.mark.parametrize("scripts", ALL)
def test_a_misspelt_column_is_found(scripts: Scripts) -> None:
    query = scripts.queries("document_review")[2].replace("p.signatory", "p.signatry")
    with pytest.raises(OptimizeError, match=r"(?i)signatry"):
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
    """A table that is a variable as if it were a table."""
    return query.replace("FROM @", "FROM business.").replace("FROM TABLE(alike)", "FROM business.alike")


def _titles(text: str) -> list[str]:
    found = re.findall(r"SELECT (?:[123]|CASE i\.severity WHEN N?'High' THEN 1 ELSE 2 END), N?'([^']+)'", text)
    return sorted(found)

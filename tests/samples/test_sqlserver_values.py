"""The procedures for SQL Server, translated to PostgreSQL and run there, return what PostgreSQL's own return.

No proof for SQL Server: what the translation takes away (integer averages, the scale of quotients, collations, the
functions of norms.sql) only a server can show.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import sqlglot

from core.use_cases import UseCases
from samples import PROCEDURES
from samples.business.contracts import BEHIND_A_BARRIER
from samples.findings import FINDINGS
from tests.samples.result_sets import Fetch
from tests.samples.scripts import Scripts

SCRIPTS = Scripts("sqlserver", "tsql", "tsql", "GO")
SPELLINGS = (
    (r"\bN'", "'"),
    (r"DATEADD\((\w+),", r"moved_by('\1',"),
    (r"DATEDIFF\((\w+),", r"apart_in('\1',"),
    (r"DATEFROMPARTS\(", "day_of("),
    (r"CONVERT\(nvarchar\(10\), ", "written_as("),
    (r"\bSTDEV\(", "STDDEV("),
    (r"OPTION \(MAXRECURSION 0\)", ""),
)


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_values_are_those_of_postgresql(
    fetch: Fetch, owner: psycopg.Connection, use_cases: UseCases, use_case: str
) -> None:
    records = {one.record_id for one in FINDINGS if one.use_case == use_case}
    for record_id in sorted(records | {use_cases.get(use_case).record_id.example}):
        with owner.transaction(force_rollback=True):
            owner.execute("SET LOCAL search_path = business")
            owner.execute(Path(__file__).with_name("sqlserver_functions.sql").read_bytes())
            found = run(owner, use_case, record_id)
        expected = [rows for _, rows in fetch(use_case, record_id).values()]
        assert found == expected, record_id


@pytest.mark.parametrize(
    ("user", "document", "wanted"),
    [
        ("analyst", BEHIND_A_BARRIER, None),
        ("manager", BEHIND_A_BARRIER, BEHIND_A_BARRIER),
        ("analyst", "DOC-0042", "DOC-0042"),
        ("manager", "DOC-0042 ", None),
    ],
)
def test_nobody_behind_an_information_barrier_gets_a_row(
    owner: psycopg.Connection, user: str, document: str, wanted: str | None
) -> None:
    (procedure,) = SCRIPTS.statements("document_review")
    assert "DECLARE @user nvarchar(256) = CAST(SESSION_CONTEXT(N'app.user') AS nvarchar(256));" in procedure
    (decided,) = re.findall(r"DECLARE @wanted [\w()]+ = (.*?);\n", procedure, re.DOTALL)
    query = translate(f"SELECT {decided}", {"document_id": document, "user": user})
    assert owner.execute(query).fetchone() == (wanted,)


def run(owner: psycopg.Connection, use_case: str, record_id: str) -> list[list[tuple[object, ...]]]:
    """The result sets of a procedure, statement by statement."""
    variables: dict[str, object] = {"wanted": record_id, "months": 18, "user": "somebody"}
    sets: list[list[tuple[object, ...]]] = []
    (procedure,) = SCRIPTS.statements(use_case)
    for statement in re.split(r";\n", procedure):
        text = statement.strip()
        if declared := re.match(r"DECLARE @(\w+) [\w()]+ = (.*)", text, re.DOTALL):
            if declared[1] not in variables:
                row = owner.execute(translate(f"SELECT {declared[2]}", variables)).fetchone()
                variables[declared[1]] = row and row[0]
        elif "INSERT INTO @alike" in text:
            query = re.sub(r"INSERT INTO @alike .*\n", "", text)
            owner.execute(b"CREATE TABLE alike AS " + translate(query, variables))
        elif re.match(r"WITH|SELECT", text):
            sets.append(owner.execute(translate(text, variables)).fetchall())
    return sets


def translate(query: str, variables: dict[str, object]) -> bytes:
    for pattern, replacement in SPELLINGS:
        query = re.sub(pattern, replacement, query)
    query = re.sub(r"@(\w+)", lambda match: "alike" if match[1] == "alike" else literal(variables[match[1]]), query)
    found = sqlglot.parse_one(query, read="tsql").sql(dialect="postgres")
    return re.sub(r"^WITH ", "WITH RECURSIVE ", found).encode()


def literal(value: object) -> str:
    match value:
        case int() | Decimal():
            return str(value)
        case datetime():
            return f"CAST('{value}' AS datetime2)"
        case date():
            return f"CAST('{value}' AS date)"
        case _:
            return f"CAST('{value}' AS nvarchar(200))"

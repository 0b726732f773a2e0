"""The procedures for Oracle, translated to PostgreSQL and run there, return what PostgreSQL's own return.

No proof for Oracle: what the translation takes away (empty texts that are NULL, the functions of norms.sql, the moment
at which a cursor reads) only a server can show.
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import Literal
from sqlglot import exp

from core.use_cases import UseCases
from samples import PROCEDURES
from samples.business.contracts import BEHIND_A_BARRIER
from samples.findings import FINDINGS
from tests.samples.result_sets import Fetch
from tests.samples.scripts import Scripts, is_variable

SCRIPTS = Scripts("oracle", "oracle", "oracle", "/")
SPELLINGS = (
    (r"\bTRUNC\(", "day_of("),
    (r"\bADD_MONTHS\(", "moved_by("),
    (r"\bMONTHS_BETWEEN\(", "months_apart("),
    (r"\bTABLE\(alike\)", "alike"),
    (r"business\.similar_ticket\((.*?)\)", r"\1"),
)
Rows = list[tuple[object, ...]]


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_values_are_those_of_postgresql(
    fetch: Fetch, owner: psycopg.Connection, use_cases: UseCases, use_case: str
) -> None:
    records = {one.record_id for one in FINDINGS if one.use_case == use_case}
    for record_id in sorted(records | {use_cases.get(use_case).record_id.example}):
        expected = [rows for _, rows in fetch(use_case, record_id).values()]
        assert run(owner, use_case, record_id) == expected, record_id


@pytest.mark.parametrize(
    ("user", "document", "found"),
    [
        ("analyst", BEHIND_A_BARRIER, False),
        ("manager", BEHIND_A_BARRIER, True),
        ("analyst", "DOC-0042", True),
        ("manager", "DOC-0042 ", False),
    ],
)
def test_nobody_behind_an_information_barrier_gets_a_row(
    owner: psycopg.Connection, user: str, document: str, found: bool
) -> None:
    (procedure,) = SCRIPTS.statements("document_review")
    assert re.search(r"asking +CONSTANT VARCHAR2\(64\) := SYS_CONTEXT\('USERENV', 'CLIENT_IDENTIFIER'\);", procedure)
    sets = run(owner, "document_review", document, user)
    assert all(sets[place] for place in (0, 2, 3, 4, 5)) if found else not any(sets)


def run(owner: psycopg.Connection, use_case: str, record_id: str, user: str = "somebody") -> list[Rows]:
    """The result sets of a procedure, statement by statement."""
    (procedure,) = SCRIPTS.statements(use_case)
    head, body = procedure.split("\nBEGIN\n")
    (parameter,) = re.findall(r"\((\w+) IN VARCHAR2", head)
    variables: dict[str, object] = {parameter: record_id, "months": 18, "asking": user}
    sets: list[Rows] = []
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL search_path = business")
        owner.execute(Path(__file__).with_name("oracle_functions.sql").read_bytes())

        def select(query: str) -> Rows:
            return owner.execute(translate(query, use_case, variables)).fetchall()

        for name, value in re.findall(r"^    (\w+) +CONSTANT \S+ := (.*);", head, re.MULTILINE):
            if name not in variables:
                variables[name] = select(f"SELECT {value} FROM dual")[0][0]
        for statement in re.split(r";\n", body):
            text = statement.strip()
            if assigned := re.match(r"(\w+) := (.*)", text, re.DOTALL):
                variables[assigned[1]] = select(f"SELECT {assigned[2]} FROM dual")[0][0]
            elif " BULK COLLECT INTO alike" in text:
                query = translate(text.replace(" BULK COLLECT INTO alike", ""), use_case, variables)
                owner.execute(b"CREATE TABLE alike AS " + query)
            elif into := re.match(r"SELECT .*?( INTO ([\w, ]+))\s+FROM", text):
                (row,) = select(text.replace(into[1], "", 1))
                variables |= dict(zip(into[2].split(", "), row, strict=True))
            elif opened := re.match(r"OPEN \w+ FOR\s+(.*)", text, re.DOTALL):
                sets.append(select(opened[1]))
    return sets


def translate(query: str, procedure: str, variables: dict[str, object]) -> bytes:
    for pattern, replacement in SPELLINGS:
        query = re.sub(pattern, replacement, query)
    names, tree = frozenset(variables), SCRIPTS.parse(query)
    for node in list(tree.find_all(exp.Column)):
        if is_variable(node, names) or node.table == procedure:
            node.replace(exp.maybe_parse(Literal(variables[node.name]).as_string(), dialect="postgres"))
    for node in reversed(list(tree.find_all(exp.DPipe))):  # NULL is an empty text in Oracle
        node.replace(exp.Anonymous(this="concat", expressions=[node.left, node.right]))
    found = tree.sql(dialect="postgres")
    return re.sub(r"^WITH ", "WITH RECURSIVE ", found).encode()

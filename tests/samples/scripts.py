"""The scripts of samples/ for databases that no test run has: read as text, without a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from samples import FOLDER
from samples.business import build
from samples.business.tables import Table

Columns = dict[str, str]
"""Type by column name."""

sample_tables = cache(build)


@dataclass(frozen=True, slots=True)
class Scripts:
    folder: str  # of samples/
    grammar: str  # as sqlfluff calls it
    dialect: str  # as sqlglot calls it
    separator: str  # the line between two statements

    def text(self, script: str) -> str:
        return (FOLDER / self.folder / f"{script}.sql").read_text(encoding="utf-8")

    def statements(self, script: str) -> list[str]:
        """Without comments and separators."""
        text = re.sub(r"--.*", "", self.text(script))
        parts = re.split(rf"^{re.escape(self.separator)}[ \t]*$", text, flags=re.MULTILINE)
        return [part.strip() for part in parts if part.strip()]

    @cache  # noqa: B019 there are three of them
    def tables(self) -> dict[str, Columns]:
        """What tables.sql creates, and what norms.sql computes into tables. Not to be changed."""
        found: dict[str, Columns] = {}
        for statement in self.statements("tables"):
            if match := re.match(r"CREATE TABLE business\.(\w+)", statement):
                tree = sqlglot.parse_one(statement.rstrip(";"), read=self.dialect)
                found[match[1]] = {one.name.lower(): one.args["kind"].sql() for one in tree.find_all(exp.ColumnDef)}
        for statement in self.statements("norms"):
            into = re.search(r"\bINTO business\.(\w+)|CREATE TABLE business\.(\w+) AS\b", statement)
            if into:
                name, query = into[1] or into[2], statement.replace(into[0], "")
                found[name] = dict.fromkeys(self.columns(query, found), "text")
        return found

    def queries(self, procedure: str) -> list[str]:
        """The queries whose rows the procedure returns, in order."""
        (statement,) = self.statements(procedure)
        starts = re.compile(r"(?:OPEN \w+ FOR\s+)?((?:WITH|SELECT)\b.*)", re.DOTALL)
        found = [match[1] for part in re.split(r";\n", statement) if (match := starts.match(part.strip()))]
        return [query for query in found if not re.search(r"\bINTO\b", re.sub(r"'[^']*'", "", query))]

    def variables(self, procedure: str) -> frozenset[str]:
        """What the procedure declares, where a variable looks like a column; a query may name these unqualified."""
        head = self.statements(procedure)[0].split("\nBEGIN\n")[0]
        found = re.findall(r"^    (\w+) +(?:CONSTANT )?[A-Z]|[(,] ?(\w+) IN ", head, re.MULTILINE)
        return frozenset(variable or parameter for variable, parameter in found)

    def parse(self, query: str) -> exp.Expression:
        """Raises ParseError."""
        return sqlglot.parse_one(query.rstrip(";"), read=self.dialect)

    def columns(self, query: str, tables: dict[str, Columns], variables: frozenset[str] = frozenset()) -> Sequence[str]:
        """The columns of the result. Raises OptimizeError when a name in the query is no column of its tables."""
        tree = self.parse(query)
        for node in list(tree.find_all(exp.Column)):
            if is_variable(node, variables):
                node.replace(exp.Null())
        found = qualify(tree, schema={"business": tables}, db="business", dialect=self.dialect, quote_identifiers=False)
        assert isinstance(found, exp.Query)
        return [name.lower() for name in found.named_selects]


def is_variable(node: exp.Expression, variables: frozenset[str]) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name in variables


def columns_of(tables: Sequence[Table]) -> dict[str, set[str]]:
    return {table.name: set(table.columns) for table in tables}

"""The scripts of samples/ for databases that no test run has: read as text, without a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from samples import FOLDER

Columns = dict[str, str]
"""Type by column name."""


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

    def tables(self) -> dict[str, Columns]:
        """What tables.sql creates, and what norms.sql computes into tables."""
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
        return [query for query in found if not re.search(r"^\s*(INSERT )?INTO\b", query, re.MULTILINE)]

    def columns(self, query: str, tables: dict[str, Columns]) -> Sequence[str]:
        """The columns of the result. Raises OptimizeError when a name in the query is no column of its tables."""
        tree = sqlglot.parse_one(query.rstrip(";"), read=self.dialect)
        found = qualify(tree, schema={"business": tables}, db="business", dialect=self.dialect, quote_identifiers=False)
        assert isinstance(found, exp.Query)
        return [name.lower() for name in found.named_selects]

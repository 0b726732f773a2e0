"""Sets that are mostly words: messages, notes, clauses, and cases solved before."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import clean, shorten, to_number
from .finding import Finding, Place
from .profile import Column, Kind, Table
from .words import DETAIL_COLUMNS, SOLUTION_COLUMNS, capital

_CLOSENESS = frozenset({"similarity", "score", "match", "relevance", "closeness", "rank"})


def prose(table: Table) -> Column | None:
    """The column with the longest texts, if any column is prose."""
    texts = table.of_kind(Kind.TEXT) or [c for c in table.of_kind(Kind.NAME) if c.words & DETAIL_COLUMNS]
    return max(texts, key=lambda c: (sum(map(len, c.cells)), -c.index), default=None)


def solution(table: Table) -> Column | None:
    return table.named(SOLUTION_COLUMNS, Kind.TEXT, Kind.NAME, Kind.CATEGORY) if table.size > 1 else None


def find(table: Table) -> Iterator[Finding]:
    if (solved := solution(table)) is not None:
        yield from _closest(table, solved)
        return
    column = prose(table)
    if column is None or table.size < 2:
        return
    time = table.time()
    rows = [r for r in range(table.size) if column.cells[r]]
    rows.sort(key=lambda r: time.cells[r] if time else "")
    picked = list(dict.fromkeys([rows[0], rows[-1]])) if rows else []
    for position, row in enumerate(reversed(picked)):
        said = _who(table, row, column)
        word = ("Latest" if position == 0 else "First") if time else ""
        start = " ".join(part for part in (word, said) if part) or capital(table.nouns[0])
        text = f'{capital(start)}: "{shorten(column.cells[row], 240)}" {table.cite(row)}'
        yield Finding(Place.FINDING, 42 - position, text, table.name, topics=frozenset({"latest", "message"}))


def _who(table: Table, row: int, prose_column: Column) -> str:
    parts = [table.row_name(row)] if table.identifier() or table.subject() else []
    time = table.time()
    if time is not None and time.cells[row]:
        parts.append(f"({time.show(row)})")
    return " ".join(p for p in parts if p != clean(prose_column.cells[row]))


def _closest(table: Table, solved: Column) -> Iterator[Finding]:
    """The resolution of the closest case: the highest similarity if there is one, else the procedure's order."""
    rows = [r for r in range(table.size) if solved.cells[r]]
    closeness = next((c for c in table.columns if c.is_number and c.words & _CLOSENESS), None)
    if closeness is not None and "rank" not in closeness.words:
        rows.sort(key=lambda r: (-(closeness.numbers[r] or to_number("0")), r))
    for position, row in enumerate(rows[:2]):
        name = table.row_name(row, 90)
        near = f", {closeness.label} {closeness.show(row)}" if closeness is not None else ""
        word = "Closest solved case" if position == 0 else "Next closest"
        text = f'{word}: {name}{near}: "{shorten(solved.cells[row], 260)}" {table.cite(row)}'
        yield Finding(Place.ACTION, 90 - position * 30, text, table.name, topics=frozenset({"solution", "similar"}))

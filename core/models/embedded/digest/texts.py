"""Sets that are mostly words: messages, notes, clauses, and cases solved before."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import clean, shorten, to_number
from .finding import Finding, Place
from .profile import Column, Kind, Table
from .words import DETAIL_COLUMNS, SOLUTION_COLUMNS, capital

_LISTED = 12
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
    topics = frozenset({"latest", "message", "history"})
    if time is None:
        limit = 110 if len(rows) > 4 else 200
        told = "; ".join(
            f'{_who(table, r, column)} "{shorten(column.cells[r], limit)}"'.strip() for r in rows[:_LISTED]
        )
        more = f"; and {len(rows) - _LISTED:,} more" if len(rows) > _LISTED else ""
        text = f"{capital(table.count(table.size))}: {told}{more}. {table.cite(*rows[:_LISTED])}"
        yield Finding(Place.FINDING, 42, text, table.name, table.count(table.size), topics)
        return
    rows.sort(key=lambda r: time.cells[r], reverse=True)
    picked = rows if len(rows) <= 4 else [*rows[:2], rows[-1]]
    for position, row in enumerate(picked):
        word = "Latest: " if not position else "First: " if row == rows[-1] else "Before that: "
        text = f'{word}{_who(table, row, column)}: "{shorten(column.cells[row], 220)}" {table.cite(row)}'
        lead = f"{table.count(table.size)}, the latest on {time.show(rows[0])[:10]}" if not position else ""
        yield Finding(Place.FINDING, 44 - position, text, table.name, lead, topics)


def _who(table: Table, row: int, prose_column: Column) -> str:
    """Name, role and time of a text: "VIS-1 Endocrinology (2026-01-02)"."""
    time = table.time()
    named = table.row_name(row) if table.identifier() or table.subject() else ""
    roles = [
        c.cells[row] for c in table.of_kind(Kind.CATEGORY) if c is not table.subject() and c.words & {"role", "by"}
    ]
    beside = [clean(role) for role in roles if role] + ([time.show(row)] if time and time.cells[row] else [])
    parts = [named, f"({', '.join(beside)})" if beside else ""]
    return " ".join(p for p in parts if p and p != clean(prose_column.cells[row]))


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

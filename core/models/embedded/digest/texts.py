"""Sets that are mostly words: messages, notes, clauses, and cases solved before."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .columns import Column, Kind
from .figures import clean, shorten
from .finding import Finding, Place
from .tables import Table
from .words import DETAIL_COLUMNS, SEVERITY_NAMES, SOLUTION_COLUMNS, STATUS_NAMES, capital, tokens

_LISTED = 6
_TOPICS = frozenset({"latest", "message", "history"})
_ABOUT_SOLUTIONS = frozenset({"similar", "solved", "solutions", "solution", "resolved", "precedents", "known", "fixes"})
_USED = frozenset({"times", "used", "count", "uses", "cases"})
_CLOSENESS = frozenset({"similarity", "match", "relevance", "closeness"})


def prose(table: Table) -> Column | None:
    """The column with the longest texts, if any column is prose."""
    texts = table.of_kind(Kind.TEXT) or [c for c in table.of_kind(Kind.NAME) if c.words & DETAIL_COLUMNS]
    return max(texts, key=lambda c: (sum(map(len, c.cells)), -c.index), default=None)


def solution(table: Table) -> Column | None:
    """The column of what solved earlier cases, where the set is about such cases."""
    column = table.named(SOLUTION_COLUMNS, Kind.TEXT, Kind.NAME, Kind.CATEGORY)
    about = set(tokens(table.name)) & _ABOUT_SOLUTIONS or any(c.words & _CLOSENESS for c in table.columns)
    return column if about else None


def find(table: Table) -> Iterator[Finding]:
    column = prose(table)
    if column is None or table.size < 2:
        return
    rows = [r for r in range(table.size) if column.cells[r]]
    if table.time is None:
        yield _listed(table, column, rows)
        return
    time = table.time
    rows.sort(key=lambda r: time.cells[r], reverse=True)
    picked = dict.fromkeys([rows[0], rows[-1], *rows[1:3]])
    for position, row in enumerate(picked):
        place = "Latest" if row == rows[0] else "First" if row == rows[-1] else "Earlier"
        said = f'"{shorten(column.cells[row], 220)}"'
        text = f"{place} {table.nouns[0]}, {_who(table, row, column)}: {said} {table.cite(row)}"
        lead = f"{table.count(table.size)}, the latest on {time.show(rows[0])[:10]}" if not position else ""
        yield Finding(Place.FINDING, 44 - position, text, table.name, lead, _TOPICS)


def _listed(table: Table, column: Column, rows: list[int]) -> Finding:
    """Texts without a time: those with figures first, as far as they are read; the others by name."""
    figured = [r for r in rows if any(c.isdigit() for c in column.cells[r])]
    told = sorted((figured + [r for r in rows if r not in set(figured)])[:_LISTED])
    limit = 110 if len(told) > 4 else 200
    said = "; ".join(f'{_who(table, r, column)} "{shorten(column.cells[r], limit)}"'.strip() for r in told)
    others = [table.row_name(r, 40) for r in rows if r not in set(told)]
    named = f". Also {', '.join(others[:_LISTED])}" if others else ""
    more = f" and {len(others) - _LISTED:,} more" if len(others) > _LISTED else ""
    text = f"{capital(table.count(table.size))}: {said}{named}{more}. {table.cite(*told)}"
    return Finding(Place.FINDING, 42, text, table.name, table.count(table.size), _TOPICS)


def _who(table: Table, row: int, prose_column: Column) -> str:
    """Name, role and time of a text: "VIS-1 Endocrinology (2026-01-02)"."""
    time = table.time
    named = table.row_name(row) if table.identifier or table.subject else ""
    roles = [
        c.cells[row]
        for c in table.of_kind(Kind.CATEGORY, Kind.NAME)
        if c is not table.subject and c.words & ({"role", "by"} | STATUS_NAMES | SEVERITY_NAMES)
    ]
    beside = [clean(role) for role in roles if role] + ([time.show(row)] if time and time.cells[row] else [])
    parts = [named, f"({', '.join(beside)})" if beside else ""]
    return " ".join(p for p in parts if p and p != clean(prose_column.cells[row]))


def find_solutions(table: Table) -> Iterator[Finding]:
    """What solved the closest case, or what solved most of them."""
    solved = solution(table)
    if solved is None:
        return
    rows = [r for r in range(table.size) if solved.cells[r]]
    used = next((c for c in table.columns if c.is_number and c.words & _USED), None)
    close = next((c for c in table.columns if c.is_number and c.words & _CLOSENESS), None)
    order = used or close
    if order is not None:
        rows.sort(key=lambda r: (-(order.numbers[r] or Decimal()), r))
    weight = 94 if used else 90
    for position, row in enumerate(rows[:2]):
        quoted = f'"{shorten(solved.cells[row], 260)}"'
        beside = ", ".join(f"{c.label} {c.show(row)}" for c in table.columns if c.is_number and c.cells[row])
        if used:
            text = f"{'Next' if position else 'Helped most often'}: {quoted} ({beside}). {table.cite(row)}"
        else:
            word = "Next closest" if position else "Closest solved case"
            near = f" ({close.label} {close.show(row)})" if close and close.cells[row] else ""
            text = f"{word}: {table.row_name(row, 90)}{near}: {quoted}. {table.cite(row)}"
        yield Finding(Place.ACTION, weight - position * 30, text, table.name, topics=frozenset({"solution"}))

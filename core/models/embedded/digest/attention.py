"""Rows that ask for a look: by their status, by a flag, by days overdue, or because they are there twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .columns import Column, Kind, counts
from .finding import Finding, Place
from .rows import describe, labelled
from .tables import Table
from .words import BAD, BAD_FLAGS, DONE, OPEN, SEVERITY_NAMES, STATUS_NAMES, TIME_UNITS, capital, severity_rank, tokens

_OVERDUE = frozenset({"overdue", "late", "delay", "arrears"})
_NAMES = 4  # rows named in one bullet


def find(table: Table) -> Iterator[Finding]:
    yield from _statuses(table)
    yield from _flags(table)
    yield from _overdue(table)
    yield from _duplicates(table)


def _statuses(table: Table) -> Iterator[Finding]:
    """Rows whose status says that something went wrong or is not done yet."""
    for column in table.columns:
        if not column.words & STATUS_NAMES or column.kind not in (Kind.CATEGORY, Kind.NAME):
            continue
        for words, weight in ((BAD, 58), (OPEN - BAD, 48)):
            values = [v for v, _ in counts(column) if set(tokens(v)) & words and not set(tokens(v)) & DONE]
            rows = [r for r in range(table.size) if column.cells[r] in values]
            if not rows or (len(rows) == table.size and table.size > 3):
                continue
            yield from _status(table, column, rows, values, weight)


def _status(table: Table, column: Column, rows: list[int], values: list[str], weight: float) -> Iterator[Finding]:
    time, severity = table.time, table.named(SEVERITY_NAMES, Kind.CATEGORY, Kind.NAME)
    rows = sorted(rows, key=lambda r: time.cells[r], reverse=True) if time else rows
    if severity is not None:
        rows = sorted(rows, key=lambda r: severity_rank(severity.cells[r]))
    named = "; ".join(describe(table, r, 3, frozenset({column.index})) for r in rows[:_NAMES])
    shown = " or ".join(values[:3])
    more = f"; and {len(rows) - _NAMES:,} more" if len(rows) > _NAMES else ""
    told = f"{len(rows):,} of {table.count(table.size)} with {column.label} {shown}"
    cite = table.cite(*rows[:_NAMES])
    action = f"Follow up {table.row_name(rows[0])}, {column.label} {column.show(rows[0])}. {table.cite(rows[0])}"
    text = f"{capital(told)}: {named}{more}. {cite}"
    yield Finding(Place.RISK, weight, text, table.name, told, action=action)


def _flags(table: Table) -> Iterator[Finding]:
    for column in table.of_kind(Kind.BOOLEAN):
        rows = [r for r in range(table.size) if column.cells[r] == "true"]
        if rows and column.words & BAD_FLAGS:
            named = ", ".join(table.row_name(r) for r in rows[:_NAMES])
            more = f" and {len(rows) - _NAMES:,} more" if len(rows) > _NAMES else ""
            told = f"{len(rows):,} of {table.count(table.size)} marked {column.label}: {named}{more}"
            yield Finding(Place.RISK, 57, f"{capital(told)}. {table.cite(*rows[:_NAMES])}", table.name, told)


def _overdue(table: Table) -> Iterator[Finding]:
    """Days overdue above nothing, the most first."""
    for column in [c for c in table.columns if c.is_number and c.words & _OVERDUE and c.words & TIME_UNITS]:
        rows = [r for r in range(table.size) if (n := column.numbers[r]) is not None and n > 0]
        if not rows:
            continue
        rows.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
        told = "; ".join(describe(table, r, 6) for r in rows[:3])
        text = f"{len(rows):,} of {table.count(table.size)} with {column.label}: {told}. {table.cite(*rows[:3])}"
        action = f"Follow up {table.row_name(rows[0])}: {column.label} {column.show(rows[0])}. {table.cite(rows[0])}"
        lead = f"{table.row_name(rows[0])}: {column.label} {column.show(rows[0])}"
        yield Finding(Place.RISK, 57, text, table.name, lead, action=action)


def _duplicates(table: Table) -> Iterator[Finding]:
    """Rows that are the same in everything but their own identifier and position."""
    identifier = table.identifier
    unique = identifier is not None and len(set(identifier.cells)) == table.size
    own = {identifier.index} if identifier is not None and unique else set[int]()
    compared = [c for c in table.columns if c.index not in own and c.kind is not Kind.EMPTY]
    telling = [c for c in compared if c.is_time or c.is_number or c.kind is Kind.IDENTIFIER]
    if not telling or len(compared) < 3:
        return
    seen: dict[tuple[str, ...], int] = {}
    found: list[tuple[int, int]] = []
    for row in range(table.size):
        key = tuple(c.cells[row] for c in compared)
        first = seen.setdefault(key, row)
        if first != row:
            found.append((first, row))
    if found:
        first, row = found[0]
        same = ", ".join(labelled(c, row) for c in compared[:4] if c.cells[row])
        more = f" {len(found) - 1:,} more such rows." if len(found) > 1 else ""
        told = f"{table.row_name(first)} and {table.row_name(row)} look like duplicates: same {same}"
        cite = table.cite(first, row)
        action = f"Check whether {table.row_name(first)} and {table.row_name(row)} are the same. {cite}"
        yield Finding(Place.RISK, 59, f"{told}.{more} {cite}", table.name, told, action=action)

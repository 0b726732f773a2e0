"""A row in one line, for lists of rows inside a sentence."""

from __future__ import annotations

from .columns import Column, Kind
from .figures import shorten
from .pairs import is_reference
from .tables import Table


def describe(table: Table, row: int, most: int = 5, skip: frozenset[int] = frozenset()) -> str:
    """A row in one line: its name, then its cells by label; prose last and short."""
    naming = {c.index for c in (table.identifier, table.subject) if c is not None}
    plain = [
        c
        for c in table.columns
        if c.index not in naming | skip
        and c.cells[row]
        and c.kind is not Kind.TEXT
        and not is_reference(c)
        and not c.is_unit
    ]
    prose = [c for c in table.columns if c.index not in skip and c.cells[row] and c.kind is Kind.TEXT]
    plain.sort(key=lambda c: (not c.is_time, c.kind is Kind.IDENTIFIER, c.index))
    parts = [labelled(c, row) + (table.unit(row) if c.kind is Kind.DECIMAL else "") for c in plain[:most]]
    parts += [f'"{shorten(c.cells[row], 120)}"' for c in prose[:1]]
    name = table.row_name(row) if naming else ""
    return f"{name} ({', '.join(parts)})" if name and parts else name or ", ".join(parts)


def labelled(column: Column, row: int) -> str:
    shown = column.show(row, 60)
    if column.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.PERIOD):
        return f"{column.label} {shown}" if len(column.words) > 1 else shown
    return shown if column.is_money and column.label in ("amount", "total") else f"{column.label} {shown}"

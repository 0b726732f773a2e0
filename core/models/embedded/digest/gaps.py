"""What the record does not hold: empty sets, empty columns, rows left out, and what no row can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .figures import shorten
from .finding import Finding, Place
from .profile import Kind, Table
from .words import OFTEN_EMPTY, human


def find(tables: Sequence[Table]) -> Iterator[Finding]:
    empty = [table for table in tables if table.size == 0]
    for table in empty[:6]:
        yield Finding(Place.MISSING, 80, f"No {table.nouns[1]} in the record. [{table.name}]", table.name)
    for table in tables:
        if table.is_cut:
            left = (table.of or 0) - table.size
            text = f"{table.size:,} of {table.of:,} rows of {human(table.name)} were read; {left:,} were left out."
            yield Finding(Place.MISSING, 90, text, table.name)
        elif table.note:
            yield Finding(Place.MISSING, 90, f"{human(table.name)}: {shorten(table.note, 160)}.", table.name)
        yield from _columns(table)


def _columns(table: Table) -> Iterator[Finding]:
    hollow = [c.label for c in table.of_kind(Kind.EMPTY)] if table.size else []
    if hollow:
        names = ", ".join(hollow[:5])
        yield Finding(Place.MISSING, 60, f"Nothing is entered for {names}. [{table.name}]", table.name)
    for column in table.columns:
        lacking = [r for r in range(table.size) if not column.cells[r]]
        if not lacking or column.kind is Kind.EMPTY or column.words & OFTEN_EMPTY or len(lacking) * 2 > table.size:
            continue
        named = ", ".join(table.row_name(r) for r in lacking[:3])
        more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
        text = f"No {column.label} for {len(lacking):,} of {table.count(table.size)}: {named}{more}."
        yield Finding(Place.MISSING, 40, f"{text} {table.cite(*lacking[:3])}", table.name)

"""What the record does not hold: empty sets, empty columns, rows left out, and what no row can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .columns import Kind
from .compare import is_comparison
from .figures import shorten
from .finding import Finding, Place
from .tables import Table
from .words import CHANGE_SETS, OFTEN_EMPTY, SIGNAL_SETS, human, tokens


def find(tables: Sequence[Table]) -> Iterator[Finding]:
    for table in [t for t in tables if t.size == 0][:8]:
        text = f"No {table.nouns[1]}. [{table.name}]"
        if set(tokens(table.name)) & SIGNAL_SETS:
            yield Finding(Place.RISK, 30, text, table.name)
        else:
            yield Finding(Place.MISSING, 80, text, table.name)
    for table in tables:
        if table.is_cut:
            left = (table.of or 0) - table.size
            text = f"{table.size:,} of {table.of:,} rows of {human(table.name)} were read; {left:,} were left out."
            yield Finding(Place.MISSING, 90, text, table.name)
        elif table.note:
            yield Finding(Place.MISSING, 90, f"{human(table.name)}: {shorten(table.note, 160)}.", table.name)
        if table.size and not is_comparison(table):
            yield from _columns(table)


def _columns(table: Table) -> Iterator[Finding]:
    """Columns nobody filled, then columns with holes, those with the same holes together."""
    hollow = [c.label for c in table.of_kind(Kind.EMPTY) if not c.words & OFTEN_EMPTY]
    if hollow and not set(tokens(table.name)) & CHANGE_SETS:
        text = f"Nothing is entered for {', '.join(dict.fromkeys(hollow[:6]))}. [{table.name}]"
        yield Finding(Place.MISSING, 60, text, table.name)
    holes: dict[tuple[int, ...], list[str]] = {}
    for column in table.columns:
        lacking = tuple(r for r in range(table.size) if not column.cells[r])
        if lacking and column.kind is not Kind.EMPTY and not column.words & OFTEN_EMPTY:
            holes.setdefault(lacking, []).append(column.label)
    for lacking, labels in holes.items():
        if len(lacking) * 2 > table.size or table.size == 1:
            continue
        named = ", ".join(table.short_name(r) for r in lacking[:3])
        more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
        label = " or ".join(dict.fromkeys(labels[:4]))
        text = f"No {label} for {len(lacking):,} of {table.count(table.size)}: {named}{more}."
        yield Finding(Place.MISSING, 40, f"{text} {table.cite(*lacking[:3])}", table.name)

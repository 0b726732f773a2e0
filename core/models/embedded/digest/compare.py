"""Rows set side by side: last year and this year, this order and the median, a peer group. Never added up."""

from __future__ import annotations

from collections.abc import Iterator

from .columns import Column, Kind
from .figures import percent, shorten, times
from .finding import Finding, Place
from .tables import Table
from .words import COMPARING, capital, tokens

_MOST_ROWS = 6
_MOST_MEASURES = 6
_HANDFUL = 5  # 1 against 2 is not "half"
_LEAST = 0.2
_TOPICS = frozenset({"trend", "usual", "comparison", "pattern", "history"})


def is_comparison(table: Table) -> bool:
    """Few rows, named by words that compare, with nothing but figures beside them."""
    label = _label(table)
    if label is None or not 2 <= table.size <= _MOST_ROWS or table.of_kind(Kind.IDENTIFIER):
        return False
    comparing = sum(1 for cell in label.cells if set(tokens(cell)) & COMPARING)
    return comparing * 2 >= table.size and any(c.is_number for c in table.columns) and table.time is None


def find(table: Table) -> Iterator[Finding]:
    """Row by row, the widest move of the first row against the second before them."""
    label = _label(table)
    if label is None:
        return
    figures = [c for c in table.columns if c.is_number][:_MOST_MEASURES]
    rows = [
        f"{_name(label, row)}: {', '.join(f'{c.label} {c.show(row)}' for c in figures if c.cells[row])}"
        for row in range(table.size)
    ]
    moved = [_move(label, column, row) for column in figures for row in range(1, table.size)]
    change, lead = max(moved, key=lambda item: item[0], default=(0.0, ""))
    opening = f"{capital(lead)}. " if lead else ""
    text = f"{opening}{capital('; '.join(rows))}. [{table.name}]"
    yield Finding(Place.FINDING, 54 + min(change, 1) * 8, text, table.name, lead, _TOPICS)


def _label(table: Table) -> Column | None:
    texts = [c for c in table.of_kind(Kind.NAME, Kind.CATEGORY) if c.filled == table.size]
    return texts[0] if len(texts) == 1 and len(set(texts[0].cells)) == table.size else None


def _name(label: Column, row: int) -> str:
    cell = shorten(label.cells[row], 60)
    return cell if cell[1:2].isupper() else cell[:1].lower() + cell[1:]


def _move(label: Column, column: Column, row: int) -> tuple[float, str]:
    """How far the first row is from another; handfuls and small changes are no move."""
    now, before = column.numbers[0], column.numbers[row]
    if now is None or before is None or before <= 0 or now < 0:
        return 0.0, ""
    change = float(abs(now - before) / before)
    handful = not column.is_money and max(now, before) < _HANDFUL
    if handful or change < _LEAST:
        return 0.0, ""
    much = f"{percent(now - before, before)} {'more' if now > before else 'less'}"
    if now >= 3 * before:
        much = f"{times(now, before)} as much"
    told = (
        f"{column.label} {column.format(now)} ({_name(label, 0)}) against {column.format(before)}"
        f" ({_name(label, row)}), {much}"
    )
    return change, told

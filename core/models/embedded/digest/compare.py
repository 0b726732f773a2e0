"""Rows set side by side: last year and this year, this order and the median, a peer group. Never added up."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import percent, shorten
from .finding import Finding, Place
from .profile import Column, Kind, Table
from .words import COMPARING, capital, tokens

_MOST_ROWS = 6
_MOST_MEASURES = 6
_TOLD = frozenset({"trend", "usual", "comparison", "pattern", "history"})


def is_comparison(table: Table) -> bool:
    """Few rows, named by words that compare, with nothing but figures beside them."""
    label = _label(table)
    if label is None or not 2 <= table.size <= _MOST_ROWS or table.of_kind(Kind.IDENTIFIER):
        return False
    comparing = sum(1 for cell in label.cells if set(tokens(cell)) & COMPARING)
    return comparing * 2 >= table.size and any(c.is_number for c in table.columns) and table.time() is None


def find(table: Table) -> Iterator[Finding]:
    """One bullet: measure by measure, the first row's figure before the others'; the lead is the widest move."""
    label = _label(table)
    if label is None:
        return
    moved: list[tuple[float, str]] = []
    told: list[str] = []
    for column in [c for c in table.columns if c.is_number][:_MOST_MEASURES]:
        rows = [row for row in range(table.size) if column.numbers[row] is not None]
        shown = ", ".join(f"{column.show(row)} ({_name(label, row)})" for row in rows)
        told.append(f"{column.label} {shown}")
        if len(rows) > 1 and rows[0] == 0:
            moved.append(_move(label, column, rows[1]))
    change, lead = max(moved, key=lambda item: item[0], default=(0.0, ""))
    opening = f"{capital(lead)}. " if change >= 0.2 else ""
    text = f"{opening}Side by side: {'; '.join(told)}. [{table.name}]"
    yield Finding(
        Place.FINDING, 54 + min(change, 1) * 8, text, table.name, lead if change >= 0.2 else "", _TOLD
    )  # fmt: skip


def _label(table: Table) -> Column | None:
    texts = [c for c in table.of_kind(Kind.NAME, Kind.CATEGORY) if c.filled == table.size]
    return texts[0] if len(texts) == 1 and len(set(texts[0].cells)) == table.size else None


def _name(label: Column, row: int) -> str:
    cell = shorten(label.cells[row], 60)
    return cell if cell[1:2].isupper() else cell[:1].lower() + cell[1:]


def _move(label: Column, column: Column, row: int) -> tuple[float, str]:
    now, before = column.numbers[0], column.numbers[row]
    if now is None or before is None or now == before or before <= 0 or now < 0:
        return 0.0, ""
    way = "more" if now > before else "less"
    told = (
        f"{column.label} {column.format(now)} ({_name(label, 0)}) against {column.format(before)}"
        f" ({_name(label, row)}), {percent(now - before, before)} {way}"
    )
    return float(abs(now - before) / before), told

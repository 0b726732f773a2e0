"""Values beside the low and high that the row itself gives: which lie outside, and how they came there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .columns import Column
from .figures import shorten, to_number
from .finding import Finding, Place
from .pairs import is_base, is_reference
from .tables import Table
from .words import HIGH_NAMES, LOW_NAMES, RANGE_NAMES, VALUE_NAMES, capital

_RANGE = re.compile(r"\s*(-?\d{1,15}(?:\.\d{1,9})?)\s*(?:-|–|to|\.\.)\s*(-?\d{1,15}(?:\.\d{1,9})?)\D{0,20}")
_BOUND = re.compile(r"\s*(<|<=|≤|>|>=|≥)\s*(-?\d{1,15}(?:\.\d{1,9})?)\D{0,20}")
_TOLD = 6


def has_ranges(table: Table) -> bool:
    return value_column(table) is not None and any(_bounds(table, row) != (None, None) for row in range(table.size))


def value_column(table: Table) -> Column | None:
    """The measured value itself: neither a bound nor an earlier value."""
    numbers = [c for c in table.columns if c.is_number and not is_reference(c) and not is_base(c)]
    return next((c for word in VALUE_NAMES for c in numbers if word in c.words), None)


def find(table: Table) -> Iterator[Finding]:
    """The latest value outside of each name; one bullet each."""
    value, time = value_column(table), table.time
    if value is None:
        return
    out: list[tuple[str, int, str, str]] = []
    for row in range(table.size):
        number = value.numbers[row]
        low, high = _bounds(table, row)
        if number is not None and low is not None and number < low:
            out.append((time.cells[row] if time else "", row, "below", _limits(low, high)))
        elif number is not None and high is not None and number > high:
            out.append((time.cells[row] if time else "", row, "above", _limits(low, high)))
    out.sort(key=lambda item: (item[0], -item[1]), reverse=True)
    latest: dict[str, tuple[str, int, str, str]] = {}
    for item in out:
        latest.setdefault(_name(table, item[1]), item)
    for position, (name, (when, row, side, limits)) in enumerate(list(latest.items())[:_TOLD]):
        shown = f"{value.show(row)}{table.unit(row)}"
        told = f"{capital(name)} {shown}{f' on {when[:10]}' if when else ''}, {side} the reference {limits}"
        text = f"{told}{_history(table, value, name, row)}. {table.cite(row)}"
        action = f"Have {name} looked at: {shown}, {side} the reference. {table.cite(row)}"
        yield Finding(Place.RISK, 72 - position, text, table.name, told, frozenset({"range"}), action)


def _bounds(table: Table, row: int) -> tuple[Decimal | None, Decimal | None]:
    low = high = None
    for column in table.columns:
        cell = column.cells[row]
        if column.is_number and column.words & LOW_NAMES:
            low = column.numbers[row]
        elif column.is_number and column.words & HIGH_NAMES:
            high = column.numbers[row]
        elif column.words & RANGE_NAMES and not column.is_number and cell:
            if match := _RANGE.fullmatch(cell[:60]):
                low, high = to_number(match.group(1)), to_number(match.group(2))
            elif match := _BOUND.fullmatch(cell[:60]):
                bound = to_number(match.group(2))
                low, high = (None, bound) if match.group(1) in "<=≤" else (bound, None)
    return low, high


def _limits(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"range {low:f} to {high:f}"
    return f"limit {low if low is not None else high:f}"


def _name(table: Table, row: int) -> str:
    subject = table.subject
    return shorten(subject.cells[row], 70) if subject and subject.cells[row] else table.row_name(row)


def _history(table: Table, value: Column, name: str, last: int) -> str:
    """Earlier values of the same name, from earlier rows or from columns beside it, oldest first."""
    time = table.time
    beside = [c for c in table.columns if c.is_number and is_base(c) and "value" in c.words | value.words]
    told = [f"{c.label} {c.show(last)}" for c in beside if c.cells[last]][:2]
    if told:
        return f"; {', '.join(told)}"
    if time is not None:
        rows = [r for r in range(table.size) if r != last and value.cells[r] and _name(table, r) == name]
        rows = sorted((r for r in rows if time.cells[r] < time.cells[last]), key=lambda r: time.cells[r])[-3:]
        told = [f"{value.show(r)} on {time.cells[r][:10]}" for r in rows]
    return f"; before that {', '.join(told)}" if told else ""

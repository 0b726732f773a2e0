"""Rows that run over time: one row per month or day, or several measurements of the same names."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from .columns import Column, Kind
from .figures import is_month, month_index, month_name, percent
from .finding import Finding, Place
from .pairs import column_pairs, is_reference
from .tables import Table
from .words import POSITIONS, capital

_MOST_MEASURES = 3
_WORTH_A_SECOND = 0.1  # a further measure of the same rows is told when it moved by this share
_TREND = frozenset({"trend", "pattern", "history", "month", "development"})


def is_series(table: Table) -> bool:
    """At least three rows, each with a time of its own, no identifier, something to measure."""
    time = table.time
    if time is None or table.size < 3 or len(set(time.cells)) != table.size or time.filled != table.size:
        return False
    named = [c for c in table.of_kind(Kind.IDENTIFIER, Kind.NAME, Kind.TEXT) if not c.words & POSITIONS]
    return bool(measures(table)) and (time.kind is Kind.PERIOD or not named)


def measures(table: Table) -> list[Column]:
    """Numbers worth following: money first, then what can be added up, then the rest; baselines left out."""
    baselines = {base.index for base, _ in column_pairs(table)}
    numbers = [
        c
        for c in table.columns
        if c.is_number and c.index not in baselines and not is_reference(c) and c.filled * 2 > table.size
    ]
    return sorted(numbers, key=lambda c: (not c.additive, not c.is_money, c.index))


def find(table: Table) -> Iterator[Finding]:
    time = table.time
    if time is None:
        return
    order = sorted(range(table.size), key=lambda row: time.cells[row])
    for position, column in enumerate(measures(table)[:_MOST_MEASURES]):
        rows = [row for row in order if column.numbers[row] is not None]
        if len(rows) >= 3 and len({column.numbers[row] for row in rows}) > 1:
            trend, size = _trend(table, time, column, rows, position)
            if not position or size >= _WORTH_A_SECOND:
                yield trend
    yield from _gaps(table, time)


def _value(column: Column, row: int) -> Decimal:
    return column.numbers[row] or Decimal()


def _trend(table: Table, time: Column, column: Column, rows: list[int], position: int) -> tuple[Finding, float]:
    """Halves compared where adding up makes sense, then highest, lowest and the last step."""
    parts: list[str] = []
    lead, size = "", 0.0
    if column.additive and len(rows) >= 4 and not table.is_cut:
        lead, size = _halves(table, time, column, rows)
        parts.append(lead)
    else:
        first, last = rows[0], rows[-1]
        lead = (
            f"{table.measure(column)} from {column.show(first)} in {time.show(first)} to {column.show(last)} in"
            f" {time.show(last)}{_change(column, _value(column, first), _value(column, last))}"
        )
        before = _value(column, first)
        size = float(abs(_value(column, last) - before) / abs(before)) if before else 0.0
        parts.append(lead)
    high = max(rows, key=lambda row: (_value(column, row), -row))
    low = min(rows, key=lambda row: (_value(column, row), row))
    turn = _turn(column, rows)
    zero = sum(1 for row in rows if not _value(column, row))
    lowest = (
        f"{column.format(Decimal())} in {zero} of {table.count(len(rows))}"
        if zero > 1
        else f"lowest {column.show(low)} in {time.show(low)}"
    )
    parts.append(f"highest {column.show(high)} in {time.show(high)}, {lowest}")
    if turn is not None and set(turn) == {high, low}:
        parts[-1] += ", the widest step between neighbours"
    elif turn is not None:
        a, b = turn
        parts.append(f"widest step {time.show(a)} to {time.show(b)}: {column.show(a)} to {column.show(b)}")
    parts.append(_last_step(time, column, rows))
    text = f"{capital('; '.join(parts))}. [{table.name}]"
    action = f"Find out why {table.measure(column)} changed. [{table.name}]" if size >= 0.25 and not position else ""
    return Finding(Place.FINDING, 52 + min(size, 1) * 12 - 4 * position, text, table.name, lead, _TREND, action), size


def _halves(table: Table, time: Column, column: Column, rows: list[int]) -> tuple[str, float]:
    half = len(rows) // 2
    early, late = rows[:half], rows[-half:]
    before = sum((_value(column, row) for row in early), Decimal())
    after = sum((_value(column, row) for row in late), Decimal())
    told = (
        f"{table.measure(column)}: {column.format(before)} in the first {table.count(half)}"
        f" ({time.show(early[0])} to {time.show(early[-1])}), {column.format(after)} in the last"
        f" {half} ({time.show(late[0])} to {time.show(late[-1])}){_change(column, before, after)}"
    )
    return told, float(abs(after - before) / abs(before)) if before else 0.0


def _change(column: Column, before: Decimal, after: Decimal) -> str:
    if before == after:
        return ", no change"
    word = "up" if after > before else "down"
    if column.suffix == "%":
        return f", {word} {column.format(abs(after - before))[:-1]} percentage points"
    return f", {word} {percent(after - before, before)}" if before > 0 <= after else ""


def _last_step(time: Column, column: Column, rows: list[int]) -> str:
    last, previous = rows[-1], rows[-2]
    return f"last {column.show(last)} in {time.show(last)} after {column.show(previous)} in {time.show(previous)}"


def _turn(column: Column, rows: list[int]) -> tuple[int, int] | None:
    """The widest step between neighbours, unless it is the last one (told already) or small."""
    if len(rows) < 5:
        return None
    steps = [(abs(_value(column, b) - _value(column, a)), -i, a, b) for i, (a, b) in enumerate(pairwise(rows))]
    size, _, before, after = max(steps)
    typical = sorted(step[0] for step in steps)[len(steps) // 2]
    alone = sum(1 for step in steps if step[0] == size) == 1
    if not alone or size < 2 * typical or after == rows[-1]:
        return None
    return before, after


def _gaps(table: Table, time: Column) -> Iterator[Finding]:
    """Months without a row between the first and the last."""
    if not all(is_month(cell) for cell in time.cells):
        return
    there = {month_index(cell) for cell in time.cells}
    absent = [m for m in range(min(there), min(max(there), min(there) + 600)) if m not in there]
    if absent:
        names = ", ".join(month_name(m) for m in absent[:4])
        more = f" and {len(absent) - 4} more" if len(absent) > 4 else ""
        yield Finding(Place.MISSING, 50, f"No row for {names}{more} in {table.name}.", table.name)


def find_groups(table: Table) -> Iterator[Finding]:
    """Several measurements of the same names: who rose or fell at every step, who moved most."""
    time, names = table.time, table.subject
    values = [c for c in measures(table) if not c.additive and not c.is_money]
    if time is None or names is None or not values:
        return
    column = values[0]
    groups: dict[str, list[int]] = {}
    for row in sorted(range(table.size), key=lambda row: time.cells[row]):
        if column.numbers[row] is not None and time.cells[row]:
            groups.setdefault(names.cells[row], []).append(row)
    moved: list[tuple[float, str, str]] = []
    for name, rows in groups.items():
        steps = [_value(column, b) - _value(column, a) for a, b in pairwise(rows)]
        steady = len(rows) >= 3 and (all(s > 0 for s in steps) or all(s < 0 for s in steps))
        if steady and name and (first := _value(column, rows[0])):
            told = ", ".join(f"{column.show(row)} ({time.show(row)[:10]})" for row in rows[-4:])
            change = float(abs(_value(column, rows[-1]) - first) / abs(first))
            way = "rising" if steps[0] > 0 else "falling"
            moved.append((change, f"{name} {way} at every step: {told}", table.cite(rows[-1])))
    for change, told, cite in sorted(moved, key=lambda item: (-item[0], item[1]))[:3]:
        if change >= 0.05:
            yield Finding(Place.FINDING, 50 + min(change, 1) * 10, f"{capital(told)}. {cite}", table.name, told, _TREND)

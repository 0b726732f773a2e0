"""Sets of things that happened or exist: orders, tickets, people. How many, how much, the newest, the most."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .columns import Kind, counts
from .figures import percent, shorten
from .finding import Finding, Place
from .rows import describe
from .series import measures
from .tables import Table
from .words import STATUS_NAMES, capital, timed

_SMALL = 5  # sets up to this size are told row by row
_FEW = 8  # and up to this size by name with a word or two


def find(table: Table) -> Iterator[Finding]:
    if table.size > _FEW:
        yield extent(table)
    yield from _shares(table)
    yield from _latest(table)


def extent(table: Table) -> Finding:
    """How many, from when to when, totals of what can be added, the largest and the smallest."""
    parts = _extent(table)
    text = ", ".join(parts)
    money = [c for c in measures(table) if c.additive]
    if money and table.size > 3:
        column = money[0]
        rows = [r for r in range(table.size) if column.numbers[r] is not None]
        high = max(rows, key=lambda r: (column.numbers[r] or Decimal(), -r))
        low = min(rows, key=lambda r: (column.numbers[r] or Decimal(), r))
        if column.numbers[high] != column.numbers[low]:
            text += (
                f"; largest {column.label} {column.show(high)} ({table.short_name(high)}), smallest {column.show(low)}"
                f" ({table.short_name(low)})"
            )
    lead = ", ".join(parts[:3])
    return Finding(Place.FINDING, 45, f"{capital(text)}. [{table.name}]", table.name, lead, frozenset({"history"}))


def _extent(table: Table) -> list[str]:
    time = table.time
    parts = [table.count(table.size) + (f" shown of {table.of:,}" if table.is_cut else "")]
    if time is not None and table.size > _SMALL:
        dated = sorted((r for r in range(table.size) if time.cells[r]), key=lambda r: time.cells[r])
        parts.append(timed(time.label, time.show(dated[0])[:10], time.show(dated[-1])[:10]))
    for column in [c for c in measures(table) if c.additive][:2]:
        known = [n for n in column.numbers if n is not None]
        if len(known) > 1:
            part, total = " of the rows shown" if table.is_cut else "", sum(known, Decimal())
            if table.is_cut and (whole := table.sum_of_all(column)) is not None:
                part, total = f" of all {table.count(table.of or 0)}", whole
            parts.append(f"{column.total_label}{part} {column.format(total)}")
    return parts


def _shares(table: Table) -> Iterator[Finding]:
    """How the rows spread over the values of a status or category."""
    columns = [c for c in table.of_kind(Kind.CATEGORY) if 1 < len(set(c.cells) - {""}) <= 12 and not c.is_unit]
    columns.sort(key=lambda c: (not c.words & STATUS_NAMES, c.index))
    if table.size < 5:
        return
    for column in columns[:2]:
        spread = counts(column)
        named = ", ".join(
            f"{shorten(value, 40)} {number:,}{_share(number, table.size) if i == 0 else ''}"
            for i, (value, number) in enumerate(spread[:5])
        )
        rest = sum(number for _, number in spread[5:])
        text = f"{capital(table.nouns[1])} by {column.label}: {named}{f', others {rest:,}' if rest else ''}."
        yield Finding(Place.FINDING, 34, f"{text} [{table.name}]", table.name)


def _share(number: int, size: int) -> str:
    return f" ({percent(Decimal(number), Decimal(size))})" if size >= 20 else ""


def _latest(table: Table) -> Iterator[Finding]:
    """Small sets row by row in the record's order; of larger ones the names, the newest row or the highest."""
    time = table.time
    if table.of_kind(Kind.TEXT):
        return  # told by its texts
    if 1 < table.size <= _FEW:
        most = 4 if table.size <= _SMALL else 2
        told = "; ".join(describe(table, r, most) for r in range(table.size))
        lead = ", ".join(_extent(table))
        text = f"{capital(lead)}: {told}. {table.cite(*range(table.size))}"
        yield Finding(Place.FINDING, 40, text, table.name, lead, frozenset({"latest"}))
    elif time is not None and time.filled:
        row = max(range(table.size), key=lambda r: (time.cells[r], -r))
        text = f"Latest: {describe(table, row)}. {table.cite(row)}"
        yield Finding(Place.FINDING, 38, text, table.name, topics=frozenset({"latest"}))
    elif table.size > _FEW:
        yield from _ranking(table)


def _ranking(table: Table) -> Iterator[Finding]:
    columns = [c for c in measures(table) if c.additive or c.is_money]
    if not columns:
        told = ", ".join(table.row_name(r, 40) for r in range(min(table.size, _FEW)))
        text = f"{capital(told)}; and {table.size - _FEW:,} more. [{table.name}]"
        yield Finding(Place.FINDING, 30, text, table.name)
        return
    column = columns[0]
    rows = [r for r in range(table.size) if column.numbers[r] is not None]
    rows.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
    told = ", ".join(f"{table.row_name(r)} {column.show(r)}" for r in rows[:3])
    yield Finding(Place.FINDING, 36, f"Highest {column.label}: {told}. {table.cite(*rows[:3])}", table.name)

"""Figures far from the others of their column, by a measure that the far ones do not bend."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .columns import Column, Kind
from .figures import decimals, times
from .finding import Finding, Place
from .pairs import column_pairs, is_reference
from .tables import Table
from .words import capital


def find(table: Table) -> Iterator[Finding]:
    """Far from the median by the robust measure (median absolute deviation), and several times it."""
    if table.size < 6:
        return
    told = 0
    mixed = any(c.is_unit and len(set(c.cells)) > 1 for c in table.columns)
    baselines = {base.index for base, _ in column_pairs(table)}
    for column in table.columns:
        if not column.is_number or column.index in baselines or is_reference(column) or told >= 2:
            continue
        if mixed and column.kind is Kind.DECIMAL:
            continue  # U/L beside mg/L: their median says nothing
        known = sorted(n for n in column.numbers if n is not None)
        if len(known) < 6 or len(set(known)) < 4 or known[0] < 0:
            continue
        median = _median(known)
        spread = _median(sorted(abs(n - median) for n in known))
        high = [r for r in range(table.size) if (n := column.numbers[r]) is not None and _is_far(n, median, spread)]
        if not high or len(high) * 10 > len(known) + 9:
            continue
        high.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
        row = high[0]
        value = column.numbers[row] or Decimal()
        said = (
            f"{table.row_name(row)}: {column.label} {column.format(value)}, {times(value, median)} the median"
            f" {_rounded(column, median)} of {table.count(len(known))}"
        )
        told += 1
        others = f" Also high: {', '.join(table.row_name(r) for r in high[1:4])}." if len(high) > 1 else ""
        yield Finding(
            Place.RISK, 54 + min(float(value / median), 20) / 4, f"{capital(said)}.{others} {table.cite(row)}",
            table.name, said, action=f"Check {table.row_name(row)}: {column.label} {column.format(value)}."
            f" {table.cite(row)}",
        )  # fmt: skip


def _rounded(column: Column, value: Decimal) -> str:
    """A median may lie between two values: at most one place more than the column has, two for money."""
    places = column.places if column.is_money else column.places + 1
    return column.format(
        value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if decimals(value) > places else value
    )


def _median(ordered: list[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _is_far(value: Decimal, median: Decimal, spread: Decimal) -> bool:
    return median > 0 and value >= 3 * median and (value - median) * Decimal("0.6745") > 5 * spread

"""The rows of a column whose number is the figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of
from core.evidence.fit import Fit, Stretch
from core.evidence.language.units import Dimension
from core.evidence.match import stretches
from core.evidence.readings.choice import factor_for


@dataclass(slots=True, eq=False)
class Matches:
    """The rows, as masks, whose number is the figure, and those of which it is a rounding; its sign aside."""

    exact: int = 0
    rounded: int = 0

    @property
    def any(self) -> int:
        return self.exact | self.rounded

    def within(self, mask: int) -> Matches:
        return Matches(self.exact & mask, self.rounded & mask)

    @property
    def first(self) -> tuple[int, Fit]:
        """An exact one before a rounding; of several the first."""
        mask = self.exact or self.rounded
        return (mask & -mask).bit_length() - 1, Fit.EXACT if self.exact else Fit.ROUNDED


_NOWHERE = Matches()


def matching(claim: Claim, column: Column) -> Matches:
    if not column.units:
        factor = factor_for(claim, column)
        matches = _lying(_wanted(claim, factor), column, factor) if factor else _NOWHERE
        if claim.dimension is Dimension.PERCENT and column.unit is None and column.is_ratio:
            percents = _lying(_wanted(claim, 1.0), column, 100.0)
            matches = Matches(matches.exact | percents.exact, matches.rounded | percents.rounded)
        return matches
    exact = rounded = 0
    factors = [factor_for(claim, column, row) for row in range(len(column.numbers))]
    for factor in sorted({f for f in factors if f}):
        rows = mask_of(row for row, one in enumerate(factors) if one == factor)
        alike = _lying(_wanted(claim, factor), column, factor).within(rows)
        exact, rounded = exact | alike.exact, rounded | alike.rounded
    return Matches(exact, rounded)


def _wanted(claim: Claim, factor: float) -> tuple[Stretch, ...]:
    """Where units differ, "18,400" is not read in its second way as well: it would fit too much."""
    told = claim if factor == 1.0 or len(claim.readings) == 1 else replace(claim, readings=claim.readings[:1])
    return stretches(told)


def _lying(wanted: Iterable[Stretch], column: Column, factor: float) -> Matches:
    exact = rounded = 0
    negative = column.has_negative
    for low, high, quality in wanted:
        rows = column.rows_between(low / factor, high / factor)
        if negative:
            rows |= column.rows_between(-high / factor, -low / factor)
        if quality is Fit.EXACT:
            exact |= rows
        else:
            rounded |= rows
    return Matches(exact, rounded & ~exact) if exact or rounded else _NOWHERE

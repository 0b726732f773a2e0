"""Rows beyond a bound: "5 orders above EUR 1,000", "over budget in three months"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Bound, Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope
from core.evidence.readings.choice import candidates, factor_for
from core.evidence.readings.measured import measured


def within_bounds(frame: Frame, claim: Claim, scope: Scope, total: bool) -> Iterator[tuple[int, str]]:
    """The scope's rows, and those beyond a bound in the same stretch: "5 orders above EUR 1,000"."""
    group = frame.groups[claim.first]
    bounds = [
        c
        for c in frame.claims
        if c is not claim
        and c.kind is Kind.NUMBER
        and c.bound in (Bound.OVER, Bound.UNDER, Bound.AT_LEAST, Bound.AT_MOST)
        and frame.groups[c.first] == group
        and c.first > claim.last
    ]
    compared = list(measured(frame, claim, scope))
    if compared:
        yield from compared
        if total:
            yield scope.mask, ""
        return
    if not bounds:
        yield scope.mask, ""
        yield from _equal(frame, claim, scope)
        return
    bound = bounds[0]
    for column in candidates(frame, bound):
        if column.set_index == scope.facts.index:
            mask = _beyond(column, bound, scope.mask)
            yield mask, f" with {column.name} {bound.bound.value} {bound.text}"


def _equal(frame: Frame, claim: Claim, scope: Scope) -> Iterator[tuple[int, str]]:
    """ "two faults had a severity of 3", "three work 150 hours": rows that hold the figure told after it."""
    for other in frame.claims:
        if other.first > claim.last and other.kind is Kind.NUMBER and other.unit is not None:
            for column in candidates(frame, other)[:_FEW]:
                if column.set_index == scope.facts.index:
                    rows = column.rows_between(other.value, other.value)
                    yield rows & scope.mask, f" with {column.name} {other.text}"
            return
    for other in frame.claims:
        lead = frame.tokens[max(0, other.first - 2) : other.first]
        if other.first <= claim.last or other.kind is not Kind.NUMBER or len(lead) < 2 or lead[1].low != "of":
            continue
        for column, weight in frame.index.column_words.get(lead[0].stem, ()):
            if weight == 1.0 and column.is_number and column.set_index == scope.facts.index:
                rows = column.rows_between(other.value, other.value)
                yield rows & scope.mask, f" with {column.name} {other.text}"


_FEW = 3


def _beyond(column: Column, bound: Claim, mask: int) -> int:
    result = 0
    factor = factor_for(bound, column) or 1.0
    for row in rows_of(mask):
        number = column.numbers[row]
        if number is None:
            continue
        value = number * factor
        match bound.bound:
            case Bound.OVER:
                inside = value > bound.value
            case Bound.UNDER:
                inside = value < bound.value
            case Bound.AT_LEAST:
                inside = value >= bound.value
            case _:
                inside = value <= bound.value
        result |= inside << row
    return result

"""Whether a figure as written fits a value of the record: exactly, as a rounding, or within its "about" or "over"."""

from __future__ import annotations

from enum import IntEnum

from core.evidence.claims.claim import Bound, Claim, Form
from core.evidence.language.units import Dimension, Unit


class Fit(IntEnum):
    NO = 0
    ROUNDED = 1
    EXACT = 2


TINY = 1e-9
ABOUT_LEAST, ABOUT_MOST = 0.05, 0.10  # "about 1,200" reaches 5 % to 10 %, by how round the figure is
FAR = 1.6  # "more than 1,000" said of 1,700 is no longer about it, unless the words name it


def fit(claim: Claim, value: float, *, named: bool = False, sign: bool = True) -> Fit:
    """`value` in the claim's unit. `named`: the words leave no doubt about what is meant, so "over" may be far over."""
    best = Fit.NO
    for reading, step in claim.readings:
        if sign:
            target, actual = -reading if claim.sign < 0 else reading, value
        else:
            target, actual = abs(reading), abs(value)
        if claim.form in _RATIOS:
            found = _fit_ratio(claim, target, actual, step)
        elif claim.bound is Bound.EXACT:
            found = _fit_exact(target, actual, step)
        else:
            found = _fit_bound(claim.bound, target, actual, step, named)
        if found is Fit.EXACT:
            return found
        if found is not Fit.NO:
            best = found
    return best


_RATIOS = (Form.FRACTION, Form.MULTIPLE)


def _fit_exact(target: float, actual: float, step: float) -> Fit:
    difference = abs(actual - target)
    if difference <= 0.5 * step * (1 + 1e-6):
        return Fit.EXACT if difference <= _SAME * max(1.0, abs(actual)) else Fit.ROUNDED
    if difference <= _SAME * abs(actual):
        return Fit.EXACT
    cut = step == 1.0 and difference < 1 and abs(actual) > abs(target) >= 100
    return _yes(cut)  # 1,204.87 told as 1,204


_SAME = 1e-7  # of the value


def _fit_bound(bound: Bound, target: float, actual: float, step: float, named: bool) -> Fit:
    difference = actual - target
    same = abs(difference) <= _SAME * max(1.0, abs(actual))
    size = abs(target)
    match bound:
        case Bound.EXACT:
            return _fit_exact(target, actual, step)
        case Bound.ABOUT:
            if same:
                return Fit.EXACT
            half = 0.5 * _roundness(target, step)
            return _yes(abs(difference) <= min(max(half, ABOUT_LEAST * size), ABOUT_MOST * size) + TINY)
        case Bound.JUST_OVER:
            return _yes(0 < difference <= max(ABOUT_MOST * size, 0.5 * _roundness(target, step) * (size < 20)))
        case Bound.JUST_UNDER:
            return _yes(0 < -difference <= max(ABOUT_MOST * size, step * (size < 10)))
        case Bound.OVER:
            return _yes(difference > TINY and (named or abs(actual) <= FAR * size or size < 10))
        case Bound.UNDER:
            return _yes(difference < -TINY and (named or abs(actual) * FAR >= size or size < 10))
        case Bound.AT_LEAST:
            return Fit.EXACT if same else _yes(difference > 0 and (named or abs(actual) <= FAR * size))
        case Bound.AT_MOST:
            return Fit.EXACT if same else _yes(difference < 0 and (named or abs(actual) * FAR >= size))


def _yes(holds: bool) -> Fit:
    return Fit.ROUNDED if holds else Fit.NO


def _roundness(target: float, step: float) -> float:
    """The place a round figure is round to: 1,200 → 100, 35 → 5, 36 → 1."""
    if not target:
        return step
    place = step
    while abs(target) >= place * 10 and abs(target / (place * 10) - round(target / (place * 10))) < TINY:
        place *= 10
    five = place * 5
    return five if abs(target / five - round(target / five)) < TINY else place


def _fit_ratio(claim: Claim, target: float, actual: float, step: float) -> Fit:
    """ "a third", "doubled", "2.5 times"."""
    slack = 0.02 if claim.form is Form.FRACTION else max(0.05 * target, 0.5 * step)
    match claim.bound:
        case Bound.EXACT:
            return Fit.EXACT if abs(actual - target) < 1e-6 else _yes(abs(actual - target) <= slack + TINY)
        case Bound.ABOUT:
            return _yes(abs(actual - target) <= max(2 * slack, 0.1 * target))
        case Bound.JUST_OVER:
            return _yes(0 < actual - target <= 0.15 * target + slack)
        case Bound.JUST_UNDER:
            return _yes(0 < target - actual <= 0.15 * target + slack)
        case Bound.OVER | Bound.AT_LEAST:
            return _yes(actual > target - TINY and actual <= 2.5 * target)
        case Bound.UNDER | Bound.AT_MOST:
            return _yes(actual < target + TINY and actual >= 0.4 * target)


def reach(claim: Claim, factor: float) -> list[tuple[float, float]]:
    """The stretches of cell values worth comparing, `factor` turning the claim's unit into the cell's."""
    stretches: list[tuple[float, float]] = []
    for reading, step in claim.readings:
        size = abs(reading)
        slack = step
        match claim.bound:
            case Bound.EXACT:
                low, high = size - slack, size + slack
            case Bound.ABOUT | Bound.JUST_OVER | Bound.JUST_UNDER:
                slack = max(ABOUT_MOST * size, step)
                low, high = size - slack, size + slack
            case Bound.OVER | Bound.AT_LEAST:
                low, high = size, max(FAR * size, size + 10)
            case Bound.UNDER | Bound.AT_MOST:
                low, high = size / FAR - (10 if size < 10 else 0), size
        for a, b in ((low, high), (-high, -low)):
            stretches.append((min(a * factor, b * factor) - TINY, max(a * factor, b * factor) + TINY))
    return stretches


def convert(claim: Unit | None, cell: Unit | None) -> float | None:
    """What a cell's value is multiplied with to come into the claim's unit; None when they cannot be compared."""
    if claim is None or cell is None:
        return 1.0
    if claim.dimension is not cell.dimension:
        if {claim.dimension, cell.dimension} == {Dimension.PERCENT, Dimension.POINTS}:
            return 1.0
        return None
    if claim.dimension is Dimension.MONEY or claim.dimension is Dimension.OTHER:
        return 1.0 if claim.name == cell.name else None
    return cell.factor / claim.factor

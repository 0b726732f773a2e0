"""Whether a figure as written fits a value of the record: exactly, as a rounding, or within its "about" or "over".

What fits is a few stretches of sizes, found once for each figure; to fit is to lie in one of them.
"""

from __future__ import annotations

import math

from core.evidence.claims.claim import Bound, Claim, Form
from core.evidence.fit import Fit, Stretch
from core.evidence.language.units import Dimension, Unit

TINY = 1e-9
ABOUT_LEAST, ABOUT_MOST = 0.05, 0.10  # "about 1,200" reaches 5 % to 10 %, by how round the figure is
FAR = 1.6  # "more than 1,000" said of 1,700 is no longer about it, unless the words name it
_SAME = 1e-7  # of the value


def fit(claim: Claim, value: float, *, named: bool = False, sign: bool = True) -> Fit:
    """`value` in the claim's unit. `named`: the words leave no doubt about what is meant, so "over" may be far over."""
    if sign and value and (value < 0) is not (claim.sign < 0):
        return Fit.NO
    size = abs(value)
    for low, high, quality in stretches(claim, named=named):
        if low <= size <= high:
            return quality
    return Fit.NO


def stretches(claim: Claim, *, named: bool = False) -> tuple[Stretch, ...]:
    """All that fits the figure, exact ones first."""
    known = claim.stretches.get(named)
    if known is None:
        found = [one for reading, step in claim.readings for one in _stretches(claim, abs(reading), step, named)]
        if len(claim.readings) > 1:
            found.sort(key=_exact_first)
        known = claim.stretches[named] = tuple(found)
    return known


def _exact_first(one: Stretch) -> int:
    return -one.fit


def exactly(size: float) -> Stretch:
    slack = _SAME * max(1.0, size)
    return Stretch(size - slack, size + slack, Fit.EXACT)


def _stretches(claim: Claim, size: float, step: float, named: bool) -> list[Stretch]:
    if claim.form in (Form.FRACTION, Form.MULTIPLE):
        return _of_ratio(claim, size, step)
    far_over = math.inf if named else size + 10 if size < 10 else FAR * size
    far_under = 0.0 if named or size < 10 else size / FAR
    match claim.bound:
        case Bound.EXACT:
            half = 0.5 * step * (1 + 1e-6)
            cut = size + 1 - TINY if step == 1.0 and size >= 100 else size  # 1,204.87 told as 1,204
            return [exactly(size), _rounded(size - half, max(size + half, cut))]
        case Bound.ABOUT:
            slack = min(max(0.5 * _roundness(size, step), ABOUT_LEAST * size), ABOUT_MOST * size) + TINY
            return [exactly(size), _rounded(size - slack, size + slack)]
        case Bound.JUST_OVER:
            slack = max(ABOUT_MOST * size, 0.5 * _roundness(size, step) * (size < 20))
            return [_rounded(size + TINY, size + slack)]
        case Bound.JUST_UNDER:
            return [_rounded(size - max(ABOUT_MOST * size, step * (size < 10)), size - TINY)]
        case Bound.OVER:
            if claim.across:
                return [exactly(size), _rounded(size - 0.5 * step, far_over)]
            return [_rounded(size + TINY, far_over)]
        case Bound.UNDER:
            return [_rounded(far_under, size - TINY)]
        case Bound.AT_LEAST:
            return [exactly(size), _rounded(size, math.inf if named else FAR * size)]
        case Bound.AT_MOST:
            return [exactly(size), _rounded(0.0 if named else size / FAR, size)]


def _rounded(low: float, high: float) -> Stretch:
    return Stretch(low, high, Fit.ROUNDED)


_TURNED = {
    Bound.JUST_UNDER: Bound.JUST_OVER,
    Bound.JUST_OVER: Bound.JUST_UNDER,
    Bound.OVER: Bound.UNDER,
    Bound.UNDER: Bound.OVER,
    Bound.AT_LEAST: Bound.AT_MOST,
    Bound.AT_MOST: Bound.AT_LEAST,
}


def _of_ratio(claim: Claim, size: float, step: float) -> list[Stretch]:
    """ "a third", "doubled", "2.5 times"."""
    slack = 0.02 if claim.form is Form.FRACTION else max(0.05 * size, 0.5 * step)
    shrinks = claim.form is Form.MULTIPLE and size < 1  # "almost halved" leaves a little more than half
    match _TURNED.get(claim.bound, claim.bound) if shrinks else claim.bound:
        case Bound.EXACT:
            return [Stretch(size - 1e-6, size + 1e-6, Fit.EXACT), _rounded(size - slack - TINY, size + slack + TINY)]
        case Bound.ABOUT:
            near = max(2 * slack, 0.1 * size)
            return [_rounded(size - near, size + near)]
        case Bound.JUST_OVER:
            return [_rounded(size + TINY, size + 0.15 * size + slack)]
        case Bound.JUST_UNDER:
            return [_rounded(size - 0.15 * size - slack, size - TINY)]
        case Bound.OVER | Bound.AT_LEAST:
            return [_rounded(size - TINY, 2.5 * size)]
        case Bound.UNDER | Bound.AT_MOST:
            return [_rounded(0.4 * size, size + TINY)]


def _roundness(target: float, step: float) -> float:
    """The place a round figure is round to: 1,200 → 100, 35 → 5, 36 → 1."""
    if not target:
        return step
    place = step
    while abs(target) >= place * 10 and abs(target / (place * 10) - round(target / (place * 10))) < TINY:
        place *= 10
    five = place * 5
    return five if abs(target / five - round(target / five)) < TINY else place


def convert(claim: Unit | None, cell: Unit | None) -> float | None:
    """What a cell's value is multiplied with to come into the claim's unit; None when they cannot be compared."""
    if claim is None or cell is None:
        return 1.0
    if claim.dimension is not cell.dimension:
        if {claim.dimension, cell.dimension} == {Dimension.PERCENT, Dimension.POINTS}:
            return 1.0
        return None
    if claim.dimension in (Dimension.MONEY, Dimension.OTHER) and claim.name != cell.name:
        return None
    return cell.factor / claim.factor

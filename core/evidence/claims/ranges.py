"""Figures that belong together: "2 hours and 30 minutes" is one, "5 to 7 days" are two of one unit."""

from __future__ import annotations

import re
from itertools import pairwise

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.language.units import Dimension

_COMPOUND_JOIN = re.compile(r",? (?:and )?|")


_COMPOUNDS = (Dimension.TIME, Dimension.MASS, Dimension.LENGTH)


def join_compounds(claims: list[Claim], text: str) -> list[Claim]:
    """ "2 hours and 30 minutes", "5 ft 11 in" are one figure, in the smaller unit."""
    joined: list[Claim] = []
    for claim in claims:
        last = joined[-1] if joined else None
        if last is not None and _continues(last, claim, text):
            assert last.unit is not None
            assert claim.unit is not None
            larger = last.value * last.unit.factor / claim.unit.factor
            joined[-1] = Claim(
                last.start,
                claim.end,
                text[last.start : claim.end],
                Kind.NUMBER,
                tuple((larger + value, step) for value, step in claim.readings),
                claim.unit,
                form=Form.DIGITS,
            )
        else:
            joined.append(claim)
    return joined


def _continues(large: Claim, small: Claim, text: str) -> bool:
    if large.unit is None or small.unit is None or large.unit.dimension not in _COMPOUNDS:
        return False
    return (
        large.unit.dimension is small.unit.dimension
        and small.unit.factor < large.unit.factor
        and 0 < small.value * small.unit.factor < large.unit.factor
        and large.value.is_integer()
        and large.form in (Form.DIGITS, Form.WORDS)
        and small.form in (Form.DIGITS, Form.WORDS)
        and _COMPOUND_JOIN.fullmatch(text[large.end : small.start]) is not None
    )


_RANGE_LEAD = re.compile(
    r"\b(?:between|from|of|in|at|to|by|takes?|took|ranged?|lasts?|lasted|for|is|was|were|are)\s*(?:about |around )?$",
    re.IGNORECASE,
)


_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or|bis|auf|/)\s*(?:about |around |nearly |almost |over )?", re.IGNORECASE)


def share_units(claims: list[Claim], text: str) -> None:
    """ "EUR 1.2–1.4k", "between 5 and 7 days": both ends have the unit, the scale and the currency."""
    for left, right in pairwise(claims):
        if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
            continue
        between = text[left.end : right.start]
        if left.unit is None and right.unit is not None and _LISTED.fullmatch(between) and left.form is Form.DIGITS:
            left.unit = right.unit  # "down to 12 and 17 percent"
        if not _RANGE.fullmatch(between) or (
            between.strip().lower() in {"and", "or", "to", "/"} and not _RANGE_LEAD.search(text[: left.start])
        ):
            continue
        left.partner, right.partner = right, left
        if left.unit is None and right.unit is not None:
            left.unit = right.unit
        elif right.unit is None and left.unit is not None and left.unit.dimension is Dimension.MONEY:
            right.unit = left.unit
        _share_scale(left, right)


_LISTED = re.compile(r" (?:and|or|to) |, (?:and )?")


def _share_scale(left: Claim, right: Claim) -> None:
    """ "1.2–1.4 million": the scale stands once."""
    step = right.readings[0][1]
    if step >= 100 and left.value < 1000 and right.value / max(left.value, 1e-9) > 500:
        factor = next((f for f in (1e9, 1e6, 1e3) if right.value >= f), 1.0)
        left.readings = tuple((value * factor, s * factor) for value, s in left.readings)

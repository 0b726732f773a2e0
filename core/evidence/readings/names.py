"""Lengths of time that columns are named after: "over the two 90-day periods" of `sold_90_days_before`."""

from __future__ import annotations

from itertools import pairwise

from core.evidence.claims.claim import Bound, Claim
from core.evidence.frame.frame import Frame
from core.evidence.language.stems import name_parts
from core.evidence.language.units import UNITS, Dimension
from core.evidence.support import Support
from core.evidence.verdict import Verdict


def read(frame: Frame, claim: Claim) -> Support | None:
    if claim.dimension is not Dimension.TIME or claim.bound is not Bound.EXACT or not claim.value.is_integer():
        return None
    told = str(int(claim.value))
    for column in frame.index.columns:
        for number, unit in pairwise(name_parts(column.name)):
            if number == told and unit in UNITS and UNITS[unit] == claim.unit:
                facts = frame.index.sets[column.set_index]
                return Support(Verdict.FOUND, f"{facts.name} has {column.name}.")
    return None

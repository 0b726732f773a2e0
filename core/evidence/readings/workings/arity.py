"""How many rows a figure of the same sentence is made of: "three payments bring EUR 6,242.60"."""

from __future__ import annotations

from collections.abc import Mapping

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.match import Fit
from core.evidence.support import MOST_CELLS, Support, derived
from core.evidence.verdict import Verdict


def read(frame: Frame, claim: Claim, known: Mapping[Claim, Support]) -> Support | None:
    """`known`: what the other claims of the sentence are carried by."""
    if claim.kind is not Kind.NUMBER or claim.form not in (Form.DIGITS, Form.WORDS) or claim.bound is not Bound.EXACT:
        return None
    if claim.unit is not None or claim.value < 2 or not claim.value.is_integer():
        return None
    for other, support in known.items():
        if other is claim or support.verdict is not Verdict.DERIVED or frame.turns_between(claim.first, other.first):
            continue
        places = {(cell.set, cell.row) for cell in support.cells}
        if len(places) != claim.value or len({number for number, _ in places}) > 1 or len(places) >= MOST_CELLS:
            continue
        if support.why.startswith(_ADDED) or support.why.endswith("added up."):
            return derived(Fit.EXACT, f"{claim.text} rows are what {other.text} is made of", support.cells)
    return None


_ADDED = ("sum", "average", "median")

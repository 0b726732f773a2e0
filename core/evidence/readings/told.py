"""A comparison with the figures that it compares: "solved faster than usual, 27.4 against 19.0 hours"."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import Extreme, Frame
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.support import Support
from core.evidence.verdict import Verdict

AGAINST = words("against versus vs compared to")
_OPEN = words("not never no if whether should could would may might must hardly unless")


def figures_told(frame: Frame, extreme: Extreme) -> Support | None:
    """Where just two figures of one kind follow, the second behind "against": the sentence's own figures decide."""
    if extreme.temporal or any(t.low in _OPEN for t in frame.tokens[max(0, extreme.place - 4) : extreme.place]):
        return None
    after = [c for c in frame.claims if c.kind is Kind.NUMBER and c.first > extreme.place]
    if len(after) != 2 or any(c.form not in (Form.DIGITS, Form.WORDS) or not c.readings for c in after):
        return None
    one, two = after
    between = [t.low for t in frame.tokens[one.last + 1 : two.first]]
    alike = one.dimension is two.dimension or one.unit is None or two.unit is None
    if not alike or not 0 < len(between) <= _MOST or AGAINST.isdisjoint(between) or "from" in frame.words:
        return None
    return _answer(extreme, one, two)


def _answer(extreme: Extreme, one: Claim, two: Claim) -> Support:
    timed = Dimension.TIME in (one.dimension, two.dimension) and _FAST in extreme.hint
    way = -extreme.direction if timed else extreme.direction
    change = one.signed - two.signed
    verdict = Verdict.DERIVED if change * way > 0 else Verdict.CONTRADICTED
    return Support(verdict, f"The first figure told is {'more' if change > 0 else 'no more'} than the second.")


_MOST = 4
_FAST = stem("speed")

"""The word of a sentence without a figure that says which way things went: "fell", "went up", "improved"."""

from __future__ import annotations

from typing import NamedTuple

from core.evidence.claims.claim import Claim, Kind
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import ADVICE, VERB_DOWN, VERB_UP
from core.evidence.language.listed import words
from core.evidence.language.polarity import BETTER, WORSE
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.readings.choice import is_name
from core.evidence.readings.predicates import is_unsure

_UNSURE = words(
    "not never no without hardly should could would may might can must will if whether unless until why than "
    "isn wasn doesn didn hasn neither nor almost nearly partly"
)
_SIDES = {"up": 1, "higher": 1, "upward": 1, "upwards": 1, "down": -1, "lower": -1, "downward": -1, "downwards": -1}
_GOING = words(
    "went go goes gone going came come comes pick picked picks moved move moves crept edged shot is are was were been "
    "be trended trending ticked headed still got gets get became grew put pushed brought driven set"
)
_RAISED = frozenset(stem(w) for w in words("raised lifted boosted hiked extended lengthened widened broadened"))
_CUT = frozenset(stem(w) for w in words("cut lowered reduced trimmed shortened slashed curtailed narrowed"))
_ALWAYS = words("upward upwards downward downwards")
_LONGER = {"longer": 1, "shorter": -1, "larger": 1, "bigger": 1, "smaller": -1, "greater": 1, "fewer": -1}
_THE = words("the this that its their any each lost")  # "the rise": no verb; "lost three kilos"


class Turn(NamedTuple):
    place: int
    sign: int  # 1 up, -1 down
    better: bool  # of what is good: "improved" may be more or less


def find_turn(frame: Frame) -> Turn | None:
    """None where there are several, where a figure tells by how much, or where it is left open."""
    if is_unsure(frame, _UNSURE) or frame.search(ADVICE):
        return None
    if any(_is_amount(frame, c) for c in frame.claims):
        return None
    turns = [turn for place in range(len(frame.tokens)) if (turn := _turn(frame, place))]
    return turns[0] if len(turns) == 1 else None


def _is_amount(frame: Frame, claim: Claim) -> bool:
    """Any figure but the length of the time it took: "over the three days"."""
    before = frame.tokens[max(0, claim.first - 2) : claim.first]
    lasting = claim.dimension is Dimension.TIME and not _DURING.isdisjoint(t.low for t in before)
    return claim.kind is Kind.NUMBER and not lasting


_DURING = words("over in during within for throughout")


def _turn(frame: Frame, place: int) -> Turn | None:
    token, before = frame.tokens[place], frame.tokens[place - 1].low if place else ""
    if any(c.first <= place <= c.last for c in frame.claims) or is_name(frame, place):
        return None
    if (side := _SIDES.get(token.low) or _LONGER.get(token.low)) is not None:
        after = frame.tokens[place + 1].low if place + 1 < len(frame.tokens) else ""
        said = before in _GOING or token.low in _ALWAYS
        return Turn(place, side, False) if said and after != "to" else None
    if token.stem in BETTER or token.stem in WORSE:
        said = token.low not in {"better", "worse"} or before in _GOING
        return Turn(place, 1 if token.stem in BETTER else -1, True) if said else None
    sign = (token.stem in VERB_UP | _RAISED) - (token.stem in VERB_DOWN | _CUT)
    if token.stem in _RAISED | _CUT and token.stem in frame.index.column_words:
        return None  # `raised_on`
    named = token.text[0].isupper() and any(m.first <= place <= m.last for m in frame.mentions if not m.context)
    return Turn(place, sign, False) if sign and not named and before not in _THE else None

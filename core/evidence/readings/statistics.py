"""Which statistic the words near a figure ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.evidence.claims.claim import Claim
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import AVERAGE, MEDIAN, PER, STATISTIC
from core.evidence.language.stems import stem
from core.evidence.readings.extremes import extremes_of
from core.evidence.verdict import Cell


def cue_of(frame: Frame, claim: Claim) -> str:
    """Which statistic the words near the figure ask for: average, median, per, extreme, or none in particular."""
    group = frame.groups[claim.first]
    asked = frame.stems(group) & STATISTIC
    for i in frame.places(group) if asked else ():
        token = frame.tokens[i]
        if token.stem in MEDIAN:
            return "median"
        if token.stem in AVERAGE and _is_nearest(frame, claim, i):
            return "average"
    if extremes_of(frame, claim):
        return "extreme"
    if unit_after_per(frame, claim):
        return "per"
    return ""


def _is_nearest(frame: Frame, claim: Claim, place: int) -> bool:
    """Whether "average" belongs to this figure and not to another one of its kind."""

    def distance(c: Claim) -> int:
        return min(abs(place - c.first), abs(place - c.last)) + (2 if place > c.last else 0)

    rivals = [c for c in frame.claims if c is not claim and c.readings and c.dimension == claim.dimension]
    return all(distance(claim) <= distance(other) for other in rivals)


def unit_after_per(frame: Frame, claim: Claim) -> str:
    if not frame.words.isdisjoint(PER.words):
        text = frame.sentence.text[claim.end - frame.sentence.start :]
        if match := PER.pattern.match(text.lstrip()[:40]) or PER.pattern.search(text[:32]):
            return stem(match["unit"])
    if frame.words.isdisjoint(_EVERY):
        return ""
    adjectives = {t.low for t in frame.tokens[max(0, claim.first - 6) : claim.first]}
    for word in _EVERY:
        if word in adjectives:
            return stem(word) if word != "quarterly" else "quarter"
    return ""


_EVERY = ("monthly", "weekly", "daily", "yearly", "annual", "quarterly")


class Value(NamedTuple):
    """A derived value in the claim's unit."""

    number: float
    why: str
    cells: Iterable[Cell]

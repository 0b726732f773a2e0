"""Differences, ratios, shares, growth and multiples of two values the sentence sets against each other."""

from __future__ import annotations

from typing import NamedTuple

from core.evidence.claims.claim import Claim, Form
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import DIFFERENCE, DOWN, EITHER_WAY, SHARE, UP
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.match import convert, fit
from core.evidence.readings.choice import is_name
from core.evidence.readings.nouns import Noun
from core.evidence.readings.operands.find import find_pairs
from core.evidence.readings.operands.pair import Name, Pair, Term
from core.evidence.support import Support, derived

NEAR = 6  # words
_PLAIN_DIFFERENCE = DIFFERENCE - SHARE


def read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if claim.form in (Form.ORDINAL, Form.NONE):
        return None
    ratio = claim.dimension in (Dimension.PERCENT, Dimension.POINTS) or claim.form in (Form.FRACTION, Form.MULTIPLE)
    if not ratio and not _asks_difference(frame, claim, noun):
        return None
    asked = asked_of(frame, claim)
    best: tuple[Fit, Support] | None = None
    for pair in find_pairs(frame, claim, noun, changes=asked.grows or claim.dimension is not Dimension.PERCENT):
        for value, formula in values_of(claim, pair, asked):
            quality = fit(claim, value, sign=False)
            if quality is Fit.NO or (best is not None and quality <= best[0]):
                continue
            best = (quality, derived(quality, str(formula), [*pair.new.cells, *pair.old.cells]))
            if not ratio:
                frame.set_against[claim] = pair.new.value, pair.old.value
        if best is not None and best[0] is Fit.EXACT:
            break
    return best[1] if best else None


_COUNT_STEPS = words("more fewer less additional extra further ahead behind short above below")


class Asked(NamedTuple):
    """Which way the words say things went, and whether they ask for a change, a share, or leave it open."""

    way: int
    moved: bool  # a word of direction is near
    grows: bool
    shares: bool


def asked_of(frame: Frame, claim: Claim) -> Asked:
    way, stems = direction(frame, claim), near_stems(frame, claim)
    moved = not stems.isdisjoint(EITHER_WAY)
    grows = (moved and way != 0) or not stems.isdisjoint(_PLAIN_DIFFERENCE)
    shares = not grows or not stems.isdisjoint(SHARE) or _says_of(frame, claim)
    return Asked(way, moved, grows or claim.sign != 0, shares)


def near_stems(frame: Frame, claim: Claim) -> set[str]:
    first, group = claim.first, frame.groups[claim.first]
    restated = "or" in [t.low for t in frame.tokens[max(0, first - 2) : first]]  # "exceed it by 14, or about 7 %"
    start, last = max(0, first - NEAR - 4 * restated), claim.last + NEAR + _bracketed(frame, claim.last + 1)
    near = {
        t.stem
        for i, t in enumerate(frame.tokens[start : last + 1], start)
        if t.is_word and (frame.groups[i] == group or abs(i - first) <= 3)
    }
    return near | {stem(word) for word in frame.sentence.lead.split("|")[0].split()} if frame.sentence.lead else near


def _bracketed(frame: Frame, at: int) -> int:
    """How many tokens a bracket takes that follows at once: "EUR 120 (5 %) above"."""
    if at >= len(frame.tokens) or frame.tokens[at].text != "(":
        return 0
    return next((i - at + 1 for i in range(at, min(at + 12, len(frame.tokens))) if frame.tokens[i].text == ")"), 0)


def _asks_difference(frame: Frame, claim: Claim, noun: Noun | None) -> bool:
    if (noun is not None and noun.times) or claim.text.lower().endswith(("only one", "just one", "exactly one")):
        return False  # "beaten three times", "only one left"
    if noun is not None and noun.sets and claim.unit is None:
        after = {t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]}
        before = {t.low for t in frame.tokens[max(0, claim.first - 2) : claim.first]}
        return bool(after & _COUNT_STEPS) or "by" in before or claim.sign != 0
    return bool(near_stems(frame, claim) & (DIFFERENCE | UP | DOWN)) or claim.sign != 0 or _compares(frame, claim)


def _compares(frame: Frame, claim: Claim) -> bool:
    """ "2.5 m taller than": whatever the adjective."""
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    return len(after) == 2 and after[1] == "than" and after[0].endswith("er")


def direction(frame: Frame, claim: Claim) -> int:
    """1 when the words say up or more, -1 down or less, 0 when they say neither or both. The nearest word decides."""
    if claim.sign:
        return claim.sign
    group = frame.groups[claim.first]
    best = (99.0, 0)
    for i in frame.ways:
        if claim.first <= i <= claim.last or _is_bound_word(frame, claim, i) or is_name(frame, i):
            continue
        distance = float(claim.first - i) if i < claim.first else i - claim.last + 0.5
        if frame.groups[i] != group:
            distance += 4
        if distance < best[0]:
            best = (distance, 1 if frame.tokens[i].stem in UP else -1)
    return best[1] if best[0] <= 12 else 0


def _is_bound_word(frame: Frame, claim: Claim, place: int) -> bool:
    """ "more than 12 %": the word bounds the figure and says nothing of its way."""
    token = frame.tokens[place]
    if token.low not in {"more", "less", "over", "under", "above", "below", "fewer", "just", "up"}:
        return False
    after = frame.tokens[place + 1].low if place + 1 < len(frame.tokens) else ""
    if token.low == "up":
        return after == "to"
    bounded = place < claim.first and claim.first - place <= 3 and bool(claim.bound.value)
    return bounded and (after == "than" or claim.first - place == 1 or after in {"a", "an", "the", "€", "$", "£"})


Values = list[tuple[float, Name]]


def values_of(claim: Claim, pair: Pair, asked: Asked) -> Values:
    new, old = pair.new, pair.old
    if claim.dimension is Dimension.POINTS:
        return _points(pair, asked.way)
    if claim.dimension is Dimension.PERCENT:
        return _percents(pair, asked)
    if claim.form is Form.FRACTION:
        return _fractions(pair, asked)
    if claim.form is Form.MULTIPLE:
        return _multiples(claim, pair, asked.way)
    factor = convert(claim.unit, new.unit) if new.unit is not None or claim.unit is None else 1.0
    if factor is None or pair.ratio or not _same_unit(new, old):
        return []
    difference = (new.value - old.value) * factor
    if not _goes(difference, asked.way, pair):
        return []
    return [(difference, Name("{} less {}", (new, old) if difference >= 0 or pair.ordered else (old, new)))]


def _same_unit(new: Term, old: Term) -> bool:
    return new.unit == old.unit or new.unit is None or old.unit is None


def _goes(difference: float, way: int, pair: Pair) -> bool:
    return way == 0 or not pair.ordered or difference * way >= 0


def _points(pair: Pair, way: int) -> Values:
    difference = pair.new.value - pair.old.value
    if pair.ratio or not _goes(difference, way, pair) or (pair.counted and pair.old.value):
        return []
    return [(difference, Name("{} less {}", (pair.new, pair.old)))]


def _percents(pair: Pair, asked: Asked) -> Values:
    new, old = pair.new, pair.old
    if not old.value or not _same_unit(new, old):
        return []
    found: Values = []
    if asked.grows and not pair.ratio:
        growth = (new.value - old.value) / abs(old.value) * 100
        if asked.way == 0 or growth * asked.way >= 0:
            found.append((growth, Name("change from {} to {}", (old, new))))
    if asked.shares and pair.share and new.value * old.value >= 0:
        found.append((new.value / old.value * 100, Name("{} as a share of {}", (new, old))))
    return found


def _says_of(frame: Frame, claim: Claim) -> bool:
    after = frame.tokens[claim.last + 1 : claim.last + 3]
    return any(t.low == "of" for t in after)


def _fractions(pair: Pair, asked: Asked) -> Values:
    new, old = pair.new, pair.old
    if not old.value or not _same_unit(new, old):
        return []
    found: Values = []
    if pair.share:
        found.append((new.value / old.value, Name("{} as a share of {}", (new, old))))
    if asked.way and asked.moved and not pair.ratio:
        growth = (new.value - old.value) / abs(old.value)
        if growth * asked.way >= 0:
            found.append((abs(growth), Name("change from {} to {}", (old, new))))
    return found


def _multiples(claim: Claim, pair: Pair, way: int) -> Values:
    new, old = pair.new, pair.old
    if not old.value or not new.value or not _same_unit(new, old):
        return []
    if pair.ordered and way < 0 and claim.value > 1:
        new, old = old, new
    return [(new.value / old.value, Name("{} divided by {}", (new, old)))]

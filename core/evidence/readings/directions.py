"""Words that say which way things went: "rose from X to Y", "fell in May", "more than", "exceeded the budget"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import ADVICE, UP, VERB_EITHER_WAY
from core.evidence.language.listed import words
from core.evidence.readings import cells, trends
from core.evidence.readings.choice import is_name
from core.evidence.readings.operands.beside import is_older
from core.evidence.readings.said import Said
from core.evidence.support import Support, show
from core.evidence.verdict import Verdict

_FLIPS = words("not never no without hardly didn")


def read(frame: Frame) -> Iterator[Said]:
    """At most one for each word of direction."""
    if frame.sentence.text.endswith("?"):
        return
    yield from list(_read(frame)) or trends.read(frame)


def _read(frame: Frame) -> Iterator[Said]:
    if not (frame.claims or frame.mentions) or not frame.ways:
        return
    words = [i for i in frame.ways if not any(c.first <= i <= c.last for c in frame.claims) and not is_name(frame, i)]
    if not words or frame.search(ADVICE):
        return
    yield from list(_told(frame, words)) or _reached(frame, words)


def _way(frame: Frame, place: int) -> int:
    way = 1 if frame.tokens[place].stem in UP else -1
    before = {t.low for t in frame.tokens[max(0, place - 3) : place]}
    return 0 if before & _FLIPS else way


def _told(frame: Frame, words: list[int]) -> Iterator[Said]:
    """ "rose from 100 to 120", "to 120 from 100", "120, up from 100": the sentence's own figures decide."""
    figures = [c for c in frame.claims if c.kind is Kind.NUMBER and c.readings and c.form in (Form.DIGITS, Form.WORDS)]
    for left, right in pairwise(figures):
        if left.unit is not None and right.unit is not None and left.dimension is not right.dimension:
            continue
        change = _change(frame, left, right)
        if change is None or change == 0:
            continue
        place = _nearest(frame, words, left, right)
        if place is None:
            continue
        way = _way(frame, place)
        if way == 0:
            continue
        holds = (change > 0) == (way > 0)
        text = f"The figures told go {'up' if change > 0 else 'down'}."
        if holds and (turned := _turned(frame, left, right)):
            holds, text = False, turned
        yield Said(place, place, Support(Verdict.DERIVED if holds else Verdict.CONTRADICTED, text))
        return


def _turned(frame: Frame, left: Claim, right: Claim) -> str:
    """What the record says where two columns of a row hold the figures, and the one told first is the later one."""
    told = cells.read(frame, left, None), cells.read(frame, right, None)
    old, new = (support.cells[0] if support and len(support.cells) == 1 else None for support in told)
    if _starts_from(frame, right):
        old, new = new, old
    if old is None or new is None or (old.set, old.row) != (new.set, new.row):
        return ""
    facts = next(f for f in frame.index.sets if f.name == old.set)
    columns = {c.name: c for c in facts.columns}
    turned = is_older(columns[new.column], columns[old.column])
    return f"The record has {new.column} before {old.column}." if turned else ""


def _starts_from(frame: Frame, claim: Claim) -> bool:
    return claim.first > 0 and frame.tokens[claim.first - 1].low == "from"


def _change(frame: Frame, left: Claim, right: Claim) -> float | None:
    tokens = frame.tokens
    before_left = [t.low for t in tokens[max(0, left.first - 2) : left.first]]
    between = [t.low for t in tokens[left.last + 1 : right.first]]
    a, b = left.signed, right.signed
    if len(between) > 9:
        return None
    if "from" in between and "to" not in between and between[-3:].count("from"):
        goes_on = "to" in [t.low for t in tokens[right.last + 1 : right.last + 3]]
        return None if goes_on else a - b  # "lost 426 votes and fell from 41 % to 30 %"
    if "from" in before_left and "to" in between:
        return b - a
    return None


def _nearest(frame: Frame, words: list[int], left: Claim, right: Claim) -> int | None:
    close = [w for w in words if left.first - 8 <= w <= right.last + 4 and frame.tokens[w].low not in _PLACES]
    return min(close, key=lambda w: min(abs(w - left.first), abs(w - right.first)), default=None)


_PLACES = words("over under above below behind ahead beyond more less fewer short off")


_WAYS = VERB_EITHER_WAY - {"improv", "recover", "deteriorat", "eas"}  # better may be more or less


def _reached(frame: Frame, words: list[int]) -> Iterator[Said]:
    """ "CRP fell to 2.3 mg/L": the row's own earlier value decides."""
    for claim in frame.claims:
        lead = frame.tokens[max(0, claim.first - 2) : claim.first]
        places = [i for i in words if claim.first - 5 <= i < claim.first and frame.tokens[i].stem in _WAYS]
        if claim.kind is not Kind.NUMBER or not places or "to" not in {t.low for t in lead}:
            continue
        support = cells.read(frame, claim, None)
        way = _way(frame, places[-1])
        if support is None or len(support.cells) != 1 or way == 0:
            continue
        cell = support.cells[0]
        facts = next(f for f in frame.index.sets if f.name == cell.set)
        column = next(c for c in facts.columns if c.name == cell.column)
        value = column.numbers[cell.row]
        older = [c for c in facts.numbers if c.unit == column.unit and is_older(c, column)]
        before = next((n for c in reversed(older) if (n := c.numbers[cell.row]) is not None), None)
        if value is None or before is None or value == before:
            continue
        holds = (value - before) * way > 0
        why = f"{column.name} is {show(value, column.unit)}, before {show(before, column.unit)}."
        yield Said(
            places[-1], places[-1], Support(Verdict.DERIVED if holds else Verdict.CONTRADICTED, why, support.cells)
        )
        return

"""Said without a figure: "March was over budget", "the value is below the limit". The row's own two cells decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.readings.said import Said
from core.evidence.support import Support, show, where
from core.evidence.verdict import Verdict

_ABOVE = words("above over exceed exceeded exceeds exceeding beyond")
_BELOW = words("below under beneath undershot undercut within")
_FLIPS = words("not never no without hardly didn than if should would could may might")
_CHANGES = frozenset(stem(w) for w in words("variance difference deviation change delta overrun excess shortfall"))
_REACH = 4  # words from the comparison to what is compared with


class _Answer(NamedTuple):
    holds: bool
    named: bool  # the row, by a value of its own
    support: Support


def read(frame: Frame) -> Iterator[Said]:
    """Only where one row is meant, and no figure of the same stretch tells the difference."""
    if frame.words.isdisjoint(_ABOVE | _BELOW):
        return
    for place, token in enumerate(frame.tokens):
        way = 1 if token.low in _ABOVE else -1 if token.low in _BELOW else 0
        if not way or _is_open(frame, place):
            continue
        answers = [answer for facts in frame.index.sets for answer in _in_set(frame, facts, place, way)]
        answers = [answer for answer in answers if answer.named] or answers
        if answers:
            yield Said(place, place, next((a.support for a in answers if a.holds), answers[0].support))


def _is_open(frame: Frame, place: int) -> bool:
    group = frame.groups[place]
    if any(c.kind is Kind.NUMBER and frame.groups[c.first] == group for c in frame.claims):
        return True
    return any(t.low in _FLIPS for t in frame.tokens[max(0, place - 4) : place + 2])


def _in_set(frame: Frame, facts: SetFacts, place: int, way: int) -> Iterator[_Answer]:
    near = range(place + 1, place + 1 + _REACH)
    marked = [
        c
        for c in facts.columns
        if c.is_number
        and c.hard_marks
        and any(h.place in near and h.weight >= 0.5 for h in frame.column_hits.get(id(c), ()))
    ]
    far = "high" if way > 0 else "low"
    if any(far in c.marks for c in marked):
        marked = [c for c in marked if far in c.marks]  # above a range is above its upper end
    if not marked:
        return
    probe = Claim(0, 0, "", Kind.NUMBER, first=place, last=place)
    scope = scopes(frame, facts, probe)[0]
    if scope.mask.bit_count() != 1 or (facts.size > 1 and not scope.used):
        return
    row = rows_of(scope.mask)[0]
    for other in marked:
        for column in _measures(frame, facts, other, place):
            a, b = column.numbers[row], other.numbers[row]
            if a is None or b is None:
                continue
            holds = (a - b) * way > 0
            why = f"{where(facts, row)}: {column.name} is {show(a, column.unit)}, {other.name} {show(b, other.unit)}."
            verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
            support = Support(verdict, why, (facts.cell(row, column), facts.cell(row, other)))
            yield _Answer(holds, facts.size > 1, support)


def _measures(frame: Frame, facts: SetFacts, other: Column, place: int) -> list[Column]:
    """What may be compared with the marked column: of its unit, and named before the comparison where one is."""
    fitting = [
        c
        for c in facts.numbers
        if c is not other and not c.hard_marks and c.unit == other.unit and _CHANGES.isdisjoint(c.stems)
    ]
    named = [c for c in fitting if any(0 <= h.place < place for h in frame.column_hits.get(id(c), ()))]
    return named or fitting

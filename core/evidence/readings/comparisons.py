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
from core.evidence.language.polarity import goodness
from core.evidence.language.stems import name_parts, stem
from core.evidence.language.units import Dimension
from core.evidence.readings.said import Said
from core.evidence.support import Support, show, where
from core.evidence.verdict import Verdict

_ABOVE = words("above over exceed exceeded exceeds exceeding beyond")
_BELOW = words("below under beneath undershot undercut within")
_PASSIVE = {"exceeded": 1, "overrun": 1, "overshot": 1, "surpassed": 1, "breached": 1, "undershot": -1, "undercut": -1}
_MET = words("met reached hit achieved made kept attained")
_MISSED = words("missed failed")
_SIGNS = _ABOVE | _BELOW | _PASSIVE.keys() | _MET | _MISSED
_BEING = words("is was were are been being got")
_FLIPS = words("not never no without hardly didn than if should would could might")
_CHANGES = frozenset(stem(w) for w in words("variance difference deviation change delta overrun excess shortfall"))
_COUNTS = words("times count number n no")
_REACH = 4  # words from the comparison to what is compared with
_FAR = 8  # words back to the subject of a passive


class _Answer(NamedTuple):
    holds: bool
    named: bool  # the row, by a value of its own
    support: Support


class _Side(NamedTuple):
    """`way`: above (1) or below (-1) what `near` names; 0 where it is as good as that (`met`) or not."""

    way: int
    near: range
    met: bool = True


def read(frame: Frame) -> Iterator[Said]:
    """Only where one row is meant, and no figure of the same stretch tells the difference."""
    if frame.words.isdisjoint(_SIGNS):
        return
    for place, token in enumerate(frame.tokens):
        side = _side(frame, place) if token.low in _SIGNS else None
        if side is None or _is_open(frame, place, side):
            continue
        answers = [answer for facts in frame.index.sets for answer in _in_set(frame, facts, place, side)]
        answers = [answer for answer in answers if answer.named] or answers
        if answers:
            yield Said(place, place, next((a.support for a in answers if a.holds), answers[0].support))


def _side(frame: Frame, place: int) -> _Side | None:
    low = frame.tokens[place].low
    after = range(place + 1, place + 1 + _REACH)
    being = not _BEING.isdisjoint(t.low for t in frame.tokens[max(0, place - 2) : place])
    if low in _PASSIVE and being:
        return _Side(_PASSIVE[low], range(max(0, place - _FAR), place))
    if low in _ABOVE or low in _BELOW:
        return _Side(1 if low in _ABOVE else -1, after)
    if low in _MET or low in _MISSED:
        return _Side(0, range(max(0, place - _FAR), place) if being else after, low in _MET)
    return None


def _is_open(frame: Frame, place: int, side: _Side) -> bool:
    group = frame.groups[place]
    figures = [c for c in frame.claims if c.kind is Kind.NUMBER and frame.groups[c.first] == group]
    if figures and (side.way or any(c.first > place for c in figures)):
        return True
    return any(t.low in _FLIPS for t in frame.tokens[max(0, place - 4) : place + 2])


def _in_set(frame: Frame, facts: SetFacts, place: int, side: _Side) -> Iterator[_Answer]:
    marked = [
        c
        for c in facts.columns
        if c.is_number
        and (c.hard_marks & _GOALS if side.way == 0 else c.hard_marks)
        and any(h.place in side.near and h.weight >= 0.5 for h in frame.column_hits.get(id(c), ()))
    ]
    far = "high" if side.way > 0 else "low"
    if any(far in c.marks for c in marked):
        marked = [c for c in marked if far in c.marks]  # above a range is above its upper end
    if not marked:
        return
    probe = Claim(0, 0, "", Kind.NUMBER, first=place, last=place)
    scope = scopes(frame, facts, probe)[0]
    if scope.mask.bit_count() != 1 or (facts.size > 1 and not scope.used):
        return
    row = rows_of(scope.mask)[0]
    pairs = [(c, other) for other in marked for c in _measures(frame, facts, other, place)]
    closest = min((_apart(c, other) for c, other in pairs), default=0)
    for column, other in pairs:
        a, b = column.numbers[row], other.numbers[row]
        if a is None or b is None or _apart(column, other) > closest:
            continue
        good = -1 if column.dimension is Dimension.TIME else goodness((*column.stems, *other.stems))
        if side.way == 0 and not good:
            continue
        holds = (a - b) * side.way > 0 if side.way else ((a - b) * good >= 0) is side.met
        why = f"{where(facts, row)}: {column.name} is {show(a, column.unit)}, {other.name} {show(b, other.unit)}."
        verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
        support = Support(verdict, why, (facts.cell(row, column), facts.cell(row, other)))
        yield _Answer(holds, facts.size > 1, support)


_GOALS = frozenset({"budget", "limit"})


def _apart(one: Column, other: Column) -> int:
    """How many words of their names they do not share: the year's value goes with the year's budget."""
    return len(set(name_parts(one.name)) ^ set(name_parts(other.name)))


def _measures(frame: Frame, facts: SetFacts, other: Column, place: int) -> list[Column]:
    """What may be compared with the marked column: of its unit, and named before the comparison where one is."""
    fitting = [
        c
        for c in facts.numbers
        if c is not other
        and not c.hard_marks
        and c.unit == other.unit
        and _CHANGES.isdisjoint(c.stems)
        and _COUNTS.isdisjoint(name_parts(c.name))
    ]
    named = [c for c in fitting if any(0 <= h.place < place for h in frame.column_hits.get(id(c), ()))]
    return named or fitting

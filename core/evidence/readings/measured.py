"""Rows measured against what is planned, allowed or usual for them: over budget, short of the target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from core.evidence.claims.claim import Bound, Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame, Hit, Scope
from core.evidence.index.facts import SetFacts
from core.evidence.index.index import Index
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.readings.cells import CHANGES

_ABOVE = words(
    "above over exceed exceeded exceeds exceeding beyond higher outperformed overspent overran overrun overshot "
    "beat beats beaten beating surpassed topped outdid ahead"
)
_BELOW = words("below under lower beneath underspent underran undershot short shy missed misses miss behind")
_REACHED = words("met meet meets reached reach reaches hit hits achieved attained made")
_WAYS = {**dict.fromkeys(_ABOVE, 1), **dict.fromkeys(_BELOW, -1), **dict.fromkeys(_REACHED, 0)}
_OF_PLANS = words("overspent underspent overran overrun underran")
_PLANS = frozenset({"budget"})


class Values(NamedTuple):
    """A column and its number in each row of the set that is looked at, which may be another set than its own."""

    column: Column
    numbers: list[float | None]


def measured(frame: Frame, claim: Claim, scope: Scope) -> Iterator[tuple[int, str]]:
    """The rows of the scope that are beyond, in the way that the words say, and what is set against what."""
    place = _place(frame, claim)
    if place is None:
        return
    way = _WAYS[frame.tokens[place].low]
    for column, other in _pairs(frame, scope.facts, place):
        mask = 0
        for row in rows_of(scope.mask):
            a, b = column.numbers[row], other.numbers[row] if other is not None else 0.0
            if a is not None and b is not None:
                mask |= int((a - b) * way > 0 if way else a >= b) << row
        what = f"{other.column.name}" if other is not None else "nought"
        yield mask, f" with {column.column.name} {('not below', 'above', 'below')[way]} {what}"


def _place(frame: Frame, claim: Claim) -> int | None:
    """Of the nearest word of its stretch that says which way, with no other figure between them if there is such."""
    if frame.words.isdisjoint(_WAYS):
        return None
    group = frame.groups[claim.first]
    bounds = {c.first - step for c in frame.claims if c.bound is not Bound.EXACT for step in (1, 2)}  # "above EUR 40"
    told = [i for i, t in enumerate(frame.tokens) if t.low in _WAYS and frame.groups[i] == group and i not in bounds]
    others = [c.first for c in frame.claims if c is not claim]

    def distance(place: int) -> tuple[bool, int]:
        between = range(min(place, claim.first), max(place, claim.first))
        return any(other in between for other in others), abs(place - claim.first)

    return min(told, key=distance, default=None)


def _pairs(frame: Frame, facts: SetFacts, place: int) -> Iterator[tuple[Values, Values | None]]:
    """Plain columns and the marked ones of their kind: those that are named near, else plans; then signed columns."""
    every = values_of(frame.index, facts)
    marked = [v for v in every if v.column.hard_marks]
    if frame.tokens[place].low in _OF_PLANS:
        marked = [v for v in marked if v.column.hard_marks & _PLANS]
    named = [v for v in marked if any(abs(h.place - place) <= _NEAR for h in _hits(frame, v.column))]
    named = named or [v for v in marked if _hits(frame, v.column)]
    for other in named or [v for v in marked if v.column.hard_marks & _PLANS]:
        for one in every:
            if not one.column.hard_marks and _is_of_kind(one.column, other.column):
                yield one, other
    for one in every if not named or any(v.column.hard_marks & _PLANS for v in named) else ():
        if one.column.has_negative and not one.column.hard_marks and not CHANGES.isdisjoint(one.column.stems):
            yield one, None


_NEAR = 4


def _hits(frame: Frame, column: Column) -> list[Hit]:
    return [h for h in frame.column_hits.get(id(column), ()) if h.place >= 0 and h.weight == 1.0]


def _is_of_kind(one: Column, other: Column) -> bool:
    if one.dimension is not other.dimension or one.unit != other.unit:
        return False
    return one.set_index == other.set_index or not set(one.stems).isdisjoint(other.stems)


_KNOWN: WeakKeyDictionary[SetFacts, list[Values]] = WeakKeyDictionary()


def values_of(index: Index, facts: SetFacts) -> list[Values]:
    """The columns of the set, and of the sets that have one row for each of its rows."""
    if facts not in _KNOWN:
        _KNOWN[facts] = list(_find_values(index, facts))
    return _KNOWN[facts]


def _find_values(index: Index, facts: SetFacts) -> Iterator[Values]:
    for column in facts.numbers:
        yield Values(column, column.numbers)
    for other in index.sets:
        for key, by_key in index.joins.get((facts.index, other.index), ()):
            if all(len(rows) == 1 for rows in by_key.values()):
                partner = [by_key.get(fold(text), [None])[0] if text else None for text in key.texts]
                for column in other.numbers:
                    yield Values(column, [None if row is None else column.numbers[row] for row in partner])
                break

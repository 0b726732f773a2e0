"""A column against another one of its kind in the same rows: actual and budget, value and limit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.periods import PERIODS
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem
from core.evidence.readings.choice import NAMED, is_hidden
from core.evidence.readings.operands.columns import MOST_COLUMNS, spoken_marks
from core.evidence.readings.operands.pair import Name, Pair, aggregate
from core.evidence.readings.operands.things import things

_OLD_WORDS = frozenset(stem(w) for w in words("first start begin opening before earlier old initial planned"))


_NEW_WORDS = frozenset(stem(w) for w in words("second end closing after later new final latest last actual current"))


_FEW = 2
_REST = frozenset(stem(w) for w in words("remains left outstanding unpaid unused open due until"))


def is_older(one: Column, two: Column) -> bool:
    """`first_term` comes before `second_term`."""
    if set(one.stems) & set(two.stems) or (_has_digits(one) and _has_digits(two)):
        a, b = _age(one), _age(two)
        if a != b:
            return a > b
    return bool(_OLD_WORDS & set(one.stems) and _NEW_WORDS & set(two.stems) and not _NEW_WORDS & set(one.stems))


def aged_pairs(facts: SetFacts, row: int) -> list[tuple[Column, Column]]:
    """The newest of the row's values of a kind with each of its older ones: `latest_value` and `previous_value`."""
    filled = [c for c in facts.numbers if c.numbers[row] is not None]
    pairs = [
        (new, old) for new in filled for old in filled if new is not old and new.unit == old.unit and is_older(old, new)
    ]
    return [(new, old) for new, old in pairs if not any(other is new for _, other in pairs)]


def between_columns(frame: Frame, claim: Claim, column: Column) -> Iterator[Pair]:
    """The column against another one of its kind in the same rows: actual and budget, value and limit."""
    facts = frame.index.sets[column.set_index]
    others = [c for c in facts.numbers if c is not column and c.dimension is column.dimension and c.unit == column.unit]
    if not others:
        return
    if column.unit is None:
        others = [c for c in others if are_alike(frame, c, column)]
    marks = spoken_marks(frame, claim)
    others = [c for c in others if not is_hidden(c, marks) or id(c) in frame.column_hits]
    of_few = facts.size == 1 and column.unit is None and len(others) <= _FEW  # "36 of the seats are unused"
    if (
        frame.score(column, claim) >= NAMED
        and not column.hard_marks
        and frame.word_stems.isdisjoint(_REST)
        and not of_few
    ):
        others = [c for c in others if id(c) in frame.column_hits or c.hard_marks or is_older(c, column)]
    named = things(frame, facts) if others else []
    if len({m.slot for m in named}) < len(named):
        others = [c for c in others if id(c) in frame.column_hits]  # two named things: they are compared
    if len(others) > MOST_COLUMNS:
        others = [c for c in others if id(c) in frame.column_hits]
    for scope in scopes(frame, facts, claim) if others else ():
        if scope.mask == 0:
            continue
        single = scope.mask.bit_count() == 1
        for other in others:
            if not single and (column.rates or other.rates):
                continue
            said = Name(" of {}", (facts.name,)) if facts.size == 1 else scope
            one, two = aggregate(facts, column, scope.mask, said), aggregate(facts, other, scope.mask, said)
            if one is None or two is None:
                continue
            mine, its = column.hard_marks, other.hard_marks
            if its and not mine:
                yield Pair(one, two, True, True)
            elif (mine and not its) or is_older(column, other):
                yield Pair(two, one, True, True)
            elif is_older(other, column):
                yield Pair(one, two, True, True)
            else:
                yield Pair(one, two, False, True)
                yield Pair(two, one, False, True)


def are_alike(frame: Frame, one: Column, two: Column) -> bool:
    """Bare numbers may be set against each other where their names share a word, or the sentence names both."""
    if set(one.stems) & set(two.stems) or one.hard_marks or two.hard_marks:
        return True
    if one.set_index == two.set_index and (is_part_of(one, two) or is_part_of(two, one)):
        return True
    named = [id(c) in frame.column_hits for c in (one, two)]
    return all(named) or (any(named) and frame.index.sets[one.set_index].size == 1)


def is_part_of(one: Column, two: Column) -> bool:
    """Whether the first counts some of what the second counts: in every row no more of them, in some row fewer."""
    pairs = [(a, b) for a, b in zip(one.numbers, two.numbers, strict=True) if a is not None and b is not None]
    return (
        len(pairs) >= _FEW
        and all(0 <= a <= b and a.is_integer() and b.is_integer() for a, b in pairs)
        and any(0 < a < b for a, b in pairs)
    )


_AGES = {
    **dict.fromkeys(words("latest last this current actual new final closing"), 0),
    **dict.fromkeys(words("previous prior before"), 2),
    **dict.fromkeys(words("earlier first old initial opening"), 3),
}


def _age(column: Column) -> int:
    """How far back a column's name looks: `sold_90_days_earlier` behind `sold_90_days_before`."""
    parts = name_parts(column.name)
    told = [2 if part == "last" and after in PERIODS else age for (part, after), age in _aged(parts)]
    stretch = any(a.isdigit() and to == "to" for a, to in pairwise(parts))  # months_13_to_24
    return max(told, default=2 if stretch else 1)


def _aged(parts: tuple[str, ...]) -> list[tuple[tuple[str, str], int]]:
    return [((part, after), _AGES[part]) for part, after in pairwise([*parts, ""]) if part in _AGES]


def _has_digits(column: Column) -> bool:
    return any(part.isdigit() for part in name_parts(column.name))

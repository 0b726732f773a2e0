"""What a sentence tells of the rows that a count of it counts, each in the ways it may be meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.evidence.claims.claim import Bound, Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of
from core.evidence.conditions import ENDS
from core.evidence.frame.frame import Frame, Scope
from core.evidence.index.facts import SetFacts
from core.evidence.index.traits import traits_of
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, stem
from core.evidence.language.units import CURRENCIES, Dimension
from core.evidence.readings.choice import candidates, factor_for
from core.evidence.readings.measured import measured, values_of


class Restriction(NamedTuple):
    mask: int
    why: str
    column: Column


def restrictions(frame: Frame, claim: Claim, facts: SetFacts, *, until: int | None = None) -> list[list[Restriction]]:
    """All of them hold; of each one way. Those of the claim's own stretch, but for figures that bound.

    `until`: only those told between the claim and this token."""
    group = frame.groups[claim.first]
    known = {i for c in frame.claims for i in range(c.first, c.last + 1)}
    known.update(_of_the_next(frame, claim))
    if until is not None:
        known.update(i for i in range(len(frame.tokens)) if not claim.last < i < until)
    by_column: dict[int, list[Restriction]] = {}
    for one in [*_of_values(frame, facts, group, known), *_of_words(frame, facts, group, known)]:
        if one.mask != facts.all:
            by_column.setdefault(id(one.column), []).append(one)
    found = list(by_column.values())
    if until is not None:
        return found + [[one] for one in _held(frame, facts, group, known) if one.mask != facts.all]
    beyond = list(_bounds(frame, claim, facts))
    if not beyond and not any(frame.tokens[i].low in _MET for i in known):
        ways = measured(frame, claim, Scope(facts, facts.all, ()))
        beyond = [Restriction(mask, why.removeprefix(" with "), facts.columns[0]) for mask, why in ways]
    if beyond := beyond or list(_of_all(frame, facts)):
        found.append(beyond)
    found += [[one] for one in _held(frame, facts, group, known) if one.mask != facts.all]
    found += [[one] for one in _partnered(frame, facts, group) if one.mask not in (0, facts.all)]
    if ended := list(_ended(frame, facts, group, known)):
        found.append(ended)
    return found


def _of_the_next(frame: Frame, claim: Claim) -> Iterator[int]:
    """ "planned twice and given once": the words that are told of the count after this one."""
    for place in range(claim.last + 1, len(frame.tokens)):
        near = range(place + 1, min(place + 4, len(frame.tokens)))
        counted = any(c.first in near for c in frame.claims) or any(frame.tokens[i].low in _TIMES for i in near)
        if frame.tokens[place].low == "and" and counted:
            yield from range(place, len(frame.tokens))
            return


_TIMES = words("once one none")


def _of_values(frame: Frame, facts: SetFacts, group: int, known: set[int]) -> Iterator[Restriction]:
    for mention in frame.mentions:
        whole = [e for e in mention.entries if e.whole and e.column.set_index == facts.index]
        if mention.first in known:
            continue
        if whole and mention.strength >= _PLAIN and not mention.context and frame.groups[mention.first] == group:
            known.update(range(mention.first, mention.last + 1))
            yield from (Restriction(e.mask, f"“{mention.text}”", e.column) for e in whole)


_PLAIN = 2  # strength of a mention


def _of_words(frame: Frame, facts: SetFacts, group: int, known: set[int]) -> Iterator[Restriction]:
    for place in frame.places(group):
        token = frame.tokens[place]
        if place in known or len(token.low) < 3 or token.stem in facts.nouns:
            continue
        told = traits_of(facts).told(stem(CURRENCIES.get(token.low, token.stem)))
        if any(trait.whole for trait in told):
            known.add(place)
        for trait in told:
            if trait.whole or len(token.low) > 3:
                yield Restriction(trait.mask, f"{trait.column.name} “{token.low}”", trait.column)


def _bounds(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Restriction]:
    """ "exceeded 10 ML", "above 56 %", "of grade 2": rows beyond or at a figure of the sentence."""
    others = [c for c in frame.claims if c is not claim and c.kind is Kind.NUMBER]
    numbers = {id(v.column): v.numbers for v in values_of(frame.index, facts)} if others else {}
    for other in others:
        beyond = _sense(frame, other)
        for column in [c for c in candidates(frame, other)[:_FEW] if id(c) in numbers]:
            size = other.value / (factor_for(other, column) or 1.0)
            if beyond or _is_named_before(frame, other, column):
                mask = mask_of(r for r, n in enumerate(numbers[id(column)]) if n is not None and _lies(n, size, beyond))
                yield Restriction(mask, f"{column.name} {_WAYS[beyond]} {other.text}", column)


def _lies(number: float, size: float, beyond: int) -> bool:
    if beyond == 0 or (abs(beyond) == 2 and number == size):
        return number == size
    return number > size if beyond > 0 else number < size


_WAYS = {0: "of", 1: "above", -1: "below", 2: "at least", -2: "at most"}
_MET = words("met missed")  # where they are labels


_FEW = 3


def _sense(frame: Frame, other: Claim) -> int:
    """1 and -1: beyond the figure; 2 and -2: it may be reached; 0: no bound."""
    before = {t.low for t in frame.tokens[max(0, other.first - 5) : other.first]}
    match other.bound:
        case Bound.AT_LEAST:
            return 2
        case Bound.AT_MOST:
            return -2
        case Bound.OVER:
            return 1
        case Bound.UNDER:
            return -1
        case _:
            above, below, within = before & _ABOVE, before & _BELOW, before & _WITHIN
            return -2 if within else 1 if above and not below else -1 if below and not above else 0


_ABOVE = words("above over exceed exceeds exceeded exceeding beyond past topped")
_BELOW = words("below under undercut short")
_WITHIN = words("within inside")


def _is_named_before(frame: Frame, other: Claim, column: Column) -> bool:
    places = {other.first - 1, other.first - 2 if frame.tokens[other.first - 1].low in {"of", "no"} else -9}
    return any(h.place in places and h.weight >= 0.9 for h in frame.column_hits.get(id(column), ()))


def _of_all(frame: Frame, facts: SetFacts) -> Iterator[Restriction]:
    """ "found in every agreement": the rows whose share is 100 %."""
    for column in facts.numbers if not frame.words.isdisjoint(_EVERY) else ():
        if column.dimension is Dimension.PERCENT and column.in_size[0][-1:] == [_FULL]:
            yield Restriction(column.rows_between(_FULL, _FULL), f"{column.name} of {_FULL:g} %", column)


_FULL = 100.0
_EVERY = words("every all each always any")


def _held(frame: Frame, facts: SetFacts, group: int, known: set[int]) -> Iterator[Restriction]:
    """ "no battery reading", "she took calls": rows that have something in a column that is named, or nothing."""
    for column in facts.columns:
        held = column.something if column.is_number else column.held_mask
        if not 0 < held < facts.all:
            continue
        for hit in frame.column_hits.get(id(column), ()):
            if hit.place < 0 or hit.place in known or frame.groups[hit.place] != group or hit.weight < _NAMED:
                continue
            near = {t.low for t in frame.tokens[max(0, hit.place - 3) : hit.place]}
            if near & _NOTHING:
                yield Restriction(facts.all & ~held, f"no {column.name}", column)
            elif near & _SOMETHING or frame.tokens[hit.place].low.endswith(("ed", "en")):
                yield Restriction(held, f"with {column.name}", column)


def _partnered(frame: Frame, facts: SetFacts, group: int) -> Iterator[Restriction]:
    """ "have no rating": rows that another set has no row for."""
    for number, hits in frame.set_hits.items():
        keys = frame.index.joins.get((facts.index, number), []) if number != facts.index else []
        for hit in hits if keys else ():
            if hit.place < 0 or hit.weight < 1.0 or frame.groups[hit.place] != group:
                continue
            near = {t.low for t in frame.tokens[max(0, hit.place - 2) : hit.place]}
            key, rows = keys[0]
            with_one = mask_of(row for row, text in enumerate(key.texts) if text and fold(text) in rows)
            if near & _NOTHING:
                yield Restriction(facts.all & ~with_one, f"none in {frame.index.sets[number].name}", key)


def _ended(frame: Frame, facts: SetFacts, group: int, known: set[int]) -> Iterator[Restriction]:
    """ "have resolved", "not closed yet": rows with a date of their end, or without one."""
    places = [i for i in frame.places(group) if i not in known and frame.tokens[i].stem in ENDS]
    for place in places[:1]:
        near = {t.low for t in frame.tokens[max(0, place - 3) : place + 2]}
        for column in facts.times:
            held = mask_of(column.held)
            if ENDS & set(column.stems) and 0 < held < facts.all:
                mask = facts.all & ~held if near & _NOT_YET else held
                yield Restriction(mask, f"{column.name} of “{frame.tokens[place].low}”", column)


_NOT_YET = words("not yet never still be un")
_NAMED = 0.8
_NOTHING = words("no without lack lacks lacking missing")
_SOMETHING = words("with had has have having took got received saw see sees showed brought")

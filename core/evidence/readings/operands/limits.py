"""A value against what another set keeps for it: a row of limits that is called like its column, or the row its own row
belongs to (a crossing's passengers, the capacity of its vessel)."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, stem
from core.evidence.readings.operands.pair import Pair, Term, aggregate


def against_limits(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "4 mg/l over the nitrate limit": only where words name the other set or a column of it."""
    for other, row in frame.index.limits.get(id(column), ()):
        named = [c for c in other.columns if c.is_number and c.numbers[row] is not None]
        told = [c for c in named if id(c) in frame.column_hits]
        if not told and other.index not in frame.set_hits:
            continue
        for scope in scopes(frame, facts, claim):
            if scope.mask.bit_count() != 1:
                continue
            value = aggregate(facts, column, scope.mask, scope)
            if value is None:
                continue
            for limit in told or named:
                cells = (other.cell(row, limit),)
                yield Pair(value, Term(limit.numbers[row] or 0.0, column.unit, limit.name, cells), True, True)


def against_owner(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "88 % of the vessel's passenger capacity": the columns of the other row that share a word with this one."""
    for key, other, by_name in frame.index.owners.get(facts.index, ()):
        alike = [c for c in other.columns if c.is_number and c.unit == column.unit and set(c.stems) & set(column.stems)]
        if not alike or (other.index not in frame.set_hits and not any(id(c) in frame.column_hits for c in alike)):
            continue
        for scope in scopes(frame, facts, claim):
            if scope.mask.bit_count() != 1:
                continue
            row = scope.mask.bit_length() - 1
            value = aggregate(facts, column, scope.mask, scope)
            rows = by_name.get(fold(key.texts[row] or ""), [])
            for limit in alike if value is not None and rows else ():
                number = limit.numbers[rows[0]]
                if value is not None and number is not None:
                    cells = (other.cell(rows[0], limit),)
                    owned = Term(number, limit.unit, f"{limit.name} of {other.name}", cells)
                    turned = bool(column.hard_marks) and not limit.hard_marks  # these are the limits
                    yield Pair(*((owned, value) if turned else (value, owned)), True, True)


_FILLED = frozenset(stem(w) for w in words("full free left occupied filled booked empty vacant"))


def fill_level(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Pair]:
    """ "half full", "38 tickets left": what takes up room against the room there is, however it is called."""
    if frame.word_stems.isdisjoint(_FILLED):
        return
    plain = [c for c in facts.numbers if (c.unit is None or c.unit == claim.unit)]
    for room in (c for c in plain if c.is_room):
        for scope in scopes(frame, facts, claim):
            for taken in plain if scope.mask.bit_count() == 1 else ():
                one, all_of = (aggregate(facts, c, scope.mask, scope) for c in (taken, room))
                if taken is room or one is None or all_of is None or not 0 <= one.value <= all_of.value:
                    continue
                yield Pair(one, all_of, False, True)

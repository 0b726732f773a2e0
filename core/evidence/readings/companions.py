"""Figures that vouch for each other: what one was worked out from, the target in its row, "from 371 to 446".

Asked only about what no reading carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import NAMED, VETO, compatible
from core.evidence.readings.matching import matching
from core.evidence.support import Support, found
from core.evidence.verdict import Cell, Verdict

_FEW = 3  # cells of an arithmetic that a reader has in mind
_LEAST = 20  # smaller bare figures are in every record
_CARRIED = (Verdict.FOUND, Verdict.DERIVED, Verdict.ROUNDED)


def read(frame: Frame, claim: Claim, supports: Mapping[Claim, Support]) -> Support | None:
    """`supports`: of the claims of the sentence."""
    if claim.kind is not Kind.NUMBER or claim.form is not Form.DIGITS or claim.bound is not Bound.EXACT:
        return None
    if claim.value < _LEAST and claim.unit is None and float(claim.value).is_integer():
        return None
    others = [support for other, support in supports.items() if other is not claim and support.verdict in _CARRIED]
    return _used(frame, claim, others) or _aimed_at(frame, claim, others) or _moved(frame, claim)


def _cells(frame: Frame, others: Sequence[Support]) -> Iterator[tuple[SetFacts, Column, int]]:
    by_name = {facts.name: facts for facts in frame.index.sets}
    for support in others:
        for cell in support.cells if len(support.cells) <= _FEW else ():
            if (place := _place(by_name, cell)) is not None:
                yield place


def _place(by_name: dict[str, SetFacts], cell: Cell) -> tuple[SetFacts, Column, int] | None:
    facts = by_name.get(cell.set)
    column = next((c for c in facts.columns if c.name == cell.column), None) if facts else None
    return (facts, column, cell.row) if facts and column and cell.row < facts.size else None


def _is_at(frame: Frame, claim: Claim, column: Column, row: int) -> bool:
    return column.is_number and compatible(frame, claim, column) and bool(matching(claim, column).exact >> row & 1)


def _used(frame: Frame, claim: Claim, others: Sequence[Support]) -> Support | None:
    """ "3 % of the 240,000 tablets": a cell that the other figure was worked out from."""
    for facts, column, row in _cells(frame, [one for one in others if one.verdict is Verdict.DERIVED]):
        if _is_at(frame, claim, column, row):
            return found(Fit.EXACT, facts, row, column)
    return None


def _aimed_at(frame: Frame, claim: Claim, others: Sequence[Support]) -> Support | None:
    """ "395 seconds, over the ceiling of 390", "138 instead of 120": the target in the other figure's row."""
    if frame.words.isdisjoint(_SET_AGAINST) or _is_named_otherwise(frame, claim):
        return None
    for facts, measured, row in _cells(frame, others):
        aims = [c for c in facts.numbers if c is not measured and c.hard_marks & _AIMS]
        for column in aims:
            if measured.unit_at(row) == column.unit_at(row) and _is_at(frame, claim, column, row):
                return found(Fit.EXACT, facts, row, column)
    return None


def _is_named_otherwise(frame: Frame, claim: Claim) -> bool:
    return any(frame.score(c, claim) >= NAMED and not c.hard_marks for c in frame.index.numbers)


_AIMS = frozenset({"limit", "budget", "reference", "low", "high"})
_SET_AGAINST = words(
    "instead against versus vs over under above below than beat beats missed limit ceiling cap target goal aim quota "
    "maximum minimum allowed permitted required allowance threshold exceeded exceeds exceeding within budget plan"
)


def _moved(frame: Frame, claim: Claim) -> Support | None:
    """ "jumped from 371 to 446 seconds": a row of a column and the next one, or the first and the last."""
    other = claim.partner or _other_end(frame, claim)
    if other is None or other.form is not Form.DIGITS or claim.unit is None:
        return None
    first, last = sorted((claim, other), key=lambda c: c.first)
    if frame.tokens[first.first - 1].low != "from" and not frame.ways:
        return None
    best = max((frame.score(c, claim) for c in frame.index.numbers), default=0.0)
    for column in frame.index.numbers:
        facts = frame.index.sets[column.set_index]
        if frame.score(column, claim) < best - VETO * (best >= NAMED):
            continue
        if not facts.times or not _may_hold(frame, first, column) or not _may_hold(frame, last, column):
            continue
        before, after = _holding(first, column), _holding(last, column)
        order = column.rows_over_time(facts.times[0], facts.all) if before and after else []
        steps = [*pairwise(order), (order[0], order[-1])] if order else []
        for one, two in steps:
            if before >> one & after >> two & 1 and _is_open(frame, facts, one, two):
                return found(Fit.EXACT, facts, one if claim is first else two, column)
    return None


def _may_hold(frame: Frame, claim: Claim, column: Column) -> bool:
    """A column without a unit may be of any, where two of its values are told."""
    return compatible(frame, claim, column) or (column.unit is None and column.dimension is None)


def _holding(claim: Claim, column: Column) -> int:
    return column.rows_between(claim.value, claim.value) if column.unit is None else matching(claim, column).exact


def _other_end(frame: Frame, claim: Claim) -> Claim | None:
    for other in frame.claims:
        first, last = sorted((claim, other), key=lambda c: c.first)
        between = frame.tokens[first.last + 1 : last.first]
        if other is not claim and other.kind is Kind.NUMBER and [t.low for t in between] == ["to"]:
            return other
    return None


def _is_open(frame: Frame, facts: SetFacts, one: int, two: int) -> bool:
    """Whether no name or date of the set leaves both rows out."""
    told = [m for m in frame.mentions if facts.index in m.options and m.strength >= 2 and m.sort is not Sort.EXTREME]
    rows = 1 << one | 1 << two
    return all(any(mask & rows for mask in m.options[facts.index]) for m in told)

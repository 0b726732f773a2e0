"""Shares, growth, multiples and points of two values: those of the difference told just before ("CHF 2,030, or 10 %"),
those of a figure that the sentence tells, and any two that the words allow."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame, Scope
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.match import fit
from core.evidence.readings import cells
from core.evidence.readings.operands.columns import operand_columns
from core.evidence.readings.operands.pair import Pair, Term
from core.evidence.readings.pairs import Asked, asked_of, values_of
from core.evidence.readings.workings.rows import meant
from core.evidence.readings.workings.twos import STAGES, is_ratio, of_columns, of_others
from core.evidence.readings.workings.working import Working
from core.evidence.support import Support, derived
from core.evidence.verdict import Verdict

_NEAR = 5  # tokens between a difference and what it is in percent


def ratios(frame: Frame, claim: Claim) -> Iterator[Working]:
    asked = asked_of(frame, claim)
    for pair in _restated(frame, claim):
        for value, name in values_of(claim, pair, _RESTATED):
            yield Working(value, name, (pair.new, pair.old))
    if not asked.grows and not asked.moved:
        asked = asked._replace(grows=True)  # "up 24.8 %, with footwear at 23.3 %"
    for pair in _pairs(frame, claim):
        for value, name in values_of(claim, pair, asked):
            yield Working(value, name, (pair.new, pair.old), None if pair.ordered or not asked.way else 0)


def restated(frame: Frame, claim: Claim) -> Support | None:
    """A share or a multiple of what another figure of the sentence, also a later one, was worked out from."""
    for other, (new, old) in frame.set_against.items() if is_ratio(claim) else ():
        pair = Pair(Term(new, None, ""), Term(old, None, ""), True, share=True)
        for value, name in values_of(claim, pair, _RESTATED) if other is not claim else ():
            if fit(claim, value, sign=False) is Fit.EXACT:
                return derived(Fit.EXACT, str(name), ())
    return None


def _pairs(frame: Frame, claim: Claim) -> Iterator[Pair]:
    for column, scope in _told(frame, claim):
        yield from of_others(frame, claim, column, scope)
        yield from of_columns(frame, claim, column, scope)
    for stage in STAGES:
        for column in operand_columns(frame, claim, None):
            if column.units is None:
                for scope in meant(frame, claim, frame.index.sets[column.set_index]):
                    yield from stage(frame, claim, column, scope)


_RESTATED = Asked(way=0, moved=True, grows=True, shares=False)


def _restated(frame: Frame, claim: Claim) -> Iterator[Pair]:
    for other, (new, old) in frame.set_against.items():
        near = 0 < claim.first - other.last <= _NEAR
        if other is not claim and (near or _is_restatement(frame, claim, other)):
            yield Pair(Term(new, None, ""), Term(old, None, ""), True, share=True)


def _is_restatement(frame: Frame, claim: Claim, other: Claim) -> bool:
    """ "3.7 kg between V1 and V8, which is 5.2 %"."""
    lead = [t.low for t in frame.tokens[max(0, claim.first - 4) : claim.first]]
    return other.last < claim.first and not _RESTATES.isdisjoint(lead)


_RESTATES = words("or which i.e ie equals equal equivalent meaning corresponding = ie. i.e. that")


def _told(frame: Frame, claim: Claim) -> Iterator[tuple[Column, Scope]]:
    """The cells of the other figures of the sentence."""
    for other in frame.claims:
        if other is claim or other.kind is not Kind.NUMBER or other.form not in (Form.DIGITS, Form.WORDS):
            continue
        if other.dimension in (Dimension.PERCENT, Dimension.POINTS):
            continue
        support = cells.read(frame, other, None)
        if support is None or support.verdict is not Verdict.FOUND:
            continue
        cell = support.cells[0]
        for column in frame.index.numbers:
            facts = frame.index.sets[column.set_index]
            if column.name == cell.column and facts.name == cell.set:
                yield column, Scope(facts, 1 << cell.row, ())

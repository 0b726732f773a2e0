"""Figures of the sentence itself against each other, or against a value of the record."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.language.units import Dimension
from core.evidence.readings.operands.pair import Pair, Term, aggregate


def told(frame: Frame, claim: Claim) -> Iterator[Pair]:
    """Two other figures of the sentence, in both orders; "from X to Y" and "Y, up from X" tell which is new."""
    figures = [
        c
        for c in frame.claims
        if c.kind is Kind.NUMBER and c is not claim and c.readings and c.form in ("digits", "words")
    ]
    figures = [
        c
        for c in figures
        if c.dimension not in (Dimension.PERCENT, Dimension.POINTS) or claim.dimension in (Dimension.POINTS, None)
        if not frame.turns_between(claim.first, c.first)
    ]
    for left in figures[:8]:
        for right in figures[:8]:
            if (
                left is right
                or left.dimension is not right.dimension
                or abs(figures.index(left) - figures.index(right)) > 2
            ):
                continue
            old = _before(frame, left, "from") or (_before(frame, right, "to") and left.start < right.start)
            new = _before(frame, right, "from")
            if old and left.start < right.start:
                yield Pair(told_term(right), told_term(left), True)
            elif new and left.start < right.start:
                yield Pair(told_term(left), told_term(right), True)
            elif left.start < right.start:
                yield Pair(told_term(left), told_term(right), False, True)
                yield Pair(told_term(right), told_term(left), False, True)


def against_told(frame: Frame, claim: Claim) -> Iterator[Pair]:
    """A figure of the sentence against one the record has of the same row: "8.2 times the median of EUR 948"."""
    figures = [
        c
        for c in frame.claims
        if c.kind is Kind.NUMBER and c is not claim and c.form in (Form.DIGITS, Form.WORDS) and c.unit is not None
    ]
    for other in figures[:4]:
        if other.dimension in (Dimension.PERCENT, Dimension.POINTS):
            continue
        for column in frame.index.numbers:
            facts = frame.index.sets[column.set_index]
            if column.dimension is not other.dimension or (facts.size > 1 and frame.score(column, claim) == 0):
                continue
            for scope in scopes(frame, facts, claim)[:1]:
                if scope.mask.bit_count() == 1 and (term := aggregate(facts, column, scope.mask, scope)):
                    yield Pair(term, told_term(other), True, True)


def told_term(claim: Claim) -> Term:
    return Term(claim.signed, claim.unit, "")


def _before(frame: Frame, claim: Claim, word: str) -> bool:
    return word in [t.low for t in frame.tokens[max(0, claim.first - 3) : claim.first]]

"""Counts that follow from the others of their sentence: "the other two", "14 of 25 cases"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.columns.column import Column, Role
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.readings.nouns import follows_part
from core.evidence.support import CellsOf, Support, derived
from core.evidence.verdict import TO_CHECK, Verdict

_REST = words("other others remaining rest")


def read(frame: Frame, claim: Claim, supports: Mapping[Claim, Support]) -> Support | None:
    """`supports`: of the claims of the sentence."""
    if not _is_count(claim):
        return None
    return _rest(frame, claim, supports) or _sum_of_part(frame, claim, supports)


def _is_count(claim: Claim) -> bool:
    return (
        claim.kind is Kind.NUMBER
        and claim.form in (Form.DIGITS, Form.WORDS)
        and claim.bound is Bound.EXACT
        and claim.unit is None
        and claim.value.is_integer()
    )


def _rest(frame: Frame, claim: Claim, supports: Mapping[Claim, Support]) -> Support | None:
    """ "three stores: Lille missed its target while the other two beat theirs"."""
    if not claim.first or frame.tokens[claim.first - 1].low not in _REST:
        return None
    before = [c for c, s in supports.items() if _is_count(c) and c.last < claim.first and s.verdict not in TO_CHECK]
    for whole in before:
        named = {
            m.text
            for m in frame.mentions
            if m.sort is Sort.VALUE and m.strength >= 2 and whole.last < m.first < claim.first
            if any(len(e.rows) == 1 and e.column.role in (Role.LABEL, Role.CODE) for e in m.entries)
        }
        parts = [c.value for c in before if c is not whole]
        for part in (*parts, float(len(named))):
            if 0 < part < whole.value and whole.value - part == claim.value:
                why = f"the rest of {whole.text} without {part:g}"
                return derived(Fit.EXACT, why, supports[whole].cells)
    return None


def _sum_of_part(frame: Frame, claim: Claim, supports: Mapping[Claim, Support]) -> Support | None:
    """ "the fix used in 14 of 25 cases": all that the part's column adds up to."""
    if not follows_part(frame, claim):
        return None
    for part, support in supports.items():
        if part.last >= claim.first or not _is_count(part) or support.verdict is not Verdict.FOUND:
            continue
        for facts, column in _columns(frame, support):
            rows, total = column.filled(facts.all)
            if total == claim.value and len(rows) > 1 and not column.rates:
                why = f"sum of {len(rows)} values of {column.name} in {facts.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def _columns(frame: Frame, support: Support) -> Iterator[tuple[SetFacts, Column]]:
    for cell in support.cells:
        for facts in frame.index.sets:
            yield from ((facts, c) for c in facts.numbers if facts.name == cell.set and c.name == cell.column)

"""The verdict on one claim: the first reading that holds, or what to say when none does."""

from __future__ import annotations

from core.evidence.advice import claims_nothing, is_advice, is_vague
from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.readings import (
    across,
    cells,
    codes,
    counts,
    durations,
    headcounts,
    moments,
    names,
    pairs,
    products,
    prose,
    quotients,
    tallies,
    totals,
    units,
)
from core.evidence.readings.nouns import Noun, counted_before, noun_of
from core.evidence.readings.workings import read as workings
from core.evidence.support import Support
from core.evidence.verdict import Verdict


def judge(frame: Frame, claim: Claim) -> Support:
    match claim.kind:
        case Kind.IGNORED:
            return Support(Verdict.IGNORED, claim.why)
        case Kind.CODE:
            return codes.read(frame, claim) or Support(Verdict.UNSUPPORTED, "The record has no such identifier.")
        case Kind.DATE:
            return _judge_date(frame, claim)
        case Kind.NUMBER:
            return _judge_number(frame, claim)


def _judge_date(frame: Frame, claim: Claim) -> Support:
    support = moments.read(frame, claim)
    if support is not None:
        return support
    if is_advice(frame, claim) or is_vague(claim):
        return Support(Verdict.IGNORED, "Says when to act, not what the record holds.")
    before = frame.tokens[claim.first - 1].low if claim.first else ""
    if before == "the" and claim.moment is not None and claim.moment.relative:
        return Support(Verdict.IGNORED, "Counted among the record's own, not from today.")
    years, today = frame.index.years, frame.index.today
    spans = claim.moment.spans(years, today) if claim.moment else []
    there = any(
        span and a <= span[0] and span[1] <= b
        for a, b in spans
        for f in frame.index.sets
        for c in f.times
        for span in c.spans
    )
    if there:
        return Support(Verdict.CONTRADICTED, "The record has this date, but not for what the sentence is about.")
    return Support(Verdict.UNSUPPORTED, "The record has no such date.")


def _judge_number(frame: Frame, claim: Claim) -> Support:
    noun = noun_of(frame, claim) or (counted_before(frame, claim) if claim.unit is None else None)
    support = _read_number(frame, claim, noun)
    if support is not None:
        return support
    if (counted := headcounts.read(frame, claim, noun)) is not None:
        return counted
    if reason := claims_nothing(frame, claim):
        if (other := units.in_another(frame, claim)) is not None:
            return other
        return Support(Verdict.IGNORED, reason)
    other = cells.elsewhere(frame, claim) if claim.value >= 10 or claim.unit is not None else None
    if other is not None:
        return Support(Verdict.CONTRADICTED, f"Not what the record says of this; {other.why}", other.cells)
    return Support(
        Verdict.UNSUPPORTED, "It stands nowhere in the record, and no arithmetic that was tried leads to it."
    )


def _read_number(frame: Frame, claim: Claim, named: Noun | None) -> Support | None:
    if (
        named is not None
        and claim.unit is None
        and claim.form is not Form.FRACTION
        and (support := counts.read(frame, claim, named))
    ):
        return support
    if tallies.tells_rows(frame, claim):
        return tallies.of_rows(frame, claim)
    if other := tallies.beside(frame, claim):
        return other
    support = cells.read(frame, claim, named)
    if support is not None and support.verdict is Verdict.FOUND:
        return support
    for read in (totals.read, durations.read, pairs.read, products.read, across.read, quotients.read):
        other = read(frame, claim, named)
        if other is not None and (support is None or not other.why.endswith("rounded.")):
            return other
    support = support or names.read(frame, claim)
    if support is None:
        otherwise = cells.is_told_otherwise(frame, claim)
        if not otherwise:
            support = prose.read(frame, claim)
        support = support or workings.read(frame, claim, named, told_otherwise=otherwise)
    return support

"""Sets with a row for each month, week …, where a sentence speaks of so many of them: "three of the six months"."""

from __future__ import annotations

from core.evidence.claims.claim import Kind
from core.evidence.columns.periods import PERIODS
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts


def is_of(facts: SetFacts, period: str) -> bool:
    """Whether each row is of a day, week, month … of its own."""
    return any(len(c.periods(facts.all, period)) == facts.size == len(c.by_time) for c in facts.times[:1])


def sets_by_period(frame: Frame) -> list[SetFacts]:
    """Of as many rows as the sentence says there are months, weeks …; none where it does not."""
    told = {
        (c.unit.name, c.value)
        for c in frame.claims
        if c.kind is Kind.NUMBER and c.unit is not None and c.unit.name in PERIODS and c.value > 1
    }
    return [facts for facts in frame.index.sets if any(facts.size == n and is_of(facts, name) for name, n in told)]

"""One cell against another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.evidence.columns.column import Column
from core.evidence.index.facts import SetFacts
from core.evidence.support import Support, show, where
from core.evidence.verdict import Verdict


class Answer(NamedTuple):
    holds: bool
    support: Support


def best_of(answers: Sequence[Answer]) -> Support:
    """What holds in one of the ways it may be meant is not wrong."""
    return next((a.support for a in answers if a.holds), answers[0].support)


def versus(facts: SetFacts, sign: int, new: tuple[Column, int], old: tuple[Column, int]) -> Answer:
    """Whether the first number, of a column and a row, is more (sign 1) or less (-1) than the second."""
    (one, row), (two, other) = new, old
    a, b = one.numbers[row] or 0.0, two.numbers[other] or 0.0
    beside = f"{two.name} is {show(b, two.unit)}" if row == other else f"in row {other + 1} {show(b, two.unit)}"
    why = f"{where(facts, row)}: {one.name} is {show(a, one.unit)}, {beside}."
    holds = (a - b) * sign > 0
    verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
    return Answer(holds, Support(verdict, why, (facts.cell(row, one), facts.cell(other, two))))

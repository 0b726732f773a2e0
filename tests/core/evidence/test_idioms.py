"""Turns of phrase and list numbers claim nothing; the same numbers told of the record still do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.evidence.verdict import TO_CHECK, CheckedClaim

Check = Callable[[str], list[CheckedClaim]]


@pytest.mark.parametrize(
    "answer",
    [
        "First and foremost the hives need a second pair of eyes.",
        "Nobody likes being asked twice.",
        "There are two sides to every story.",
        "No two summers are alike.",
        "As a rule of thumb a new customer costs five times as much as an old one.",
        "First of all, put a reminder in the diary 6 months ahead.",
        "Next steps: 1. weigh the hives, 2. treat them, 3. send the report.",
        "(3)",
        "Chase invoices once they are 10 days late.",
    ],
)
def test_what_claims_nothing_is_not_marked(check: Check, answer: str) -> None:
    assert [c.text for c in check(answer) if c.verdict in TO_CHECK] == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("H-01 was harvested seven times.", "seven"),
        ("There were 9 inspections.", "9"),
        ("H-01 has 17 frames, (1) more than H-03.", "17"),
    ],
)
def test_figures_told_of_the_record_are_still_looked_at(check: Check, answer: str, text: str) -> None:
    assert text in [c.text for c in check(answer) if c.verdict in TO_CHECK]

"""Limits and targets, comparisons with their figures, and superlatives: true ones stay, turned ones are flagged."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

MILL = {
    "use_case": "mill_review",
    "record_id": "M-1",
    "result_sets": [
        {
            "name": "mill",
            "columns": [
                {"name": "mill_id", "type": "text"},
                {"name": "repair_limit_eur", "type": "decimal"},
                {"name": "repair_eur", "type": "decimal"},
                {"name": "hours_stopped", "type": "decimal"},
                {"name": "target_hours_stopped", "type": "decimal"},
                {"name": "usual_hours_stopped", "type": "decimal"},
                {"name": "year_to_date_budget_eur", "type": "decimal"},
                {"name": "year_to_date_actual_eur", "type": "decimal"},
                {"name": "budget_eur", "type": "decimal"},
                {"name": "actual_eur", "type": "decimal"},
            ],
            "rows": [["M-1", "900.00", "960.00", "41.5", "48.0", "30.0", "7000.00", "6400.00", "800.00", "850.00"]],
        },
        {
            "name": "flours",
            "columns": [
                {"name": "product", "type": "text"},
                {"name": "price_eur", "type": "decimal"},
                {"name": "complaints", "type": "integer"},
                {"name": "sold_kg", "type": "decimal"},
            ],
            "rows": [
                ["Rye flour, stone ground, bag of 25 kg", "38.50", 2, "1410.0"],
                ["Spelt flour, fine, organic, bag of 10 kg", "27.20", 5, "620.0"],
                ["Oat flakes, rolled, bag of 5 kg", "9.80", 1, "2250.0"],
            ],
        },
        {
            "name": "shifts",
            "columns": [
                {"name": "worked_on", "type": "date"},
                {"name": "shift", "type": "text"},
                {"name": "sacks", "type": "integer"},
                {"name": "sealed", "type": "integer"},
                {"name": "spills", "type": "integer"},
            ],
            "rows": [
                ["2026-02-03", "Early", 64, 64, 0],
                ["2026-02-03", "Late", 51, 20, 2],
                ["2026-02-04", "Early", 77, 50, 0],
                ["2026-02-04", "Late", 90, 88, 1],
            ],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(MILL)))

PAIRS = [
    ("The repair limit was exceeded.", "The repair limit was undershot."),
    ("Year to date the mill is under budget.", "Year to date the mill is over budget."),
    ("The mill met its target for hours stopped.", "The mill missed its target for hours stopped."),
    ("It stood still longer than usual.", "It stood still shorter than usual."),
    ("Rye sold better than spelt, 1,410 against 620 kg.", "Rye sold less than spelt, 1,410 against 620 kg."),
    ("Rye flour is the most expensive product.", "Spelt flour is the most expensive product."),
    ("Spelt flour did worst on complaints.", "Oat flakes did worst on complaints."),
    ("The early shift of 3 February saw no spills.", "The late shift of 3 February saw no spills."),
    ("Most sacks on 3 February were sealed.", "All sacks on 4 February were sealed."),
    ("Most shifts on 3 February were early or late.", "Most shifts were early."),
    ("The most sacks were filled on 4 February by the late shift.", "The most sacks were filled on 4 February early."),
]


@pytest.mark.parametrize("answer", [good for good, _ in PAIRS])
def test_what_holds_needs_no_look(answer: str) -> None:
    assert not [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]


@pytest.mark.parametrize("answer", [bad for _, bad in PAIRS])
def test_what_is_turned_round_is_flagged(answer: str) -> None:
    assert [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]

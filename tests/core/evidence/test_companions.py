"""Figures that vouch for each other: what one was worked out from, the target in its row, two ends of a move."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

KITCHEN = {
    "use_case": "kitchen_review",
    "record_id": "K-9",
    "result_sets": [
        {
            "name": "batch",
            "columns": [
                {"name": "batch_id", "type": "text"},
                {"name": "size_units", "type": "integer"},
                {"name": "rejected_units", "type": "integer"},
            ],
            "rows": [["B-31", 48000, 1440]],
        },
        {
            "name": "board",
            "columns": [
                {"name": "measure", "type": "text"},
                {"name": "q_target", "type": "decimal"},
                {"name": "q_actual", "type": "decimal"},
                {"name": "unit", "type": "text"},
            ],
            "rows": [
                ["Average oven time", "340", "362", "seconds"],
                ["Trays baked", "1250", "1375", "trays"],
                ["Waste rate", "8.5", "7.2", "percent"],
            ],
        },
        {
            "name": "wk",
            "columns": [
                {"name": "wk_start", "type": "date"},
                {"name": "ovn_s", "type": "integer"},
                {"name": "trays", "type": "integer"},
                {"name": "remark", "type": "text"},
            ],
            "rows": [
                ["2026-06-01", 331, 214, None],
                ["2026-06-08", 328, 231, None],
                ["2026-06-15", 415, 190, "New burner installed"],
                ["2026-06-22", 374, 240, None],
            ],
        },
        {
            "name": "spans",
            "columns": [
                {"name": "span", "type": "text"},
                {"name": "total_eur", "type": "decimal"},
                {"name": "average_order_eur", "type": "decimal"},
                {"name": "orders", "type": "integer"},
            ],
            "rows": [
                ["Last 12 months", "3799.15", "1266.38", 3],
                ["12 months before", "2469.40", "823.13", 3],
            ],
        },
        {
            "name": "meters",
            "columns": [
                {"name": "meter", "type": "text"},
                {"name": "battery_pct", "type": "integer"},
            ],
            "rows": [["Pool", 12], ["Bakehouse", 17], ["Yard", 64]],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(KITCHEN)))


@pytest.mark.parametrize(
    "answer",
    [
        "Some 3 % of the 48,000 were rejected units.",
        "Her average oven time of 362 seconds is over the ceiling of 340.",
        "Trays baked beat the goal by 10%: 1,375 instead of 1,250.",
        "The waste rate was 7.2 % where 8.5 % is permitted.",
        "With the new burner installed, oven time jumped from 328 to 415 seconds.",
        "Spend over the last twelve months came to EUR 3,799.15.",
        "The batteries at Pool and Bakehouse are down to 12 and 17 percent.",
    ],
)
def test_figures_vouch_for_each_other(answer: str) -> None:
    claims = CHECKER.check(answer).claims
    assert not [c for c in claims if c.verdict in TO_CHECK], claims


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Some 3 % of the 45,000 were rejected units.", "45,000"),
        ("Her average oven time of 362 seconds is over the ceiling of 350.", "350"),
        ("Trays baked beat the goal by 10%: 1,375 instead of 1,290.", "1,290"),
        ("The waste rate was 7.2 % where 9.5 % is permitted.", "9.5 %"),
        ("With the new burner installed, oven time jumped from 331 to 415 seconds.", "331"),
        ("Spend over the last twelve months came to EUR 2,469.40.", "EUR 2,469.40"),
        ("The batteries at Pool and Bakehouse are down to 64 and 17 percent.", "64"),
    ],
)
def test_another_figure_in_their_place_is_marked(answer: str, told: str) -> None:
    assert told in [c.text for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK]

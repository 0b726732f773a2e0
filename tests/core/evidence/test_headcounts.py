"""Counts of rows whose condition the sentence tells in its own words."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

WELLS = {
    "use_case": "wells_review",
    "record_id": "W-3",
    "result_sets": [
        {
            "name": "faults",
            "columns": [
                {"name": "fault_id", "type": "text"},
                {"name": "seen_on", "type": "date"},
                {"name": "lane", "type": "text"},
                {"name": "noticed_by", "type": "text"},
                {"name": "stage", "type": "text"},
            ],
            "rows": [
                ["F-1", "2026-01-04", "Ash Lane", "Customer", "Repaired"],
                ["F-2", "2026-01-20", "Elm Lane", "Acoustic", "Repaired"],
                ["F-3", "2026-02-03", "Oak Lane", "Customer", "Repaired"],
                ["F-4", "2026-02-11", "Fir Lane", "Pressure log", "Open"],
                ["F-5", "2026-03-08", "Yew Lane", "Acoustic", "Repaired"],
                ["F-6", "2026-03-19", "Bay Lane", "Acoustic", "Repaired"],
                ["F-7", "2026-04-02", "Box Lane", "Customer", "Waiting"],
                ["F-8", "2026-05-27", "May Lane", "Customer", "Open"],
            ],
        },
        {
            "name": "depots",
            "columns": [
                {"name": "depot_id", "type": "text"},
                {"name": "depot", "type": "text"},
                {"name": "kind", "type": "text"},
                {"name": "fmt", "type": "text"},
                {"name": "gm_pct", "type": "decimal"},
                {"name": "batt_pct", "type": "integer"},
            ],
            "rows": [
                ["D1", "Upton", "Yard", "Wide", "31.5", 80],
                ["D2", "Lowick", "Yard", "Narrow", "44.2", None],
                ["D3", "Marle", "Kiosk", "Narrow", "28.7", 71],
                ["D4", "Sutton", "Yard", "Wide", "46.0", 15],
                ["D5", "Hythe", "Kiosk", "Narrow", "39.9", None],
            ],
        },
        {
            "name": "qtr",
            "columns": [
                {"name": "depot_id", "type": "text"},
                {"name": "sales_eur", "type": "decimal"},
            ],
            "rows": [["D1", "820.5"], ["D2", "640.0"], ["D3", "410.3"], ["D4", "905.1"], ["D5", "388.0"]],
        },
        {
            "name": "goals",
            "columns": [
                {"name": "depot_id", "type": "text"},
                {"name": "sales_target_eur", "type": "decimal"},
            ],
            "rows": [["D1", "800"], ["D2", "660"], ["D3", "400"], ["D4", "900"], ["D5", "420"]],
        },
        {
            "name": "rules",
            "columns": [
                {"name": "rule_no", "type": "integer"},
                {"name": "rule", "type": "text"},
                {"name": "kept_percent", "type": "decimal"},
            ],
            "rows": [
                [1, "Access", "100.0"],
                [2, "Noise", "71.4"],
                [3, "Parking", "100.0"],
                [4, "Waste", "88.1"],
                [5, "Water", "100.0"],
            ],
        },
        {
            "name": "visits",
            "columns": [{"name": "depot_id", "type": "text"}, {"name": "visitor", "type": "text"}],
            "rows": [["D1", "Ellis"], ["D2", "Ellis"], ["D4", "Quill"], ["D4", "Ellis"]],
        },
        {
            "name": "bills",
            "columns": [
                {"name": "bill_no", "type": "text"},
                {"name": "amt", "type": "decimal"},
                {"name": "ccy", "type": "text"},
                {"name": "settled_on", "type": "date"},
            ],
            "rows": [
                ["B-11", "310.20", "GBP", "2026-02-02"],
                ["B-12", "95.00", "GBP", "2026-02-27"],
                ["B-13", "1480.00", "EUR", "2026-03-05"],
                ["B-14", "212.75", "GBP", None],
                ["B-15", "77.10", "EUR", None],
            ],
        },
        {
            "name": "samples",
            "columns": [
                {"name": "parameter", "type": "text"},
                {"name": "times_measured", "type": "integer"},
                {"name": "remark", "type": "text"},
            ],
            "rows": [
                ["Iron", 5, "Sediment at the bottom of the bottle, so the sample was taken again in May."],
                ["Nitrate", 2, "Nothing to be seen, and the smell was that of plain water from the tap."],
                ["Lead", 2, "Sediment once more, and a little rust from the old pipe by the yard gate."],
                ["Lime", 2, "The crew was late because of the road works, all the rest as it should be."],
            ],
        },
        {
            "name": "fixes",
            "columns": [
                {"name": "fix", "type": "text"},
                {"name": "times_used", "type": "integer"},
            ],
            "rows": [["New seal", 13], ["Clamp", 6], ["Relined", 4]],
        },
        {
            "name": "orders_by_month",
            "columns": [
                {"name": "month", "type": "date"},
                {"name": "orders", "type": "integer"},
            ],
            "rows": [
                ["2026-01-01", 0],
                ["2026-02-01", 2],
                ["2026-03-01", 0],
                ["2026-04-01", 0],
                ["2026-05-01", 1],
                ["2026-06-01", 0],
            ],
        },
        {
            "name": "months",
            "columns": [
                {"name": "month", "type": "date"},
                {"name": "budget_eur", "type": "decimal"},
                {"name": "actual_eur", "type": "decimal"},
            ],
            "rows": [
                ["2026-01-01", "500", "530"],
                ["2026-02-01", "500", "480"],
                ["2026-03-01", "520", "525"],
                ["2026-04-01", "520", "560"],
                ["2026-05-01", "540", "541"],
                ["2026-06-01", "540", "500"],
            ],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(WELLS)))


@pytest.mark.parametrize(
    "answer",
    [
        "Half of the eight faults were spotted by customers, three acoustically and one from the pressure log.",
        "Four of the six months overspent.",
        "Three depots beat their sales targets and two fell short.",
        "In these six months actuals were below budget twice and above it four times.",
        "Half of the eight faults were reported by customers.",
        "Upton sold the most of the five branches.",
        "Half of the supplier's eight faults were reported by customers.",
        "All but two of the five rules apply in every contract.",
        "A new seal was the fix used in 13 of 23 cases.",
        "Four of the six months went by without a single order.",
        "Of the three yard depots, Lowick missed its target while the other two beat theirs.",
        "The faults were noticed eight times in eight lanes.",
        "The firm has five depots in two formats.",
        "Two depots have a gross margin above 40 %.",
        "Two depots have no battery reading.",
        "Actuals exceeded EUR 528 in three months.",
        "Three of the five bills are in pounds.",
        "Three of the five bills are closed.",
        "Apart from iron, every parameter was measured twice.",
        "Sediment is noted twice.",
        "Two of the five depots had no visit.",
        "Only one of the three yard depots saw no battery reading.",
        "| No | Depot |\n|---|---|\n| 7 | Upton |\n| 8 | Lowick |",
    ],
)
def test_rows_are_counted_by_a_condition_in_other_words(answer: str) -> None:
    claims = CHECKER.check(answer).claims
    assert not [c for c in claims if c.verdict in TO_CHECK], claims


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Half of the eight faults were spotted by customers, two acoustically and one from the pressure log.", "two"),
        ("Three of the six months overspent.", "Three"),
        ("Three depots beat their sales targets and four fell short.", "four"),
        ("Four depots beat their sales targets.", "Four"),
        ("In these six months actuals were below budget twice and above it three times.", "three"),
        ("Half of the eight faults were reported acoustically.", "Half"),
        ("Upton sold the most of the six branches.", "six"),
        ("All but three of the five rules apply in every contract.", "three"),
        ("Two of the five bills are in pounds.", "Two"),
        ("Four of the five bills are closed.", "Four"),
        ("Apart from iron, every parameter was measured nine times.", "nine"),
        ("Sediment is noted three times.", "three"),
        ("Three of the five depots had no visit.", "Three"),
        ("| Bills | Depot |\n|---|---|\n| 7 | Upton |", "7"),
        ("The firm has five depots in three formats.", "three"),
        ("Three depots have a gross margin above 40 %.", "Three"),
        ("Four depots have no battery reading.", "Four"),
        ("Actuals exceeded EUR 528 in seven months.", "seven months"),
        ("A new seal was the fix used in 13 of 27 cases.", "27"),
        ("Three of the six months went by without a single order.", "Three"),
        ("Of the three yard depots, Lowick missed its target while the other four beat theirs.", "four"),
    ],
)
def test_another_count_is_marked(answer: str, told: str) -> None:
    assert told in [c.text for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK]

"""What is told without a figure: which way things went, how two things compare."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

KILNS = {
    "use_case": "kiln_review",
    "record_id": "K-7",
    "result_sets": [
        {
            "name": "workshop",
            "columns": [
                {"name": "workshop_id", "type": "text"},
                {"name": "opening_stock", "type": "integer"},
                {"name": "closing_stock", "type": "integer"},
                {"name": "hours_fired", "type": "decimal"},
                {"name": "usual_hours_fired", "type": "decimal"},
            ],
            "rows": [["K-7", 410, 365, "31.5", "36.0"]],
        },
        {
            "name": "glazes",
            "columns": [
                {"name": "glaze", "type": "text"},
                {"name": "previous_viscosity", "type": "decimal"},
                {"name": "latest_viscosity", "type": "decimal"},
                {"name": "price_eur", "type": "decimal"},
                {"name": "used_this_month", "type": "integer"},
                {"name": "used_last_month", "type": "integer"},
            ],
            "rows": [
                ["Celadon", "5.1", "4.7", "18.00", 12, 15],
                ["Tenmoku", "4.2", "4.2", "12.50", 22, 9],
                ["Ash white", "3.9", "4.4", "16.00", 7, 7],
            ],
        },
        {
            "name": "samples",
            "columns": [
                {"name": "piece", "type": "text"},
                {"name": "weighed_on", "type": "date"},
                {"name": "weight_g", "type": "decimal"},
            ],
            "rows": [
                ["Jar", "2026-03-02", "812.0"],
                ["Bowl", "2026-03-02", "402.0"],
                ["Bowl", "2026-03-09", "371.5"],
                ["Jar", "2026-03-09", "790.0"],
                ["Jar", "2026-03-16", "771.0"],
            ],
        },
        {
            "name": "months",
            "columns": [{"name": "month", "type": "text"}, {"name": "sales_eur", "type": "decimal"}],
            "rows": [["2026-01", "4100.00"], ["2026-02", "3650.00"], ["2026-03", "3900.00"]],
        },
        {
            "name": "courses",
            "columns": [
                {"name": "week", "type": "integer"},
                {"name": "students", "type": "integer"},
                {"name": "fee_eur", "type": "decimal"},
            ],
            "rows": [[11, 14, "90.00"], [12, 17, "90.00"], [13, 12, "75.00"]],
        },
        {
            "name": "firings",
            "columns": [
                {"name": "fired_on", "type": "date"},
                {"name": "pots", "type": "integer"},
                {"name": "cracked", "type": "integer"},
                {"name": "faults", "type": "integer"},
            ],
            "rows": [
                ["2024-05-06", 30, 1, 1],
                ["2024-09-02", 28, 2, 2],
                ["2025-05-05", 41, 6, 4],
                ["2025-08-25", 44, 8, 6],
                ["2025-10-14", 46, 9, 3],
            ],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(KILNS)))

HOLD = [
    "The number of students rose from week 11 to week 12.",
    "The fee was cut in week 13.",
    "The faults improved in October 2025.",
    "Faults grew worse in August 2025.",
    "Output climbed between 2024 and 2025.",
    "From January to February sales fell.",
    "Cracked pieces have kept rising.",
    "Faults fell over the seven weeks to October 2025.",
    "The viscosity of Celadon has fallen.",
    "Tenmoku use went up this month.",
    "The weight of the jar fell.",
    "Celadon is more expensive than Tenmoku.",
    "Sales were lower than in January 2026.",
    "Firing took less time than usual.",
    "The closing stock is lower than the opening stock.",
]
TURNED = [
    ("The number of students rose from week 12 to week 13.", "rose"),
    ("The fee was put up in week 13.", "up"),
    ("The faults improved in August 2025.", "improved"),
    ("Faults got worse in October 2025.", "worse"),
    ("Output dwindled between 2024 and 2025.", "dwindled"),
    ("From January to February sales climbed.", "climbed"),
    ("Faults have kept rising.", "rising"),
    ("The number of pots has risen with each firing.", "risen"),
    ("The viscosity of Celadon has risen.", "risen"),
    ("Tenmoku's viscosity has risen since the previous test.", "risen"),
    ("Tenmoku use went down this month.", "down"),
    ("The weight of the jar rose.", "rose"),
    ("Celadon is cheaper than Tenmoku.", "cheaper"),
    ("Celadon was used more than last month.", "more"),
    ("Sales were higher than in January 2026.", "higher"),
    ("The firing took longer than usual.", "longer"),
    ("The closing stock is higher than the opening stock.", "higher"),
]
OPEN = [
    "The mood improved in August 2025.",
    "The viscosity of Celadon should have risen.",
    "Sales rose.",  # since February, not since January
    "Celadon and Tenmoku use went up.",
    "Demand has been rising.",
    "Why has the viscosity of Celadon risen?",
]


@pytest.mark.parametrize("answer", [*HOLD, *OPEN])
def test_what_holds_or_is_left_open_is_not_marked(answer: str) -> None:
    assert [c for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK] == []


@pytest.mark.parametrize(("answer", "text"), TURNED)
def test_the_way_that_the_record_turns_is_marked(answer: str, text: str) -> None:
    assert [c.text for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK] == [text]

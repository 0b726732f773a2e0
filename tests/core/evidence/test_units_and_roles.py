"""The right figure or date in the wrong role: another unit, another currency, the day something was planned for."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

PORT = {
    "use_case": "port_review",
    "record_id": "P-4",
    "result_sets": [
        {
            "name": "lease",
            "columns": [
                {"name": "lease_id", "type": "text"},
                {"name": "notice_days", "type": "integer"},
                {"name": "quay_m2", "type": "decimal"},
            ],
            "rows": [["P-4", 45, "620.0"]],
        },
        {
            "name": "calls",
            "columns": [
                {"name": "call_no", "type": "text"},
                {"name": "ship", "type": "text"},
                {"name": "planned_on", "type": "date"},
                {"name": "actual_on", "type": "date"},
                {"name": "distance_nm", "type": "decimal"},
                {"name": "weekday_crew", "type": "integer"},
            ],
            "rows": [
                ["C-1", "Solveig", "2026-06-01", "2026-06-03", "212.5", 9],
                ["C-2", "Marte", "2026-06-04", "2026-06-04", "88.0", 7],
                ["C-3", "Ingrid", "2026-06-09", None, "140.0", 6],
            ],
        },
        {
            "name": "dues",
            "columns": [
                {"name": "call_no", "type": "text"},
                {"name": "betrag", "type": "decimal"},
                {"name": "whrg", "type": "text"},
            ],
            "rows": [["C-1", "4180.00", "USD"], ["C-2", "2395.00", "NOK"], ["C-3", "3120.00", "MAD"]],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(PORT)))

PAIRS = [
    ("Notice must be given 45 days before the end.", "Notice must be given 45 weeks before the end."),
    ("The quay covers 620 square metres.", "The quay covers 620 cubic metres."),
    ("Solveig sailed 212.5 nautical miles.", "Solveig sailed 212.5 kilometres."),
    ("Solveig's dues were USD 4,180.", "Solveig's dues were EUR 4,180."),
    ("Call C-1 was held on 3 June 2026.", "Call C-1 was held on 1 June 2026."),
    ("Call C-1 was planned for 1 June 2026.", "Call C-1 was planned for 3 June 2026."),
    ("On Monday 9 of the crew worked for Solveig.", "Solveig had 12 of the crew on Monday."),
]


@pytest.mark.parametrize("answer", [good for good, _ in PAIRS])
def test_what_the_record_has_needs_no_look(answer: str) -> None:
    assert not [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]


@pytest.mark.parametrize("answer", [bad for _, bad in PAIRS])
def test_the_right_figure_in_another_role_is_flagged(answer: str) -> None:
    assert [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]


@pytest.mark.parametrize("answer", ["Send the notice within 45 minutes.", "Call C-3 was due on 9 June 2026."])
def test_advice_and_what_has_not_been_done_yet_stay_unmarked(answer: str) -> None:
    assert not [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]

"""Figures told to many places: any arithmetic that the words allow carries them, and nothing near it does."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK, CheckedClaim, Verdict

ROPEWAY = {
    "use_case": "ropeway",
    "record_id": "RW-3",
    "result_sets": [
        {
            "name": "lifts",
            "columns": [
                {"name": "lift", "type": "text"},
                {"name": "valley", "type": "text"},
                {"name": "rides", "type": "integer"},
                {"name": "hours", "type": "decimal"},
                {"name": "budget_chf", "type": "decimal"},
                {"name": "spent_chf", "type": "decimal"},
                {"name": "power_kwh", "type": "decimal"},
            ],
            "rows": [
                ["Hochegg", "North", 48210, "612.5", "81000.00", "84130.00", "96400.0"],
                ["Alpboden", "North", 31975, "588.0", "64500.00", "61240.00", "70150.0"],
                ["Karlspitz", "South", 27466, "431.5", "52000.00", "55710.00", "61300.0"],
                ["Seewand", "South", 19038, "402.0", "47000.00", "46120.00", "38890.0"],
            ],
        },
        {
            "name": "seasons",
            "columns": [
                {"name": "season", "type": "text"},
                {"name": "takings_chf", "type": "decimal"},
                {"name": "guests", "type": "integer"},
            ],
            "rows": [
                ["This winter", "918450.00", 126689],
                ["Winter before", "874210.00", 121034],
                ["Median of the region", "803775.00", 110400],
            ],
        },
    ],
}

CARRIED = [
    ("hours that no word adds up", "Hochegg and Alpboden ran 1,200.5 hours.", "1,200.5 hours"),
    ("two columns of a row", "Hochegg overshot what it was given by CHF 3,130.", "CHF 3,130"),
    ("its percentage", "Hochegg overspent by CHF 3,130, or 3.9 %.", "3.9 %"),
    ("rows that their labels put in order", "Takings grew by CHF 44,240.", "CHF 44,240"),
    ("a row against a named one", "Takings were CHF 114,675 more than the median.", "CHF 114,675"),
    ("growth to a figure that is told", "Guests rose by 4.7 % to 126,689.", "4.7 %"),
    ("a rate of a unit by its name", "Hochegg spent CHF 137.36 per hour.", "CHF 137.36"),
]
MARKED = [
    ("hours", "Hochegg and Alpboden ran 1,210.5 hours.", "1,210.5 hours"),
    ("two columns of another row", "Alpboden overshot what it was given by CHF 3,130.", "CHF 3,130"),
    ("its percentage", "Hochegg overspent by CHF 3,130, or 4.9 %.", "4.9 %"),
    ("the other way", "Takings fell by CHF 44,240.", "CHF 44,240"),
    ("less than the named one", "Takings were CHF 114,675 less than the median.", "CHF 114,675"),
    ("growth to a figure that is told", "Guests rose by 5.7 % to 126,689.", "5.7 %"),
    ("a figure told to few places", "Hochegg needed 7 extra cabins.", "7"),
]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(parse_record(json.dumps(ROPEWAY)))


def _claim(checker: Checker, answer: str, text: str) -> CheckedClaim:
    claims = checker.check(answer).claims
    return next(claim for claim in claims if claim.text == text)


@pytest.mark.parametrize(("answer", "text"), [case[1:] for case in CARRIED], ids=[case[0] for case in CARRIED])
def test_what_some_arithmetic_makes_is_carried(checker: Checker, answer: str, text: str) -> None:
    claim = _claim(checker, answer, text)
    assert claim.verdict is Verdict.DERIVED, claim


@pytest.mark.parametrize(("answer", "text"), [case[1:] for case in MARKED], ids=[case[0] for case in MARKED])
def test_what_none_makes_is_marked(checker: Checker, answer: str, text: str) -> None:
    claim = _claim(checker, answer, text)
    assert claim.verdict in TO_CHECK, claim


def test_a_working_names_the_cells_it_is_made_of(checker: Checker) -> None:
    claim = _claim(checker, "Hochegg overshot what it was given by CHF 3,130.", "CHF 3,130")
    assert {(cell.row, cell.column) for cell in claim.cells} == {(0, "budget_chf"), (0, "spent_chf")}

"""Arithmetic between columns, sets and dates: what follows is derived, what does not is marked."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK, Verdict

GARAGE = {
    "use_case": "upkeep",
    "record_id": "BUS-26",
    "result_sets": [
        {
            "name": "jobs",
            "columns": [
                {"name": "job_no", "type": "text"},
                {"name": "due_on", "type": "date"},
                {"name": "closed_on", "type": "date"},
                {"name": "labour_hours", "type": "decimal"},
                {"name": "labour_chf", "type": "decimal"},
                {"name": "parts_chf", "type": "decimal"},
                {"name": "noise_db", "type": "decimal"},
            ],
            "rows": [
                ["J-701", "2025-01-14", "2025-01-14", "6.5", "780.00", "412.40", "71.0"],
                ["J-744", "2025-03-24", "2025-03-27", "11.0", "1320.00", "1985.00", "78.0"],
                ["J-802", "2025-07-08", None, "6.0", "720.00", "388.10", "69.0"],
            ],
        },
        {
            "name": "limits",
            "columns": [{"name": "measure", "type": "text"}, {"name": "upper", "type": "decimal"}],
            "rows": [["noise", "75.0"], ["smoke", "2.0"]],
        },
        {
            "name": "sheet",
            "columns": [
                {"name": "property", "type": "text"},
                {"name": "value", "type": "text"},
                {"name": "unit", "type": "text"},
            ],
            "rows": [["Wheel base", "6.1", "m"], ["First registered", "2017-05-18", ""], ["Maker", "Setra", ""]],
        },
    ],
}

DERIVED = [
    ("labour and parts of a row", "With labour and parts J-744 cost CHF 3,305.00.", "CHF 3,305.00"),
    ("labour and parts of all", "Labour and parts together came to CHF 5,605.50.", "CHF 5,605.50"),
    ("one column over another", "An hour of labour costs CHF 120.", "CHF 120"),
    ("a limit of another set", "J-744 exceeded the noise limit by 3 db.", "3 db"),
    ("late against its due date", "One of two closed jobs was late: J-744 by three days.", "three days"),
    ("a value written downwards", "The wheel base is 610 cm.", "610 cm"),
]
DENIED = [
    ("labour and parts", "With labour and parts J-744 cost CHF 3,505.00.", "CHF 3,505.00"),
    ("one column over another", "An hour of labour costs CHF 130.", "CHF 130"),
    ("a limit of another set", "J-744 exceeded the noise limit by 5 db.", "5 db"),
    ("what has not happened", "J-802 has been closed.", "closed"),
    ("a value written downwards", "The wheel base is 6.4 m.", "6.4 m"),
    ("a date written downwards", "It was first registered on 18 May 2018.", "18 May 2018"),
]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(parse_record(json.dumps(GARAGE)))


@pytest.mark.parametrize(("answer", "text"), [case[1:] for case in DERIVED], ids=[case[0] for case in DERIVED])
def test_what_follows_from_several_cells_is_carried(checker: Checker, answer: str, text: str) -> None:
    claims = checker.check(answer).claims
    assert [c.text for c in claims if c.verdict in TO_CHECK] == [], claims
    assert next(c for c in claims if c.text == text).verdict in (Verdict.DERIVED, Verdict.FOUND)


@pytest.mark.parametrize(("answer", "text"), [case[1:] for case in DENIED], ids=[case[0] for case in DENIED])
def test_what_does_not_follow_is_marked(checker: Checker, answer: str, text: str) -> None:
    claims = checker.check(answer).claims
    assert [c.text for c in claims if c.verdict in TO_CHECK] == [text], claims


def test_a_value_written_downwards_is_shown_where_it_stands(checker: Checker) -> None:
    claim = next(c for c in checker.check("The wheel base is 6.1 m.").claims if c.text == "6.1 m")
    assert [(cell.set, cell.row, cell.column) for cell in claim.cells] == [("sheet", 0, "value")]

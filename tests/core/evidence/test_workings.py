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
        {
            "name": "goals",
            "columns": [
                {"name": "lift", "type": "text"},
                {"name": "sales_kchf", "type": "decimal"},
                {"name": "sales_tgt_kchf", "type": "decimal"},
                {"name": "rides_tgt", "type": "integer"},
            ],
            "rows": [
                ["Hochegg", "412.6", "395.0", 50000],
                ["Alpboden", "228.1", "240.5", 31000],
                ["Karlspitz", "171.9", "160.0", 27000],
                ["Seewand", "105.8", "118.0", 20000],
            ],
        },
        {
            "name": "caps",
            "columns": [
                {"name": "what", "type": "text"},
                {"name": "most", "type": "decimal"},
                {"name": "unit", "type": "text"},
            ],
            "rows": [["Rope age", "15", "years"], ["Grid power", "300000", "kWh"]],
        },
        {
            "name": "outages",
            "columns": [
                {"name": "outage", "type": "text"},
                {"name": "began_at", "type": "timestamp"},
                {"name": "ended_at", "type": "timestamp"},
                {"name": "stranded", "type": "integer"},
                {"name": "fetched_by_rope", "type": "integer"},
            ],
            "rows": [
                ["Q-1", "2026-01-04T10:12:00", "2026-01-04T11:29:00", 41, 6],
                ["Q-2", "2026-01-19T14:05:00", "2026-01-19T14:48:00", 18, 0],
                ["Q-3", "2026-03-02T09:31:00", "2026-03-02T12:07:00", 63, 17],
            ],
        },
        {
            "name": "pachtvertrag",
            "columns": [
                {"name": "beginn", "type": "date"},
                {"name": "ende", "type": "date"},
                {"name": "jahrespacht_chf", "type": "decimal"},
                {"name": "flaeche_m2", "type": "decimal"},
                {"name": "klausel", "type": "text"},
            ],
            "rows": [
                [
                    "2020-05-01",
                    "2032-04-30",
                    "17280.00",
                    "96.0",
                    "The lessee covers damage up to 150 % of the yearly sum.",
                ]
            ],
        },
        {
            "name": "bills",
            "columns": [
                {"name": "bill_no", "type": "text"},
                {"name": "firm", "type": "text"},
                {"name": "sum", "type": "decimal"},
                {"name": "currency", "type": "text"},
            ],
            "rows": [
                ["B-1", "Seilbau Kern", "2140.50", "EUR"],
                ["B-2", "Seilbau Kern", "1875.00", "CHF"],
                ["B-3", "Motoren Vogt", "3360.25", "EUR"],
                ["B-4", "Seilbau Kern", "990.00", "EUR"],
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
    ("its percentage, restated later", "Takings grew by CHF 44,240 since the year before, which is 5.1 %.", "5.1 %"),
    ("a target in another set", "Hochegg missed its target by 1,790 rides.", "1,790"),
    ("thousands", "Together the lifts beat their sales targets by CHF 4.9k.", "CHF 4.9k"),
    ("a limit written downwards", "Of the grid power 33,260 kWh were left.", "33,260 kWh"),
    ("rows of one currency", "Seilbau Kern got EUR 3,130.50.", "EUR 3,130.50"),
    ("how many rows it is made of", "Two bills of Seilbau Kern, EUR 3,130.50 in all, are in euros.", "Two"),
    ("a time told to the minute", "The engine stood still for 77 minutes.", "77 minutes"),
    ("the whole of a part", "Q-3 stranded 63 of 122 passengers.", "122"),
    ("rows over their plan", "Two lifts overspent.", "Two"),
    ("rows short of a target in another set", "Two lifts fell short of their sales targets.", "Two"),
    ("how often plans were beaten", "Sales targets were beaten two times.", "two"),
    ("what two counts leave", "Of the four lifts two overspent, the other two did not.", "two"),
    ("without what is left out", "Leaving out Seewand, CHF 201,080.00 were spent.", "CHF 201,080.00"),
    ("a share that a text tells", "The cover is capped at CHF 25,920.", "CHF 25,920"),
    ("the years of a contract", "Over its whole length the lease comes to CHF 207,360.", "CHF 207,360"),
    ("a square metre", "The lease is CHF 180.00 a square metre.", "CHF 180.00"),
    (
        "a multiple told before its figure",
        "At 1.5 times the yearly sum, the cover is CHF 25,920.",
        "1.5 times",
    ),
    ("the whole of what is counted as theirs", "Three standstills were called, two of them in January.", "Three"),
    ("a rate over a joined set", "Hochegg sold for about CHF 674 per hour.", "CHF 674"),
    ("almost halved, a little more than half", "Rides almost halved, from 31,975 to 19,038.", "halved"),
    ("a move that any verb tells", "Rides eased by 4,509, from 31,975 to 27,466.", "4,509"),
    ("a rate of a unit by its name", "Hochegg spent CHF 137.36 per hour.", "CHF 137.36"),
]
MARKED = [
    ("hours", "Hochegg and Alpboden ran 1,210.5 hours.", "1,210.5 hours"),
    ("two columns of another row", "Alpboden overshot what it was given by CHF 3,130.", "CHF 3,130"),
    ("its percentage", "Hochegg overspent by CHF 3,130, or 4.9 %.", "4.9 %"),
    ("the other way", "Takings fell by CHF 44,240.", "CHF 44,240"),
    ("less than the named one", "Takings were CHF 114,675 less than the median.", "CHF 114,675"),
    ("growth to a figure that is told", "Guests rose by 5.7 % to 126,689.", "5.7 %"),
    ("its percentage, restated later", "Takings grew by CHF 44,240 since the year before, which is 6.1 %.", "6.1 %"),
    ("a target in another set", "Hochegg missed its target by 1,890 rides.", "1,890"),
    ("ahead of what it is behind", "Alpboden came out CHF 12.4k ahead of its sales target.", "CHF 12.4k"),
    ("thousands", "Together the lifts beat their sales targets by CHF 4.9.", "CHF 4.9"),
    ("a limit written downwards", "Of the grid power 43,260 kWh were left.", "43,260 kWh"),
    ("rows of one currency", "Seilbau Kern got EUR 5,005.50.", "EUR 5,005.50"),
    ("how many rows it is made of", "Four bills of Seilbau Kern, EUR 3,130.50 in all, are in euros.", "Four"),
    ("a time told to the minute", "The engine stood still for 79 minutes.", "79 minutes"),
    ("the whole of a part", "Q-3 stranded 63 of 132 passengers.", "132"),
    ("rows over their plan", "Three lifts overspent.", "Three"),
    ("rows short of a target in another set", "Three lifts fell short of their sales targets.", "Three"),
    ("how often plans were beaten", "Sales targets were beaten three times.", "three"),
    ("what two counts leave", "Of the four lifts two overspent, the other three did not.", "three"),
    ("without what is left out", "Leaving out Seewand, CHF 247,200.00 were spent.", "CHF 247,200.00"),
    ("a share that a text tells", "The cover is capped at CHF 28,920.", "CHF 28,920"),
    ("the years of a contract", "Over its whole length the lease comes to CHF 227,360.", "CHF 227,360"),
    ("a square metre", "The lease is CHF 190.00 a square metre.", "CHF 190.00"),
    (
        "a multiple told before its figure",
        "At 2.5 times the yearly sum, the cover is CHF 25,920.",
        "2.5 times",
    ),
    ("the whole of what is counted as theirs", "Five standstills were called, two of them in January.", "Five"),
    ("a rate over a joined set", "Hochegg sold for about CHF 874 per hour.", "CHF 874"),
    ("more than halved", "Rides more than halved, from 31,975 to 19,038.", "halved"),
    ("a move that any verb tells", "Rides eased by 4,609, from 31,975 to 27,466.", "4,609"),
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

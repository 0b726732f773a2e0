"""Two figures that are one reading ("142/76") stand together in a text of the row that is meant, or they are not so."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

BOILER = {
    "use_case": "boiler_review",
    "record_id": "B-9",
    "result_sets": [
        {
            "name": "checks",
            "columns": [
                {"name": "check_no", "type": "text"},
                {"name": "checked_on", "type": "date"},
                {"name": "note", "type": "text"},
            ],
            "rows": [
                ["CK-1", "2026-03-02", "Flow and return 64/48. Nothing found today, come again after the winter."],
                ["CK-2", "2026-09-14", "Flow and return 71/55, the pump hums. Ordered a bearing for it."],
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("CK-2 read 71/55.", []),
        ("On 2 March 2026 flow and return were 64/48.", []),
        ("CK-2 read 64/48.", ["64", "48"]),
        ("CK-2 read 71/48.", ["71", "48"]),
    ],
)
def test_a_pair_of_figures_is_of_its_row(answer: str, wrong: list[str]) -> None:
    claims = Checker(parse_record(json.dumps(BOILER))).check(answer).claims
    assert [claim.text for claim in claims if claim.verdict in TO_CHECK] == wrong, claims


def test_a_note_s_today_is_not_the_record_s() -> None:
    claims = Checker(parse_record(json.dumps(BOILER))).check("CK-1 was checked on 14 September 2026.").claims
    assert [claim.text for claim in claims if claim.verdict in TO_CHECK] == ["14 September 2026"], claims

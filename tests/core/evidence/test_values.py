"""Labels of the record told of a row that has another one, however the sentence is built."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

YARD = {
    "use_case": "yard_review",
    "record_id": "Y-2",
    "result_sets": [
        {
            "name": "boats",
            "columns": [
                {"name": "boat", "type": "text"},
                {"name": "rig", "type": "text"},
                {"name": "berth_kind", "type": "text"},
                {"name": "arrived_on", "type": "date"},
                {"name": "length_m", "type": "decimal"},
            ],
            "rows": [
                ["Tern", "Sloop", "Pontoon", "2026-03-02", "9.4"],
                ["Gannet", "Ketch", "Mooring", "2026-03-19", "13.1"],
                ["Wren", "Sloop", "Mooring", "2026-04-07", "7.2"],
                ["Fulmar", "Yawl", "Pontoon", "2026-05-11", "10.8"],
            ],
        },
        {
            "name": "works",
            "columns": [
                {"name": "work_no", "type": "integer"},
                {"name": "boat", "type": "text"},
                {"name": "work_type", "type": "text"},
                {"name": "place", "type": "text"},
                {"name": "done_on", "type": "date"},
            ],
            "rows": [
                [1, "Tern", "Rigging", "Slipway", "2026-03-30"],
                [2, "Gannet", "Engine", "Crane", "2026-04-14"],
                [3, "Fulmar", "Hull", "Slipway", "2026-06-01"],
            ],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(YARD)))


@pytest.mark.parametrize(
    "answer",
    [
        "Gannet carries a ketch rig.",
        "Wren, a sloop, lies at a mooring.",
        "Work 2 dealt with the engine.",
        "Hull repairs were the subject of work 3.",
        "The last work was done on the slipway.",
        "Work 1 never touched the engine.",
        "Unlike Gannet, Tern has no mooring.",
        "Tern may get a mooring next year.",
        "Gannet came in before the yawl.",
        "Is Tern a ketch?",
        "Tern paid for a berth beside the ketch Gannet.",
        "One mooring is taken by Wren.",
    ],
)
def test_what_a_row_has_needs_no_look(answer: str) -> None:
    assert not [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("Gannet carries a sloop rig.", "sloop"),
        ("Fulmar lies at a mooring.", "mooring"),
        ("Work 2 dealt with the rigging.", "rigging"),
        ("It was the crane that lifted Tern.", "crane"),
        ("The last work was done with the crane.", "crane"),
        ("The longest boat is a yawl.", "yawl"),
    ],
)
def test_another_label_of_the_same_column_is_contradicted(answer: str, word: str) -> None:
    flagged = [claim for claim in CHECKER.check(answer).claims if claim.verdict in TO_CHECK]
    assert word in [claim.text for claim in flagged]

"""Where a thing stands, told in words that the record does not use."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

FAIR = {
    "use_case": "fair_review",
    "record_id": "F-3",
    "result_sets": [
        {
            "name": "fair",
            "columns": [
                {"name": "fair_no", "type": "text"},
                {"name": "title", "type": "text"},
                {"name": "stage", "type": "text"},
                {"name": "catered", "type": "boolean"},
                {"name": "insured", "type": "text"},
                {"name": "main_venue", "type": "text"},
            ],
            "rows": [["F-3", "Spring book fair", "active", True, "No", "Corn Exchange"]],
        },
        {
            "name": "stands",
            "columns": [
                {"name": "stand", "type": "text"},
                {"name": "decision", "type": "text"},
                {"name": "refundable", "type": "boolean"},
            ],
            "rows": [
                ["Quill Press", "approved", True],
                ["Lantern Books", "withdrawn", False],
                ["Moth and Flame", "rejected", False],
                ["Cedar House", "completed", True],
            ],
        },
        {
            "name": "talks",
            "columns": [
                {"name": "talk_no", "type": "text"},
                {"name": "speaker", "type": "text"},
                {"name": "stage", "type": "text"},
                {"name": "held_on", "type": "date"},
            ],
            "rows": [
                ["T-1", "Ada Quist", "held", "2026-05-02"],
                ["T-2", "Bo Lind", "cancelled", None],
                ["T-3", "Cy Vane", "planned", None],
            ],
        },
        {
            "name": "parcels",
            "columns": [
                {"name": "parcel_no", "type": "text"},
                {"name": "sent_on", "type": "date"},
                {"name": "delivered_on", "type": "date"},
            ],
            "rows": [["P-71", "2026-04-20", "2026-04-24"], ["P-72", "2026-04-21", None]],
        },
        {
            "name": "repairs",
            "columns": [
                {"name": "repair_no", "type": "text"},
                {"name": "opened_on", "type": "date"},
                {"name": "closed_on", "type": "date"},
            ],
            "rows": [["R-8", "2026-04-01", "2026-04-03"], ["R-9", "2026-04-02", "2026-04-04"]],
        },
    ],
}
CHECKER = Checker(parse_record(json.dumps(FAIR)))


@pytest.mark.parametrize(
    "answer",
    [
        "The fair is ongoing.",
        "The fair was planned in spring.",
        "Lantern Books withdrew from the fair.",
        "Moth and Flame was not approved.",
        "Quill Press is still refundable.",
        "Moth and Flame cannot be refunded; it is not refundable.",
        "The fair is catered.",
        "The fair is not insured.",
        "Quill Press lost its banner.",
        "Cedar House should have been cancelled.",
        "Was the fair cancelled?",
        "The talk T-2, by Bo Lind, was called off.",
        "T-1 went ahead.",
        "P-72 has not been delivered.",
        "P-71 was delivered.",
        "Repair R-8 was open for two days.",
        "The fair is up and running.",
        "Corn Exchange is the main venue.",
        "It is the main venue.",
    ],
)
def test_what_may_be_so_is_not_marked(answer: str) -> None:
    assert [c for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK] == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("The fair has been cancelled.", "cancelled"),
        ("The fair is a draft.", "draft"),
        ("Quill Press was refused.", "refused"),
        ("Lantern Books was accepted.", "accepted"),
        ("Moth and Flame is still pending.", "pending"),
        ("Cedar House was aborted.", "aborted"),
        ("Moth and Flame is refundable.", "refundable"),
        ("The fair is not catered.", "catered"),
        ("The fair was uncatered.", "uncatered"),
        ("The fair is insured.", "insured"),
        ("The talk by Bo Lind went ahead in the end.", "went ahead"),
        ("Quill Press was turned down by the board.", "turned down"),
        ("The fair is on hold.", "on hold"),
        ("Northgate Hall is the main venue.", "Northgate Hall"),
        ("The main venue is Northgate Hall.", "Northgate Hall"),
        ("P-72 was delivered.", "delivered"),
        ("R-8, the first one, is still open.", "open"),
    ],
)
def test_a_state_that_the_record_rules_out_is_marked(answer: str, text: str) -> None:
    assert [c.text for c in CHECKER.check(answer).claims if c.verdict in TO_CHECK] == [text]

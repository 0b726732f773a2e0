"""A date is of the event that the words tell: the day a lease was signed is not the day it starts."""

from __future__ import annotations

import json

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import TO_CHECK

LEASE = {
    "use_case": "lease_review",
    "record_id": "LS-4",
    "result_sets": [
        {
            "name": "lease",
            "columns": [
                {"name": "lease_id", "type": "text"},
                {"name": "signed_on", "type": "date"},
                {"name": "starts_on", "type": "date"},
                {"name": "ends_on", "type": "date"},
                {"name": "remark", "type": "text"},
            ],
            "rows": [["LS-4", "2024-02-12", "2024-04-01", "2029-03-31", "The lease ends on 31 March 2029 at noon."]],
        },
        {
            "name": "dates",
            "columns": [{"name": "what", "type": "text"}, {"name": "falls_on", "type": "date"}],
            "rows": [["Start of the lease", "2024-04-01"], ["End of the lease", "2029-03-31"]],
        },
    ],
}


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("The lease was signed on 12 February 2024.", []),
        ("The lease was signed on 1 April 2024.", ["1 April 2024"]),
        ("It tells when it was signed (1 April 2024).", ["1 April 2024"]),
        ("It was last updated on 31 March 2029.", ["31 March 2029"]),
        ("It is terminated on 31 March 2029.", []),
        ("The lease is dated 12 February 2024.", []),
    ],
)
def test_a_date_is_of_the_event_that_is_told(answer: str, wrong: list[str]) -> None:
    claims = Checker(parse_record(json.dumps(LEASE))).check(answer).claims
    assert [claim.text for claim in claims if claim.verdict in TO_CHECK] == wrong, claims

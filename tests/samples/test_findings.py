"""What is hidden in the samples comes out of the procedures, and the list for people says the same as the data."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from core.use_cases import UseCases
from samples import FOLDER, PROCEDURES
from samples.findings import FINDINGS, Finding
from tests.parts import ROOT
from tests.samples.result_sets import Fetch, Sets


def text(sets: Sets) -> str:
    return "\n".join(str(cell) for _, rows in sets.values() for row in rows for cell in row)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.record_id)
def test_a_planted_finding_is_in_its_record(fetch: Fetch, finding: Finding) -> None:
    sets = fetch(finding.use_case, finding.record_id)
    assert [needle for needle in finding.needles if needle not in text(sets)] == []
    assert sets["signals"][1], "a rule must have found it"


def test_each_use_case_has_five_findings() -> None:
    assert Counter(finding.use_case for finding in FINDINGS) == dict.fromkeys(PROCEDURES, 5)


def test_each_example_is_a_record_with_a_finding(use_cases: UseCases) -> None:
    examples = {(use_case.name, use_case.record_id.example) for use_case in use_cases.all()}
    assert examples <= {(finding.use_case, finding.record_id) for finding in FINDINGS}
    assert {name for name, _ in examples} == set(PROCEDURES)


def test_the_list_for_people_says_the_same() -> None:
    listed = re.findall(r"^\| ([A-Z]+-[\d-]+) \| (.+) \|$", (ROOT / "docs/sample-data.md").read_text(), re.MULTILINE)
    assert listed == [(finding.record_id, finding.planted) for finding in FINDINGS]


def test_no_rule_knows_a_record(use_cases: UseCases) -> None:
    """The rules are general: no procedure and no prompt names a record; only a prompt's example does."""
    files = [*FOLDER.glob("postgresql/*.sql")]
    bodies = [file.read_text() for file in files] + [use_case.prompt for use_case in use_cases.all()]
    assert [name for body in bodies for name in re.findall(r"\b(?:CUST|ORD|TKT|FIN|PAT|DOC)-\d+", body)] == []


@pytest.mark.parametrize(
    ("use_case", "record_ids"),
    [
        ("customer_insight", [f"CUST-{number:04d}" for number in range(1, 501, 9)]),
        ("order_analysis", [f"ORD-{number}" for number in range(10_050, 19_000, 180)]),
        ("support_ticket", [f"TKT-{number:04d}" for number in range(30, 2_400, 60)]),
        ("financial_report", [f"FIN-2025-{month:02d}" for month in range(1, 13)]),
        ("patient_record", [f"PAT-{number:04d}" for number in range(1, 301, 7)]),
        ("document_review", [f"DOC-{number:04d}" for number in range(1, 121, 4)]),
    ],
)
def test_most_records_are_ordinary(fetch: Fetch, use_case: str, record_ids: list[str]) -> None:
    found = [bool(fetch(use_case, record_id)["signals"][1]) for record_id in record_ids]
    assert sum(found) <= len(found) * 0.2

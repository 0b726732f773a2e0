"""What is hidden in the sample business, found by the whole pipeline with the model that every machine has."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from core.accounts.user import Actor
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.steps import Request
from core.view import view
from samples.findings import FINDINGS, Finding

LEAST = 25  # of 30 findings whose every needle an answer must name


def ask(application: Application, person: Callable[..., Actor], use_case: str, record_id: str) -> UUID:
    chosen = application.use_cases.get(use_case)
    actor = person(sorted(chosen.roles)[0])
    purpose = "a test of the samples" if chosen.purpose == "required" else None
    request = Request(actor=actor, use_case=use_case, record_id=record_id, model="digest", purpose=purpose)
    job = application.jobs.start(request)
    seen, analysis = job.watch(-1, 0)
    while analysis.running:
        seen, analysis = job.watch(seen, 60)
    assert analysis.outcome is Outcome.COMPLETED, f"{record_id}: {analysis.error_message}"
    return request.request_id


def test_the_answers_of_digest_name_the_planted_findings(
    application: Application, person: Callable[..., Actor]
) -> None:
    missed: dict[str, list[str]] = {}
    for finding in FINDINGS:
        request_id = ask(application, person, finding.use_case, finding.record_id)
        missing = left_out(application, person, finding, request_id)
        if missing:
            missed[finding.record_id] = missing
    assert len(missed) <= len(FINDINGS) - LEAST, f"answers that leave something out: {missed}"


def left_out(application: Application, person: Callable[..., Actor], finding: Finding, request_id: UUID) -> list[str]:
    """The needles that the stored answer does not name, as those see it who may."""
    reader = person(sorted(application.use_cases.get(finding.use_case).roles)[0]).user
    answer = view(application.analyses.get(request_id), application.use_cases, reader).answer
    return [needle for needle in finding.needles if needle not in answer]


@pytest.mark.parametrize(
    "name",
    ["customer_insight", "order_analysis", "support_ticket", "financial_report", "patient_record", "document_review"],
)
def test_the_example_of_a_use_case_completes(application: Application, person: Callable[..., Actor], name: str) -> None:
    use_case = application.use_cases.get(name)
    analysis = application.analyses.get(ask(application, person, name, use_case.record_id.example))
    assert analysis.masked is not None
    assert [one.name for one in analysis.masked.record.result_sets] == list(use_case.result_sets)
    assert "not a language model" in analysis.answer.splitlines()[0]
    assert not analysis.warnings

"""The model that every machine has tells what the record holds; the check agrees, on records of all six kinds,
and on those in which something is hidden."""

from __future__ import annotations

import pytest

from core.bootstrap import Application
from core.evidence.check import Checker
from core.evidence.verdict import TO_CHECK
from core.models.embedded.answers import _digest
from core.prompts import fill
from core.records.procedures import Identity, Limits, call
from samples.findings import FINDINGS

WINDOW = 100_000  # tokens: nothing is cut
RECORDS = {
    "customer_insight": [f"CUST-{number:04d}" for number in range(7, 500, 49)],
    "order_analysis": [f"ORD-{number:05d}" for number in range(19_003, 19_080, 8)],
    "support_ticket": [f"TKT-{number:04d}" for number in range(11, 2_500, 249)],
    "financial_report": [f"FIN-2026-{number:02d}" for number in range(1, 11)],
    "patient_record": [f"PAT-{number:04d}" for number in range(3, 300, 30)],
    "document_review": [f"DOC-{number:04d}" for number in range(2, 121, 12)],
}


@pytest.mark.timeout(300)
def test_no_figure_of_digest_is_marked(application: Application) -> None:
    figures = 0
    marked: list[str] = []
    for name, record_ids in RECORDS.items():
        use_case = application.use_cases.get(name)
        planted = [one.record_id for one in FINDINGS if one.use_case == name]
        for record_id in dict.fromkeys([use_case.record_id.example, *planted, *record_ids]):
            record = call(
                application.databases[use_case.database],
                use_case.procedure,
                {use_case.parameter: record_id},
                Identity("evidence-test", "analyst", record_id),
                Limits(30, 5_000, 5_000_000),
                record_id=record_id,
                result_sets=use_case.result_sets,
            )
            masked = application.parts.mask(record, use_case, "")
            messages = fill(masked, use_case, WINDOW).messages
            answer = "".join(_digest([{"role": one.role, "content": one.content} for one in messages]))
            evidence = Checker(masked.record).check(answer)
            figures += evidence.checked
            marked += [f"{record_id}: {claim.text}" for claim in evidence.claims if claim.verdict in TO_CHECK]
    assert figures > 3_000
    assert marked == []

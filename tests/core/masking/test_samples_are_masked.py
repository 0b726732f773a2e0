"""The sample business, record by record: no patient can be told, and nothing is masked that tells nobody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.bootstrap import Application
from core.masking import MaskedRecord
from core.prompts import fill
from core.records.procedures import Identity, Limits, call
from core.records.record import Record
from core.use_cases import UseCase
from samples.business.clinic import Patient, clinic
from samples.business.tables import SEED

LIMITS = Limits(30, 5_000, 5_000_000)
WINDOW = 100_000  # tokens: nothing is cut

Fetch = Callable[[str, str], tuple[UseCase, Record, MaskedRecord]]


@pytest.fixture(scope="module")
def fetch(application: Application) -> Fetch:
    """The use case, the record as the procedure returns it, and as the pipeline masks it."""

    def run(name: str, record_id: str) -> tuple[UseCase, Record, MaskedRecord]:
        use_case = application.use_cases.get(name)
        record = call(
            application.databases[use_case.database],
            use_case.procedure,
            {use_case.parameter: record_id},
            Identity("masking-test", "analyst", record_id),
            LIMITS,
            record_id=record_id,
            result_sets=use_case.result_sets,
        )
        return use_case, record, application.parts.mask(record, use_case, "")

    return run


def telling(patient: Patient) -> list[str]:
    """What names this patient, in the ways the record and its notes write it."""
    born = patient.born_on
    return [
        patient.name,
        *patient.name.split(),
        patient.ssn,
        patient.insurance_number,
        patient.phone,
        patient.phone.removeprefix("+1 "),
        patient.email,
        patient.email.partition("@")[0],
        patient.street,
        patient.postcode,
        patient.city,
        born.isoformat(),
        f"{born:%d.%m.%Y}",
    ]


NAME = r"([A-Z]\w+ [A-Z]\w+)"
IN_NOTES = re.compile(
    r"\+1 \d{3} 555 01\d\d|\d{3}-\d\d-\d{4}|\b[A-H]\d{9}\b|[\w.]+@[\w.]+"
    rf"|Accompanied by {NAME}|{NAME} called on"
)
"""Whatever the notes hold about anybody, relatives too."""


def test_no_prompt_about_any_patient_tells_who_it_is(fetch: Fetch) -> None:
    for patient in clinic(SEED).patients:
        use_case, record, masked = fetch("patient_record", patient.patient_id)
        prompt = fill(masked, use_case, WINDOW)
        text = "\n".join(message.content for message in prompt.messages)
        found = [value for value in telling(patient) if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)]
        notes = "\n".join(str(cell) for row in record["visits"].rows for cell in row)
        for match in IN_NOTES.finditer(notes):
            written = next((name for name in match.groups() if name), match[0])
            found += [written] if written in text else []
        assert not found, patient.patient_id
        assert record.row_count == masked.record.row_count


@pytest.mark.parametrize(
    ("name", "record_ids"),
    [
        ("customer_insight", [f"CUST-{number:04d}" for number in range(1, 501, 12)]),
        ("order_analysis", [f"ORD-{number:05d}" for number in range(19_000, 19_080, 2)]),
        ("support_ticket", [f"TKT-{number:04d}" for number in range(1, 2_500, 60)]),
        ("financial_report", [f"FIN-2026-{number:02d}" for number in range(1, 11)]),
        ("document_review", [f"DOC-{number:04d}" for number in range(1, 121, 3)]),
    ],
)
def test_nothing_else_of_the_samples_is_taken_for_a_person(fetch: Fetch, name: str, record_ids: list[str]) -> None:
    """Whatever is not a masked column, and not a masked value somewhere else, is as it was."""
    for record_id in record_ids:
        use_case, record, masked = fetch(name, record_id)
        hidden = {str(row[at]) for each in record.result_sets for at, row in _masked_cells(each, use_case)}
        for before, after in zip(record.result_sets, masked.record.result_sets, strict=True):
            for column in after.column_names:
                if column not in use_case.columns:
                    was = [row[before.column_names.index(column)] for row in before.rows]
                    now = [row[after.column_names.index(column)] for row in after.rows]
                    changed = [pair for pair in zip(was, now, strict=True) if pair[0] != pair[1]]
                    assert not [pair for pair in changed if not _holds(str(pair[0]), hidden)], (record_id, column)


def _masked_cells(result_set, use_case: UseCase):
    places = [at for at, name in enumerate(result_set.column_names) if name in use_case.columns]
    return ((at, row) for row in result_set.rows for at in places)


def _holds(text: str, hidden: set[str]) -> bool:
    return any(word in text for value in hidden for word in re.findall(r"\w{3,}", value))

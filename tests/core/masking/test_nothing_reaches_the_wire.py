"""All patients through the pipeline, to a server that keeps what reached it: read there, not in our own log."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.accounts.user import Actor, Role
from core.analysis import analyze
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.models.catalogue import Catalogue
from core.models.ollama import OllamaServer
from core.steps import Finished, Request
from samples.business.clinic import clinic
from samples.business.tables import SEED
from tests.core.masking.test_samples_are_masked import IN_NOTES, telling
from tests.core.models.misbehaving import MisbehavingServer


@pytest.mark.timeout(600)
def test_no_patient_can_be_told_from_what_reaches_a_model_server(
    application: Application, person: Callable[..., Actor]
) -> None:
    business = clinic(SEED)
    use_case = application.use_cases.get("patient_record")
    actor = person(next(role for role in Role if role in use_case.roles))
    with MisbehavingServer(context_length=100_000, prompt_tokens=3_000) as server:
        catalogue = Catalogue([OllamaServer("box", server.url, True, context_ceiling=100_000)], keep=60)
        parts = replace(application.parts, catalogue=catalogue, queues={})
        for patient in business.patients:
            server.asked.clear()
            request = Request(
                actor=actor,
                use_case="patient_record",
                record_id=patient.patient_id,
                model="box/model",
                purpose="a test of the samples",
                question=f"How is {patient.name}, born {patient.born_on:%d.%m.%Y}?",
            )
            *_, last = analyze(request, parts, threading.Event())
            assert isinstance(last, Finished)
            assert last.result.outcome is Outcome.COMPLETED, last.result.error
            assert len(server.chats) == 1
            wire = json.dumps([[path, body] for path, _, body in server.asked], ensure_ascii=False)
            notes = " ".join(visit.note for visit in business.visits if visit.patient_id == patient.patient_id)
            written = [next((name for name in found.groups() if name), found[0]) for found in IN_NOTES.finditer(notes)]
            told = [
                value for value in (*telling(patient), *written) if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", wire)
            ]
            assert not told, patient.patient_id
            assert patient.patient_id in wire  # the reference is what was asked about
        catalogue.close()

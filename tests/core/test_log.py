"""Marked data goes through everything, also through everything that breaks; no log, error or metric may carry it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, text

from core.accounts.user import Actor, Role
from core.bootstrap import Application
from core.errors import ProcedureFailed, RecordAnalystError
from core.jobs import Jobs
from core.log import JsonLines, request_of
from core.masking import MaskedRecord
from core.metrics import Metrics
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer
from core.pipeline_parts import PipelineParts
from core.records.record import Column, Record, ResultSet
from core.steps import Request
from core.use_cases import UseCase

MARK = "MARKED-4711-ZEBRA"
RECORD = Record(MARK, (ResultSet("customer", (Column("name"), Column("note")), ((MARK, f"Call {MARK}."),)),))


class MarkedParts(PipelineParts):
    """The real ones, but what comes of a procedure is marked, or fails with the mark in the driver's own words."""

    broken: str | None = None

    def call_procedure(self, *_: object) -> Record:
        if self.broken == "procedure":
            raise ProcedureFailed("The procedure failed.") from psycopg.errors.RaiseException(f"no row for {MARK}")
        return RECORD

    def mask(self, record: Record, use_case: UseCase, question: str) -> MaskedRecord:
        if self.broken == "mask":
            raise ValueError(f"cannot mask {MARK}")
        return super().mask(record, use_case, question)


@pytest.mark.parametrize("broken", [None, "procedure", "mask"])
def test_marked_data_is_in_no_log_and_no_error(
    application: Application, person: Callable[..., Actor], broken: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    values = {field.name: getattr(application.parts, field.name) for field in fields(PipelineParts)}
    server = FakeModelServer(context_length=65_536, scripts=[(f"About {MARK}.\n",)])
    parts = type("Parts", (MarkedParts,), {"broken": broken})(**{**values, "catalogue": Catalogue([server])})
    metrics = Metrics(application.engine, application.audit, Catalogue([server]), lambda: 0)
    jobs = Jobs(parts, application.engine, metrics.finished)
    log = Path(application.settings.var / "log" / "app.log")
    before = log.stat().st_size if log.exists() else 0
    request = Request(
        actor=person(),
        use_case="customer_insight",
        record_id="CUST-0142",
        model="fake/model",
        question=f"Who is {MARK}?",
    )
    job = jobs.start(request)
    seen, analysis = -1, job.snapshot()
    while analysis.running:
        seen, analysis = job.watch(seen, 30)
    jobs.start(replace(request, use_case=MARK, request_id=uuid4()))
    jobs.start(replace(request, record_id=MARK, request_id=uuid4()))
    jobs.close()
    exposed = metrics.exposition().decode()
    metrics.close()
    assert exposed.count("record_analyst_refused_total{") == 2
    assert MARK in json.dumps([one.content for one in analysis.prompt]) or broken
    assert (MARK in analysis.answer) is (broken is None)
    with suppress(RecordAnalystError):
        application.sessions.sign_in(MARK, MARK)
    owner = person(Role.ADMIN)
    key, _ = application.api_keys.create(owner, owner.user.username, "marked key")
    with suppress(RecordAnalystError):
        application.api_keys.find(key + MARK)
    for handler in logging.getLogger().handlers:
        handler.flush()
    with log.open(encoding="utf-8") as reader:
        reader.seek(before)
        written = reader.read()
    told = f"{analysis.error_message} {analysis.error_hint} {analysis.error_code}"
    for where in (written, told, exposed, *capfd.readouterr()):
        assert MARK not in where
        assert key[12:] not in where
    for said in (request.actor.user.username, request.record_id, str(request.request_id)):
        assert said not in exposed
    if broken:
        mine = [
            line for line in map(json.loads, written.splitlines()) if line.get("request") == str(request.request_id)
        ]
        assert mine
        assert any("error" in line and "trace" in line for line in mine)


def test_an_error_is_told_by_its_kind_state_and_places() -> None:
    engine = create_engine("postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none")
    try:
        try:
            with engine.connect() as connection:
                connection.execute(text(f"SELECT '{MARK}'"))
        except Exception as cause:
            raise ProcedureFailed("The procedure failed.") from cause
    except ProcedureFailed:
        record = logging.LogRecord("core.x", logging.ERROR, __file__, 1, "it failed", None, sys.exc_info())
    with request_of("r-1"):
        line = JsonLines().format(record)
    assert MARK not in line
    assert "hunter2" not in line
    parsed = json.loads(line)
    assert parsed["request"] == "r-1"
    assert parsed["error"][0] == "procedure-failed: The procedure failed."
    assert "OperationalError" in parsed["error"][1]
    assert "test_log.py" in parsed["trace"][0]


def test_a_record_id_with_newlines_is_one_line_of_the_log() -> None:
    record = logging.LogRecord(
        "core.x", logging.INFO, __file__, 1, "asked about %s", ('C-1\n{"level": "forged"}',), None
    )
    assert len(JsonLines().format(record).splitlines()) == 1

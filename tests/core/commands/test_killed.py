"""kill -9 in mid-stream: of a process, of the database under it, of the model server. What was written stays."""

from __future__ import annotations

import json
import os
import signal
import time
from uuid import UUID

import pytest

from core.accounts.user import Actor
from core.audit.entry import Outcome
from core.audit.query import Filter, page
from core.audit.verification import State
from core.audit.verify import verify
from core.bootstrap import open_application
from core.errors import StoreUnavailable
from core.job import Job
from core.settings import Settings
from core.steps import Request
from tests.brief import OF_A_CUSTOMER, brief
from tests.conftest import ENOUGH
from tests.core.models.conftest import SMALL
from tests.core.models.processes import alive, wait_until
from tests.parts import small_model

FIRST_WORDS = "The orders of this customer fell"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A data folder in which everything may be killed."""
    var = tmp_path_factory.mktemp("killed")
    (var / "models").mkdir()
    (var / "prompts").mkdir()
    prompt = brief("customer_insight", OF_A_CUSTOMER, rows=1, tokens=400)
    (var / "prompts" / "customer_insight.md").write_text(prompt, encoding="utf-8")
    if model := small_model():
        (var / "models" / model.name).symlink_to(model)
    return var


@pytest.fixture
def opened(house, steady):
    """Opens the application on that folder, as a start of the product does."""
    applications = []

    def open_it():
        models = {"steady": {"kind": "ollama", "url": steady()["models__steady__url"], "local": True}}
        settings = Settings(var=house, prompts=house / "prompts", find_ollama=False, limits=ENOUGH, models=models)
        applications.append(open_application(settings))
        return applications[-1]

    yield open_it
    for application in applications:
        application.close()


def ask(application, model) -> Job:
    account = application.users.get("analyst")
    request = Request(actor=Actor(account.user), use_case="customer_insight", record_id="CUST-0142", model=model)
    return application.jobs.start(request)


def writing(job: Job) -> None:
    wait_until(lambda: job.snapshot().answer)


def ended(job: Job):
    wait_until(lambda: not job.snapshot().running)
    return job.snapshot()


def events(application, request_id: UUID):
    return sorted(page(application.engine, Filter(request_id=request_id)).rows, key=lambda row: row.seq)


def postmaster(house) -> int | None:
    """Once it takes connections."""
    try:
        lines = (house / "postgres" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    return int(lines[0]) if len(lines) > 7 and lines[7].strip() == "ready" else None


def kill_database(house) -> int:
    pid = postmaster(house)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))
    return pid


def is_back(house, killed: int) -> bool:
    return postmaster(house) not in (None, killed)


def test_a_process_killed_in_mid_stream_is_aborted_at_the_next_start(start, steady, house, opened):
    process = start(
        "analyze", "customer_insight", "CUST-0142", "--as", "analyst", "--model", "steady", var=str(house), **steady()
    )
    assert process.stdout.read(len(FIRST_WORDS)) == FIRST_WORDS
    time.sleep(2.5)  # text is saved about once a second
    process.kill()
    process.wait()
    application = opened()
    request_id = page(application.engine, Filter(event="analysis.asked"), limit=1).rows[0].request_id
    kept = application.analyses.get(request_id)
    assert kept.outcome is Outcome.ABORTED
    assert kept.answer.startswith(FIRST_WORDS)
    assert len(kept.answer.split()) > 20
    assert kept.masked is not None, "the record it was written from is kept too"
    asked, outcome = events(application, request_id)
    assert (asked.event, outcome.event, outcome.outcome) == ("analysis.asked", "analysis.outcome", "aborted")
    application.housekeeping.once()
    assert len(events(application, request_id)) == 2, "once"
    assert verify(application.audit, full=True).state is not State.BROKEN


def test_the_next_request_works_when_the_database_was_killed_before_it(house, opened):
    application = opened()
    assert ended(ask(application, "digest")).outcome is Outcome.COMPLETED
    killed = kill_database(house)
    wait_until(lambda: is_back(house, killed))
    assert ended(ask(application, "digest")).outcome is Outcome.COMPLETED


def test_a_request_without_its_database_says_so_and_gets_its_outcome_once_that_is_back(house, opened):
    application = opened()
    job = ask(application, "steady")
    writing(job)
    killed = kill_database(house)
    job.stop()
    told = ended(job)
    if told.audit_outcome is None:  # the database was not back yet: no outcome, no answer
        assert (told.outcome, told.answer) == (Outcome.FAILED, "")
        assert told.error_message
        assert told.error_hint
    request_id = job.request.request_id
    wait_until(lambda: is_back(house, killed))
    wait_until(lambda: len(rows_when_there(application, request_id)) == 2)
    assert events(application, request_id)[1].outcome in ("aborted", "stopped")
    assert ended(ask(application, "digest")).outcome is Outcome.COMPLETED


def rows_when_there(application, request_id):
    try:
        return events(application, request_id)
    except StoreUnavailable:
        return []


def test_the_next_request_works_when_the_model_server_was_killed_before_it(house, opened):
    application = opened()
    kill_model_server(house)
    first = ended(ask(application, "digest"))  # at once: it may find nobody there
    if first.outcome is not Outcome.COMPLETED:
        assert (first.outcome, first.error_code) == (Outcome.FAILED, "model-server-unavailable")
        assert first.error_hint
    wait_until(lambda: ended(ask(application, "digest")).outcome is Outcome.COMPLETED)


def test_a_model_server_killed_in_mid_stream_fails_that_request_and_keeps_its_text(house, opened):
    application = opened()
    job = ask(application, SMALL)
    writing(job)
    kill_model_server(house)
    told = ended(job)
    assert told.outcome is Outcome.FAILED
    assert told.answer
    assert told.error_code in ("model-failed", "model-server-unavailable")
    assert [row.outcome for row in events(application, job.request.request_id)] == [None, "failed"]
    wait_until(lambda: ended(ask(application, "digest")).outcome is Outcome.COMPLETED)


def kill_model_server(house) -> None:
    pid = json.loads((house / "models.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))

"""Jobs, their audit rows and their text on the real state database, with a scripted model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select

from core.accounts.user import Actor, Role
from core.analysis import Request
from core.analysis_search import Search
from core.audit.entry import Outcome
from core.audit.log import AuditLog
from core.bootstrap import Application
from core.errors import LimitReached, NotFound
from core.job import Job
from core.jobs import Jobs
from core.ledger import AuditedLedger, sweep
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer, Pause
from core.records.procedures import Database
from core.settings import LimitSettings
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.store.processes import Presence
from core.store.tables import audit_log

CUSTOMER = {"use_case": "customer_insight", "record_id": "CUST-0142"}


@pytest.fixture
def server() -> FakeModelServer:
    return FakeModelServer(context_length=65_536, scripts=[("The first line.\n", "The second.")])


@pytest.fixture
def jobs(application: Application, server: FakeModelServer) -> Iterator[Jobs]:
    jobs = Jobs(replace(application.parts, catalogue=Catalogue([server])), application.engine)
    yield jobs
    jobs.close()


@pytest.fixture
def analyst(person: Callable[..., Actor]) -> Actor:
    return person(Role.ANALYST)


def finish(job: Job, seconds: float = 30) -> None:
    seen, analysis = -1, job.snapshot()
    while analysis.running:
        seen, analysis = job.watch(seen, seconds)


def wait_for_text(job: Job, text: str) -> None:
    seen, analysis = -1, job.snapshot()
    while text not in analysis.answer:
        seen, analysis = job.watch(seen, 30)


def events(application: Application, request_id: UUID) -> list[tuple[str, str | None]]:
    query = select(audit_log.c.event, audit_log.c.outcome).where(audit_log.c.request_id == request_id)
    with application.engine.connect() as connection:
        return [(row.event, row.outcome) for row in connection.execute(query.order_by(audit_log.c.seq))]


def test_an_analysis_can_be_opened_again_from_the_database(
    application: Application, jobs: Jobs, analyst: Actor
) -> None:
    job = jobs.start(Request(actor=analyst, **CUSTOMER, model="model", question="Why?"))
    finish(job)
    kept = application.analyses.get(job.request.request_id)
    live = job.snapshot()
    assert kept.outcome is Outcome.COMPLETED
    assert kept.answer == live.answer == "The first line.\nThe second."
    assert (kept.audit_asked, kept.audit_outcome) == (live.audit_asked, live.audit_outcome)
    assert kept.masked is not None
    assert live.masked is not None
    assert kept.masked.record.result_sets == live.masked.record.result_sets
    assert kept.masked.tokens == live.masked.tokens
    assert kept.prompt == live.prompt
    assert kept.evidence == live.evidence
    assert (kept.question, kept.username, kept.role) == ("Why?", analyst.user.username, Role.ANALYST)
    assert events(application, job.request.request_id) == [
        ("analysis.asked", None),
        ("analysis.outcome", "completed"),
    ]


def test_text_is_saved_while_it_streams(
    application: Application, jobs: Jobs, server: FakeModelServer, analyst: Actor
) -> None:
    server.scripts = [("Half an answer. ", Pause(60), "never")]
    job = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    wait_for_text(job, "Half")
    while application.analyses.get(job.request.request_id).answer != "Half an answer. ":
        time.sleep(0.05)  # another process can only look; the test's own timeout ends this
    kept = application.analyses.get(job.request.request_id)
    assert kept.running
    assert kept.masked is not None
    jobs.stop(job.request.request_id)
    finish(job)
    assert application.analyses.get(job.request.request_id).outcome is Outcome.STOPPED


def test_stop_reaches_the_process_that_runs_it(
    application: Application, jobs: Jobs, server: FakeModelServer, analyst: Actor
) -> None:
    server.scripts = [("One. ", Pause(60))]
    job = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    wait_for_text(job, "One.")
    elsewhere = Jobs(application.parts, application.engine)  # another replica knows it from the database only
    elsewhere.stop(job.request.request_id)
    finish(job)
    assert job.snapshot().outcome is Outcome.STOPPED
    assert job.snapshot().answer == "One. "


def test_no_connection_is_held_while_a_model_talks(
    application: Application, postgres: EmbeddedPostgres, server: FakeModelServer, analyst: Actor
) -> None:
    """With one connection to each database, beside the audit log's own, two answers can be written at the same time."""
    server.scripts = [("One. ", Pause(60))]
    with ExitStack() as closing:
        engine = create_engine(application.state_url, pool_size=2, max_overflow=0, pool_timeout=10)
        closing.callback(engine.dispose)
        audit = AuditLog(engine, application.keys, application.settings.var / "audit")
        closing.callback(audit.close)
        business = Database("sample", postgres.url("analyst", SAMPLE_DATABASE), pool_size=1)
        closing.callback(business.close)
        ledger = AuditedLedger(audit, application.presence, application.settings.limits)
        parts = replace(application.parts, catalogue=Catalogue([server]), ledger=ledger, databases={"sample": business})
        jobs = Jobs(parts, engine)
        closing.callback(jobs.close)
        running = [jobs.start(Request(actor=analyst, **CUSTOMER, model="model")) for _ in range(2)]
        for job in running:
            wait_for_text(job, "One.")
        for job in running:
            job.stop()
            finish(job)
    assert [job.snapshot().outcome for job in running] == [Outcome.STOPPED] * 2


def test_two_pages_watch_one_analysis(jobs: Jobs, analyst: Actor) -> None:
    job = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    answers: list[str] = []

    def watch() -> None:
        finish(job)
        answers.append(job.snapshot().answer)

    threads = [threading.Thread(target=watch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["The first line.\nThe second."] * 2


def test_a_refused_request_has_two_rows_and_no_analysis(application: Application, jobs: Jobs, analyst: Actor) -> None:
    job = jobs.start(Request(actor=analyst, use_case="customer_insight", record_id="=1+1\n\0", model="model"))
    finish(job)
    assert job.snapshot().outcome is Outcome.REFUSED
    assert events(application, job.request.request_id) == [("analysis.asked", None), ("analysis.outcome", "refused")]
    with pytest.raises(NotFound):
        application.analyses.get(job.request.request_id)
    assert jobs.analysis(job.request.request_id).error_code == "invalid-record-id"


def test_nobody_waits_for_a_job_that_broke(application: Application, analyst: Actor) -> None:
    broken = Jobs(replace(application.parts, ledger=None), application.engine)  # type: ignore[arg-type]
    job = broken.start(Request(actor=analyst, **CUSTOMER, model="model"))
    finish(job)
    assert broken.analysis(job.request.request_id).error_message == "Something went wrong inside the product."
    assert broken.running() == set()


def test_the_limit_counts_what_runs(application: Application, server: FakeModelServer, analyst: Actor) -> None:
    server.scripts = [("One. ", Pause(60))]
    ledger = AuditedLedger(application.audit, application.presence, LimitSettings(running_per_user=1))
    jobs = Jobs(replace(application.parts, catalogue=Catalogue([server]), ledger=ledger), application.engine)
    first = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    wait_for_text(first, "One.")
    second = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    finish(second)
    assert isinstance(second.error, LimitReached)
    first.stop()
    finish(first)
    third = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    wait_for_text(third, "One.")
    jobs.close()
    assert third.snapshot().outcome is Outcome.STOPPED


def test_the_sweep_aborts_requests_of_ended_processes_only(
    application: Application, jobs: Jobs, server: FakeModelServer, analyst: Actor
) -> None:
    server.scripts = [("One. ", Pause(60))]
    alive = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
    wait_for_text(alive, "One.")
    gone = Presence(application.engine)
    other = Presence(application.engine)
    requests = {}
    for presence in (gone, other):
        request = Request(actor=analyst, **CUSTOMER, model="model")
        use_case = application.use_cases.get("customer_insight")
        AuditedLedger(application.audit, presence, application.settings.limits).asked(request, use_case, "CUST-0142")
        requests[presence] = request.request_id
    gone.close()
    mine = application.presence.process_id
    assert sweep(application.audit, application.engine, mine, jobs.running) == 1
    assert application.analyses.get(requests[gone]).outcome is Outcome.ABORTED
    assert application.analyses.get(requests[other]).running
    assert application.analyses.get(alive.request.request_id).running
    assert events(application, requests[gone]) == [("analysis.asked", None), ("analysis.outcome", "aborted")]
    assert sweep(application.audit, application.engine, mine, jobs.running) == 0
    other.close()
    assert sweep(application.audit, application.engine, mine, jobs.running) == 1
    alive.stop()
    finish(alive)


def test_lists_page_by_key_and_show_only_what_was_asked_for(
    application: Application, jobs: Jobs, analyst: Actor
) -> None:
    ids = []
    for _ in range(3):
        job = jobs.start(Request(actor=analyst, **CUSTOMER, model="model"))
        finish(job)
        ids.append(job.request.request_id)
    name = analyst.user.username
    first = application.analyses.search(Search(username=name, limit=2))
    assert [line.request_id for line in first] == ids[:0:-1]
    rest = application.analyses.search(
        Search(username=name, before=(first[-1].asked_at, first[-1].request_id), limit=2)
    )
    assert [line.request_id for line in rest] == ids[:1]
    assert application.analyses.search(Search(username=name, text="no such words")) == []
    assert application.analyses.search(Search(username=name, text="%")) == []
    assert len(application.analyses.search(Search(username=name, text="second."))) == 3
    assert application.analyses.search(Search(username=name, unreviewed_for=name)) == []
    assert len(application.analyses.search(Search(username=name, unreviewed_for="somebody else"))) == 3
    assert application.analyses.recent_record_ids(name, "customer_insight") == ["CUST-0142"]

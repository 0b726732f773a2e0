from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, create_engine

from core.accounts.user import Actor, Role
from core.audit.log import AuditLog
from core.audit.verification import State
from core.audit.verify import verify
from core.bootstrap import Application
from core.errors import LimitReached, ModelServerUnavailable
from core.jobs import Jobs
from core.metrics import Metrics
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer
from core.steps import Request

CUSTOMER = "customer_insight"
Counted = Callable[..., float | None]


@pytest.fixture
def server() -> FakeModelServer:
    return FakeModelServer(context_length=65_536, scripts=[("One line.\n", "Another.")])


@pytest.fixture
def metrics(application: Application, server: FakeModelServer) -> Iterator[Metrics]:
    audit = AuditLog(application.engine, application.keys, application.settings.var / "audit")
    metrics = Metrics(application.engine, audit, Catalogue([server]), lambda: 7)
    yield metrics
    metrics.close()
    audit.close()


def ask(application: Application, server: FakeModelServer, metrics: Metrics, request: Request, **parts: object) -> None:
    parts = {"catalogue": Catalogue([server]), **parts}
    jobs = Jobs(replace(application.parts, **parts), application.engine, metrics.finished)  # type: ignore[arg-type]
    job = jobs.start(request)
    seen, analysis = -1, job.snapshot()
    while analysis.running:
        seen, analysis = job.watch(seen, 30)
    jobs.close()


def exposed(metrics: Metrics) -> Counted:
    """Looks a sample up by its name and labels, read as Prometheus reads it."""
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }

    def value(name: str, **labels: str) -> float | None:
        return samples.get((f"record_analyst_{name}", *sorted(labels.items())))

    return value


@pytest.fixture
def asked(person: Callable[..., Actor]) -> Request:
    return Request(actor=person(Role.ANALYST), use_case=CUSTOMER, record_id="CUST-0142", model="fake/model")


def test_an_answer_is_counted_with_its_seconds(
    application: Application, server: FakeModelServer, metrics: Metrics, asked: Request
) -> None:
    ask(application, server, metrics, asked)
    found = exposed(metrics)
    model = {"use_case": CUSTOMER, "server": "fake", "model": "model"}
    assert found("requests_total", **model, outcome="completed") == 1
    assert found("first_token_seconds_count", **model) == found("answer_seconds_count", **model) == 1
    assert 0 < (found("first_token_seconds_sum", **model) or 0) <= (found("answer_seconds_sum", **model) or 0)
    assert found("running_answers") == 7


def test_a_refusal_is_counted_by_its_reason_and_never_by_what_was_typed(
    application: Application, server: FakeModelServer, metrics: Metrics, asked: Request
) -> None:
    class Full:
        def asked(self, *_: object) -> int:
            raise LimitReached("Enough.", retry_after=1)

        def refused(self, *_: object) -> None: ...

    ask(application, server, metrics, asked, ledger=Full())
    for typed in ("no_such_one", "nor_this"):
        ask(application, server, metrics, replace(asked, use_case=typed, model=typed), ledger=Full())
    found = exposed(metrics)
    assert found("refused_total", use_case=CUSTOMER, reason="limit-reached") == 1
    assert found("refused_total", use_case="", reason="unknown-use-case") == 2
    assert found("requests_total", use_case="", server="", model="", outcome="refused") == 2
    assert "no_such_one" not in metrics.exposition().decode()


def test_an_answer_that_failed_has_an_outcome_and_no_seconds_of_an_answer(
    application: Application, server: FakeModelServer, metrics: Metrics, asked: Request
) -> None:
    server.scripts = [(ModelServerUnavailable("The model server does not answer."),)]
    ask(application, server, metrics, asked)
    found = exposed(metrics)
    model = {"use_case": CUSTOMER, "server": "fake", "model": "model"}
    assert found("requests_total", **model, outcome="failed") == 1
    assert found("answer_seconds_count", **model) is None


def test_states_are_those_of_the_moment(application: Application, metrics: Metrics) -> None:
    found = exposed(metrics)
    assert (found("state_database_up"), found("model_server_up", server="fake")) == (1, 1)
    assert found("audit_chain", state="intact") is None  # nobody has verified yet


def test_what_does_not_answer_is_down(application: Application) -> None:
    engine: Engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 2})
    gone = FakeModelServer(down=ModelServerUnavailable("The model server does not answer."))
    metrics = Metrics(engine, application.audit, Catalogue([gone]), lambda: 0)
    found = exposed(metrics)
    metrics.close()
    assert (found("state_database_up"), found("model_server_up", server="fake")) == (0, 0)


def test_the_chains_state_is_that_of_the_last_verification(application: Application) -> None:
    metrics = Metrics(application.engine, application.audit, Catalogue([]), lambda: 0)
    state = verify(application.audit).state
    found = exposed(metrics)
    metrics.close()
    assert {one: found("audit_chain", state=one) for one in State} == {one: float(one is state) for one in State}
    assert (found("audit_verified_timestamp_seconds") or 0) > 1e9


def test_requests_of_ended_processes_are_counted(metrics: Metrics) -> None:
    metrics.swept(3)
    assert exposed(metrics)("swept_total") == 3


def test_a_running_product_verifies_by_itself(application: Application) -> None:
    deadline = time.monotonic() + 60
    while application.audit.verified is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert application.audit.verified is not None

"""What admins do to models, what choosing a cold one begins, and what the picker knows: on the real audit log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from core.accounts.user import Actor, Role
from core.audit.entry import Entry, Event, Outcome
from core.bootstrap import Application
from core.choices import Choices
from core.errors import Conflict, InvalidRequest, ModelFailed, NotAllowed, RecordAnalystError
from core.model_administration import ModelAdministration
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer
from core.models.model import PullProgress
from core.performance import Performances
from core.store.tables import audit_log
from core.use_cases import Sensitivity
from core.warming import Warming


@dataclass
class SlowServer(FakeModelServer):
    """Loads and pulls until it is told to end."""

    go: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)

    def load(self, model: str, keep_alive: str | None = None) -> float:
        self.began.set()
        assert self.go.wait(30)
        return super().load(model, keep_alive)

    def pull(self, model: str, stop: threading.Event | None = None) -> Iterator[PullProgress]:
        yield PullProgress("pulling", 10, 100)
        self.began.set()
        while not (self.go.is_set() or (stop and stop.is_set())):
            time.sleep(0.01)
        if not (stop and stop.is_set()):
            yield from super().pull(model, stop)


@pytest.fixture
def server() -> SlowServer:
    return SlowServer(name="box", models=("qwen",))


@pytest.fixture
def catalogue(server: SlowServer) -> Iterator[Catalogue]:
    cloud = FakeModelServer(name="cloud", local=False, models=("big",))
    catalogue = Catalogue([server, cloud])
    yield catalogue
    catalogue.close()


@pytest.fixture
def administration(application: Application, catalogue: Catalogue) -> ModelAdministration:
    return ModelAdministration(catalogue, application.audit, Choices(application.engine, application.audit))


@pytest.fixture
def admin(person: Callable[..., Actor]) -> Actor:
    return person(Role.ADMIN)


def rows(application: Application, actor: Actor) -> list[tuple[str, str | None, str | None, str | None]]:
    columns = (audit_log.c.event, audit_log.c.model, audit_log.c.outcome, audit_log.c.reason)
    query = select(*columns).where(audit_log.c.username == actor.user.username).order_by(audit_log.c.seq)
    with application.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query) if row.event != "user.added"]  # type: ignore[misc]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_everything_an_admin_does_to_a_model_is_audited(
    application: Application,
    administration: ModelAdministration,
    catalogue: Catalogue,
    server: SlowServer,
    admin: Actor,
) -> None:
    server.go.set()
    qwen = catalogue.list().models[0]
    administration.load(admin, qwen)
    assert server.loaded == {"qwen"}
    administration.unload(admin, qwen)
    assert server.loaded == set()
    administration.delete(admin, qwen)
    assert catalogue.list().models[0].name == "big"
    with pytest.raises(RecordAnalystError):
        administration.load(admin, qwen)
    assert rows(application, admin) == [
        ("model.loaded", "qwen", "completed", None),
        ("model.unloaded", "qwen", "completed", None),
        ("model.deleted", "qwen", "completed", None),
        ("model.loaded", "qwen", "failed", "model-missing"),
    ]


def test_a_pull_goes_on_in_the_background_one_at_a_time_and_is_audited_at_its_end(
    application: Application,
    administration: ModelAdministration,
    catalogue: Catalogue,
    server: SlowServer,
    admin: Actor,
) -> None:
    pull = administration.pull(admin, "box", " llama ")
    assert server.began.wait(30)
    assert administration.pull_of("box") is pull
    assert (pull.progress.completed, pull.ended) == (10, False)
    with pytest.raises(Conflict):
        administration.pull(admin, "box", "other")
    server.go.set()
    wait_for(lambda: pull.ended)
    assert (pull.error, pull.progress.completed) == (None, 100)
    assert "llama" in {model.name for model in catalogue.list().models}
    assert rows(application, admin) == [("model.pulled", "llama", "completed", None)]


def test_a_pull_can_be_cancelled(
    application: Application, administration: ModelAdministration, server: SlowServer, admin: Actor
) -> None:
    pull = administration.pull(admin, "box", "llama")
    assert server.began.wait(30)
    pull.stop.set()
    wait_for(lambda: pull.ended)
    assert rows(application, admin) == [("model.pulled", "llama", "stopped", None)]
    assert "llama" not in server.models


def test_a_pull_that_fails_says_why(administration: ModelAdministration, server: SlowServer, admin: Actor) -> None:
    server.go.set()
    server.down = ModelFailed("The model was not fetched to its end.")
    pull = administration.pull(admin, "box", "llama")
    wait_for(lambda: pull.ended)
    assert pull.error is server.down


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "qwen\n3"])
def test_what_is_no_name_of_a_model_is_not_pulled(administration: ModelAdministration, admin: Actor, name: str) -> None:
    with pytest.raises(InvalidRequest):
        administration.pull(admin, "box", name)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_only_admins_may(
    application: Application,
    administration: ModelAdministration,
    catalogue: Catalogue,
    person: Callable[..., Actor],
    role: Role,
) -> None:
    actor, model = person(role), catalogue.list().models[0]
    use_case = application.use_cases.get("customer_insight")
    orders: list[Callable[[], object]] = [
        lambda: administration.load(actor, model),
        lambda: administration.unload(actor, model),
        lambda: administration.delete(actor, model),
        lambda: administration.pull(actor, "box", "llama"),
        lambda: administration.choose_default(actor, use_case, model.id),
        lambda: administration.choose_keep_alive(actor, "box", "5m"),
    ]
    for order in orders:
        with pytest.raises(NotAllowed):
            order()


def test_a_default_is_chosen_for_a_use_case_audited_and_used(application: Application, admin: Actor) -> None:
    use_case = application.use_cases.get("order_analysis")
    administration = application.model_administration
    before = application.parts.default_model(use_case)
    other = next(info.id for info in application.catalogue.list().models if info.name != before)
    administration.choose_default(admin, use_case, other)
    assert application.parts.default_model(use_case) == other
    assert application.parts.candidates(None, use_case)[0][1].id == other
    administration.choose_default(admin, use_case, other)  # no change, no row
    administration.choose_default(admin, use_case, None)
    assert application.parts.default_model(use_case) == before
    assert [row[0] for row in rows(application, admin)] == ["settings.changed"] * 2


def test_a_cloud_is_no_default_for_restricted_records(
    application: Application, administration: ModelAdministration, admin: Actor
) -> None:
    with pytest.raises(NotAllowed):
        administration.choose_default(admin, application.use_cases.get("patient_record"), "cloud/big")


@pytest.mark.parametrize("value", ["5", "five", "-2", "1d", "5m; rm", "99999h"])
def test_a_keep_alive_that_is_no_time_is_refused(administration: ModelAdministration, admin: Actor, value: str) -> None:
    with pytest.raises(InvalidRequest):
        administration.choose_keep_alive(admin, "box", value)


@pytest.mark.parametrize("value", ["30m", "1h30m", "0", "-1", ""])
def test_a_keep_alive_is_kept(administration: ModelAdministration, admin: Actor, value: str) -> None:
    administration.choose_keep_alive(admin, "box", value)
    assert administration.keep_alive("box") == (value or None)
    administration.choose_keep_alive(admin, "box", "")


def test_choosing_a_cold_model_loads_it_once_in_the_background(
    application: Application, catalogue: Catalogue, server: SlowServer, person: Callable[..., Actor]
) -> None:
    actor, warming = person(), Warming(catalogue, application.audit)
    warming.choose(actor, "box/qwen", Sensitivity.INTERNAL)
    assert server.began.wait(30)
    loading = warming.of("box/qwen")
    assert loading is not None
    assert loading.ended is None
    warming.choose(actor, "box/qwen", Sensitivity.INTERNAL)
    assert warming.of("box/qwen") == loading  # the same one
    server.go.set()
    wait_for(lambda: (now := warming.of("box/qwen")) and now.ended)
    assert catalogue.list().models[0].loaded
    assert rows(application, actor) == [("model.loaded", "qwen", None, None)]
    warming.choose(actor, "box/qwen", Sensitivity.INTERNAL)  # warm already
    assert len(rows(application, actor)) == 1


def test_a_load_that_fails_says_why(
    application: Application, catalogue: Catalogue, server: SlowServer, person: Callable[..., Actor]
) -> None:
    catalogue.list()
    server.models = ()
    server.go.set()
    warming = Warming(catalogue, application.audit)
    warming.choose(person(), "box/qwen", Sensitivity.INTERNAL)
    wait_for(lambda: (now := warming.of("box/qwen")) and now.ended)
    loading = warming.of("box/qwen")
    assert loading is not None
    assert loading.error is not None
    assert loading.error.code == "model-missing"


def test_a_cloud_is_not_woken_for_restricted_records(
    application: Application, catalogue: Catalogue, person: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        Warming(catalogue, application.audit).choose(person(), "cloud/big", Sensitivity.RESTRICTED)


def test_what_a_model_did_here_comes_from_its_completed_answers(
    application: Application, person: Callable[..., Actor]
) -> None:
    actor = person()
    for first, total, tokens, score, outcome in (
        (1_000.0, 3_000.0, 100, 1.0, Outcome.COMPLETED),
        (2_000.0, 4_000.0, 200, 0.8, Outcome.COMPLETED),
        (3_000.0, 4_000.0, 90, 0.6, Outcome.COMPLETED),
        (90_000.0, 99_000.0, 1, 0.0, Outcome.FAILED),
    ):
        application.audit.append(
            Entry(
                event=Event.OUTCOME,
                actor=actor,
                server="here",
                model="slow",
                outcome=outcome,
                first_token_ms=first,
                total_ms=total,
                answer_tokens=tokens,
                evidence_score=score,
            )
        )
    found = Performances(application.engine).all()["here/slow"]
    assert (found.answers, found.first_token_seconds, found.tokens_per_second) == (3, 2.0, 90.0)
    assert found.evidence_score == pytest.approx(0.8)

"""Going on from an analysis, on the real state database with a scripted model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.accounts.user import Actor
from core.analyses import Analysis
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.jobs import Jobs
from core.ledger import AuditedLedger
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer
from core.models.model import Chunk, Usage
from core.prompts import CONTINUE
from core.records.record import Record
from core.steps import Request
from core.store.processes import Presence
from core.store.tables import audit_log

PATIENT = {"use_case": "patient_record", "record_id": "PAT-0107", "purpose": "treatment"}
CUSTOMER = {"use_case": "customer_insight", "record_id": "CUST-0142"}
CUT = Chunk(usage=Usage(3_000, 3, 0.0, "length"))


class Counting:
    """Real parts that count the calls of procedures."""

    def __init__(self, application: Application, server: FakeModelServer) -> None:
        self.calls = 0
        self.presence = Presence(application.engine)
        ledger = AuditedLedger(application.audit, self.presence, application.settings.limits)
        counting = self

        class Parts(type(application.parts)):  # type: ignore[misc]
            def call_procedure(self, *args: object) -> Record:
                counting.calls += 1
                return super().call_procedure(*args)

        self.catalogue = Catalogue([server])
        real = {name: getattr(application.parts, name) for name in application.parts.__dataclass_fields__}
        self.jobs = Jobs(Parts(**{**real, "catalogue": self.catalogue, "ledger": ledger}), application.engine)

    def ask(self, actor: Actor, **values: object) -> Analysis:
        request = Request(actor=actor, model="model", **values)  # type: ignore[arg-type]
        seen, now = -1, self.jobs.start(request).snapshot()
        while now.running:
            seen, now = self.jobs.get(request.request_id).watch(seen, 60)  # type: ignore[union-attr]
        return self.jobs.analysis(request.request_id)


@pytest.fixture
def server() -> FakeModelServer:
    return FakeModelServer(context_length=65_536)


@pytest.fixture
def house(application: Application, server: FakeModelServer) -> Iterator[Counting]:
    house = Counting(application, server)
    yield house
    house.jobs.close()
    house.catalogue.close()
    house.presence.close()


def details(application: Application, request_id: UUID) -> list[dict[str, object]]:
    query = select(audit_log.c.details).where(audit_log.c.request_id == request_id).order_by(audit_log.c.seq)
    with application.engine.connect() as connection:
        return [json.loads(row.details) if row.details else {} for row in connection.execute(query)]


def test_a_follow_up_is_a_request_of_its_own_on_the_record_as_it_was_fetched(
    application: Application, house: Counting, server: FakeModelServer, person: Callable[..., Actor]
) -> None:
    server.scripts = [("The first answer.",), ("Because of the ticket.",), ("In May.",)]
    actor = person()
    first = house.ask(actor, **CUSTOMER)
    second = house.ask(actor, **CUSTOMER, follows=first.request_id, question="Why?")
    third = house.ask(actor, **CUSTOMER, follows=second.request_id, question="When?")
    assert [one.outcome for one in (first, second, third)] == [Outcome.COMPLETED] * 3
    assert house.calls == 1
    assert (second.follows, second.masked) == (first.request_id, first.masked)
    asked = [chat.messages for chat in server.asked]
    assert asked[1][:2] == asked[0]  # the same beginning, so that the engine has read it already
    assert [message.role for message in asked[2]] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert asked[2][:4] == asked[1]
    assert [message.content for message in asked[2][2::2]] == ["The first answer.", "Because of the ticket."]
    assert "Why?" in asked[2][3].content
    assert "When?" in asked[2][5].content
    rows = details(application, third.request_id)
    assert len(rows) == 2
    assert rows[0] == {"follows": str(second.request_id)}
    assert rows[1]["fetched"] is False
    assert rows[1]["seed"] == 7
    assert third.audit_asked != second.audit_asked


def test_the_record_is_fetched_again_when_that_is_wanted(
    house: Counting, server: FakeModelServer, person: Callable[..., Actor]
) -> None:
    actor = person()
    first = house.ask(actor, **CUSTOMER)
    again = house.ask(actor, **CUSTOMER, follows=first.request_id, question="And now?", fetch_again=True)
    assert (again.outcome, house.calls) == (Outcome.COMPLETED, 2)
    assert server.asked[1].messages[2].content == "Hello there."
    assert again.procedure_ms is not None


def test_a_name_in_a_follow_up_gets_the_token_that_it_has_in_the_record(
    house: Counting, server: FakeModelServer, person: Callable[..., Actor]
) -> None:
    actor = person()
    first = house.ask(actor, **PATIENT)
    assert first.masked is not None
    token, name = next((token, value) for token, value in first.masked.tokens.items() if token.startswith("PATIENT"))
    other = "Ms. Eva Sommerfeld-Quint"
    second = house.ask(actor, **PATIENT, follows=first.request_id, question=f"Does {name} know {other}?")
    assert (second.outcome, house.calls) == (Outcome.COMPLETED, 1)
    sent = server.asked[1].messages[-1].content
    assert name not in sent
    assert "Sommerfeld" not in sent
    assert f"Does {token} know" in sent
    assert second.masked is not None
    assert second.masked.tokens.items() >= first.masked.tokens.items()


def test_a_cut_answer_is_continued_in_one_piece(
    application: Application, house: Counting, server: FakeModelServer, person: Callable[..., Actor]
) -> None:
    actor = person()
    server.scripts = [("They ordered 12", CUT), (" times in", CUT), (" all.",), ("Yes.",)]
    first = house.ask(actor, **CUSTOMER)
    assert first.done_reason == "length"
    second = house.ask(actor, **CUSTOMER, follows=first.request_id)
    third = house.ask(actor, **CUSTOMER, follows=second.request_id)
    assert third.answer == "They ordered 12 times in all."
    assert (third.done_reason, third.outcome) == ("stop", Outcome.COMPLETED)
    assert third.evidence is not None
    assert third.evidence.checked >= 1
    chats = [[message.content for message in chat.messages] for chat in server.asked]
    assert chats[1][2:] == ["They ordered 12", CONTINUE]
    assert chats[2][2:] == ["They ordered 12 times in", CONTINUE]  # not the pieces of it once more
    fourth = house.ask(actor, **CUSTOMER, follows=third.request_id, question="Really?")
    assert [message.content for message in server.asked[3].messages[2:3]] == [third.answer]
    assert (fourth.answer, house.calls) == ("Yes.", 1)


def test_what_was_written_before_a_continuation_fails_is_kept(
    house: Counting, server: FakeModelServer, person: Callable[..., Actor]
) -> None:
    actor = person()
    server.scripts = [("They ordered 12", CUT), (Chunk(usage=Usage(3_000, 0, 0.0, "stop")),)]
    first = house.ask(actor, **CUSTOMER)
    second = house.ask(actor, **CUSTOMER, follows=first.request_id)
    assert (second.outcome, second.answer) == (Outcome.FAILED, "They ordered 12")


@pytest.mark.parametrize("what", ["another person", "another record", "another use case", "nothing", "no answer"])
def test_nobody_goes_on_from_what_is_not_theirs_or_not_about_this(
    application: Application, house: Counting, server: FakeModelServer, person: Callable[..., Actor], what: str
) -> None:
    actor = person()
    if what == "no answer":
        server.scripts = [("",)]
    first = house.ask(actor, **CUSTOMER)
    asked, calls = len(server.asked), house.calls
    values: dict[str, object] = {**CUSTOMER, "follows": first.request_id, "question": "Why?"}
    match what:
        case "another person":
            actor = person()
        case "another record":
            values["record_id"] = "CUST-0143"
        case "another use case":
            values |= PATIENT
        case "nothing":
            values["follows"] = uuid4()
        case _:
            pass
    refused = house.ask(actor, **values)
    assert refused.outcome is Outcome.REFUSED
    assert refused.masked is None
    assert (len(server.asked), house.calls) == (asked, calls)
    assert len(details(application, refused.request_id)) == 2


def test_a_change_of_the_masking_policies_means_the_record_is_fetched_and_masked_anew(
    application: Application, house: Counting, person: Callable[..., Actor]
) -> None:
    actor = person()
    first = house.ask(actor, **CUSTOMER)
    assert first.masked is not None
    old = replace(first.masked, policy_version="older")
    use_case = application.use_cases.get("customer_insight")
    assert application.parts.mask_question(old, use_case, "Why?") is None
    assert application.parts.mask_question(first.masked, use_case, "Why?") is not None

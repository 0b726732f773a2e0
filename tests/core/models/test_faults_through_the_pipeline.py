"""What servers do wrong, through the whole pipeline on the real ledger: right outcome, one clear sentence, the text so
far kept, the connection closed, and the next request fine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.accounts.user import Actor
from core.analyses import Analysis
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.jobs import Jobs
from core.models.catalogue import Catalogue
from core.models.ollama import OllamaServer
from core.models.openai_compatible import OpenAIServer
from core.steps import Request
from core.store.tables import audit_log
from tests.core.models.certificates import self_signed
from tests.core.models.misbehaving import TOKENS, MisbehavingServer

WHOLE = "".join(TOKENS)
ORDINARY = 4_000  # tokens the server says it read; the prompt of this record has about 2,000


@pytest.fixture
def peer() -> Iterator[MisbehavingServer]:
    with MisbehavingServer(context_length=8192, prompt_tokens=ORDINARY) as server:
        yield server


@pytest.fixture(params=[OllamaServer, OpenAIServer])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def ask(application: Application, person: Callable[..., Actor], kind: Any) -> Iterator[Callable[..., Analysis]]:
    """Asks a model server by its address, as the product would, and returns what the database has of it at the end."""
    actor = person()
    opened: list[Jobs] = []
    catalogues: dict[str, Catalogue] = {}

    def ask(url: str, *, seconds: float = 30, patience: float = 5, characters: int = 200_000) -> Analysis:
        limits = application.settings.limits.model_copy(
            update={"model_seconds": seconds, "answer_characters": characters}
        )
        settings = application.settings.model_copy(update={"limits": limits})
        catalogue = catalogues.setdefault(url, Catalogue([kind("box", url, True, patience=patience)], keep=60))
        parts = replace(application.parts, settings=settings, catalogue=catalogue, queues={})
        jobs = Jobs(parts, application.engine)
        opened.append(jobs)
        request = Request(actor=actor, use_case="customer_insight", record_id="CUST-0142", model="box/model")
        seen, now = -1, jobs.start(request).snapshot()
        while now.running:
            seen, now = jobs.get(request.request_id).watch(seen, 60)  # type: ignore[union-attr]
        return application.analyses.get(request.request_id)

    yield ask
    for jobs in opened:
        jobs.close()
    for catalogue in catalogues.values():
        catalogue.close()


def audited(application: Application, analysis: Analysis) -> list[tuple[str, str | None, str | None]]:
    query = select(audit_log.c.event, audit_log.c.outcome, audit_log.c.reason).where(
        audit_log.c.request_id == analysis.request_id
    )
    with application.engine.connect() as connection:
        return [(row.event, row.outcome, row.reason) for row in connection.execute(query.order_by(audit_log.c.seq))]


def is_one_clear_sentence(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"[A-Z][^\n]{10,200}\.", text)) and not re.search(
        r"127\.0|localhost|http|httpx|Traceback|Error\b|Exception|Errno|JSON|socket", text or ""
    )


@pytest.mark.parametrize(
    ("fault", "outcome", "code", "kept"),
    [
        ("silent", Outcome.TIMED_OUT, "model-timed-out", ""),
        ("silent_after_tokens", Outcome.TIMED_OUT, "model-timed-out", WHOLE),
        ("hang_up", Outcome.FAILED, "model-server-unavailable", ""),
        ("no_end_mark", Outcome.FAILED, "model-failed", WHOLE),
        ("broken_json", Outcome.FAILED, "model-failed", WHOLE),
        ("wrong_shape", Outcome.FAILED, "model-failed", WHOLE),
        ("error_line", Outcome.FAILED, "model-failed", WHOLE),
        ("invalid_utf8", Outcome.FAILED, "model-failed", WHOLE),
        ("byte_trickle", Outcome.TIMED_OUT, "model-timed-out", WHOLE),
        ("token_trickle", Outcome.TIMED_OUT, "model-timed-out", "again again "),
        ("endless_line", Outcome.FAILED, "model-failed", ""),
        ("empty", Outcome.FAILED, "model-failed", ""),
        ("401", Outcome.FAILED, "model-server-unavailable", ""),
        ("404", Outcome.FAILED, "model-missing", ""),
        ("500", Outcome.FAILED, "model-failed", ""),
        ("503", Outcome.FAILED, "model-busy", ""),
        ("too_long", Outcome.FAILED, "prompt-too-long", ""),
    ],
)
def test_a_fault_is_one_outcome_with_the_text_so_far_and_the_next_request_is_fine(
    application: Application,
    peer: MisbehavingServer,
    ask: Callable[..., Analysis],
    fault: str,
    outcome: Outcome,
    code: str,
    kept: str,
) -> None:
    peer.faults = [fault]
    analysis = ask(peer.url, seconds=0.7 if outcome is Outcome.TIMED_OUT else 30, patience=0.6)
    assert (analysis.outcome, analysis.error_code) == (outcome, code)
    assert is_one_clear_sentence(analysis.error_message), analysis.error_message
    assert analysis.error_hint
    assert analysis.answer.startswith(kept) if fault == "token_trickle" else analysis.answer == kept
    assert audited(application, analysis) == [("analysis.asked", None, None), ("analysis.outcome", outcome, code)]
    assert peer.wait_until_all_closed()
    peer.faults = ["none"]
    again = ask(peer.url, patience=0.6)
    assert (again.outcome, again.answer) == (Outcome.COMPLETED, WHOLE)
    cut = [warning for warning in again.warnings if warning.startswith("Left out of the prompt")]
    assert list(again.warnings) == cut
    assert not cut or fault == "too_long"  # the refusal taught that this server's window holds less


def test_a_reset_keeps_what_had_arrived(peer: MisbehavingServer, ask: Callable[..., Analysis]) -> None:
    peer.faults = ["reset", "none"]
    analysis = ask(peer.url)
    assert analysis.outcome is Outcome.FAILED
    assert WHOLE.startswith(analysis.answer)  # a reset may overtake what was sent before it
    assert is_one_clear_sentence(analysis.error_message)
    assert ask(peer.url).answer == WHOLE


def test_a_server_that_is_busy_twice_is_asked_a_third_time(
    peer: MisbehavingServer, ask: Callable[..., Analysis]
) -> None:
    peer.faults = ["503", "503", "none"]
    assert (ask(peer.url).outcome, len(peer.chats)) == (Outcome.COMPLETED, 3)


def test_a_refused_connection_is_one_sentence(ask: Callable[..., Analysis]) -> None:
    with MisbehavingServer(context_length=8192, prompt_tokens=ORDINARY) as peer:
        assert ask(peer.url).outcome is Outcome.COMPLETED
    analysis = ask(peer.url)  # picked while it was there, gone when asked
    assert (analysis.outcome, analysis.error_code) == (Outcome.FAILED, "model-server-unavailable")
    assert is_one_clear_sentence(analysis.error_message)


def test_a_model_deleted_since_it_was_picked_is_missing(peer: MisbehavingServer, ask: Callable[..., Analysis]) -> None:
    peer.models = []
    analysis = ask(peer.url)
    assert (analysis.outcome, analysis.error_code) == (Outcome.FAILED, "model-missing")
    assert peer.chats == []


def test_a_flood_is_ended_at_the_ceiling_and_kept_up_to_there(
    peer: MisbehavingServer, ask: Callable[..., Analysis]
) -> None:
    peer.faults = ["flood"]
    analysis = ask(peer.url, characters=60_000)
    assert (analysis.outcome, analysis.error_code) == (Outcome.FAILED, "model-failed")
    assert 60_000 < len(analysis.answer) < 60_100
    assert peer.wait_until_all_closed()


def test_thoughts_are_kept_apart_from_the_answer_and_a_cut_is_told(
    peer: MisbehavingServer, ask: Callable[..., Analysis]
) -> None:
    peer.faults = ["thinking"]
    analysis = ask(peer.url)
    assert (analysis.outcome, analysis.answer, analysis.thinking) == (Outcome.COMPLETED, WHOLE, "Let me see.")
    assert analysis.done_reason == "length"
    assert any("cut off" in warning for warning in analysis.warnings)


@pytest.mark.parametrize("counted", [300, 8192])
def test_a_count_that_cannot_be_right_warns_that_the_model_saw_less(
    peer: MisbehavingServer, ask: Callable[..., Analysis], counted: int
) -> None:
    peer.prompt_tokens = counted
    analysis = ask(peer.url)
    assert analysis.outcome is Outcome.COMPLETED
    assert any("less than was sent" in warning for warning in analysis.warnings)


def test_a_redirect_reaches_nobody(peer: MisbehavingServer, ask: Callable[..., Analysis]) -> None:
    with MisbehavingServer() as elsewhere:
        peer.faults, peer.redirect_to = ["redirect"], elsewhere.url
        analysis = ask(peer.url)
        assert (analysis.outcome, analysis.error_code) == (Outcome.FAILED, "model-failed")
        assert is_one_clear_sentence(analysis.error_message)
        assert elsewhere.asked == []


def test_a_wrong_certificate_gets_no_byte(ask: Callable[..., Analysis], tmp_path: Path) -> None:
    with MisbehavingServer(certificate=self_signed(tmp_path)) as peer:
        analysis = ask(peer.url)
        assert (analysis.outcome, analysis.error_code) == (Outcome.FAILED, "model-server-unavailable")
        assert "certificate" in (analysis.error_message or "")
        assert peer.asked == []


def test_a_forged_choice_of_a_cloud_for_a_patient_sends_it_no_byte_and_is_audited_as_refused(
    application: Application, person: Callable[..., Actor], kind: Any
) -> None:
    with MisbehavingServer() as cloud, MisbehavingServer(context_length=8192, prompt_tokens=ORDINARY) as box:
        catalogue = Catalogue([kind("box", box.url, True), kind("cloud", cloud.url, False)])
        catalogue.list()
        cloud.asked.clear()
        jobs = Jobs(replace(application.parts, catalogue=catalogue, queues={}), application.engine)
        for forged in ("cloud/model", "cloud/../cloud/model", " cloud/model", "CLOUD/model"):
            request = Request(
                actor=person(), use_case="patient_record", record_id="PAT-0107", model=forged, purpose="treatment"
            )
            job = jobs.start(request)
            seen, now = -1, job.snapshot()
            while now.running:
                seen, now = job.watch(seen, 60)
            assert cloud.chats == []
            assert not [body for _, _, body in cloud.asked if body and "messages" in body]
            events = audited(application, now)
            if forged == "cloud/model":
                expected = [("analysis.asked", None, None), ("analysis.outcome", "refused", "not-allowed")]
                assert (now.outcome, now.masked, events) == (Outcome.REFUSED, None, expected)
            else:
                assert now.outcome in (Outcome.REFUSED, Outcome.FAILED)
                assert len(events) == 2
        assert box.chats == []  # nobody else answers in its place
        jobs.close()
        catalogue.close()

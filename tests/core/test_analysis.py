"""The pipeline with everything around it faked: what it does in which order, and what it does when things go wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import pytest

from core.accounts.user import Actor, Role, User
from core.analysis import analyze
from core.answering import settled
from core.audit.entry import Outcome
from core.errors import (
    AuditUnavailable,
    DatabaseUnavailable,
    LimitReached,
    MaskingFailed,
    ModelFailed,
    ModelMissing,
    ModelServerUnavailable,
    ModelTimedOut,
    NotAllowed,
    ProcedureFailed,
    ProcedureMissing,
    ProcedureTimedOut,
    PromptTooLong,
    RecordAnalystError,
    UnknownUseCase,
)
from core.evidence.check import Checker
from core.masking import MaskedRecord
from core.models.fake import End, FakeModelServer, Pause
from core.models.model import Chunk, ModelInfo, ModelServer, Options, Usage
from core.models.queue import FairQueue, Turn
from core.models.tokens import TokenCounts
from core.prompts import Prompt, Talk, fill
from core.records.record import Column, ColumnType, Record, ResultSet
from core.steps import (
    Asked,
    Checked,
    Earlier,
    Fetched,
    Finished,
    Prompted,
    Request,
    Result,
    Stage,
    Step,
    Stopped,
    Text,
    Warned,
)
from core.use_cases import UseCase, parse

USE_CASE = parse(
    "meters.md",
    """---
title: Meters
question: What did this meter use?
database: sample
procedure: business.meters
parameter: meter_id
record_id: {label: Meter ID, example: M-1, pattern: 'M-\\d+'}
result_sets: [readings]
roles: [analyst]
sensitivity: internal
---
## Headline
""",
)
RECORD = Record("M-1", (ResultSet("readings", (Column("kwh", ColumnType.INTEGER),), ((12,), (30,))),), procedure_ms=1.5)
EMPTY = Record("M-2", (ResultSet("readings", (Column("kwh", ColumnType.INTEGER),), ()),))
ANALYST = Actor(User("ana", "Ana", Role.ANALYST))


@dataclass
class FakeLedger:
    """Remembers the rows; fails where it is told to."""

    rows: list[str] = field(default_factory=list)
    limit: LimitReached | None = None
    fails_at: tuple[str, ...] = ()

    def _append(self, row: str) -> int:
        if row.partition(":")[0] in self.fails_at:
            raise AuditUnavailable("The audit log cannot be written.")
        self.rows.append(row)
        return len(self.rows)

    def asked(self, request: Request, use_case: UseCase, record_id: str) -> int:
        if self.limit:
            raise self.limit
        return self._append("asked")

    def refused(self, request: Request, result: Result) -> None:
        result.audit_asked = self._append("asked")
        result.audit_outcome = self._append(f"outcome:{result.outcome}")

    def outcome(self, request: Request, result: Result) -> int:
        return self._append(f"outcome:{result.outcome}")


@dataclass
class FakeParts:
    """Everything the pipeline needs; each collaborator notes when it was used."""

    server: FakeModelServer = field(default_factory=FakeModelServer)
    others: list[FakeModelServer] = field(default_factory=list[FakeModelServer])
    left: Earlier | None = None
    tokens: TokenCounts = field(default_factory=TokenCounts)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    record: Record | RecordAnalystError | Stopped = RECORD
    masking_fails: bool = False
    resolve_fails: RecordAnalystError | None = None
    answer_characters: int = 1_000
    seconds: float = 30
    used: list[str] = field(default_factory=list)
    fair: FairQueue = field(default_factory=lambda: FairQueue(1))

    @property
    def use_cases(self) -> FakeParts:
        return self

    @property
    def models(self) -> FakeParts:
        return self

    def get(self, name: str) -> UseCase:
        if name != "meters":
            raise UnknownUseCase("There is no such use case.")
        return USE_CASE

    def candidates(self, model: str | None, use_case: UseCase) -> list[tuple[ModelServer, ModelInfo]]:
        if self.resolve_fails:
            raise self.resolve_fails
        return [(server, server.list()[0]) for server in (self.server, *self.others)]

    def earlier(self, request: Request, use_case: UseCase, record_id: str) -> Earlier:
        assert self.left is not None
        return self.left

    def mask_question(self, masked: MaskedRecord, use_case: UseCase, question: str) -> MaskedRecord | None:
        return replace(masked, question=question)

    def call_procedure(self, request: Request, use_case: UseCase, record_id: str, stop: threading.Event) -> Record:
        self.used.append("procedure")
        if isinstance(self.record, Exception):
            raise self.record
        return self.record

    def mask(self, record: Record, use_case: UseCase, question: str) -> MaskedRecord:
        self.used.append("mask")
        if self.masking_fails:
            raise MaskingFailed("A column could not be masked.")
        return MaskedRecord(record, question=question)

    def fill(
        self, masked: MaskedRecord, use_case: UseCase, model: ModelInfo, share: float, earlier: Talk | None
    ) -> Prompt:
        return fill(masked, use_case, model.context_length, share=share, earlier=earlier)

    def checker(self, record: Record) -> Checker:
        return Checker(record)

    def model_seconds(self, use_case: UseCase) -> float:
        return self.seconds

    def model_options(self, use_case: UseCase) -> Options:
        return {"seed": 7}

    def queue(self, server: str, username: str) -> AbstractContextManager[Turn]:
        return self.fair.place(username)


def ask(parts: FakeParts, stop: threading.Event | None = None, **values: object) -> tuple[list[Step], Result]:
    request = Request(**{"actor": ANALYST, "use_case": "meters", "record_id": "M-1", **values})  # type: ignore[arg-type]
    steps = list(analyze(request, parts, stop or threading.Event()))
    assert isinstance(steps[-1], Finished)
    assert sum(isinstance(step, Finished) for step in steps) == 1
    return steps, steps[-1].result


def kinds(steps: list[Step]) -> list[str]:
    return [step.name if isinstance(step, Stage) else type(step).__name__ for step in steps]


def test_a_request_goes_through_every_step_in_order() -> None:
    parts = FakeParts(server=FakeModelServer(scripts=[("It used 12", " and 30 kWh.\n", "In all 42.")]))
    steps, result = ask(parts)
    assert kinds(steps) == [
        "Asked", "fetching", "Fetched", "Prompted", "loading", "writing",
        "Text", "Text", "Checked", "Text", "checking", "Checked", "Finished",
    ]  # fmt: skip
    assert result.outcome is Outcome.COMPLETED
    assert result.answer == "It used 12 and 30 kWh.\nIn all 42."
    assert result.evidence is not None
    assert result.evidence.checked >= 2
    assert parts.ledger.rows == ["asked", "outcome:completed"]
    assert (result.audit_asked, result.audit_outcome) == (1, 2)
    assert result.procedure_ms == 1.5
    assert result.first_token_ms is not None
    assert [type(step) for step in steps if isinstance(step, Asked | Fetched | Prompted)] == [Asked, Fetched, Prompted]
    assert [chat.options for chat in parts.server.asked] == [{"seed": 7}]
    assert "12" in parts.server.asked[0].messages[1].content


def test_a_loaded_model_is_not_said_to_be_loading() -> None:
    parts = FakeParts(server=FakeModelServer(loaded={"model"}))
    assert "reading" in kinds(ask(parts)[0])


@pytest.mark.parametrize(
    "values",
    [
        {"use_case": "nothing"},
        {"record_id": ""},
        {"record_id": "M-1; DROP TABLE x"},
        {"record_id": "x" * 10_000},
        {"purpose": "x" * 501},
        {"question": "x" * 2_001},
        {"question": "a\0b"},
        {"actor": Actor(User("max", "Max", Role.MANAGER))},
        {"actor": Actor(User("ana", "Ana", Role.ANALYST), "api key nightly", "api", use_cases=frozenset({"other"}))},
    ],
)
def test_a_refused_request_is_audited_and_reaches_nothing(values: dict[str, object]) -> None:
    parts = FakeParts()
    steps, result = ask(parts, **values)
    assert result.outcome is Outcome.REFUSED
    assert result.error is not None
    assert parts.ledger.rows == ["asked", "outcome:refused"]
    assert (parts.used, parts.server.asked, len(steps)) == ([], [], 1)


def test_a_limit_refuses_before_anything_is_fetched() -> None:
    limit = LimitReached("Too many.", retry_after=3)
    parts = FakeParts(ledger=FakeLedger(limit=limit))
    _, result = ask(parts)
    assert (result.outcome, result.error) == (Outcome.REFUSED, limit)
    assert parts.ledger.rows == ["asked", "outcome:refused"]
    assert parts.used == []


@pytest.mark.parametrize("values", [{}, {"record_id": ""}])
def test_without_an_audit_row_nothing_is_fetched_and_the_person_is_told(values: dict[str, object]) -> None:
    parts = FakeParts(ledger=FakeLedger(fails_at=("asked",)))
    _, result = ask(parts, **values)
    assert result.outcome is Outcome.FAILED
    assert isinstance(result.error, AuditUnavailable)
    assert (parts.used, parts.server.asked, parts.ledger.rows) == ([], [], [])


def test_without_an_outcome_row_there_is_no_answer() -> None:
    parts = FakeParts(ledger=FakeLedger(fails_at=("outcome",)))
    _, result = ask(parts)
    assert result.outcome is Outcome.FAILED
    assert isinstance(result.error, AuditUnavailable)
    assert (result.answer, result.evidence, result.audit_outcome) == ("", None, None)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (EMPTY, Outcome.NO_RECORD),
        (DatabaseUnavailable("down"), Outcome.FAILED),
        (ProcedureMissing("missing"), Outcome.FAILED),
        (ProcedureFailed("raised"), Outcome.FAILED),
        (ProcedureTimedOut("slow"), Outcome.TIMED_OUT),
        (Stopped(), Outcome.STOPPED),
    ],
)
def test_without_a_record_no_model_is_asked(record: Record | Exception, outcome: Outcome) -> None:
    parts = FakeParts(record=record)  # type: ignore[arg-type]
    _, result = ask(parts)
    assert result.outcome is outcome
    assert parts.ledger.rows == ["asked", f"outcome:{outcome}"]
    assert parts.server.asked == []


def test_a_failure_of_masking_ends_the_request_before_the_model() -> None:
    parts = FakeParts(masking_fails=True)
    _, result = ask(parts)
    assert (result.outcome, parts.server.asked) == (Outcome.FAILED, [])
    assert isinstance(result.error, MaskingFailed)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotAllowed("cloud"), Outcome.REFUSED),
        (ModelMissing("gone"), Outcome.FAILED),
        (ModelServerUnavailable("down"), Outcome.FAILED),
    ],
)
def test_a_model_that_cannot_answer_costs_no_procedure_call(error: RecordAnalystError, outcome: Outcome) -> None:
    parts = FakeParts(resolve_fails=error)
    _, result = ask(parts)
    assert (result.outcome, result.error, parts.used) == (outcome, error, [])
    assert parts.ledger.rows == ["asked", f"outcome:{outcome}"]


@pytest.mark.parametrize("fault", [ModelFailed("reset"), End()])
def test_an_answer_that_breaks_off_is_failed_and_its_text_is_kept(fault: ModelFailed | End) -> None:
    _, result = ask(FakeParts(server=FakeModelServer(scripts=[("The first half ", fault)])))
    assert (result.outcome, result.answer) == (Outcome.FAILED, "The first half ")
    assert isinstance(result.error, ModelFailed)


def test_an_empty_answer_is_failed() -> None:
    _, result = ask(FakeParts(server=FakeModelServer(scripts=[(" ",)])))
    assert result.outcome is Outcome.FAILED


def test_an_answer_without_end_is_ended_at_the_ceiling() -> None:
    parts = FakeParts(server=FakeModelServer(scripts=[("x" * 100,) * 1_000]), answer_characters=1_000)
    _, result = ask(parts)
    assert result.outcome is Outcome.FAILED
    assert 1_000 < len(result.answer) <= 1_100
    assert parts.server.closed == ["closed"]


def test_an_answer_cut_at_the_models_length_limit_says_so() -> None:
    script = ("The beginning", Chunk(usage=Usage(5, 2, None, "length")))
    steps, result = ask(FakeParts(server=FakeModelServer(scripts=[script])))
    assert result.outcome is Outcome.COMPLETED
    assert any(isinstance(step, Warned) and "cut off" in step.text for step in steps)
    assert result.warnings


def test_stop_ends_the_stream_and_keeps_the_text() -> None:
    stop = threading.Event()
    parts = FakeParts(server=FakeModelServer(scripts=[("one ", "two ", Pause(60), "three")]))
    seen: list[Step] = []
    for step in analyze(Request(actor=ANALYST, use_case="meters", record_id="M-1"), parts, stop):
        seen.append(step)
        if isinstance(step, Text) and step.text == "two ":
            threading.Timer(0.05, stop.set).start()
    last = seen[-1]
    assert isinstance(last, Finished)
    assert (last.result.outcome, last.result.answer) == (Outcome.STOPPED, "one two ")
    assert parts.server.closed == ["stopped"]
    assert parts.ledger.rows == ["asked", "outcome:stopped"]


def test_half_an_answer_is_checked_but_for_what_may_be_half_a_figure() -> None:
    parts = FakeParts(
        server=FakeModelServer(scripts=[("It used 12 kWh, then 99 kWh, then 3", Pause(60))]), seconds=0.05
    )
    _, result = ask(parts)
    assert result.outcome is Outcome.TIMED_OUT
    assert result.evidence is not None
    assert [claim.text for claim in result.evidence.claims] == ["12 kWh", "99 kWh"]
    assert result.evidence.to_check == 1


def test_the_deadline_of_the_model_is_absolute() -> None:
    parts = FakeParts(server=FakeModelServer(scripts=[("one ", Pause(60))]), seconds=0.05)
    _, result = ask(parts)
    assert (result.outcome, result.answer) == (Outcome.TIMED_OUT, "one ")


def test_closing_the_iterator_still_appends_an_outcome() -> None:
    parts = FakeParts(server=FakeModelServer(scripts=[("one ", "two ")]))
    steps: Iterator[Step] = analyze(
        Request(actor=ANALYST, use_case="meters", record_id="M-1"), parts, threading.Event()
    )
    for step in steps:
        if isinstance(step, Text):
            break
    steps.close()  # type: ignore[attr-defined]
    assert parts.ledger.rows == ["asked", "outcome:stopped"]
    assert parts.server.closed == ["closed"]


def test_an_unforeseen_error_is_failed_and_says_nothing_of_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    parts = FakeParts()
    parts.checker = None  # type: ignore[assignment]
    _, result = ask(parts)
    assert result.outcome is Outcome.FAILED
    assert result.error is not None
    assert "NoneType" not in result.error.message
    assert "NoneType" in caplog.text


def test_whoever_waits_is_told_the_place_in_the_queue() -> None:
    parts = FakeParts()
    with parts.fair.place("somebody else") as other:
        assert other.wait(0) == 0
        steps = analyze(Request(actor=ANALYST, use_case="meters", record_id="M-1"), parts, threading.Event())
        waiting = next(step for step in steps if isinstance(step, Stage) and step.name == "waiting")
    assert "1 ahead" in waiting.detail
    rest = list(steps)
    assert isinstance(rest[-1], Finished)
    assert rest[-1].result.outcome is Outcome.COMPLETED


def test_evidence_grows_line_by_line_and_agrees_with_the_whole_check() -> None:
    parts = FakeParts(server=FakeModelServer(scripts=[("Used 12 kWh.\n", "Then 30", " kWh.\n", "And 99 kWh.")]))
    steps, result = ask(parts)
    partial = [step.evidence for step in steps if isinstance(step, Checked)]
    assert [e.checked for e in partial] == sorted(e.checked for e in partial)
    assert result.evidence == Checker(RECORD).check(result.answer)


def test_sentences_of_one_line_are_judged_as_they_end() -> None:
    words = "It used 12 kWh in an hour. Then approx. 30 kWh in the hour after that. In all of the day it used 99 kWh."
    parts = FakeParts(server=FakeModelServer(scripts=[[f"{word} " for word in words.split()]]))
    steps, result = ask(parts)
    partial = [[claim.text for claim in step.evidence.claims] for step in steps if isinstance(step, Checked)]
    assert partial[0] == ["12 kWh"]
    assert any("30" in text for text in partial[1])
    assert not any("99" in text for text in partial[1])
    assert result.evidence == Checker(RECORD).check(result.answer)
    assert partial[-1][: len(partial[1])] == partial[1]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("One line.\nHalf of", "One line.\n"),
        ("One sentence. Another that is long enough to show it.", "One sentence."),
        ("One sentence. Another", ""),
        ("It weighs approx. 12 kg and much more than was written.", ""),
        ("- Paid EUR 12. The next one is still open, as it seems.", "- Paid EUR 12."),
    ],
)
def test_text_is_judged_up_to_where_a_sentence_is_known_to_end(text: str, whole: str) -> None:
    grown = [settled(text[:end], 1) for end in range(1, len(text) + 1)]
    assert max(grown) == len(whole)
    assert settled(text, len(text)) == len(whole)


def test_another_server_of_the_model_is_asked_when_the_first_gives_no_answer() -> None:
    down = FakeModelServer(name="down", scripts=[(ModelServerUnavailable("The model server does not answer."),)])
    other = FakeModelServer(name="other", scripts=[("All of it.",)])
    parts = FakeParts(server=down, others=[other])
    steps, result = ask(parts)
    assert (result.outcome, result.answer) == (Outcome.COMPLETED, "All of it.")
    assert result.model is not None
    assert result.model.server == "other"
    assert any("another server was asked" in step.text for step in steps if isinstance(step, Warned))


def test_no_answer_is_half_of_one_server_and_half_of_another() -> None:
    breaks = FakeModelServer(name="breaks", scripts=[("One half", ModelFailed("It broke off."))])
    other = FakeModelServer(name="other")
    _, result = ask(FakeParts(server=breaks, others=[other]))
    assert (result.outcome, result.answer) == (Outcome.FAILED, "One half")
    assert other.asked == []


@pytest.mark.parametrize("error", [ModelTimedOut("Too slow."), PromptTooLong("Too long.")])
def test_time_and_length_are_the_same_on_every_server(error: RecordAnalystError) -> None:
    first = FakeModelServer(name="first", scripts=[(error,)])  # type: ignore[list-item]
    other = FakeModelServer(name="other")
    _, result = ask(FakeParts(server=first, others=[other]))
    assert result.error is error
    assert other.asked == []


def test_a_prompt_that_the_server_refuses_as_too_long_is_made_shorter_once() -> None:
    server = FakeModelServer(context_length=2048, scripts=[(PromptTooLong("Too long."),), ("Short.",)])
    rows = tuple((n,) for n in range(3_000))
    record = Record("M-1", (ResultSet("readings", (Column("kwh", ColumnType.INTEGER),), rows),))
    _, result = ask(FakeParts(server=server, record=record))
    assert (result.outcome, result.answer) == (Outcome.COMPLETED, "Short.")
    first, second = (len(chat.messages[1].content) for chat in server.asked)
    assert second < first * 0.9


def test_waiting_tells_the_place_and_the_seconds() -> None:
    parts = FakeParts()
    release, waiting = threading.Event(), threading.Event()

    def hold() -> None:
        with parts.fair.place("first"):
            pass
        with parts.fair.place("first"):
            waiting.set()
            release.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert waiting.wait(30)
    told: list[str] = []
    for step in analyze(Request(actor=ANALYST, use_case="meters", record_id="M-1"), parts, threading.Event()):
        if isinstance(step, Stage) and step.name == "waiting":
            told.append(step.detail)
            release.set()
    thread.join(30)
    assert told
    assert told[0] == "Waiting for model: 1 ahead of you, about 1 s"


def test_a_model_that_reads_less_than_was_sent_is_told_of() -> None:
    server = FakeModelServer(scripts=[("Fine.", Chunk(usage=Usage(3, 2, 0.0, "stop")))])
    _, result = ask(FakeParts(server=server))
    assert result.outcome is Outcome.COMPLETED
    assert any("less than was sent" in warning for warning in result.warnings)

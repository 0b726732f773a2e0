"""The pipeline. One request in, typed steps out; the page, the HTTP API, the command line and the batch worker only
start it and draw what comes.

    request ─► authorise ─► append "asked" ─► call procedure ─► mask ─► fill prompt ─► stream model ─► check evidence
                  │ refused        │ cannot append: nothing is fetched                      │
                  └────────────────┴──► append outcome: exactly one per request, whatever happens

The collaborators come as arguments (`Parts`); nothing here knows a database, a model server's protocol or a screen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache

from core.audit.entry import Outcome
from core.errors import (
    InvalidRequest,
    LimitReached,
    ModelFailed,
    ModelTimedOut,
    NoSuchRecord,
    NotAllowed,
    ProcedureTimedOut,
    PurposeRequired,
    RecordAnalystError,
)
from core.evidence.verdict import CheckedClaim, Evidence
from core.models.model import Chunk
from core.parts import Checker, Parts, UseCaseSource
from core.steps import (
    Asked,
    Checked,
    Fetched,
    Finished,
    Prompted,
    Request,
    Result,
    Stage,
    Step,
    Stopped,
    Text,
    Thinking,
    Warned,
)
from core.use_cases import UseCase

log = logging.getLogger(__name__)

PURPOSE_LIMIT = 500  # characters
QUESTION_LIMIT = 2_000


def analyze(request: Request, parts: Parts, stop: threading.Event) -> Iterator[Step]:
    """Runs one request. Yields steps, the last of which is Finished; raises nothing but what a caller throws in.

    Setting `stop` ends it within about 100 ms, wherever it is. Closing the iterator counts as a stop.
    """
    began = time.monotonic()
    result = Result()
    try:
        use_case, record_id = authorise(request, parts.use_cases)
        result.use_case, result.record_id = use_case, record_id
        result.audit_asked = parts.ledger.asked(request, use_case, record_id)
    except RecordAnalystError as error:
        yield Finished(_refuse(request, parts, result, error, began))
        return
    result.outcome = Outcome.STOPPED  # unless something else is known
    try:
        yield Asked(use_case, record_id, result.audit_asked)
        yield from _answer(request, use_case, record_id, parts, result, stop, began)
        result.outcome = Outcome.COMPLETED
    except Stopped:
        pass
    except RecordAnalystError as error:
        result.error = error
        result.outcome = _outcome_of(error)
    except Exception as error:
        log.exception("request %s failed unexpectedly", request.request_id)
        result.error = RecordAnalystError("Something went wrong inside the product.")
        result.error.__cause__ = error
        result.outcome = Outcome.FAILED
    finally:
        _close(request, parts, result, began)
    yield Finished(result)


def authorise(request: Request, use_cases: UseCaseSource) -> tuple[UseCase, str]:
    """The use case and the clean record ID. Raises InvalidRequest (and below) and NotAllowed."""
    use_case = use_cases.get(request.use_case)
    if request.actor.user.role not in use_case.roles:
        raise NotAllowed(f"Your role may not use “{use_case.title}”.")
    if not request.actor.may_use(use_case.name):
        raise NotAllowed(f"This key may not use “{use_case.title}”.", "Make a key for this use case.")
    record_id = use_case.check_record_id(request.record_id)
    purpose, question = (request.purpose or "").strip(), request.question or ""
    if use_case.purpose == "required" and not purpose:
        raise PurposeRequired(f"“{use_case.title}” needs a purpose.")
    if len(purpose) > PURPOSE_LIMIT:
        raise InvalidRequest(f"The purpose is longer than {PURPOSE_LIMIT} characters.", "Shorten it and ask again.")
    if len(question) > QUESTION_LIMIT:
        raise InvalidRequest(f"The question is longer than {QUESTION_LIMIT:,} characters.", "Shorten it and ask again.")
    if "\0" in purpose + question:
        raise InvalidRequest("The purpose or question holds a character that is not text.")
    return use_case, record_id


def _answer(
    request: Request,
    use_case: UseCase,
    record_id: str,
    parts: Parts,
    result: Result,
    stop: threading.Event,
    began: float,
) -> Iterator[Step]:
    server, info = parts.models.resolve(request.model, use_case)
    result.model = info

    yield Stage("fetching", "Fetching the record")
    record = parts.call_procedure(request, use_case, record_id, stop)
    result.procedure_ms = record.procedure_ms
    if not record.row_count:
        raise NoSuchRecord(f"There is no {use_case.record_id.label} {record_id}.")
    masked = result.masked = parts.mask(record, use_case, request.question or "")
    yield Fetched(masked, record.procedure_ms)
    for result_set in record.result_sets:
        if result_set.truncated:
            yield _warn(result, f"Only the first {len(result_set.rows):,} rows of {result_set.name} were read.")

    prompt = result.prompt = parts.fill(masked, use_case, info)
    yield Prompted(prompt, info)
    for note in prompt.left_out:
        yield _warn(result, f"Left out of the prompt to fit the model's window: {note}")
    checker = cache(lambda: parts.checker(masked.record))  # its index is made while the model is already at work

    deadline = time.monotonic() + parts.model_seconds(use_case)
    with parts.queue(server.name, request.actor.user.username) as place:
        while ahead := place.wait(0.1):
            _raise_if_over(stop, deadline)
            yield Stage("waiting", f"Waiting for {info.name}: {ahead} ahead of you")
        yield (
            Stage("reading", f"{info.name} reads the record")
            if info.loaded
            else Stage("loading", f"Loading {info.name}")
        )
        chunks = server.chat(
            info.name,
            prompt.messages,
            context_length=prompt.context_length,
            options=parts.model_options(use_case),
            deadline=deadline,
            stop=stop,
        )
        try:
            yield from _stream(chunks, parts.answer_characters, checker, result, stop, began)
        finally:
            chunks.close()  # closes the HTTP stream, on which the server stops generating
    if result.usage and result.usage.done_reason == "length":
        yield _warn(result, "The answer was cut off: the model reached its length limit.")
    if not result.answer.strip():
        raise ModelFailed(f"{info.name} gave an empty answer.")
    yield Stage("checking", "Checking every figure")
    result.evidence = checker().check(result.answer)
    yield Checked(result.evidence)


def _stream(
    chunks: Iterator[Chunk],
    ceiling: int,
    checker: Callable[[], Checker],
    result: Result,
    stop: threading.Event,
    began: float,
) -> Iterator[Step]:
    pieces: list[str] = []
    thoughts: list[str] = []
    claims: list[CheckedClaim] = []
    length = judged = 0
    try:
        for chunk in chunks:
            if stop.is_set():
                raise Stopped
            if result.first_token_ms is None and (chunk.text or chunk.thinking):
                result.first_token_ms = (time.monotonic() - began) * 1000
                yield Stage("writing", f"{result.model.name if result.model else 'The model'} writes")
            if chunk.thinking:
                thoughts.append(chunk.thinking)
                length += len(chunk.thinking)
                yield Thinking(chunk.thinking)
            if chunk.text:
                pieces.append(chunk.text)
                length += len(chunk.text)
                yield Text(chunk.text)
                if "\n" in chunk.text:  # whole lines can be judged
                    whole = "".join(pieces)
                    lines = whole[: whole.rindex("\n") + 1]
                    claims += checker().check_from(lines, judged).claims
                    judged = len(lines)
                    yield Checked(Evidence(tuple(claims)))
            if length > ceiling:
                raise ModelFailed(f"The answer grew beyond {ceiling:,} characters and was ended.")
            if chunk.usage:
                result.usage = chunk.usage
        if stop.is_set():
            raise Stopped
    finally:
        result.answer, result.thinking = "".join(pieces), "".join(thoughts)


def _warn(result: Result, text: str) -> Warned:
    result.warnings.append(text)
    return Warned(text)


def _raise_if_over(stop: threading.Event, deadline: float) -> None:
    if stop.is_set():
        raise Stopped
    if time.monotonic() > deadline:
        raise ModelTimedOut("The model was busy for longer than this request may take.")


def _outcome_of(error: RecordAnalystError) -> Outcome:
    match error:
        case NoSuchRecord():
            return Outcome.NO_RECORD
        case NotAllowed() | InvalidRequest() | LimitReached():
            return Outcome.REFUSED
        case ModelTimedOut() | ProcedureTimedOut():
            return Outcome.TIMED_OUT
        case _:
            return Outcome.FAILED


def _refuse(request: Request, parts: Parts, result: Result, error: RecordAnalystError, began: float) -> Result:
    result.error = error
    result.outcome = _outcome_of(error)
    result.total_ms = (time.monotonic() - began) * 1000
    if result.outcome is Outcome.REFUSED:
        try:
            parts.ledger.refused(request, result)
        except RecordAnalystError as unavailable:
            result.error, result.outcome = unavailable, Outcome.FAILED
    return result


def _close(request: Request, parts: Parts, result: Result, began: float) -> None:
    """Appends the outcome. Without its row there is no answer either."""
    result.total_ms = (time.monotonic() - began) * 1000
    try:
        result.audit_outcome = parts.ledger.outcome(request, result)
    except RecordAnalystError as error:
        log.error("request %s: its outcome could not be appended", request.request_id)
        result.outcome, result.error = Outcome.FAILED, error
        result.answer, result.thinking, result.evidence = "", "", None

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
from collections.abc import Generator, Iterator

from core.answering import Work, answer, warn
from core.audit.entry import Outcome
from core.errors import (
    InvalidRequest,
    LimitReached,
    ModelTimedOut,
    NoSuchRecord,
    NotAllowed,
    ProcedureTimedOut,
    PurposeRequired,
    RecordAnalystError,
)
from core.masking import MaskedRecord
from core.parameters import arguments
from core.parts import Parts, UseCaseSource
from core.steps import (
    Asked,
    Earlier,
    Fetched,
    Finished,
    Request,
    Result,
    Stage,
    Step,
    Stopped,
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
        yield from _answer(Work(request, use_case, record_id, parts, result, stop, began))
        result.outcome = Outcome.COMPLETED
    except Stopped:
        pass
    except RecordAnalystError as error:
        if error.status >= 500:  # somebody will look for the cause
            log.warning("request %s failed", request.request_id, exc_info=error)
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
    arguments(use_case.parameters, request.parameters, request.actor.user)
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


def _answer(work: Work) -> Iterator[Step]:
    """From an accepted request to a checked answer."""
    request, parts, result = work.request, work.parts, work.result
    candidates = parts.models.candidates(request.model, work.use_case)
    result.model = candidates[0][1]
    earlier = parts.earlier(request, work.use_case, work.record_id) if request.follows else None
    masked = yield from _record(work, earlier)
    if earlier and not earlier.masked.tokens.items() <= masked.tokens.items():
        earlier = None  # its talk names things by tokens that mean something else now
        yield warn(result, "The record has changed since, so what was said before was left out.")
    yield from answer(work, candidates, masked, earlier)


def _record(work: Work, earlier: Earlier | None) -> Generator[Step, None, MaskedRecord]:
    """What the model may see of the record: from its procedure, or as the earlier analysis left it."""
    request, use_case, parts, result = work.request, work.use_case, work.parts, work.result
    question = request.question or ""
    if earlier and not request.fetch_again:
        result.masked = parts.mask_question(earlier.masked, use_case, question)
        if result.masked:
            yield Fetched(result.masked, None)
            return result.masked
    yield Stage("fetching", "Fetching the record")
    record = parts.call_procedure(request, use_case, work.record_id, work.stop)
    result.procedure_ms = record.procedure_ms
    if not record.row_count:
        raise NoSuchRecord(f"There is no {use_case.record_id.label} {work.record_id}.")
    masked = result.masked = parts.mask(record, use_case, question)
    yield Fetched(masked, record.procedure_ms)
    for result_set in record.result_sets:
        if result_set.truncated:
            yield warn(result, f"Only the first {len(result_set.rows):,} rows of {result_set.name} were read.")
    return masked


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

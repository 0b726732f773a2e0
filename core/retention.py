"""Erasing what analyses hold: when their use case keeps them no longer, or on request.

The content goes: record, tokens, prompt, answer, evidence, question, purpose, comments. That something was asked, by
whom and with which outcome stays, in `analyses` as in the audit log, which never held content and still verifies.
What goes on from an analysis was asked with its answer, and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, null, select, update

from core.accounts.permissions import may
from core.accounts.user import Actor
from core.audit.entry import Entry, Event
from core.audit.log import Appending, AuditLog
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound
from core.store.engine import store_errors
from core.store.tables import analyses, reviews
from core.use_cases import UseCase

AT_ONCE = 100  # analyses in one transaction, so that nobody waits long for the audit log
REASON_LIMIT = 500  # characters
CONTENT = (
    "record", "tokens", "prompt", "evidence", "warnings", "purpose", "question", "error_message", "error_hint",
)  # fmt: skip
EMPTY: dict[str, object] = {"answer": "", "thinking": "", **dict.fromkeys(CONTENT, null())}


def erase(audit: AuditLog, by: Actor, request_id: UUID, reason: str) -> None:
    """Raises NotAllowed, InvalidRequest without a reason, NotFound, Conflict (running, or erased already),
    AuditUnavailable."""
    reason = _checked(by, reason)
    with audit.appending() as log:
        one = select(analyses).where(analyses.c.request_id == request_id)
        row = log.connection.execute(one).mappings().first()
        if row is None:
            raise NotFound("There is no such analysis.")
        if row["outcome"] is None:
            raise Conflict("This analysis is still running.", "Stop it, then erase it.")
        if row["erased_at"] is not None:
            raise Conflict("This analysis has been erased already.")
        chain = _with_what_goes_on(log.connection, [request_id])
        if any(one.outcome is None for one in chain):
            raise Conflict("An analysis that goes on from this one is still running.", "Stop it, then erase this one.")
        _empty(log, chain, by, reason)


def erase_record(audit: AuditLog, by: Actor, record_id: str, use_case: str | None, reason: str) -> int:
    """Everything that was asked about one record, of one use case or of all; returns how many analyses.

    Raises NotAllowed, InvalidRequest, AuditUnavailable.
    """
    reason = _checked(by, reason)
    which = analyses.c.record_id == record_id
    if use_case:
        which &= analyses.c.use_case == use_case
    return _erase_all(audit, by, which, reason)


def erase_expired(audit: AuditLog, use_cases: Iterable[UseCase]) -> int:
    """What each use case keeps no longer (`retain: 90d`); returns how many analyses. Raises AuditUnavailable,
    StoreUnavailable."""
    erased = 0
    for use_case in use_cases:
        if use_case.retain is not None:
            kept = timedelta(days=int(use_case.retain.removesuffix("d")))
            which = (analyses.c.use_case == use_case.name) & (analyses.c.asked_at < func.now() - kept)
            erased += _erase_all(audit, None, which, f"kept for {kept.days} days")
    return erased


def _erase_all(audit: AuditLog, by: Actor | None, which: ColumnElement[bool], reason: str) -> int:
    erased = 0
    due = (
        select(analyses.c.request_id)
        .where(which, analyses.c.outcome.is_not(None), analyses.c.erased_at.is_(None))
        .order_by(analyses.c.asked_at)
        .limit(AT_ONCE)
    )
    with store_errors(), audit.engine.connect() as connection:  # most of the time there is nothing
        if connection.execute(due).first() is None:
            return 0
    while True:
        with audit.appending() as log:
            rows = log.connection.execute(due).scalars().all()
            chain = _with_what_goes_on(log.connection, rows)
            erased += _empty(log, [one for one in chain if one.outcome is not None], by, reason)
        if len(rows) < AT_ONCE:
            return erased


def _with_what_goes_on(connection: Connection, request_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """These analyses and all that follow from them, without the ones that are erased already."""
    columns = (analyses.c.request_id, analyses.c.use_case, analyses.c.record_id, analyses.c.outcome)
    chain = select(*columns).where(analyses.c.request_id.in_(request_ids)).cte(recursive=True)
    chain = chain.union(
        select(*columns).where(analyses.c.follows == chain.c.request_id, analyses.c.erased_at.is_(None))
    )
    return connection.execute(select(chain)).all()


def _empty(log: Appending, rows: Sequence[Row[Any]], by: Actor | None, reason: str) -> int:
    if rows:
        request_ids = [row.request_id for row in rows]
        chosen = analyses.c.request_id.in_(request_ids)
        log.connection.execute(update(analyses).where(chosen).values({**EMPTY, "erased_at": func.now()}))
        log.connection.execute(update(reviews).where(reviews.c.request_id.in_(request_ids)).values(comment=None))
        log.append_all([_entry(by, row.request_id, row.use_case, row.record_id, reason) for row in rows])
    return len(rows)


def _entry(by: Actor | None, request_id: UUID, use_case: str, record_id: str, reason: str) -> Entry:
    return Entry(
        event=Event.ERASED, actor=by, request_id=request_id, use_case=use_case, record_id=record_id, reason=reason
    )


def _checked(by: Actor, reason: str) -> str:
    if not may(by.user.role, "erase"):
        raise NotAllowed("Only admins erase analyses.")
    reason = " ".join(reason.replace("\0", "").split())
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidRequest(f"Say why, in at most {REASON_LIMIT} characters.", "The audit log keeps the reason.")
    return reason

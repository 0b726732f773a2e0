"""The two audit rows of a request, each in one transaction with what belongs to it.

"asked" goes in under the audit log's lock together with the limits that may refuse it and the row in `analyses`;
the outcome together with the end of that row. So no answer exists without its rows, and no row without its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from core import limits
from core.analyses import content_columns, evidence_to_json, insert_asked, save, text_columns
from core.audit.entry import Entry, Event, Outcome
from core.audit.log import UNAVAILABLE, AuditLog
from core.errors import AuditUnavailable, Conflict
from core.settings import LimitSettings
from core.steps import Request, Result
from core.store.processes import Presence, is_gone
from core.store.tables import analyses
from core.use_cases import RECORD_ID_LIMIT, UseCase


class AuditedLedger:
    """core.analysis.Ledger over the audit log. Safe to share between threads."""

    def __init__(self, audit: AuditLog, presence: Presence, settings: LimitSettings) -> None:
        self._audit = audit
        self._presence = presence
        self._limits = settings

    def asked(self, request: Request, use_case: UseCase, record_id: str) -> int:
        user = request.actor.user
        allowed = self._limits.for_role(user.role)
        with self._audit.appending(limits.counts(user.username, use_case.name, allowed)) as log:
            limits.check(log.found[0], allowed, log.now)
            seq = log.append(_asked(request, record_id, use_case))
            insert_asked(
                log.connection,
                {
                    "request_id": request.request_id,
                    "asked_at": log.now,
                    "process_id": self._presence.process_id,
                    "username": user.username,
                    "role": user.role.value,
                    "source": request.actor.source,
                    "use_case": use_case.name,
                    "record_id": record_id,
                    "model": request.model or use_case.model or "",
                    "purpose": request.purpose,
                    "question": request.question,
                    "parameters": Jsonb(dict(request.parameters)) if request.parameters else None,
                    "follows": request.follows,
                    "stage": "Asked",
                    "audit_asked": seq,
                },
            )
            return seq

    def refused(self, request: Request, result: Result) -> None:
        with self._audit.appending() as log:
            result.audit_asked = log.append(_asked(request, result.record_id or request.record_id, result.use_case))
            result.audit_outcome = log.append(_outcome(request, result))

    def outcome(self, request: Request, result: Result) -> int:
        """What is large is written before the lock is taken, so that everybody else waits for two small rows.

        The text is not: it must be that of the outcome, whatever else has been saved while the lock was awaited.
        """
        error, usage = result.error, result.usage
        model = result.model.id if result.model else None
        if result.masked:
            self._save_content(request, result, model)
        values: dict[str, Any] = {
            **text_columns(result.answer, result.thinking),
            **content_columns(None, (), model, result.warnings),
            "outcome": result.outcome,
            "outcome_at": datetime.now(UTC),
            "total_ms": result.total_ms,
            "procedure_ms": result.procedure_ms,
            "first_token_ms": result.first_token_ms,
            "error_code": error.code if error else None,
            "error_message": error.message if error else None,
            "error_hint": error.hint if error else None,
            "prompt_tokens": usage.prompt_tokens if usage else None,
            "answer_tokens": usage.answer_tokens if usage else None,
            "load_ms": usage.load_ms if usage else None,
            "done_reason": usage.done_reason if usage else None,
        }
        with self._audit.appending() as log:
            seq = log.append(_outcome(request, result))
            save(log.connection, request.request_id, {**values, "audit_outcome": seq})
            return seq

    def _save_content(self, request: Request, result: Result, model: str | None) -> None:
        messages = result.prompt.messages if result.prompt else ()
        content = content_columns(result.masked, messages, model, result.warnings)
        if result.evidence:
            content["evidence"] = evidence_to_json(result.evidence)
        try:
            with self._audit.engine.begin() as connection:
                save(connection, request.request_id, content)
        except SQLAlchemyError as error:
            raise AuditUnavailable(UNAVAILABLE) from error


def sweep(audit: AuditLog, engine: Engine, own_process: int, running: Callable[[], set[UUID]]) -> int:
    """Gives every "asked" without an outcome whose process is gone its `aborted`; returns how many.

    `running`: tells the request IDs that this process still works on. Raises AuditUnavailable.
    """
    open_rows = select(analyses.c.request_id, analyses.c.process_id).where(analyses.c.outcome.is_(None))
    with engine.connect() as connection:
        rows = connection.execute(open_rows).all()
        ours = running()  # after the rows: a request that was asked in between is among them, and among these too
        orphans = [
            row.request_id
            for row in rows
            if (row.request_id not in ours if row.process_id == own_process else is_gone(connection, row.process_id))
        ]
    return sum(_abort(audit, request_id) for request_id in orphans)


def _abort(audit: AuditLog, request_id: Any) -> bool:
    try:
        with audit.appending() as log:
            one = select(analyses).where(analyses.c.request_id == request_id, analyses.c.outcome.is_(None))
            row = log.connection.execute(one.with_for_update()).mappings().first()
            if row is None:
                return False
            entry = Entry(
                event=Event.OUTCOME,
                request_id=request_id,
                use_case=row["use_case"],
                record_id=row["record_id"],
                outcome=Outcome.ABORTED,
                reason="the process that worked on it ended",
                answer_hash=hash_text(row["answer"]) if row["answer"] else None,
                details={"asked_by": row["username"]},
            )
            values = {
                "stage": None,
                "outcome": Outcome.ABORTED,
                "outcome_at": datetime.now(UTC),
                "audit_outcome": log.append(entry),
                "error_code": "aborted",
                "error_message": "The product was ended while this answer was being written.",
                "error_hint": "What had been written is kept. Ask again for a whole answer.",
            }
            save(log.connection, request_id, values)
    except Conflict:  # it ended by itself in this moment
        return False
    return True


def _asked(request: Request, record_id: str, use_case: UseCase | None) -> Entry:
    return Entry(
        event=Event.ASKED,
        actor=request.actor,
        request_id=request.request_id,
        use_case=use_case.name if use_case else reference(request.use_case),
        record_id=reference(record_id),
        purpose=reference(request.purpose, 500) if request.purpose else None,
        model=request.model,
        database=use_case.database if use_case else None,
        procedure=use_case.procedure if use_case else None,
        details=_asked_details(request),
    )


def _asked_details(request: Request) -> dict[str, str] | None:
    """What was chosen, and what it goes on from."""
    chosen = {reference(name, 80): reference(value) for name, value in list(request.parameters.items())[:20]}
    return chosen | ({"follows": str(request.follows)} if request.follows else {}) or None


def _outcome(request: Request, result: Result) -> Entry:
    use_case, model, usage, evidence = result.use_case, result.model, result.usage, result.evidence
    return Entry(
        event=Event.OUTCOME,
        actor=request.actor,
        request_id=request.request_id,
        use_case=use_case.name if use_case else reference(request.use_case),
        record_id=reference(result.record_id or request.record_id),
        outcome=result.outcome,
        reason=result.error.code if result.error else None,
        database=use_case.database if use_case else None,
        procedure=use_case.procedure if use_case else None,
        server=model.server if model else None,
        model=model.name if model else request.model,
        model_digest=model.digest if model else None,
        policy_version=result.masked.policy_version if result.masked else None,
        prompt_hash=result.prompt.hash if result.prompt else None,
        answer_hash=hash_text(result.answer) if result.answer else None,
        rows=result.masked.record.row_count if result.masked else None,
        prompt_tokens=usage.prompt_tokens if usage else None,
        answer_tokens=usage.answer_tokens if usage else None,
        claims=evidence.checked if evidence else None,
        claims_to_check=evidence.to_check if evidence else None,
        evidence_score=evidence.score if evidence else None,
        procedure_ms=result.procedure_ms,
        first_token_ms=result.first_token_ms,
        total_ms=result.total_ms,
        details=_details(result),
    )


def _details(result: Result) -> dict[str, str | int | float | bool | None] | None:
    """What an answer was made with beside the model, as far as a model was asked."""
    if not result.prompt:
        return None
    fetched = {} if result.procedure_ms is not None else {"fetched": False}  # the record of the analysis it follows
    ended = {"done_reason": result.usage.done_reason} if result.usage else {}
    flagged = {"disclosed": result.disclosed.value} if result.disclosed else {}
    return {**result.options, **fetched, **ended, **flagged}


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def reference(text: str, limit: int = RECORD_ID_LIMIT) -> str:
    """Text from outside as one harmless line: control characters escaped, cut to `limit` characters."""
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:limit])
    return line.encode("utf-8", "replace").decode("utf-8")[:limit]

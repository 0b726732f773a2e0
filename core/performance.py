"""What each model did here: how soon it began, how fast it wrote, how much of what it said was in the record.

Counted from the outcomes in the audit log, so it holds for all replicas and survives what retention erases.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from sqlalchemy import Engine, case, func, select
from sqlalchemy.exc import SQLAlchemyError

from core.audit.entry import Event, Outcome
from core.store.tables import audit_log

LATEST = 2_000  # completed answers that are looked at, of all models together
KEEP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Performance:
    """Medians over the latest completed answers; None where none of them tells."""

    answers: int
    first_token_seconds: float | None  # from the ask, procedure and loading included
    tokens_per_second: float | None
    evidence_score: float | None  # mean, 0 to 1


class Performances:
    """Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._known: dict[str, Performance] = {}
        self._read_at = -KEEP_SECONDS

    def all(self) -> dict[str, Performance]:
        """By the model's ID (`server/name`). Raises nothing: it only informs."""
        with self._lock:
            if time.monotonic() - self._read_at >= KEEP_SECONDS:
                self._read_at = time.monotonic()
                try:
                    self._known = _read(self._engine)
                except SQLAlchemyError:
                    self._known = {}
            return self._known


def _read(engine: Engine) -> dict[str, Performance]:
    log = audit_log.c
    latest = (
        select(log.server, log.model, log.first_token_ms, log.total_ms, log.answer_tokens, log.evidence_score)
        .where(log.event == Event.OUTCOME, log.outcome == Outcome.COMPLETED, log.server.is_not(None))
        .order_by(log.seq.desc())
        .limit(LATEST)
        .subquery()
        .c
    )
    writing = latest.total_ms - latest.first_token_ms
    rate = case((writing > 0, latest.answer_tokens * 1000.0 / writing))
    middle = func.percentile_cont(0.5)
    statement = select(
        latest.server,
        latest.model,
        func.count(),
        middle.within_group(latest.first_token_ms) / 1000,
        middle.within_group(rate),
        func.avg(latest.evidence_score),
    ).group_by(latest.server, latest.model)
    with engine.connect() as connection:
        return {f"{server}/{model}": Performance(*rest) for server, model, *rest in connection.execute(statement)}

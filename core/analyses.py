"""Analyses as they are kept: what a person opens again, a manager reviews, and retention erases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from core.accounts.user import Role, User
from core.analysis_search import Search, Summary, statement, summary
from core.audit.entry import Outcome
from core.errors import NotFound
from core.evidence.verdict import Cell, CheckedClaim, Evidence, Verdict
from core.masking import MaskedRecord
from core.models.model import Message
from core.records.record_json import from_json, to_json
from core.store.engine import driver, store_errors
from core.store.tables import analyses, reviews


@dataclass(frozen=True, slots=True)
class Review:
    reviewer: str
    verdict: str  # approved, returned
    comment: str | None
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis as it stands now, running or ended. `outcome` is None while it runs."""

    request_id: UUID
    asked_at: datetime
    username: str
    role: Role
    source: str
    use_case: str
    record_id: str
    model: str
    purpose: str | None = None
    question: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    follows: UUID | None = None
    stage: str | None = None
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_hint: str | None = None
    masked: MaskedRecord | None = None
    prompt: tuple[Message, ...] = ()
    answer: str = ""
    thinking: str = ""
    evidence: Evidence | None = None
    warnings: tuple[str, ...] = ()
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    procedure_ms: float | None = None
    load_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None
    done_reason: str | None = None
    audit_asked: int | None = None
    audit_outcome: int | None = None
    review: Review | None = None
    erased_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is new of an analysis that runs in another process."""

    running: bool
    stage: str | None
    text: str  # of the answer, after what is known


def insert_asked(connection: Connection, values: Mapping[str, Any]) -> None:
    """By the driver itself: everybody else waits for this one, and so does the first token."""
    driver(connection).execute(_insert(tuple(values)), values, prepare=True)


@cache
def _insert(names: tuple[str, ...]) -> bytes:
    marks = ", ".join(f"%({name})s" for name in names)
    return b"INSERT INTO analyses (%b) VALUES (%b)" % (", ".join(names).encode(), marks.encode())


def save(connection: Connection, request_id: UUID, values: dict[str, Any]) -> bool:
    """Writes into a row that has no outcome yet; returns whether somebody, on whatever replica, asked to stop it."""
    running = (analyses.c.request_id == request_id) & analyses.c.outcome.is_(None)
    statement = update(analyses).where(running).values(values).returning(analyses.c.stop_requested)
    return bool(connection.execute(statement).scalar_one_or_none())


def text_columns(answer: str, thinking: str, stage: str | None = None) -> dict[str, Any]:
    """What changes while an answer streams."""
    return {"stage": stage, "answer": _storable(answer), "thinking": _storable(thinking)}


def content_columns(
    masked: MaskedRecord | None, messages: Sequence[Message], model: str | None, warnings: Sequence[str]
) -> dict[str, Any]:
    """What is known before the first token and does not change any more, warnings apart."""
    columns: dict[str, Any] = {"warnings": list(warnings) or null()}
    if model:
        columns["model"] = model
    if masked:
        columns["record"] = to_json(masked.record)
        columns["tokens"] = {
            "tokens": masked.tokens,
            "dropped": list(masked.dropped),
            "policy_version": masked.policy_version,
        }
    if messages:
        columns["prompt"] = [[message.role, _storable(message.content)] for message in messages]
    return columns


class Analyses:
    """Reading, and what people do to an analysis afterwards."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, request_id: UUID) -> Analysis:
        """Raises NotFound, StoreUnavailable."""
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(select(analyses).where(analyses.c.request_id == request_id)).mappings().first()
            if row is None:
                raise NotFound("There is no such analysis.")
            latest = select(reviews).where(reviews.c.request_id == request_id).order_by(reviews.c.review_id.desc())
            review = connection.execute(latest.limit(1)).mappings().first()
        return _analysis(row, review)

    def progress(self, request_id: UUID, known: int) -> Progress:
        """`known`: how many characters of the answer the caller has. Raises NotFound, StoreUnavailable."""
        new = func.substr(analyses.c.answer, known + 1)
        query = select(analyses.c.outcome, analyses.c.stage, new).where(analyses.c.request_id == request_id)
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("There is no such analysis.")
        return Progress(row[0] is None, row[1], row[2])

    def search(self, what: Search) -> list[Summary]:
        """Newest first, at most `what.limit` lines. Raises StoreUnavailable."""
        with store_errors(), self._engine.connect() as connection:
            return [summary(row) for row in connection.execute(statement(what)).mappings()]

    def recent_record_ids(self, username: str, use_case: str, limit: int = 5) -> list[str]:
        """The record IDs this person asked about last. Raises StoreUnavailable."""
        statement = (
            select(analyses.c.record_id)
            .where(analyses.c.username == username, analyses.c.use_case == use_case)
            .where(or_(analyses.c.outcome.is_(None), analyses.c.outcome != Outcome.NO_RECORD))
            .group_by(analyses.c.record_id)
            .order_by(func.max(analyses.c.asked_at).desc())
            .limit(limit)
        )
        with store_errors(), self._engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def request_stop(self, request_id: UUID) -> None:
        """The replica that runs it looks about once a second. Raises StoreUnavailable."""
        with store_errors(), self._engine.begin() as connection:
            save(connection, request_id, {"stop_requested": True})


def insert_review(connection: Connection, request_id: UUID, reviewer: User, verdict: str, comment: str | None) -> None:
    connection.execute(
        insert(reviews).values(request_id=request_id, reviewer=reviewer.username, verdict=verdict, comment=comment)
    )


def evidence_to_json(evidence: Evidence) -> list[dict[str, Any]]:
    return [
        {
            "start": claim.start,
            "end": claim.end,
            "text": _storable(claim.text),
            "verdict": claim.verdict.value,
            "why": _storable(claim.why),
            "cells": [[cell.set, cell.row, cell.column] for cell in claim.cells],
        }
        for claim in evidence.claims
    ]


def evidence_from_json(stored: list[dict[str, Any]]) -> Evidence:
    return Evidence(
        tuple(
            CheckedClaim(
                claim["start"],
                claim["end"],
                claim["text"],
                Verdict(claim["verdict"]),
                claim["why"],
                tuple(Cell(*cell) for cell in claim["cells"]),
            )
            for claim in stored
        )
    )


def _analysis(row: RowMapping, review: RowMapping | None) -> Analysis:
    masked = None
    if row["record"] is not None:
        masking: dict[str, Any] = row["tokens"] or {}
        masked = MaskedRecord(
            from_json(row["record"]),
            masking.get("tokens", {}),
            tuple(masking.get("dropped", ())),
            masking.get("policy_version", ""),
        )
    plain = {name: row[name] for name in Analysis.__dataclass_fields__ if name in row and name not in ("evidence",)}
    plain |= {
        "role": Role(row["role"]),
        "outcome": Outcome(row["outcome"]) if row["outcome"] else None,
        "masked": masked,
        "prompt": tuple(Message(role, content) for role, content in row["prompt"] or ()),
        "evidence": evidence_from_json(row["evidence"]) if row["evidence"] is not None else None,
        "warnings": tuple(row["warnings"] or ()),
        "parameters": row["parameters"] or {},
        "review": Review(review["reviewer"], review["verdict"], review["comment"], review["reviewed_at"])
        if review
        else None,
    }
    return Analysis(**plain)


def _storable(text: str) -> str:
    """PostgreSQL text holds no NUL and no lone surrogates."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")

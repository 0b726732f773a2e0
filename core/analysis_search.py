"""Lists of analyses: what is looked for, and the lines that are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, RowMapping, Select, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH, distinct_on

from core.audit.entry import Outcome
from core.store.tables import analyses, reviews

PAGE = 25  # analyses a page of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a list shows. `before` is the (asked_at, request_id) of the last line of the page above."""

    username: str | None = None
    use_cases: tuple[str, ...] | None = None  # None: all
    text: str = ""  # part of a record ID or of an answer
    outcomes: tuple[str, ...] = ()
    unreviewed_for: str | None = None  # completed, not reviewed, not by this reviewer
    since: datetime | None = None
    before: tuple[datetime, UUID] | None = field(default=None)
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of a list."""

    request_id: UUID
    asked_at: datetime
    username: str
    use_case: str
    record_id: str
    model: str
    outcome: Outcome | None
    total_ms: float | None
    to_check: int | None
    claims: int | None
    verdict: str | None
    reviewer: str | None
    comment: str | None


def statement(what: Search) -> Select[Any]:
    """Its rows are for `summary`."""
    latest = (
        select(reviews.c.request_id, reviews.c.verdict, reviews.c.reviewer, reviews.c.comment)
        .ext(distinct_on(reviews.c.request_id))
        .order_by(reviews.c.request_id, reviews.c.review_id.desc())
        .subquery()
    )
    verdicts = _claims('@.verdict != "ignored"')
    to_check = _claims('@.verdict == "unsupported" || @.verdict == "contradicted"')
    columns = [analyses.c[name] for name in Summary.__dataclass_fields__ if name in analyses.c]
    found = select(
        *columns,
        verdicts.label("claims"),
        to_check.label("to_check"),
        latest.c.verdict,
        latest.c.reviewer,
        latest.c.comment,
    ).join_from(analyses, latest, latest.c.request_id == analyses.c.request_id, isouter=True)
    if what.username:
        found = found.where(analyses.c.username == what.username)
    if what.use_cases is not None:
        found = found.where(analyses.c.use_case.in_(what.use_cases))
    if what.text:
        part = "%" + what.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        found = found.where(or_(analyses.c.record_id.ilike(part), analyses.c.answer.ilike(part)))
    if what.outcomes:
        found = found.where(analyses.c.outcome.in_(what.outcomes))
    if what.since:
        found = found.where(analyses.c.asked_at >= what.since)
    if what.unreviewed_for is not None:
        found = found.where(analyses.c.outcome == Outcome.COMPLETED, latest.c.verdict.is_(None))
        found = found.where(analyses.c.username != what.unreviewed_for)
    if what.before:
        found = found.where(tuple_(analyses.c.asked_at, analyses.c.request_id) < what.before)
    return found.order_by(analyses.c.asked_at.desc(), analyses.c.request_id.desc()).limit(what.limit)


def _claims(condition: str) -> ColumnElement[int]:
    """How many claims of an analysis fulfil a jsonpath condition."""
    path = cast(f"$[*] ? ({condition})", JSONPATH)
    return func.jsonb_array_length(func.jsonb_path_query_array(analyses.c.evidence, path), type_=Integer)


def summary(row: RowMapping) -> Summary:
    values: dict[str, Any] = {**row, "outcome": Outcome(row["outcome"]) if row["outcome"] else None}
    return Summary(**values)

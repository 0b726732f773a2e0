"""A manager's verdict on an analysis, with its audit row in one transaction."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.accounts.permissions import may
from core.accounts.user import Actor
from core.analyses import insert_review
from core.audit.entry import Entry, Event, Outcome
from core.audit.log import AuditLog
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound
from core.store.tables import analyses, reviews

Verdict = Literal["approved", "returned"]
COMMENT_LIMIT = 2_000  # characters


def review(audit: AuditLog, actor: Actor, request_id: UUID, verdict: Verdict, comment: str | None) -> int:
    """Records the verdict and returns the audit row's seq.

    Raises NotAllowed (not a reviewer, or the own analysis), InvalidRequest (returned without a comment), NotFound,
    Conflict (not completed, or reviewed already), AuditUnavailable.
    """
    comment = (comment or "").replace("\0", "").strip() or None
    if not may(actor.user.role, "review"):
        raise NotAllowed("Only managers review.")
    if verdict == "returned" and not comment:
        raise InvalidRequest("Say in the comment why you return it.", "The analyst reads it beside the analysis.")
    if comment and len(comment) > COMMENT_LIMIT:
        raise InvalidRequest(f"The comment is longer than {COMMENT_LIMIT:,} characters.", "Shorten it.")
    with audit.appending() as log:
        row = log.connection.execute(select(analyses).where(analyses.c.request_id == request_id)).mappings().first()
        if row is None:
            raise NotFound("There is no such analysis.")
        if row["username"] == actor.user.username:
            raise NotAllowed("Nobody reviews their own analysis.", "Another manager must look at it.")
        if row["outcome"] != Outcome.COMPLETED:
            raise Conflict("Only completed analyses are reviewed.")
        reviewed = select(reviews.c.review_id).where(reviews.c.request_id == request_id)
        if log.connection.execute(reviewed.limit(1)).first():
            raise Conflict("Somebody has reviewed this analysis already.")
        insert_review(log.connection, request_id, actor.user, verdict, comment)
        return log.append(
            Entry(
                event=Event.REVIEWED,
                actor=actor,
                request_id=request_id,
                use_case=row["use_case"],
                record_id=row["record_id"],
                reason=verdict,
                details={"asked_by": row["username"]},
            )
        )

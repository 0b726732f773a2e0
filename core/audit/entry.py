"""What one row of the audit log says. No record content: only references, counts and hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.accounts.user import Actor


class Event(StrEnum):
    ASKED = "analysis.asked"
    OUTCOME = "analysis.outcome"
    REVIEWED = "analysis.reviewed"
    OPENED = "analysis.opened"  # by somebody who did not ask it
    EXPORTED = "analysis.exported"
    ERASED = "analysis.erased"
    USE_CASE_TRIED = "use_case.tried"  # a record was fetched to describe or try a use case; no model was asked
    SIGNED_IN = "session.signed_in"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.signed_out"
    SESSION_ENDED = "session.ended"
    PAGE_REFUSED = "page.refused"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    PASSWORD_CHANGED = "user.password_changed"
    KEY_ADDED = "key.added"
    KEY_REVOKED = "key.revoked"
    MODEL_LOADED = "model.loaded"
    MODEL_UNLOADED = "model.unloaded"
    MODEL_PULLED = "model.pulled"
    MODEL_DELETED = "model.deleted"
    SETTINGS_CHANGED = "settings.changed"
    AUDIT_VIEWED = "audit.viewed"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_KEY_ROTATED = "audit.key_rotated"
    AUDIT_RESTORED = "audit.restored"  # an administrator accepts that an older copy was put back


class Outcome(StrEnum):
    COMPLETED = "completed"
    REFUSED = "refused"
    NO_RECORD = "no_record"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"
    ABORTED = "aborted"  # the process died; written by the sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event before it has its place in the chain. Field names are the columns of `audit_log`."""

    event: Event
    actor: Actor | None = None  # None: the system itself
    request_id: UUID | None = None
    use_case: str | None = None
    record_id: str | None = None
    purpose: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    database: str | None = None
    procedure: str | None = None
    server: str | None = None
    model: str | None = None
    model_digest: str | None = None
    policy_version: str | None = None
    prompt_hash: str | None = None
    answer_hash: str | None = None
    rows: int | None = None
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    claims: int | None = None
    claims_to_check: int | None = None
    evidence_score: float | None = None
    procedure_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None
    details: Mapping[str, str | int | float | bool | None] | None = None

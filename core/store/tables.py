"""The tables of the state database. Migrations in core/store/migrations/ create them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Timestamp = TIMESTAMP(timezone=True)

users = Table(
    "users",
    metadata,
    Column("username", Text, primary_key=True),  # lower case
    Column("name", Text, nullable=False),
    Column("role", Text, CheckConstraint("role IN ('analyst', 'manager', 'admin')", name="role"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("password_changed_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("disabled_at", Timestamp),
    Column("last_sign_in_at", Timestamp),
)

# Failed sign-ins by the name that was typed, known or not, so that unknown users look and cost the same.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("username", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_failure_at", Timestamp, nullable=False),
    Column("locked_until", Timestamp),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", UUID(as_uuid=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the cookie's value
    Column("username", Text, ForeignKey("users.username"), nullable=False),
    Column("created_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("last_seen_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("expires_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    Column("ended_why", Text),
    Column("address", Text),
    Column("user_agent", Text),
    Column("signed_in_by", Text, nullable=False, server_default=text("'password'")),  # password, proxy
    Index(None, "username", "ended_at"),
)

# A key acts for its user, with a role that is theirs or less, until it expires or is revoked.
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", UUID(as_uuid=True), primary_key=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the key
    Column("prefix", Text, nullable=False),  # its beginning, to tell keys apart
    Column("name", Text, nullable=False),
    Column("username", Text, ForeignKey("users.username"), nullable=False),
    Column("role", Text, CheckConstraint("role IN ('analyst', 'manager', 'admin')", name="role"), nullable=False),
    Column("use_cases", ARRAY(Text)),  # NULL: all that the role may use
    Column("created_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("expires_at", Timestamp, nullable=False),
    Column("last_used_at", Timestamp),
    Column("revoked_at", Timestamp),
    Index(None, "username"),
)

# One row per running process of the product. The process holds pg_advisory_lock(process_id) while it lives, so others
# know without clocks or host names whether it is gone.
processes = Table(
    "processes",
    metadata,
    Column("process_id", Integer, Identity(always=True), primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Timestamp, nullable=False, server_default=text("now()")),
)

analyses = Table(
    "analyses",
    metadata,
    Column("request_id", UUID(as_uuid=True), primary_key=True),
    Column("asked_at", Timestamp, nullable=False),
    Column("process_id", Integer, nullable=False),
    Column("username", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("source", Text, nullable=False),  # page, api, cli, batch
    Column("use_case", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("model", Text, nullable=False),  # server/name
    Column("purpose", Text),
    Column("question", Text),
    Column("parameters", JSONB),  # what the person chose, as typed
    Column("follows", UUID(as_uuid=True)),  # the analysis whose record and talk it goes on with
    Column("stage", Text),  # what a running one is doing
    Column("outcome", Text),  # NULL while it runs
    Column("outcome_at", Timestamp),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("error_hint", Text),
    Column("record", JSONB),  # as the model saw it: masked
    Column("tokens", JSONB),  # token -> value, for eyes that may see
    Column("prompt", JSONB),  # messages as sent
    Column("answer", Text, nullable=False, server_default=text("''")),
    Column("thinking", Text, nullable=False, server_default=text("''")),
    Column("evidence", JSONB),
    Column("warnings", JSONB),
    Column("prompt_tokens", Integer),
    Column("answer_tokens", Integer),
    Column("procedure_ms", Double),
    Column("load_ms", Double),
    Column("first_token_ms", Double),
    Column("total_ms", Double),
    Column("done_reason", Text),  # of the model: stop; length, when it was cut off
    Column("audit_asked", BigInteger, nullable=False),
    Column("audit_outcome", BigInteger),
    Column("stop_requested", Boolean, nullable=False, server_default=text("false")),
    Column("erased_at", Timestamp),  # since then content columns are empty; see core/retention.py
    Index(None, "username", "asked_at"),
    Index(None, "asked_at"),
    Index("ix_analyses_running", "process_id", postgresql_where=text("outcome IS NULL")),
    Index("ix_analyses_kept", "use_case", "asked_at", postgresql_where=text("erased_at IS NULL")),
)

# What admins choose while the product runs: the default model of a use case, how long a server keeps a model warm.
choices = Table(
    "choices",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Timestamp, nullable=False, server_default=text("now()")),
)

# What programs call a request of theirs, so that sending it twice does it once (core/idempotency.py).
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),  # SHA-256 of who sent it, what for, and the key
    Column("body_hash", LargeBinary, nullable=False),
    Column("request_id", UUID(as_uuid=True), nullable=False),  # the analysis it came to
    Column("settled", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Timestamp, nullable=False, server_default=text("now()")),
    Index(None, "created_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", BigInteger, Identity(always=True), primary_key=True),
    Column("request_id", UUID(as_uuid=True), ForeignKey("analyses.request_id"), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("verdict", Text, CheckConstraint("verdict IN ('approved', 'returned')", name="verdict"), nullable=False),
    Column("comment", Text),
    Column("reviewed_at", Timestamp, nullable=False, server_default=text("now()")),
    Index(None, "request_id"),
)

# Append-only and hash-chained; triggers refuse UPDATE, DELETE and TRUNCATE for everyone (migrations/audit_log.sql).
audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Timestamp, nullable=False),
    Column("event", Text, nullable=False),
    Column("request_id", UUID(as_uuid=True)),
    Column("username", Text),
    Column("role", Text),
    Column("signed_in_by", Text),  # password, api key, cli …
    Column("source", Text),  # page, api, cli, batch, system
    Column("address", Text),
    Column("use_case", Text),
    Column("record_id", Text),
    Column("purpose", Text),
    Column("outcome", Text),
    Column("reason", Text),
    Column("database", Text),
    Column("procedure", Text),
    Column("server", Text),
    Column("model", Text),
    Column("model_digest", Text),
    Column("policy_version", Text),
    Column("prompt_hash", Text),
    Column("answer_hash", Text),
    Column("rows", Integer),
    Column("prompt_tokens", Integer),
    Column("answer_tokens", Integer),
    Column("claims", Integer),
    Column("claims_to_check", Integer),
    Column("evidence_score", Double),
    Column("procedure_ms", Double),
    Column("first_token_ms", Double),
    Column("total_ms", Double),
    Column("details", Text),  # canonical JSON of what only some events have
    Column("key_id", Text, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("prev_hash"),
    Index("uq_audit_log_asked", "request_id", unique=True, postgresql_where=text("event = 'analysis.asked'")),
    Index("uq_audit_log_outcome", "request_id", unique=True, postgresql_where=text("event = 'analysis.outcome'")),
    Index(None, "username", "seq"),
    Index(None, "role", "seq"),
    Index(None, "use_case", "seq"),
    Index(None, "record_id", "seq"),
    Index(None, "model", "seq"),
    Index(None, "event", "seq"),
    Index(None, "outcome", "seq"),
    Index(None, "at"),
    Index(None, "request_id"),
)

"""Reading the audit log: a page of it, and the whole story of one request.

Pages go by `seq`, the newest row first, so that any page costs the same however deep it lies.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Select, and_, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.audit.entry import Event, Outcome
from core.errors import StoreUnavailable
from core.store.tables import audit_log

COLUMNS = audit_log.c
EQUAL = ("username", "role", "use_case", "record_id", "model", "outcome", "event", "request_id")
MODELS = """
WITH RECURSIVE named AS (
  (SELECT model FROM audit_log WHERE model IS NOT NULL ORDER BY model LIMIT 1)
  UNION ALL
  SELECT (SELECT model FROM audit_log WHERE model > named.model ORDER BY model LIMIT 1)
  FROM named WHERE named.model IS NOT NULL
)
SELECT model FROM named WHERE model IS NOT NULL
"""
MOST_ROWS = 1_000  # on one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rows. None: any. `since` belongs to the range, `until` does not; both need a time zone."""

    since: datetime | None = None
    until: datetime | None = None
    username: str | None = None
    role: str | None = None
    use_case: str | None = None
    record_id: str | None = None
    model: str | None = None
    outcome: Outcome | None = None
    event: Event | None = None
    request_id: UUID | None = None

    def to_json(self) -> dict[str, str]:
        """What is set, as text."""
        set_ = {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}
        return {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
            for name, value in set_.items()
        }

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Filter:
        """Raises ValueError."""
        unknown = set(values) - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown filters: {', '.join(sorted(unknown))}")
        known: dict[str, Any] = dict(values)
        readers = {"outcome": Outcome, "event": Event, "request_id": UUID, "since": _time, "until": _time}
        for name, read in readers.items():
            if name in known:
                known[name] = read(known[name])
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    seq: int
    at: datetime  # UTC
    event: str
    request_id: UUID | None
    username: str | None
    role: str | None
    signed_in_by: str | None
    source: str | None
    address: str | None
    use_case: str | None
    record_id: str | None
    purpose: str | None
    outcome: str | None
    reason: str | None
    database: str | None
    procedure: str | None
    server: str | None
    model: str | None
    model_digest: str | None
    policy_version: str | None
    prompt_hash: str | None
    answer_hash: str | None
    rows: int | None
    prompt_tokens: int | None
    answer_tokens: int | None
    claims: int | None
    claims_to_check: int | None
    evidence_score: float | None
    procedure_ms: float | None
    first_token_ms: float | None
    total_ms: float | None
    details: str | None  # JSON
    key_id: str
    prev_hash: str  # hex
    hash: str  # hex

    def to_json(self) -> dict[str, str | int | float | None]:
        values = {name: getattr(self, name) for name in FIELDS}
        values["at"] = self.at.isoformat(timespec="microseconds")
        values["request_id"] = str(self.request_id) if self.request_id else None
        return values


FIELDS = tuple(field.name for field in dataclasses.fields(AuditRow))


@dataclass(frozen=True, slots=True)
class AuditPage:
    rows: tuple[AuditRow, ...]  # newest first
    has_newer: bool
    has_older: bool


def page(
    engine: Engine, filter: Filter, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> AuditPage:
    """Rows older than `before`, or newer than `after`, or the newest. Raises StoreUnavailable.

    To turn the page: `before` the last row's `seq`, or `after` the first row's.
    """
    limit = max(1, min(limit, MOST_ROWS))
    with reading(engine) as connection:
        where = condition(connection, filter)
        if after is not None:
            found = _rows(connection, _select(where, COLUMNS.seq > after).order_by(COLUMNS.seq.asc()).limit(limit + 1))
            rows, more = tuple(reversed(found[:limit])), len(found) > limit
            older = _any(connection, where, COLUMNS.seq <= after)
            return AuditPage(rows, has_newer=more, has_older=older)
        place = [COLUMNS.seq < before] if before is not None else []
        found = _rows(connection, _select(where, *place).order_by(COLUMNS.seq.desc()).limit(limit + 1))
        newer = before is not None and _any(connection, where, COLUMNS.seq >= before)
        return AuditPage(tuple(found[:limit]), has_newer=newer, has_older=len(found) > limit)


def story(engine: Engine, request_id: UUID) -> tuple[AuditRow, ...]:
    """Everything that was recorded about one request, from "asked" on. Raises StoreUnavailable."""
    with reading(engine) as connection:
        mine = select(audit_log).where(COLUMNS.request_id == request_id).order_by(COLUMNS.seq)
        return tuple(_rows(connection, mine))


def models(engine: Engine) -> tuple[str, ...]:
    """Every model that the log names, by name. Goes from one to the next in their index, however long the log is.
    Raises StoreUnavailable."""
    with reading(engine) as connection:
        return tuple(connection.execute(text(MODELS)).scalars())


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """A transaction whose statements are planned with the values they have, which is what makes them quick."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("The audit log cannot be read.") from error


def condition(connection: Connection, filter: Filter) -> list[ColumnElement[bool]]:
    """What `filter` means. A range of time becomes a range of `seq` as well: that is the order rows are read in."""
    where = [COLUMNS[name] == value for name in EQUAL if (value := getattr(filter, name)) is not None]
    at, seq = COLUMNS.at, COLUMNS.seq
    if filter.since is not None:
        first = connection.execute(select(seq).where(at >= filter.since).order_by(at).limit(1)).scalar()
        where += [at >= filter.since, seq >= (first if first is not None else 1 << 62)]
    if filter.until is not None:
        last = connection.execute(select(seq).where(at < filter.until).order_by(at.desc()).limit(1)).scalar()
        where += [at < filter.until, seq <= (last if last is not None else 0)]
    return where


def to_row(mapping: RowMapping) -> AuditRow:
    values: dict[str, Any] = {str(name): value for name, value in mapping.items()}
    values["at"] = values["at"].astimezone(UTC)
    values["prev_hash"], values["hash"] = values["prev_hash"].hex(), values["hash"].hex()
    return AuditRow(**values)


def _select(where: list[ColumnElement[bool]], *more: ColumnElement[bool]) -> Select[Any]:
    return select(audit_log).where(and_(True, *where, *more))


def _rows(connection: Connection, statement: Select[Any]) -> list[AuditRow]:
    return [to_row(row) for row in connection.execute(statement).mappings()]


def _any(connection: Connection, where: list[ColumnElement[bool]], place: ColumnElement[bool]) -> bool:
    one = select(COLUMNS.seq).where(and_(True, *where, place)).order_by(COLUMNS.seq).limit(1)
    return connection.execute(one).first() is not None


def _time(value: str) -> datetime:
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)

"""Appending to the audit log: one row after another, under one lock, each tied to the one before.

The lock is PostgreSQL's, so it holds across threads, processes and machines. What is done inside `appending` and the
rows it appends are one transaction: both are kept, or neither.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core.audit import chain
from core.audit.checkpoints import Checkpoints, Head
from core.audit.entry import Entry
from core.audit.keys import Key, Keys, Use
from core.errors import AuditUnavailable, Conflict

TAKE_LOCK = (Path(__file__).parent / "take_lock.sql").read_bytes()
STORE = b"COPY audit_log (%s) FROM STDIN (FORMAT binary)" % ", ".join(f'"{name}"' for name in chain.STORED).encode()
LOCK_SECONDS = 5.0  # as in take_lock.sql
SLEWED = timedelta(seconds=5)  # a clock set back by less is waited out by repeating the last time
ONCE_PER_REQUEST = ("uq_audit_log_asked", "uq_audit_log_outcome")
UNAVAILABLE = "The audit log cannot be written, so nothing was done."


class Appending:
    """The audit log, locked. `connection` is in the transaction that the rows are part of; `now` is the database's
    clock, one for all replicas."""

    def __init__(self, connection: Connection, key: Key, row: tuple[Any, ...]) -> None:
        self.connection = connection
        now, seq, row_hash, at, self._last_key_id = row
        self.now: datetime = now.astimezone(UTC)
        self._seq: int = seq or 0
        self._hash: bytes = row_hash or chain.FIRST_PREV_HASH
        self._at: datetime | None = at
        self._key = key
        self._row_key = key.derive(Use.ROW)

    def append(self, entry: Entry) -> int:
        """Adds a row and returns its `seq`. Raises Conflict when the request has its "asked" or its outcome already."""
        seq = self._seq + 1
        values = chain.values_of(entry)
        at = self._time()
        values |= {"seq": seq, "at": at, "prev_hash": self._hash, "key_id": self._key.id}
        canonical = chain.encode(values)
        row_hash = chain.sign(self._row_key, canonical)
        with driver(self.connection).cursor() as cursor, cursor.copy(STORE) as copy:
            copy.write(chain.COPY_HEADER + chain.stored(canonical, row_hash) + chain.COPY_TRAILER)
        self._seq, self._hash, self._at = seq, row_hash, at
        return seq

    @property
    def head(self) -> Head:
        return Head(self._seq, self._hash, self._key.id)

    def _time(self) -> datetime:
        last = self._at
        return last if last is not None and self.now < last < self.now + SLEWED else self.now


class AuditLog:
    """The audit log of one installation. Safe to share between threads.

    `folder` keeps the checkpoints, `second` (a folder elsewhere) a copy of them.
    """

    def __init__(self, engine: Engine, keys: Keys, folder: Path, second: Path | None = None) -> None:
        self.engine = engine
        self.keys = keys
        self.checkpoints = Checkpoints(folder, keys, second)
        self._turn = threading.Lock()  # one connection of this process waits for the lock, not all of them

    def append(self, entry: Entry) -> int:
        """Append one event by itself. Raises AuditUnavailable or Conflict."""
        with self.appending() as log:
            return log.append(entry)

    @contextmanager
    def appending(self) -> Generator[Appending]:
        """The log, locked, and a transaction that ends with the block. Keep it short: everybody else waits.

        Raises AuditUnavailable, and Conflict (see Appending.append).
        """
        if not self._turn.acquire(timeout=LOCK_SECONDS):
            raise AuditUnavailable(UNAVAILABLE)
        try:
            with _translated(), self.engine.begin() as connection:
                log = self._locked(connection)
                before = log.head
                yield log
        finally:
            self._turn.release()
        if log.head.seq != before.seq:
            self.checkpoints.appended(log.head)

    def close(self) -> None:
        """Anchors what is not anchored yet."""
        self.checkpoints.close()

    def _locked(self, connection: Connection) -> Appending:
        with driver(connection).cursor() as cursor:
            cursor.execute(TAKE_LOCK)
            while cursor.nextset():
                pass
            row = cursor.fetchone()
        assert row is not None
        last_key_id = row[4]
        if last_key_id is not None and self.keys.get(last_key_id) is None:
            raise AuditUnavailable(
                "The audit log was written with a key that is not here.",
                "An administrator must put back the file of keys that belongs to this database.",
            )
        return Appending(connection, self.keys.current(), row)


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """psycopg's connection below SQLAlchemy's, for COPY."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (psycopg.errors.UniqueViolation, IntegrityError) as error:
        cause = error.orig if isinstance(error, IntegrityError) else error
        if getattr(getattr(cause, "diag", None), "constraint_name", None) in (
            "uq_audit_log_asked",
            "uq_audit_log_outcome",
        ):
            raise Conflict("This request has been answered already.") from error
        raise AuditUnavailable(UNAVAILABLE) from error
    except (SQLAlchemyError, psycopg.Error) as error:
        raise AuditUnavailable(UNAVAILABLE) from error

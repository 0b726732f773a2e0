"""Appending to the audit log: one row after another, under one lock, each tied to the one before.

The lock is PostgreSQL's, so it holds across threads, processes and machines. What is done inside `appending` and the
rows it appends are one transaction: both are kept, or neither.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import psycopg
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core.audit import chain
from core.audit.checkpoints import Checkpoints, Head
from core.audit.entry import Entry
from core.audit.keys import Key, Keys, Use
from core.audit.line import Found, Line, Question
from core.audit.turns import NoTurn, Turns
from core.audit.verification import Verification
from core.errors import AuditUnavailable, Conflict, RecordAnalystError
from core.store.engine import driver
from core.store.tables import audit_log

# They cannot be one statement: each sees what was committed before it began, and the newest row must be read under the
# lock. A row's columns are evaluated from left to right.
LOCK = Question(b"SELECT set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(7340003), clock_timestamp()")
NEWEST = Question(b"SELECT seq, hash, at, key_id FROM audit_log ORDER BY seq DESC LIMIT 1")
STORED = ", ".join(f'"{name}"' for name in chain.STORED).encode()
STORE = b"COPY audit_log (%b) FROM STDIN (FORMAT binary)" % STORED
INSERT = b"INSERT INTO audit_log (%b) VALUES (%b)" % (STORED, b", ".join([b"%s"] * len(chain.STORED)))
TURN_SECONDS = 30.0  # until this process's own threads before are done: an answer is not thrown away for a busy moment
MOST_AT_ONCE = 100  # rows in one transaction
SLEWED = timedelta(seconds=5)  # a clock set back by less is waited out by repeating the last time
ONCE_PER_REQUEST = ("uq_audit_log_asked", "uq_audit_log_outcome", "pk_analyses")
UNAVAILABLE = "The audit log cannot be written, so nothing was done."


Newest = tuple[int, bytes, datetime | None, str]  # seq, hash, at, key_id


class Appending:
    """The audit log, locked. `connection` is in the transaction that the rows are part of; `now` is the database's
    clock, one for all replicas; `found` answers what was asked when the lock was taken."""

    def __init__(
        self, connection: Connection, key: Key, now: datetime, newest: Newest | None, found: Sequence[Found]
    ) -> None:
        self.connection = connection
        self.found = found
        self.now = now.astimezone(UTC)
        self._seq, self._hash, self._at, _ = newest or (0, chain.FIRST_PREV_HASH, None, "")
        self.use(key)

    def use(self, key: Key) -> None:
        """Sign with this key from now on."""
        self._key = key
        self._row_key = key.derive(Use.ROW)

    def append(self, entry: Entry) -> int:
        """Adds a row and returns its `seq`. Raises Conflict when the request has its "asked" or its outcome already."""
        return self.append_all([entry])

    def append_all(self, entries: Sequence[Entry]) -> int:
        """Adds rows one after another and returns the `seq` of the last."""
        return self.append_rows([_Row.of(entry) for entry in entries])

    def append_rows(self, new: Sequence[_Row]) -> int:
        seq, row_hash, at, prev_hash = self._seq, self._hash, self._time(), self._hash
        rows: list[bytes] = []
        for row in new:
            seq, prev_hash = seq + 1, row_hash
            canonical = chain.placed(row.own, seq, at, prev_hash, self._key.id)
            row_hash = chain.sign(self._row_key, canonical)
            rows.append(chain.stored(canonical, row_hash))
        with driver(self.connection).cursor() as cursor:
            if len(rows) == 1:  # a prepared INSERT saves a round trip
                place = {"seq": seq, "at": at, "prev_hash": prev_hash, "key_id": self._key.id, "hash": row_hash}
                values = new[0].values | place
                cursor.execute(INSERT, [values.get(name) for name in chain.STORED], prepare=True)
            else:
                with cursor.copy(STORE) as copy:
                    copy.write(chain.COPY_HEADER + b"".join(rows) + chain.COPY_TRAILER)
        self._seq, self._hash, self._at = seq, row_hash, at
        return seq

    @property
    def head(self) -> Head:
        return Head(self._seq, self._hash, self._key.id)

    def _time(self) -> datetime:
        last = self._at
        return last if last is not None and self.now < last < self.now + SLEWED else self.now


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry made ready outside of the lock."""

    values: dict[str, Any]
    own: bytes  # chain.own_part

    @classmethod
    def of(cls, entry: Entry) -> _Row:
        values = chain.values_of(entry)
        return cls(values, chain.own_part(values))


def _gate() -> threading.Lock:
    """A lock that is taken: whoever takes it again waits until it is released. Much lighter than an Event."""
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass(slots=True, eq=False)
class _Waiting:
    """A row of a thread that waits until it is written, or until it is called to write the queue itself."""

    row: _Row
    called: threading.Lock = field(default_factory=_gate)
    leads: bool = False
    next: _Waiting | None = None  # whom to call
    seq: int = 0
    error: RecordAnalystError | None = None


class AuditLog:
    """The audit log of one installation. Safe to share between threads.

    `folder` keeps the checkpoints, `second` (a folder elsewhere) a copy of them; `webhook` is an address they go to.
    """

    def __init__(
        self, engine: Engine, keys: Keys, folder: Path, second: Path | None = None, webhook: SecretStr | None = None
    ) -> None:
        self.engine = engine
        self.keys = keys
        address = webhook.get_secret_value() if webhook else None
        self.checkpoints = Checkpoints(folder, keys, self._hash_at, second, address)
        self.verified: Verification | None = None  # what this process found last; verify.py keeps it
        self._line = Line(engine)
        self._turns = Turns()  # for the line: one thread of this process waits for the lock, not all of them
        self._guard = threading.Lock()  # over the two below
        self._queue: list[_Waiting] = []
        self._led = False  # somebody writes the queue

    def append(self, entry: Entry) -> int:
        """Append one event by itself; returns its `seq`. Raises AuditUnavailable or Conflict.

        Threads that come while another one writes are written together, by one of them, in one transaction.
        """
        mine = _Waiting(_Row.of(entry))
        with self._guard:
            self._queue.append(mine)
            mine.leads, self._led = not self._led, True
        if not mine.leads:
            mine.called.acquire()
            if mine.next is not None:
                mine.next.called.release()
        if mine.leads:
            self._write_queue()
        if mine.error is not None:
            raise type(mine.error)(mine.error.message, mine.error.hint) from mine.error
        return mine.seq

    @contextmanager
    def appending(self, *questions: Question) -> Generator[Appending]:
        """The log, locked, and a transaction that ends with the block. Keep it short: everybody else waits,
        this thread too if it calls the log again inside. `questions` are asked under the lock.

        Raises AuditUnavailable, and Conflict (see Appending.append).
        """
        asked = (LOCK, NEWEST, *questions)
        with _translated(), self._turns.take(TURN_SECONDS), self._line.transaction(asked) as (connection, found):
            log = self._locked(connection, found)
            before = log.head.seq
            yield log
        if log.head.seq != before:
            self.checkpoints.appended(log.head)

    def _write_queue(self) -> None:
        with self._guard:
            batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
        try:
            self._write(batch)
        finally:
            with self._guard:
                if self._queue:
                    self._queue[0].leads = True
                    self._queue[0].called.release()
                else:
                    self._led = False
            # Each calls the next one: called all at once, they would stand in the way of whoever writes by then.
            followers = [one for one in batch if not one.leads]
            for one, other in pairwise(followers):
                one.next = other
            if followers:
                followers[0].called.release()

    def _write(self, batch: Sequence[_Waiting]) -> None:
        for one in batch:
            one.error = AuditUnavailable(UNAVAILABLE)  # unless something better comes of it
        try:
            with self.appending() as log:
                last = log.append_rows([one.row for one in batch])
        except Conflict as error:
            if len(batch) > 1:  # one of them must not spoil the others
                for one in batch:
                    self._write([one])
            else:
                batch[0].error = error
        except AuditUnavailable as error:
            for one in batch:
                one.error = error
        else:
            for seq, one in enumerate(batch, last - len(batch) + 1):
                one.seq, one.error = seq, None

    def close(self) -> None:
        """Anchors what is not anchored yet, and lets the connection go."""
        self.checkpoints.close()
        with suppress(NoTurn), self._turns.take(TURN_SECONDS):
            self._line.close()

    def _hash_at(self, seq: int) -> bytes | None:
        with _translated(), self.engine.connect() as connection:
            return connection.execute(select(audit_log.c.hash).where(audit_log.c.seq == seq)).scalar()

    def _locked(self, connection: Connection, found: Sequence[Found]) -> Appending:
        locked, newest, *answers = found
        assert locked is not None
        if newest is not None and self.keys.get(newest[3]) is None:
            raise AuditUnavailable(
                "The audit log was written with a key that is not here.",
                "An administrator must put back the file of keys that belongs to this database.",
            )
        return Appending(connection, self.keys.current(), locked[2], cast("Newest | None", newest), answers)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (psycopg.errors.UniqueViolation, IntegrityError) as error:
        cause = error.orig if isinstance(error, IntegrityError) else error
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name in ONCE_PER_REQUEST:
            raise Conflict("This request has been answered already.") from error
        raise AuditUnavailable(UNAVAILABLE) from error
    except (SQLAlchemyError, psycopg.Error, NoTurn) as error:
        raise AuditUnavailable(UNAVAILABLE) from error

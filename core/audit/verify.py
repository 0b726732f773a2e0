"""Verifying the audit log: does every row say what was written, and are they all there?

Reads rows as the very bytes that were signed (see chain.py), so that reading a million of them takes seconds.
Incremental starts at the last checkpoint, full at the first row. The first row that is not in order ends the reading;
only a clock that went backwards does not.
"""

from __future__ import annotations

import hmac
import struct
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from core.audit import chain, diagnosis
from core.audit.anchors import Anchors, CheckpointsDamaged, all_anchors, last_anchor
from core.audit.checkpoints import EVERY_EVENTS, EVERY_SECONDS
from core.audit.keys import Keys, Use
from core.audit.log import AuditLog
from core.audit.verification import Damage, Finding, State, Verification
from core.errors import AuditUnavailable
from core.store.engine import driver
from core.store.tables import audit_log

Progress = Callable[[int, int], None]  # rows read, rows to read

READ = (
    b"COPY (SELECT %b FROM audit_log WHERE seq >= %%s ORDER BY seq) TO STDOUT (FORMAT binary)"
    % ", ".join(f'"{name}"' for name in chain.STORED).encode()
)
START = struct.Struct(">hiqiqi32si")  # count of fields, seq, at, prev_hash, length of key_id
PROGRESS_ROWS = 10_000
CLOCK_FINDINGS = 10
UNANCHORED_SECONDS = 3 * EVERY_SECONDS  # longer, and something is wrong with the checkpoints
UNANCHORED_EVENTS = 3 * EVERY_EVENTS


class _Broken(Exception):
    """`explain` finds out what happened, on a connection of its own: the one that reads is cut off in mid-copy."""

    def __init__(self, explain: Callable[[Connection], Finding]) -> None:
        super().__init__()
        self.explain = explain


@dataclass(slots=True)
class _Reading:
    """How far reading has come."""

    keys: Keys
    anchors: Anchors
    first: int
    head: int
    up_to: int = 0
    rows: int = 0
    agreed: int = 0  # the last anchored row whose hash is as anchored
    unanchored_since: datetime | None = None
    clock: list[Finding] = field(default_factory=list[Finding])


def verify(audit: AuditLog, *, full: bool = False, progress: Progress | None = None) -> Verification:
    """Reads and checks. `progress` is called now and then. Raises AuditUnavailable when the log cannot be read."""
    began = time.monotonic()
    findings: list[Finding] = []
    try:
        # The anchors first: a row is anchored after it is committed, so every anchored row is in the snapshot.
        anchors = all_anchors(audit.checkpoints) if full else last_anchor(audit.checkpoints)
    except (CheckpointsDamaged, OSError) as error:
        findings.append(Finding(Damage.CHECKPOINTS, 0, f"The checkpoints cannot be trusted: {error}."))
        anchors = Anchors(None, {})
    try:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with audit.engine.connect().execution_options(**options) as connection:
            head, now = connection.execute(select(func.max(audit_log.c.seq), func.clock_timestamp())).one()
            first = anchors.last.seq if anchors.last and not full else 1
            reading = _Reading(audit.keys, anchors, first, head or 0)
            broken = _read(connection, reading, progress)
        if broken is not None:
            with audit.engine.connect() as connection:
                findings.append(broken.explain(connection))
    except (SQLAlchemyError, psycopg.Error) as error:
        raise AuditUnavailable("The audit log cannot be read.") from error
    findings += reading.clock
    state, notes = _judge(reading, findings, now)
    found = Verification(
        state=state,
        full=full,
        first=first if reading.rows else 0,
        up_to=reading.up_to,
        head=reading.head,
        anchored_to=anchors.last.seq if anchors.last else None,
        anchored_at=anchors.last.at if anchors.last else None,
        at=now.isoformat(),
        findings=tuple(findings),
        notes=notes,
        rows=reading.rows,
        seconds=time.monotonic() - began,
    )
    if full or state is State.BROKEN or audit.verified is None or audit.verified.state is not State.BROKEN:
        audit.verified = found  # the quick form does not see what a full reading has found further back
    return found


def _read(connection: Connection, reading: _Reading, progress: Progress | None) -> _Broken | None:
    try:
        with closing(_rows(connection, reading.first)) as rows:
            _check_rows(rows, reading, progress)
    except _Broken as broken:
        return broken
    last = reading.anchors.last
    if last is not None and reading.up_to < last.seq:
        return _Broken(partial(_finding, diagnosis.cut_tail(reading.up_to, last)))
    return None


def _check_rows(rows: Iterable[bytes], reading: _Reading, progress: Progress | None) -> None:
    expected, anchored = reading.first, dict(reading.anchors.hashes)
    last_hash = chain.FIRST_PREV_HASH if expected == 1 else None  # None: whatever the anchored row continues
    last_at, key_field, row_key, position = -(1 << 63), b"", b"", -1
    tail_begins = reading.anchors.last.seq + 1 if reading.anchors.last else 1
    total = max(0, reading.head - reading.first + 1)
    digest = hmac.digest
    for row in rows:
        count, _, seq, _, at, _, prev_hash, key_length = START.unpack_from(row)
        canonical, row_hash = row[2:-36], row[-32:]
        if key_field != row[START.size - 4 : START.size + max(key_length, 0)]:
            key_field = row[START.size - 4 : START.size + max(key_length, 0)]
            key = reading.keys.get(key_field[4:].decode("utf-8", "replace"))
            if key is not None and key.position < position:
                raise _Broken(partial(_finding, diagnosis.retired_key(seq, key.id)))
            row_key, position = (key.derive(Use.ROW), key.position) if key else (b"", position)
        if (
            seq != expected
            or not row_key
            or (last_hash is not None and prev_hash != last_hash)
            or digest(row_key, canonical, "sha256") != row_hash
            or count != len(chain.STORED)
        ):
            suspect = diagnosis.Suspect(canonical, row_hash, expected, last_hash, row_key)
            raise _Broken(partial(diagnosis.of_row, suspect=suspect))
        if seq in anchored:
            if anchored[seq] != row_hash.hex():
                raise _Broken(partial(_finding, diagnosis.older_copy(reading.agreed, seq)))
            reading.agreed = seq
        if at < last_at and len(reading.clock) < CLOCK_FINDINGS:
            reading.clock.append(diagnosis.clock_back(seq, last_at - at))
        if seq == tail_begins:
            reading.unanchored_since = chain.EPOCH + at * chain.MICROSECOND
        reading.up_to = seq
        expected, last_hash, last_at = seq + 1, row_hash, at
        reading.rows += 1
        if progress is not None and reading.rows % PROGRESS_ROWS == 0:
            progress(reading.rows, total)
    if progress is not None:
        progress(reading.rows, total)


def _rows(connection: Connection, first: int) -> Generator[bytes]:
    """Each row as binary COPY sends it, one in each message."""
    with driver(connection).cursor() as cursor, cursor.copy(READ, (first,)) as copy:
        skip = len(chain.COPY_HEADER)
        for message in copy:
            row = bytes(message[skip:]) if skip else bytes(message)
            skip = 0
            if row != chain.COPY_TRAILER:
                yield row


def _finding(finding: Finding, _: Connection) -> Finding:
    return finding


def _judge(reading: _Reading, findings: list[Finding], now: datetime) -> tuple[State, tuple[str, ...]]:
    if findings:
        return State.BROKEN, ()
    notes = [
        f"On {line.at[:10]} an administrator accepted that it was put back to event {line.restored_to:,}"
        f" ({line.reason})."
        for line in reading.anchors.restored
    ]
    last = reading.anchors.last
    if last is None:
        return State.UNANCHORED, (
            *notes,
            "There is no checkpoint, so nobody can tell whether its end was cut off.",
        )
    waiting = reading.up_to - last.seq
    notes.append(f"Anchored up to event {last.seq:,} on {last.at[:19].replace('T', ' ')} UTC.")
    if reading.anchors.copy_unread:
        notes.append("The copy of the checkpoints cannot be read, so nobody can tell whether the file itself was cut.")
        return State.UNANCHORED, tuple(notes)
    since = reading.unanchored_since
    overdue = since is not None and now.astimezone(UTC) - since > timedelta(seconds=UNANCHORED_SECONDS)
    if waiting > UNANCHORED_EVENTS or (waiting and overdue):
        notes.append(f"The {waiting:,} newest events have no checkpoint: nobody can tell whether more were cut off.")
        return State.UNANCHORED, tuple(notes)
    if waiting:
        notes.append(f"The {waiting:,} newest get a checkpoint within a minute.")
    return State.INTACT, tuple(notes)

"""What happened to a row that is not in order, in words."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select, text

from core.audit import chain
from core.audit.checkpoint import Checkpoint
from core.audit.verification import Damage, Finding
from core.store.tables import audit_log

NEARBY = 1_000  # places tried for a row that was moved


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row that cannot stand where `expected` should. `row_key` is empty when its key is not known; `last_hash` is
    None when the row before it was not read."""

    canonical: bytes
    row_hash: bytes
    expected: int
    last_hash: bytes | None
    row_key: bytes


def of_row(connection: Connection, suspect: Suspect) -> Finding:
    canonical, row_key, expected = suspect.canonical, suspect.row_key, suspect.expected
    values = chain.fields(canonical)
    (seq,) = struct.unpack(">q", values["seq"] or bytes(8))
    if seq > expected:
        gone = f"Event {expected:,} is" if seq == expected + 1 else f"Events {expected:,} to {seq - 1:,} are"
        return Finding(Damage.MISSING, expected, f"{gone} missing.")
    if not row_key:
        name = (values["key_id"] or b"").decode("utf-8", "replace")
        return Finding(
            Damage.UNKNOWN_KEY,
            seq,
            f"Event {seq:,} is signed with a key that is not here ({name}): it is forged, or the file of keys is not"
            " the one that belongs to this database.",
        )
    prev_hash = values["prev_hash"] or b""
    if chain.sign(row_key, canonical) == suspect.row_hash:
        continued = _seq_of(connection, prev_hash)
        what = f"event {continued:,}" if continued else "an event that is not in this log"
        return Finding(
            Damage.FORKED, seq, f"Event {seq:,} continues {what}, not the one before it: two histories are mixed."
        )
    for other in _places(connection, seq, prev_hash):
        if chain.sign(row_key, chain.with_seq(canonical, other)) == suspect.row_hash:
            return Finding(Damage.REORDERED, seq, f"In the place of event {seq:,} stands what was event {other:,}.")
    if suspect.last_hash not in (None, prev_hash) and _seq_of(connection, prev_hash) is None:
        detail = "was changed or put there by somebody else"
    else:
        detail = "is not as it was written"
    return Finding(Damage.ALTERED, seq, f"Event {seq:,} {detail}: its signature does not fit.")


def retired_key(seq: int, key_id: str) -> Finding:
    words = f"Event {seq:,} is signed with the key {key_id}, which was out of use by then: it is forged."
    return Finding(Damage.RETIRED_KEY, seq, words)


def older_copy(agreed: int, seq: int) -> Finding:
    after = f"after event {agreed:,}" if agreed else "at some point"
    return Finding(
        Damage.OLDER_COPY,
        seq,
        f"Event {seq:,} is not the one that was anchored: an older copy of the database was put back {after}, and the"
        " log went on from there.",
    )


def cut_tail(up_to: int, last: Checkpoint) -> Finding:
    return Finding(
        Damage.CUT_TAIL,
        up_to + 1,
        f"Events {up_to + 1:,} to {last.seq:,} were there on {last.at[:19].replace('T', ' ')} UTC and are gone: the"
        " end was cut off, or an older copy of the database was put back.",
    )


def clock_back(seq: int, microseconds: int) -> Finding:
    by = str(timedelta(seconds=max(1, microseconds // 1_000_000)))
    words = f"At event {seq:,} the clock went back by {by}; the order of the events stands, their times do not."
    return Finding(Damage.CLOCK_BACK, seq, words)


def _seq_of(connection: Connection, row_hash: bytes) -> int | None:
    """The row with this hash. Reads the whole log: there is no index on `hash`, and damage is rare."""
    connection.execute(text("SET LOCAL statement_timeout = '60s'"))
    return connection.execute(select(audit_log.c.seq).where(audit_log.c.hash == row_hash).limit(1)).scalar()


def _places(connection: Connection, seq: int, prev_hash: bytes) -> Iterator[int]:
    before = _seq_of(connection, prev_hash)
    if before is not None:
        yield before + 1
    for distance in range(1, NEARBY):
        yield seq + distance
        yield seq - distance

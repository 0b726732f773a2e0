"""How a row of the audit log becomes bytes, and how those bytes are signed. Pure functions.

A row is its columns in the order of COLUMNS, each as a length (4 bytes, big-endian; -1 for NULL) and that many bytes.
So NULL is not '', and no text can move from one column to the next. `hash` is HMAC-SHA256 over all of it; `prev_hash`
is one of the columns and ties the row to the one before.

The values are written as PostgreSQL's binary COPY writes them. That is on purpose: the bytes that are signed are the
very bytes that are stored, and verifying reads them back without taking them apart.
"""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from core.audit.entry import Entry

FIRST_PREV_HASH = bytes(32)
COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TRAILER = b"\xff\xff"
SHORT_TEXT = 256  # characters kept of a name or an ID; longer ones would not fit an index
LONG_TEXT = 2_000  # characters kept of what people write
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_length = struct.Struct(">i").pack
NULL = b"\xff\xff\xff\xff"


def _bigint(value: int) -> bytes:
    return struct.pack(">iq", 8, value)


def _integer(value: int) -> bytes:
    return struct.pack(">ii", 4, value)


def _double(value: float) -> bytes:
    return struct.pack(">id", 8, value)


def _bytea(value: bytes) -> bytes:
    return _length(len(value)) + value


def _text(value: str) -> bytes:
    return _bytea(value.encode())


def _uuid(value: UUID) -> bytes:
    return _bytea(value.bytes)


def _timestamp(value: datetime) -> bytes:
    return _bigint((value - EPOCH) // MICROSECOND)


# The order is part of the format: it never changes. The first four have a fixed place, which verifying relies on.
COLUMNS: dict[str, Callable[[Any], bytes]] = {
    "seq": _bigint,
    "at": _timestamp,
    "prev_hash": _bytea,
    "key_id": _text,
    "event": _text,
    "request_id": _uuid,
    "username": _text,
    "role": _text,
    "signed_in_by": _text,
    "source": _text,
    "address": _text,
    "use_case": _text,
    "record_id": _text,
    "purpose": _text,
    "outcome": _text,
    "reason": _text,
    "database": _text,
    "procedure": _text,
    "server": _text,
    "model": _text,
    "model_digest": _text,
    "policy_version": _text,
    "prompt_hash": _text,
    "answer_hash": _text,
    "rows": _integer,
    "prompt_tokens": _integer,
    "answer_tokens": _integer,
    "claims": _integer,
    "claims_to_check": _integer,
    "evidence_score": _double,
    "procedure_ms": _double,
    "first_token_ms": _double,
    "total_ms": _double,
    "details": _text,
}
STORED = (*COLUMNS, "hash")
FIELD_COUNT = struct.pack(">h", len(STORED))
PLACE = ("seq", "at", "prev_hash", "key_id")  # what only the log knows; all else is the entry's
_OWN = tuple(name for name in COLUMNS if name not in PLACE)
_FROM_ENTRY = tuple(name for name in _OWN if name in Entry.__dataclass_fields__ and name != "details")
_get_from_entry = attrgetter(*_FROM_ENTRY)
_WRITERS = tuple((name, COLUMNS[name]) for name in _OWN)


def values_of(entry: Entry) -> dict[str, Any]:
    """The columns an entry fills. Text that PostgreSQL or an index could not hold is made to fit, never refused."""
    values: dict[str, Any] = dict.fromkeys(_OWN)
    values.update(zip(_FROM_ENTRY, _get_from_entry(entry), strict=True))
    if entry.details is not None:
        values["details"] = json.dumps(entry.details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if entry.actor is None:
        values["source"] = "system"
    else:
        user = entry.actor.user
        values |= {"username": user.username, "role": user.role, "signed_in_by": entry.actor.signed_in_by}
        values |= {"source": entry.actor.source, "address": entry.actor.address}
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = _fitting(value, LONG_TEXT if name in ("purpose", "reason", "details") else SHORT_TEXT)
    return values


def _fitting(text: str, limit: int) -> str:
    if len(text) <= limit and text.isascii() and "\0" not in text:
        return str(text)  # plain text also of a StrEnum
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def own_part(values: Mapping[str, Any]) -> bytes:
    """The canonical bytes of what `values_of` gave: all that can be written before the row has its place."""
    get = values.get
    return b"".join([NULL if (value := get(name)) is None else write(value) for name, write in _WRITERS])


def placed(own: bytes, seq: int, at: datetime, prev_hash: bytes, key_id: str) -> bytes:
    """The canonical bytes of a row: its place in the log, and its own part."""
    return b"".join((_bigint(seq), _timestamp(at), _bytea(prev_hash), _text(key_id), own))


def encode(values: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a whole row. `values` maps column names to values; columns left out are NULL."""
    return placed(own_part(values), values["seq"], values["at"], values["prev_hash"], values["key_id"])


def sign(row_key: bytes, canonical: bytes | memoryview) -> bytes:
    """The row's `hash`. `row_key` is a key derived for Use.ROW."""
    return hmac.digest(row_key, canonical, "sha256")


def fields(canonical: bytes) -> dict[str, bytes | None]:
    """Canonical bytes taken apart again; None for NULL."""
    values: dict[str, bytes | None] = {}
    at = 0
    for name in COLUMNS:
        (length,) = struct.unpack_from(">i", canonical, at)
        at += 4
        values[name] = None if length < 0 else canonical[at : at + length]
        at += max(length, 0)
    return values


def with_seq(canonical: bytes, seq: int) -> bytes:
    """The same row in another place."""
    return _bigint(seq) + canonical[12:]


def stored(canonical: bytes, row_hash: bytes) -> bytes:
    """The row as binary COPY wants it."""
    return FIELD_COUNT + canonical + _bytea(row_hash)

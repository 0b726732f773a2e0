"""Exports of the audit log, and the manifest that proves one: complete, unchanged, made here.

Every row carries its place and its hash, so an export can be held against the log itself as well.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, and_, select

from core.audit.keys import Use
from core.audit.log import AuditLog
from core.audit.query import COLUMNS, FIELDS, AuditRow, Filter, condition, reading, to_row
from core.errors import InvalidRequest
from core.store.tables import audit_log

MANIFEST = ".manifest.json"
FETCH_ROWS = 2_000
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet takes what follows for a formula


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    format: str
    filter: dict[str, str]
    exported_at: str
    count: int
    first_seq: int | None
    last_seq: int | None
    head_seq: int  # the newest row of the log at that time
    head_hash: str
    rows_sha256: str  # over "seq:hash" of each row, a line each
    file_sha256: str
    file_bytes: int
    checkpoint_seq: int | None
    checkpoint_hash: str | None
    key_id: str
    signature: str = ""

    def content(self) -> bytes:
        values = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


def export(audit: AuditLog, filter: Filter, format: Format, file: BinaryIO) -> Manifest:
    """Writes the rows of `filter` to `file`, oldest first, and returns the manifest to keep beside it.

    Raises StoreUnavailable. Append AUDIT_EXPORTED yourself: only the caller knows who asks.
    """
    rows_hash, file_hash = hashlib.sha256(), hashlib.sha256()
    count = size = 0
    first = last = None
    with reading(audit.engine) as connection:
        head = connection.execute(select(COLUMNS.seq, COLUMNS.hash).order_by(COLUMNS.seq.desc()).limit(1)).first()
        head_seq, head_hash = (head.seq, head.hash.hex()) if head else (0, "")
        chunk = _header(format)
        rows = _stream(connection, filter, head_seq)
        while True:
            file.write(chunk)
            file_hash.update(chunk)
            size += len(chunk)
            row = next(rows, None)
            if row is None:
                break
            count, last = count + 1, row.seq
            first = row.seq if first is None else first
            rows_hash.update(_mark(row.seq, row.hash))
            chunk = _line(format, row)
    checkpoint = audit.checkpoints.last()
    key = audit.keys.current()
    unsigned = Manifest(
        format=format,
        filter=filter.to_json(),
        exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        count=count,
        first_seq=first,
        last_seq=last,
        head_seq=head_seq,
        head_hash=head_hash,
        rows_sha256=rows_hash.hexdigest(),
        file_sha256=file_hash.hexdigest(),
        file_bytes=size,
        checkpoint_seq=checkpoint.seq if checkpoint else None,
        checkpoint_hash=checkpoint.hash if checkpoint else None,
        key_id=key.id,
    )
    return _with_signature(unsigned, key.derive(Use.EXPORT))


def verify_export(audit: AuditLog, file: Path) -> list[str]:
    """What is wrong with an exported file, in sentences; nothing when it is what the log says to this day.

    The manifest is read from beside it (`FILE.manifest.json`). Raises InvalidRequest, StoreUnavailable.
    """
    manifest = _read_manifest(file.with_name(file.name + MANIFEST))
    problems: list[str] = []
    key = audit.keys.derived(manifest.key_id, Use.EXPORT)
    if key is None or not hmac.compare_digest(_with_signature(manifest, key).signature, manifest.signature):
        return ["The manifest was not made by this installation, or was changed."]
    try:
        with file.open("rb") as reader:
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
    except OSError as error:
        raise InvalidRequest(f"{file.name} cannot be read: {error.strerror}.") from error
    if digest != manifest.file_sha256 or file.stat().st_size != manifest.file_bytes:
        problems.append("The file is not the one that was exported: it was changed, cut or added to.")
    rows_hash, count = hashlib.sha256(), 0
    with reading(audit.engine) as connection:
        for seq, row_hash in _marks(connection, Filter.from_json(manifest.filter), manifest.head_seq):
            rows_hash.update(_mark(seq, row_hash.hex()))
            count += 1
    if count != manifest.count or rows_hash.hexdigest() != manifest.rows_sha256:
        problems.append("The audit log does not hold these rows any more: verify it in full.")
    return problems


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


def _stream(connection: Connection, filter: Filter, head_seq: int) -> Iterator[AuditRow]:
    where = [*condition(connection, filter), COLUMNS.seq <= head_seq]
    statement = select(audit_log).where(and_(*where)).order_by(COLUMNS.seq)
    for row in connection.execution_options(yield_per=FETCH_ROWS).execute(statement).mappings():
        yield to_row(row)


def _marks(connection: Connection, filter: Filter, head_seq: int) -> Iterator[tuple[int, bytes]]:
    where = [*condition(connection, filter), COLUMNS.seq <= head_seq]
    statement = select(COLUMNS.seq, COLUMNS.hash).where(and_(*where)).order_by(COLUMNS.seq)
    for row in connection.execution_options(yield_per=FETCH_ROWS).execute(statement):
        yield row.seq, row.hash


def _mark(seq: int, row_hash: str) -> bytes:
    return f"{seq}:{row_hash}\n".encode()


def _header(format: Format) -> bytes:
    return _csv_line(FIELDS) if format is Format.CSV else b""


def _line(format: Format, row: AuditRow) -> bytes:
    values = row.to_json()
    if format is Format.JSONL:
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return _csv_line([harmless(value) if isinstance(value, str) else value for value in values.values()])


def _csv_line(cells: Sequence[str | float | None]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _with_signature(manifest: Manifest, key: bytes) -> Manifest:
    return replace(manifest, signature=hmac.digest(key, manifest.content(), "sha256").hex())


def _read_manifest(file: Path) -> Manifest:
    try:
        return Manifest(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InvalidRequest(f"{file.name} is not there.", "Keep the manifest beside the exported file.") from error
    except (OSError, ValueError, TypeError) as error:
        raise InvalidRequest(f"{file.name} is not a manifest of an export.") from error

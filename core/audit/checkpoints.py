"""Checkpoints: signed lines in a file outside the database that say how far the audit log had come.

The chain alone cannot show that its end was cut off, or that the whole database was put back to an older state. A
line in this file can: it names a row that must be there. Each line also names the line before it, so that none can be
taken out of the middle.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.audit.keys import Keys, Use
from core.errors import AuditUnavailable

log = logging.getLogger(__name__)

FILE = "checkpoints.jsonl"
EVERY_EVENTS = 500
EVERY_SECONDS = 60.0
TAIL_BYTES = 16_384  # more than enough for the last lines


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the log at some moment."""

    seq: int
    hash: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    seq: int
    hash: str  # hex, of that row
    at: str  # when the line was written
    previous: str  # signature of the line before; '' for the first
    key_id: str
    restored_to: int | None = None  # an administrator accepted a restore: rows after this one were lost
    reason: str = ""  # … and why
    signature: str = ""

    def content(self) -> bytes:
        fields = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


class Checkpoints:
    """The file of checkpoints in `folder`, shared by every process of this machine, and its copy in `second`."""

    def __init__(
        self, folder: Path, keys: Keys, hash_at: Callable[[int], bytes | None], second: Path | None = None
    ) -> None:
        """`hash_at` tells the hash of the row that now has this `seq`. It may raise AuditUnavailable."""
        self.file = folder / FILE
        self.second = second / FILE if second else None
        self._keys = keys
        self._hash_at = hash_at
        self._lock = threading.Lock()
        self._waiting: Head | None = None  # appended and not anchored yet
        self._anchored: tuple[int, float] | None = None  # seq and monotonic time of the last line this process knows
        self._timer: threading.Timer | None = None

    def appended(self, head: Head) -> None:
        """The log has come to `head` and that is durable. Writes a line when one is due, else sees to it later."""
        with self._lock:
            if self._waiting is None or head.seq > self._waiting.seq:
                self._waiting = head
            if self._anchored is None:
                last = self._quietly_last()
                self._anchored = (last.seq if last else 0, time.monotonic() - EVERY_SECONDS)
            seq, when = self._anchored
            if head.seq - seq < EVERY_EVENTS and time.monotonic() - when < EVERY_SECONDS:
                if self._timer is None:
                    self._timer = threading.Timer(EVERY_SECONDS, self.write_waiting)
                    self._timer.daemon = True
                    self._timer.start()
                return
        self.write_waiting()

    def write_waiting(self) -> None:
        """Anchor what this process appended. A failure is logged and tried again; verifying shows the gap."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            head, self._waiting = self._waiting, None
            if head is None:
                return
            try:
                self._write(head)
            except (OSError, ValueError, AuditUnavailable) as error:
                log.error("the audit log could not be anchored at %d: %s", head.seq, error)
                self._waiting = head
            self._anchored = (head.seq, time.monotonic())

    def close(self) -> None:
        self.write_waiting()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def last(self, file: Path | None = None) -> Checkpoint | None:
        """The last whole line. Raises OSError, and ValueError when the file's end holds no line of ours."""
        file = file or self.file
        try:
            with file.open("rb") as reader:
                size = reader.seek(0, os.SEEK_END)
                reader.seek(max(0, size - TAIL_BYTES))
                tail = reader.read().decode("ascii", "replace")
        except FileNotFoundError:
            return None
        whole = tail[: tail.rfind("\n") + 1].splitlines()
        for line in reversed(whole[1:] if size > TAIL_BYTES else whole):
            if (checkpoint := parse(line)) is not None:
                return checkpoint
        if whole:
            raise ValueError(f"{file.name} holds no checkpoint")
        return None

    def lines(self, file: Path | None = None) -> Iterator[tuple[int, Checkpoint | None]]:
        """Every line of the file with its number; None for one that is not a checkpoint."""
        try:
            with (file or self.file).open("r", encoding="ascii", errors="replace") as reader:
                for number, line in enumerate(reader, 1):
                    yield number, parse(line)
        except FileNotFoundError:
            return

    def signed(self, checkpoint: Checkpoint) -> bool:
        key = self._keys.derived(checkpoint.key_id, Use.CHECKPOINT)
        return key is not None and hmac.compare_digest(_signature(key, checkpoint), checkpoint.signature)

    def _quietly_last(self) -> Checkpoint | None:
        try:
            return self.last()
        except (OSError, ValueError):
            return None

    def accept_restore(self, head: Head, restored_to: int, reason: str) -> None:
        """Go on from `head` although the lines so far name later rows. Raises OSError, ValueError, AuditUnavailable."""
        with self._lock:
            self._write(head, restored_to, reason)

    def _write(self, head: Head, restored_to: int | None = None, reason: str = "") -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _appending(self.file) as descriptor:
            last = self.last()
            if last is not None and restored_to is None:
                row_hash = self._hash_at(last.seq)
                if row_hash is None or row_hash.hex() != last.hash:  # anchoring now would cover it up
                    log.critical("the audit log does not go on from its last checkpoint, at %d: verify it", last.seq)
                    return
                if last.seq >= head.seq:
                    return  # another process was faster
            key = self._keys.current()
            unsigned = Checkpoint(
                seq=head.seq,
                hash=head.hash.hex(),
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                previous=last.signature if last else "",
                key_id=key.id,
                restored_to=restored_to,
                reason=reason,
            )
            fields = asdict(unsigned) | {"signature": _signature(key.derive(Use.CHECKPOINT), unsigned)}
            line = json.dumps(fields, separators=(",", ":"))
            _append_line(descriptor, line)
        log.info("audit checkpoint %s", line)
        if self.second is not None:
            try:
                self.second.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with _appending(self.second) as descriptor:
                    _append_line(descriptor, line)
            except OSError as error:
                log.error("the copy of the audit checkpoints could not be written: %s", error)


def parse(line: str) -> Checkpoint | None:
    """A line as a checkpoint; None when it is none. Says nothing about its signature."""
    try:
        fields: dict[str, Any] = json.loads(line)
        checkpoint = Checkpoint(**fields)
        bytes.fromhex(checkpoint.hash)
        return checkpoint if checkpoint.seq > 0 else None
    except (ValueError, TypeError):
        return None


def _signature(key: bytes, checkpoint: Checkpoint) -> str:
    return hmac.digest(key, checkpoint.content(), "sha256").hex()


@contextmanager
def _appending(file: Path) -> Generator[int]:
    """The file, open at its end and locked against other processes."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _append_line(descriptor: int, line: str) -> None:
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"  # a process was killed while it wrote
    os.write(descriptor, ("\n" if torn else "").encode() + line.encode() + b"\n")
    os.fsync(descriptor)

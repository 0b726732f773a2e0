"""Checkpoints: signed lines in a file outside the database that say how far the audit log had come.

The chain alone cannot show that its end was cut off, or that the whole database was put back to an older state. A
line in this file can: it names a row that must be there. Each line also names the line before it, so that none can be
taken out of the middle.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.audit.checkpoint import Checkpoint, append_line, appending, newest, parse
from core.audit.folder_copy import FolderCopy
from core.audit.keys import Keys, Use
from core.audit.webhook import Webhook
from core.errors import AuditUnavailable

log = logging.getLogger(__name__)

FILE = "checkpoints.jsonl"
EVERY_EVENTS = 500
EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the log at some moment."""

    seq: int
    hash: bytes
    key_id: str


class Checkpoints:
    """The file of checkpoints in `folder`, shared by every process of this machine, and its copies: in the folder
    `second`, and sent to the address `webhook`. A copy that fails is logged and holds up nothing."""

    def __init__(
        self,
        folder: Path,
        keys: Keys,
        hash_at: Callable[[int], bytes | None],
        second: Path | None = None,
        webhook: str | None = None,
    ) -> None:
        """`hash_at` tells the hash of the row that now has this `seq`. It may raise AuditUnavailable."""
        self.file = folder / FILE
        self.second = FolderCopy(second / FILE, self.file) if second else None
        self.webhook = Webhook(webhook, self.file) if webhook else None
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
        if self.webhook is not None:
            self.webhook.close()

    def copies(self) -> dict[str, str | None]:
        """The second places by the setting that names each, with what is wrong there; None: nothing."""
        copies: dict[str, str | None] = {}
        if self.second is not None:
            copies["audit_copy"] = self.second.problem()
        if self.webhook is not None:
            copies["audit_webhook"] = self.webhook.problem()
        return copies

    def last(self) -> Checkpoint | None:
        """The last whole line. Raises OSError, and ValueError when the file's end holds no line of ours."""
        return newest(self.file)

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
        with appending(self.file) as descriptor:
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
            append_line(descriptor, line)
        log.info("audit checkpoint %s", line)
        if self.second is not None:
            self.second.written(line)
        if self.webhook is not None:
            self.webhook.written()


def _signature(key: bytes, checkpoint: Checkpoint) -> str:
    return hmac.digest(key, checkpoint.content(), "sha256").hex()

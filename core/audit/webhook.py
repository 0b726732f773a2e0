"""Checkpoints sent elsewhere: each line of the file is POSTed to an address, in the background and in order.

The file itself is the queue. Beside it stands how far it was sent, so what was missed while the other side was down,
or while nothing ran, is sent before the next. A line that was missed is not made up for by a later one: it alone shows
that what it names was cut off before the later one was written. Sent at least once: a process killed between sending
and noting it sends that line again, and its signature tells.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from core.audit.checkpoint import TAIL_BYTES

log = logging.getLogger(__name__)

STATE = "webhook.json"
ANSWER_SECONDS = 5.0  # to connect, and between two signs of life
CLOSING_SECONDS = 2.0
STATE_BYTES = 256


@dataclass(frozen=True, slots=True)
class Sent:
    offset: int = -1  # bytes of the file that have arrived; -1: nothing was tried, which begins at the newest line
    problem: str | None = None  # why the last try failed


class Webhook:
    """Sends what is new in `file` to `url`. Neither holds anybody up nor raises; `problem` says what is wrong."""

    def __init__(self, url: str, file: Path) -> None:
        self._url = url  # may hold a secret: never told
        self._file = file
        self._state = file.with_name(STATE)
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._idle = threading.Event()
        self._thread: threading.Thread | None = None

    def written(self) -> None:
        """There is a new line."""
        with self._lock:
            self._idle.clear()
            self._due.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="audit-webhook", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Waits a moment for what is being sent. The rest goes with the next checkpoint, of whatever process."""
        if self._thread is not None:
            self._idle.wait(CLOSING_SECONDS)

    def problem(self) -> str | None:
        """Why the newest lines have not arrived, as far as any process of this machine has tried; None: they have."""
        try:
            return _read(self._state.read_bytes()).problem
        except OSError:
            return "none has been sent yet"

    def send(self) -> None:
        """Sends every line that has not arrived, until one fails. Processes take turns."""
        try:
            with self._taken() as descriptor:
                self._send(descriptor)
        except OSError as error:
            log.error("audit_webhook: its state cannot be kept: %s", error.strerror)

    def _work(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            try:
                self.send()
            except Exception:  # of the client: the next checkpoint must find somebody who sends
                log.exception("audit_webhook: sending failed unexpectedly")
            with self._lock:
                if not self._due.is_set():
                    self._idle.set()

    def _send(self, descriptor: int) -> None:
        before = _read(os.pread(descriptor, STATE_BYTES, 0))
        with httpx.Client(timeout=ANSWER_SECONDS, follow_redirects=False) as client:
            for offset, line in self._lines(before.offset):
                if problem := self._post(client, line):
                    _write(descriptor, Sent(offset, problem))
                    log.error("audit_webhook: a checkpoint could not be sent: %s", problem)
                    return
                _write(descriptor, Sent(offset + len(line)))
        if before.problem:
            log.info("audit_webhook takes checkpoints again; what was missed has arrived")

    def _post(self, client: httpx.Client, line: bytes) -> str | None:
        """What went wrong, in words that hold nothing of the address."""
        try:
            headers = {"content-type": "application/json", "user-agent": "record-analyst"}
            with client.stream("POST", self._url, content=line.strip(), headers=headers) as answer:
                return None if answer.is_success else f"it answered {answer.status_code}"
        except httpx.TimeoutException:
            return f"it did not answer within {ANSWER_SECONDS:.0f} seconds"
        except httpx.HTTPError as error:
            return "its certificate is not trusted" if "CERTIFICATE" in str(error) else "it cannot be reached"

    def _lines(self, offset: int) -> Iterator[tuple[int, bytes]]:
        """Whole lines that are checkpoints, each with where it begins."""
        with self._file.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if not 0 <= offset <= size:  # nothing was tried, or the file is another one
                offset = _newest(file.fileno(), size)
            file.seek(offset)
            while (line := file.readline()).endswith(b"\n"):
                if line.startswith(b"{"):  # otherwise torn by a crash
                    yield offset, line
                offset += len(line)

    @contextmanager
    def _taken(self) -> Generator[int]:
        descriptor = os.open(self._state, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _newest(descriptor: int, size: int) -> int:
    """Where the last whole line begins."""
    start = max(0, size - TAIL_BYTES)
    tail = os.pread(descriptor, TAIL_BYTES, start)
    return start + tail.rfind(b"\n", 0, max(0, tail.rfind(b"\n"))) + 1


def _read(state: bytes) -> Sent:
    try:
        return Sent(**json.loads(state))
    except (ValueError, TypeError):
        return Sent()


def _write(descriptor: int, sent: Sent) -> None:
    os.pwrite(descriptor, json.dumps(asdict(sent)).encode().ljust(STATE_BYTES), 0)  # always the same bytes, at once

"""A copy of the checkpoints in a folder elsewhere: another disk, a share, something that can only be written once.

Whoever touches a share whose server is gone hangs in the kernel, where nothing can interrupt it. So the folder is
touched by threads that may be left behind, one at a time. Only a full verification reads on by itself, once the end
of the file could be read.
"""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from core.audit.checkpoint import Checkpoint, append_line, appending, newest, parse, tail

log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0
SILENT = "it does not answer"

Result = TypeVar("Result")


class FolderCopy:
    """Keeps `file` like `source`. Safe to share between threads."""

    def __init__(self, file: Path, source: Path) -> None:
        self.file = file
        self._source = source
        self._lock = threading.Lock()
        self._at_work: threading.Thread | None = None

    def written(self, line: str) -> None:
        """This line is new. Raises nothing."""
        try:
            self._touch(lambda: self._write(line))
        except OSError as error:
            log.error("audit_copy: a checkpoint could not be written: %s", error.strerror)

    def problem(self) -> str | None:
        """Why it is not the whole of it; None when it is."""
        try:
            last = newest(self._source)
            lines = self._touch(lambda: tail(self.file)[1] if self.file.exists() else "")
        except TimeoutError:
            return SILENT
        except (OSError, ValueError):
            return "it cannot be read"
        return "it lacks the newest one" if last and last.signature not in lines else None

    def last(self) -> Checkpoint | None:
        """Raises like checkpoint.newest."""
        return self._touch(lambda: newest(self.file))

    def _touch(self, work: Callable[[], Result]) -> Result:
        """Raises TimeoutError, an OSError, when the folder does not answer, and at once while it still does not."""
        result: Future[Result] = Future()
        with self._lock:
            if self._at_work is not None and self._at_work.is_alive():
                raise TimeoutError(errno.ETIMEDOUT, SILENT)
            self._at_work = threading.Thread(target=_run, args=(work, result), name="audit-copy", daemon=True)
            self._at_work.start()
            try:
                return result.result(ANSWER_SECONDS)
            except TimeoutError as error:
                raise TimeoutError(errno.ETIMEDOUT, SILENT) from error
            finally:
                if result.done():
                    self._at_work = None

    def _write(self, line: str) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with appending(self.file) as descriptor:
            for missing in self._missing(line):
                append_line(descriptor, missing)

    def _missing(self, line: str) -> list[str]:
        """What the copy lacks: more than the newest line after a time in which it could not be written."""
        try:
            last = newest(self.file)
        except ValueError:
            last = None
        this = parse(line)
        if last is None or (this is not None and this.previous == last.signature):
            return [line]
        _, found, after = self._source.read_text(encoding="ascii", errors="replace").partition(last.signature)
        return after.partition("\n")[2].splitlines() if found else [line]


def _run(work: Callable[[], Result], result: Future[Result]) -> None:
    try:
        result.set_result(work())
    except BaseException as error:  # whoever waits for it decides
        result.set_exception(error)

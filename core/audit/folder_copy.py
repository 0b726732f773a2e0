"""A copy of the checkpoints in a folder elsewhere: another disk, a share, something that can only be written once."""

from __future__ import annotations

import logging
from pathlib import Path

from core.audit.checkpoint import append_line, appending, newest, parse, tail

log = logging.getLogger(__name__)


class FolderCopy:
    """Keeps `file` like `source`. Raises nothing; `problem` says what is wrong."""

    def __init__(self, file: Path, source: Path) -> None:
        self.file = file
        self._source = source

    def written(self, line: str) -> None:
        """This line is new."""
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with appending(self.file) as descriptor:
                for missing in self._missing(line):
                    append_line(descriptor, missing)
        except OSError as error:
            log.error("audit_copy: a checkpoint could not be written: %s", error.strerror)

    def problem(self) -> str | None:
        """Why it is not the whole of it; None when it is."""
        try:
            last = newest(self._source)
            lines = tail(self.file)[1] if self.file.exists() else ""
        except (OSError, ValueError):
            return "it cannot be read"
        return "it lacks the newest one" if last and last.signature not in lines else None

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

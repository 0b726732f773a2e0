"""One checkpoint, and the file of them as lines of text, without what the lines mean."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TAIL_BYTES = 16_384  # more than enough for the last lines


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


def parse(line: str) -> Checkpoint | None:
    """A line as a checkpoint; None when it is none. Says nothing about its signature."""
    try:
        fields: dict[str, Any] = json.loads(line)
        checkpoint = Checkpoint(**fields)
        bytes.fromhex(checkpoint.hash)
        return checkpoint if checkpoint.seq > 0 else None
    except (ValueError, TypeError):
        return None


def tail(file: Path) -> tuple[int, str]:
    """The file's size and its last bytes. Raises OSError."""
    with file.open("rb") as reader:
        size = reader.seek(0, os.SEEK_END)
        reader.seek(max(0, size - TAIL_BYTES))
        return size, reader.read().decode("ascii", "replace")


def newest(file: Path) -> Checkpoint | None:
    """The last whole line. Raises OSError, and ValueError when the file's end holds no line of ours."""
    try:
        size, text = tail(file)
    except FileNotFoundError:
        return None
    whole = text[: text.rfind("\n") + 1].splitlines()
    for line in reversed(whole[1:] if size > TAIL_BYTES else whole):
        if (checkpoint := parse(line)) is not None:
            return checkpoint
    if whole:
        raise ValueError(f"{file.name} holds no checkpoint")
    return None


@contextmanager
def appending(file: Path) -> Generator[int]:
    """The file, open at its end and locked against other processes."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def append_line(descriptor: int, line: str) -> None:
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"  # a process was killed while it wrote
    os.write(descriptor, ("\n" if torn else "").encode() + line.encode() + b"\n")
    os.fsync(descriptor)

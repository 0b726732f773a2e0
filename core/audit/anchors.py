"""What the checkpoints say must be in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.audit.checkpoint import Checkpoint
from core.audit.checkpoints import Checkpoints


class CheckpointsDamaged(Exception):
    """`line` of `file` is not what the product wrote there."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file.name}, line {line}: {problem}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Anchors:
    last: Checkpoint | None
    hashes: Mapping[int, str]  # seq -> hash in hex
    restored: tuple[Checkpoint, ...] = ()  # restores that an administrator accepted
    copy_unread: bool = False  # the second place could not be read: only the first was asked


def last_anchor(checkpoints: Checkpoints) -> Anchors:
    """The newest checkpoint of the two places. Raises CheckpointsDamaged, and OSError for the first place."""
    newest = _last(checkpoints, checkpoints.file, checkpoints.last)
    copy = checkpoints.second
    if copy is None:
        return _only(newest)
    try:
        last = _last(checkpoints, copy.file, copy.last)
    except OSError:
        return replace(_only(newest), copy_unread=True)
    if last and (newest is None or (last.seq, last.at) > (newest.seq, newest.at)):
        newest = last
    return _only(newest)


def all_anchors(checkpoints: Checkpoints) -> Anchors:
    """Every line of the two places, each checked, and each tied to the one before. Raises like `last_anchor`."""
    ends = last_anchor(checkpoints)
    hashes: dict[int, str] = {}
    restored: list[Checkpoint] = []
    copy = checkpoints.second if not ends.copy_unread else None
    for file in [checkpoints.file, *([copy.file] if copy else [])]:
        kept: dict[int, str] = {}
        previous = ""
        for number, checkpoint in checkpoints.lines(file):
            if checkpoint is None:
                continue  # torn by a crash; had it been a line once, the next one would not fit
            if not checkpoints.signed(checkpoint):
                raise CheckpointsDamaged(file, number, "it is not signed by this installation")
            if file == checkpoints.file and checkpoint.previous != previous:
                raise CheckpointsDamaged(file, number, "a line before it is missing or was changed")
            previous = checkpoint.signature
            if checkpoint.restored_to is not None:
                kept = {seq: row_hash for seq, row_hash in kept.items() if seq <= checkpoint.restored_to}
                if file == checkpoints.file:
                    restored.append(checkpoint)
            kept[checkpoint.seq] = checkpoint.hash
        hashes |= kept
    return replace(ends, hashes=hashes, restored=tuple(restored))


def _only(last: Checkpoint | None) -> Anchors:
    return Anchors(last, {last.seq: last.hash} if last else {})


def _last(checkpoints: Checkpoints, file: Path, read: Callable[[], Checkpoint | None]) -> Checkpoint | None:
    try:
        last = read()
    except ValueError as error:
        raise CheckpointsDamaged(file, 0, str(error)) from error
    if last is not None and not checkpoints.signed(last):
        raise CheckpointsDamaged(file, 0, "the last line is not signed by this installation")
    return last

"""What the checkpoints say must be in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


def last_anchor(checkpoints: Checkpoints) -> Anchors:
    """The newest checkpoint of the two places. Raises CheckpointsDamaged, OSError."""
    newest: Checkpoint | None = None
    for file in _files(checkpoints):
        try:
            last = checkpoints.last(file)
        except ValueError as error:
            raise CheckpointsDamaged(file, 0, str(error)) from error
        if last is None:
            continue
        if not checkpoints.signed(last):
            raise CheckpointsDamaged(file, 0, "the last line is not signed by this installation")
        if newest is None or last.seq > newest.seq or (last.seq == newest.seq and last.at > newest.at):
            newest = last
    return Anchors(newest, {newest.seq: newest.hash} if newest else {})


def all_anchors(checkpoints: Checkpoints) -> Anchors:
    """Every line of the two places, each checked, and each tied to the one before. Raises like `last_anchor`."""
    newest = last_anchor(checkpoints).last
    hashes: dict[int, str] = {}
    restored: list[Checkpoint] = []
    for file in _files(checkpoints):
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
    return Anchors(newest, hashes, tuple(restored))


def _files(checkpoints: Checkpoints) -> list[Path]:
    return [checkpoints.file] + ([checkpoints.second.file] if checkpoints.second else [])

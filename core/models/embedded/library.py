"""The GGUF files there are. Folders are looked through at every question: a file dropped into one is simply there."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.models.embedded.gguf import GgufHeader, NotReadable, read_header

log = logging.getLogger(__name__)

PART = re.compile(r"-(\d{5})-of-(\d{5})$")  # llama.cpp splits large models into files named so
Stamp = tuple[int, int]  # latest change in nanoseconds, bytes of all parts


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str  # the file's name without .gguf
    file: Path  # the first one of a split model
    header: GgufHeader
    size: int  # bytes of all parts
    changed: datetime


class Library:
    """Safe to share between threads."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()
        self._seen: dict[Path, tuple[Stamp, ModelFile | None]] = {}
        self._digests: dict[tuple[Path, Stamp], str] = {}

    def all(self) -> list[ModelFile]:
        """Files that can answer, by name. Of two with one name the earlier folder's counts."""
        models: dict[str, ModelFile] = {}
        with self._lock:
            for folder in self._folders:
                for file in sorted(folder.glob("*.gguf")) if folder.is_dir() else ():
                    model = self._look_at(file)
                    if model is not None:
                        models.setdefault(model.name, model)
        return [models[name] for name in sorted(models, key=str.lower)]

    def get(self, name: str) -> ModelFile | None:
        wanted = name.removesuffix(":latest").lower()
        return next((model for model in self.all() if model.name.lower() == wanted), None)

    def digest(self, model: ModelFile) -> str:
        """SHA-256 of the file, hex; of the first part of a split model. Reads it all once: seconds for a large file."""
        key = model.file, _stamp([model.file])
        if key not in self._digests:
            with model.file.open("rb") as stream:
                self._digests[key] = hashlib.file_digest(stream, "sha256").hexdigest()
        return self._digests[key]

    def known_digest(self, model: ModelFile) -> str | None:
        """The digest if it has been computed, without waiting for it."""
        try:
            return self._digests.get((model.file, _stamp([model.file])))
        except OSError:
            return None

    def _look_at(self, file: Path) -> ModelFile | None:
        try:
            parts = _parts(file)
            if not parts:
                return None
            stamp = _stamp(parts)
            seen = self._seen.get(file)
            if seen is None or seen[0] != stamp:
                seen = self._seen[file] = stamp, _read(file, stamp)
        except OSError:  # gone since, or not ours to read
            return None
        return seen[1]


def _read(file: Path, stamp: Stamp) -> ModelFile | None:
    try:
        header = read_header(file)
    except NotReadable as error:
        log.warning("%s is left out: %s", file.name, error)
        return None
    if not header.makes_text:
        return None
    changed, size = stamp
    return ModelFile(PART.sub("", file.stem), file, header, size, datetime.fromtimestamp(changed / 1e9, UTC))


def _stamp(files: Sequence[Path]) -> Stamp:
    stats = [file.stat() for file in files]
    return max(stat.st_mtime_ns for stat in stats), sum(stat.st_size for stat in stats)


def _parts(file: Path) -> list[Path]:
    """All files of the model that begins with `file`; none when it is a later part or not all are there."""
    part = PART.search(file.stem)
    if part is None:
        return [file]
    if int(part[1]) != 1:
        return []
    stem = file.stem[: part.start()]
    files = [file.with_name(f"{stem}-{number:05}-of-{part[2]}.gguf") for number in range(1, int(part[2]) + 1)]
    return files if all(one.is_file() for one in files) else []

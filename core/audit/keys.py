"""The keys that sign the audit log. They live in a file outside the database, so that whoever holds the database
alone can neither forge nor change a row unseen.

Keys are kept in the order they came into use. Rotation adds one; older ones stay, because the rows they signed must
still verify, but no row may use them any more.
"""

from __future__ import annotations

import base64
import fcntl
import functools
import hmac
import json
import os
import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from core.errors import AuditUnavailable

FILE = "audit-keys.json"


class Use(StrEnum):
    """What a key is used for. Each use has its own derived key, so a signature cannot be carried over to another."""

    ROW = "row"
    CHECKPOINT = "checkpoint"
    EXPORT = "export"
    MASKING = "masking"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    position: int  # 0 for the oldest
    created_at: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id!r})"

    def derive(self, use: Use) -> bytes:
        return _derive(self.secret, use)


@functools.lru_cache(maxsize=64)
def _derive(secret: bytes, use: Use) -> bytes:
    return hmac.digest(secret, f"record-analyst audit {use}".encode(), "sha256")


class Keys:
    """The keys of one installation. Safe to share between threads; sees a rotation by another process at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """The keys kept in `folder`, with a first one made if there is none. Raises AuditUnavailable."""
        keys = cls(folder / FILE)
        with keys._writing():
            if not keys._file.exists():
                keys._write([_new_key(0)])
        keys.current()
        return keys

    def oldest(self) -> Key:
        """The first one ever made: what is derived from it survives rotation."""
        return next(iter(self._read().values()))

    def current(self) -> Key:
        """The newest key: the only one that signs."""
        return list(self._read().values())[-1]

    def get(self, key_id: str) -> Key | None:
        return self._read().get(key_id)

    def derived(self, key_id: str, use: Use) -> bytes | None:
        key = self.get(key_id)
        return key.derive(use) if key else None

    def rotate(self) -> Key:
        """Add a key; from now on it signs. Call it with the audit log locked, so that no row slips in between."""
        with self._writing():
            keys = list(self._read().values())
            keys.append(_new_key(len(keys)))
            self._write(keys)
        return keys[-1]

    def _read(self) -> dict[str, Key]:
        with self._lock:
            try:
                stat = self._file.stat()
                stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                if stamp != self._stamp:
                    self._keys = _parse(self._file.read_text(encoding="ascii"))
                    self._stamp = stamp
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise AuditUnavailable(
                    "The keys of the audit log cannot be read.",
                    "An administrator must put back the file of keys from its backup; Health says which.",
                ) from error
            return self._keys

    def _write(self, keys: list[Key]) -> None:
        content = {
            "keys": [
                {"id": key.id, "created_at": key.created_at, "secret": base64.b64encode(key.secret).decode()}
                for key in keys
            ]
        }
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Keeps other processes from writing the file at the same time."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise AuditUnavailable("The keys of the audit log cannot be written.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise AuditUnavailable("The keys of the audit log cannot be written.") from error
        finally:
            os.close(lock)


def _new_key(position: int) -> Key:
    return Key(f"k{secrets.token_hex(4)}", position, datetime.now(UTC).isoformat(), secrets.token_bytes(32))


def _parse(content: str) -> dict[str, Key]:
    entries = json.loads(content)["keys"]
    keys = {
        entry["id"]: Key(entry["id"], position, entry["created_at"], base64.b64decode(entry["secret"], validate=True))
        for position, entry in enumerate(entries)
    }
    if not keys or any(len(key.secret) < 32 for key in keys.values()):
        raise ValueError("no usable key")
    return keys

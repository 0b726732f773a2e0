"""The product's log: a file below `var` with one JSON object a line; the terminal stays for people.

It holds no record content and no secrets. What drivers and libraries say in their errors may quote both, so of an
error that is not ours only its kind, its SQLSTATE and the places it came through are written.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from core.errors import RecordAnalystError

FILE_BYTES = 10 * 1024 * 1024
FILES = 5
_request: ContextVar[str | None] = ContextVar("request", default=None)


@contextmanager
def request_of(request_id: object) -> Generator[None]:
    """What this thread logs meanwhile belongs to this request."""
    token = _request.set(str(request_id))
    try:
        yield
    finally:
        _request.reset(token)


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger, message, the request it belongs to, and the error with its trace if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := _request.get():
            line["request"] = request
        if record.exc_info and record.exc_info[1]:
            line["error"] = [_told(error) for error in _chain(record.exc_info[1])]
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[1].__traceback__)
            ]
        return json.dumps(line, ensure_ascii=False)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _told(error: BaseException) -> str:
    if isinstance(error, RecordAnalystError):  # its message may be shown to anybody
        return f"{error.code}: {error.message}"
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    state = getattr(error, "sqlstate", None)
    return f"{kind} (SQLSTATE {state})" if isinstance(state, str) else kind


def log_to(folder: Path) -> None:
    """Append this process's log to `folder`/app.log. Repeating it changes nothing."""
    root = logging.getLogger()
    if any(isinstance(handler, logging.handlers.RotatingFileHandler) for handler in root.handlers):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "app.log", maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    handler.setLevel(logging.INFO)
    root.addHandler(handler)
    logging.getLogger("core").setLevel(logging.INFO)

"""What the two drivers for MariaDB and MySQL, PyMySQL and ODBC, both do for the dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import URL

from core.records.record import Column, Row, Value

CONNECT_SECONDS = 10
SILENT_SECONDS = 900  # no answer at all for that long: the server or the way to it is gone


class Driver(Protocol):
    prepares: bool
    """Whether a cursor keeps its statement prepared; values are then never part of the statement."""

    def connect(self, url: URL) -> Any: ...

    def cursor(self, connection: Any) -> Any:
        """A cursor that reads rows as they are fetched."""
        ...

    def bind(self, value: Value) -> tuple[str, tuple[Any, ...]]:
        """What stands for a value in a statement, and what is passed along for it."""
        ...

    def next_set(self, cursor: Any, check: Callable[[], None]) -> bool:
        """Go to the next set, past rows that were not fetched; `check` raises when it takes too long."""
        ...

    def columns(self, cursor: Any) -> tuple[Column, ...]: ...

    def reader(self, cursor: Any) -> Callable[[int], list[Row]]:
        """Fetches at most that many of the next rows of the cursor's present set."""
        ...

    def abort(self, connection: Any) -> None: ...

    def drop(self, connection: Any, cursor: Any) -> None:
        """Let go of a cursor without reading what is left; the connection is of no use afterwards."""
        ...

    def is_error(self, error: BaseException) -> bool: ...

    def code(self, error: BaseException) -> int | None:
        """The server's or client's error number."""
        ...


def text_literal(text: str) -> str:
    """A text in a statement, in a form that nothing can break out of. Saves ODBC the preparing of a statement."""
    return f"_utf8mb4 X'{text.encode().hex()}'"

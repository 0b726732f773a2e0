"""pyodbc, loaded when a URL needs it: its wheel does not carry libodbc, so importing it may fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from typing import Any, cast

from core.errors import DriverMissing
from core.records.record import Column, ColumnType, Row
from core.records.values import row_reader, to_value

COLUMN_TYPES: Mapping[type, ColumnType] = {
    bool: ColumnType.BOOLEAN,
    int: ColumnType.INTEGER,
    Decimal: ColumnType.DECIMAL,
    float: ColumnType.FLOAT,
    datetime: ColumnType.TIMESTAMP,
    date: ColumnType.DATE,
    time: ColumnType.TIME,
}
_PLAIN = re.compile(r"[\w.,:/\\-]+", re.ASCII)
_NATIVE = re.compile(r"\((\d+)\) \(SQL")


def load() -> Any:
    """The module pyodbc, without a pool of its own. Raises DriverMissing saying what to install."""
    try:
        pyodbc: Any = import_module("pyodbc")
    except ImportError as error:
        raise DriverMissing(
            "The ODBC driver manager (libodbc) is not installed on this machine.",
            "Install it: apt-get install unixodbc (Debian, Ubuntu), dnf install unixODBC (Fedora, Red Hat).",
        ) from error
    pyodbc.pooling = False  # we have our own, which knows when a connection is fresh
    return pyodbc


def is_error(error: BaseException) -> bool:
    """Does it come from pyodbc? Without importing it."""
    return any(kind.__module__ == "pyodbc" for kind in type(error).__mro__)


def state_of(error: BaseException) -> str:
    """The SQLSTATE, or nothing."""
    return str(error.args[0]) if error.args and len(str(error.args[0])) == 5 else ""


def native_of(error: BaseException) -> int | None:
    """The database's own error number, which pyodbc puts into the text."""
    found = _NATIVE.search(" ".join(str(part) for part in error.args[1:]))
    return int(found[1]) if found else None


def driver_is_missing(error: BaseException) -> bool:
    """The driver manager found no driver of that name, or could not load its file."""
    text = " ".join(str(part) for part in error.args)
    return state_of(error) in ("IM002", "IM003") or "Can't open lib" in text


def column(described: tuple[Any, ...]) -> Column:
    name, kind = described[0], described[1]
    return Column(str(name), COLUMN_TYPES.get(cast(type, kind), ColumnType.TEXT))


def reader(cursor: Any) -> Callable[[int], list[Row]]:
    """Fetches at most that many of the next rows of the cursor's present set."""
    ready = {str, *COLUMN_TYPES}
    read = row_reader([None if one[1] in ready else to_value for one in cursor.description])
    return lambda count: read(cursor.fetchmany(count))


def connection_string(parts: Mapping[str, str]) -> str:
    """`KEY=value;…`, each value quoted unless it is plain, so that none can end early and add keys of its own."""
    return "".join(f"{key}={value if _PLAIN.fullmatch(value) else _quoted(value)};" for key, value in parts.items())


def _quoted(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"

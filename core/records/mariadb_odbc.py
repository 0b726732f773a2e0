"""MariaDB's ODBC driver for MariaDB and MySQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import URL

from core.records import odbc
from core.records.mariadb_driver import CONNECT_SECONDS, SILENT_SECONDS
from core.records.record import Column, Row, Value


class ODBC:
    """MariaDB's ODBC driver. Values are bound by the server.

    The driver itself reads each set into memory as a whole, whatever it is told (its forward-only mode would not, and
    loses rows). For procedures that may return millions of rows PyMySQL is the better choice.
    """

    prepares = True

    def connect(self, url: URL) -> Any:
        pyodbc = odbc.load()
        query = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
        parts = {
            "DRIVER": query.pop("driver", "MariaDB Unicode"),
            "SERVER": url.host or "localhost",
            "PORT": str(url.port or 3306),
            "DATABASE": url.database or "",
            "UID": url.username or "",
            "PWD": url.password or "",
            "CHARSET": "utf8mb4",
            "CONN_TIMEOUT": str(CONNECT_SECONDS),
            "READ_TIMEOUT": str(SILENT_SECONDS),
            "WRITE_TIMEOUT": str(SILENT_SECONDS),
        } | {key.upper(): value for key, value in query.items()}
        return pyodbc.connect(odbc.connection_string(parts), autocommit=False)

    def cursor(self, connection: Any) -> Any:
        connection.clear_output_converters()
        return connection.cursor()

    def bind(self, value: Value) -> tuple[str, tuple[Any, ...]]:
        return "?", (value,)

    def next_set(self, cursor: Any, check: Callable[[], None]) -> bool:
        cursor.connection.clear_output_converters()
        return bool(cursor.nextset())

    def columns(self, cursor: Any) -> tuple[Column, ...]:
        return tuple(odbc.column(one) for one in cursor.description)

    def reader(self, cursor: Any) -> Callable[[int], list[Row]]:
        """Dates are read as text: there are some that Python cannot hold. Only now, or columns() would see text."""
        for sql_type, parse in ODBC_DATES.items():
            cursor.connection.add_output_converter(sql_type, parse)
        return odbc.reader(cursor)

    def abort(self, connection: Any) -> None:
        """Nothing can wake up the driver; READ_TIMEOUT does in the end."""

    def drop(self, connection: Any, cursor: Any) -> None:
        with suppress(Exception):
            cursor.cancel()

    def is_error(self, error: BaseException) -> bool:
        return odbc.is_error(error)

    def code(self, error: BaseException) -> int | None:
        return odbc.native_of(error)


def _lenient(parse: Callable[[str], Value]) -> Callable[[bytes | None], Value]:
    def read(raw: bytes | None) -> Value:
        if raw is None:
            return None
        text = raw.decode()
        try:
            return parse(text)
        except ValueError:  # such as 0000-00-00, or a TIME of more than a day
            return text

    return read


ODBC_DATES = {  # SQL_TYPE_DATE, SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP
    91: _lenient(date.fromisoformat),
    92: _lenient(time.fromisoformat),
    93: _lenient(datetime.fromisoformat),
}

"""The two drivers for MariaDB and MySQL behind one small interface: PyMySQL, and ODBC."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol, cast

from pymysql import connect, err
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import SSCursor
from sqlalchemy import URL

from core.records import odbc
from core.records.record import Column, ColumnType, Row, Value
from core.records.values import binary_text, compact_json, duration_text, row_reader

CONNECT_SECONDS = 10
SILENT_SECONDS = 900  # no answer at all for that long: the server or the way to it is gone
DAY = timedelta(days=1)
BINARY = 63  # the character set of columns that hold no text
JSON = 245
END_MARKS = 0xFE  # first byte of the packets that end a set: 0xFE end, 0xFF error
LARGEST_PACKET = 0xFFFFFF  # it goes on in the next one
PYMYSQL_TYPES = {
    FIELD_TYPE.TINY: ColumnType.INTEGER,
    FIELD_TYPE.SHORT: ColumnType.INTEGER,
    FIELD_TYPE.LONG: ColumnType.INTEGER,
    FIELD_TYPE.INT24: ColumnType.INTEGER,
    FIELD_TYPE.LONGLONG: ColumnType.INTEGER,
    FIELD_TYPE.YEAR: ColumnType.INTEGER,
    FIELD_TYPE.DECIMAL: ColumnType.DECIMAL,
    FIELD_TYPE.NEWDECIMAL: ColumnType.DECIMAL,
    FIELD_TYPE.FLOAT: ColumnType.FLOAT,
    FIELD_TYPE.DOUBLE: ColumnType.FLOAT,
    FIELD_TYPE.DATE: ColumnType.DATE,
    FIELD_TYPE.DATETIME: ColumnType.TIMESTAMP,
    FIELD_TYPE.TIMESTAMP: ColumnType.TIMESTAMP,
    FIELD_TYPE.TIME: ColumnType.TIME,
}


class Driver(Protocol):
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


class PyMySQL:
    """PyMySQL writes values into the statement, so they are written in a form that nothing can break out of."""

    def connect(self, url: URL) -> Any:
        given: dict[str, Any] = url.translate_connect_args(username="user")
        given |= dict(url.query) | {
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": SILENT_SECONDS,
            "write_timeout": SILENT_SECONDS,
            "cursorclass": SSCursor,
            "program_name": "record-analyst",
        }
        return cast(Any, connect)(**given)

    def cursor(self, connection: Any) -> Any:
        return connection.cursor()

    def bind(self, value: Value) -> tuple[str, tuple[Any, ...]]:
        if value is None:
            return "NULL", ()
        if isinstance(value, bool | int):
            return str(int(value)), ()
        if isinstance(value, Decimal) and value.is_finite():
            return f"{value:f}", ()
        if isinstance(value, float) and value - value == 0.0:
            return repr(value), ()
        if isinstance(value, date | time):
            return f"'{value.isoformat()}'", ()
        return text_literal(str(value)), ()

    def next_set(self, cursor: Any, check: Callable[[], None]) -> bool:
        result = cursor._result
        while result.unbuffered_active:  # the protocol has no way to skip rows, only to read them quickly
            check()
            _skip_packets(result.connection, 1_000)
            result._read_rowdata_packet_unbuffered()
        return bool(cursor.nextset())

    def columns(self, cursor: Any) -> tuple[Column, ...]:
        kinds = [_pymysql_kind(field) for field in cursor._result.fields]
        return tuple(Column(one[0], kind) for one, kind in zip(cursor.description, kinds, strict=True))

    def reader(self, cursor: Any) -> Callable[[int], list[Row]]:
        read = row_reader([_pymysql_converter(field) for field in cursor._result.fields])
        next_row = cursor._result._read_rowdata_packet_unbuffered  # fetchmany() is two calls more for each row
        return lambda count: read(list(islice(iter(next_row, None), count)))

    def abort(self, connection: Any) -> None:
        cast(socket.socket, connection._sock).shutdown(socket.SHUT_RDWR)

    def drop(self, connection: Any, cursor: Any) -> None:
        with suppress(OSError):
            self.abort(connection)
        cursor._result.unbuffered_active = False  # or its destructor would read on
        cursor.connection = None

    def is_error(self, error: BaseException) -> bool:
        return isinstance(error, err.Error)

    def code(self, error: BaseException) -> int | None:
        return error.args[0] if error.args and isinstance(error.args[0], int) else None


def text_literal(text: str) -> str:
    """A text in a statement, in a form that nothing can break out of. Saves ODBC the preparing of a statement."""
    return f"_utf8mb4 X'{text.encode().hex()}'"


class ODBC:
    """MariaDB's ODBC driver. Values are bound by the server.

    The driver itself reads each set into memory as a whole, whatever it is told (its forward-only mode would not, and
    loses rows). For procedures that may return millions of rows PyMySQL is the better choice.
    """

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


def _skip_packets(connection: Any, rounds: int) -> None:
    """Read rows, a buffer at a time, without looking at them; stop before anything that is no plain row."""
    wire = connection._rfile
    for _ in range(rounds):
        buffered, end = wire.peek(5), 0
        while end + 5 <= len(buffered) and buffered[end + 4] < END_MARKS:
            size = int.from_bytes(buffered[end : end + 3], "little")
            if size == LARGEST_PACKET:
                break
            connection._next_seq_id = (buffered[end + 3] + 1) % 256
            end += 4 + size
        if end == 0:
            return
        wire.read(end)


def _pymysql_kind(field: Any) -> ColumnType:
    if _is_boolean(field):
        return ColumnType.BOOLEAN
    return PYMYSQL_TYPES.get(field.type_code, ColumnType.TEXT)


def _is_boolean(field: Any) -> bool:
    """BOOLEAN is TINYINT(1) here, and BIT(1) serves as well."""
    return field.type_code in (FIELD_TYPE.TINY, FIELD_TYPE.BIT) and field.length == 1


def _pymysql_converter(field: Any) -> Callable[[Any], Value] | None:
    """None for types that PyMySQL itself reads as we want them."""
    if field.type_code == FIELD_TYPE.BIT:
        return _read_bits if field.length > 1 else lambda raw: raw != b"\0"
    if _is_boolean(field):
        return lambda raw: bool(raw) if raw in (0, 1) else raw
    if field.type_code == FIELD_TYPE.TIME:
        return _read_time
    if field.type_code == JSON:
        return lambda raw: compact_json(raw if isinstance(raw, str) else raw.decode())
    if field.type_code in PYMYSQL_TYPES or field.charsetnr != BINARY:
        return None
    return lambda raw: binary_text(len(raw)) if isinstance(raw, bytes) else raw


def _read_bits(raw: Any) -> Value:
    return int.from_bytes(raw, "big") if isinstance(raw, bytes) else int(raw)


def _read_time(raw: Any) -> Value:
    """TIME holds durations as well; only those within a day are a time of day."""
    if isinstance(raw, timedelta):
        return time.fromisoformat(duration_text(raw)) if timedelta() <= raw < DAY else duration_text(raw)
    return cast(Value, raw)

"""PyMySQL, with rows taken from its buffer as many as there are."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, cast

from pymysql import connect, err
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import SSCursor
from sqlalchemy import URL

from core.records.mariadb_driver import CONNECT_SECONDS, SILENT_SECONDS, text_literal
from core.records.record import Column, ColumnType, Row, Value
from core.records.values import binary_text, compact_json, duration_text, row_reader

DAY = timedelta(days=1)
BINARY = 63  # the character set of columns that hold no text
JSON = 245
END_MARKS = 0xFE  # first byte of the packets that end a set: 0xFE end, 0xFF error
NULL = 0xFB
WIDTHS = {0xFC: 2, 0xFD: 3, 0xFE: 8}  # bytes of a length that does not fit into one
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


class PyMySQL:
    """PyMySQL writes values into the statement, so they are written in a form that nothing can break out of."""

    prepares = False

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
        result = cursor._result
        read = row_reader([_pymysql_converter(field) for field in result.fields])

        def fetch(count: int) -> list[Row]:
            rows: list[Sequence[Any]] = []
            while len(rows) < count and result.unbuffered_active:
                ready = _buffered_rows(result.connection, count - len(rows))
                rows += [_read_row(packet, result.converters) for packet in ready]
                if not ready and (row := result._read_rowdata_packet_unbuffered()) is not None:
                    rows.append(row)
            return read(rows)

        return fetch

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


def _buffered_rows(connection: Any, most: int) -> list[bytes]:
    """Packets of plain rows that have arrived as a whole, taken out of the buffer. PyMySQL reads what is not among
    them, in twice the time: it reads each packet by itself, in three steps.
    """
    wire, number = connection._rfile, connection._next_seq_id
    try:
        buffered = wire.peek(5)
    except OSError:
        return []  # PyMySQL meets it as well, and tells it
    packets: list[bytes] = []
    end = 0
    while len(packets) < most and end + 5 <= len(buffered):
        start, size = end + 4, int.from_bytes(buffered[end : end + 3], "little")
        is_whole = 0 < size < LARGEST_PACKET and start + size <= len(buffered)
        if not is_whole or buffered[end + 3] != number or buffered[start] >= END_MARKS:
            break
        end, number = start + size, (number + 1) % 256
        packets.append(buffered[start:end])
    wire.read(end)
    connection._next_seq_id = number
    return packets


def _read_row(packet: bytes, columns: Sequence[tuple[str | None, Callable[[Any], Any] | None]]) -> list[Any]:
    """A row of the text protocol: for each cell its length as a "length-encoded integer", and its text."""
    row: list[Any] = []
    at = 0
    for encoding, convert in columns:
        size = packet[at]
        at += 1
        if size == NULL:
            row.append(None)
            continue
        if size > NULL:
            width = WIDTHS[size]
            size = int.from_bytes(packet[at : at + width], "little")
            at += width
        cell: Any = packet[at : at + size]
        at += size
        if encoding is not None:
            cell = cell.decode(encoding)
        row.append(cell if convert is None else convert(cell))
    return row


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

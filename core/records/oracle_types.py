"""Oracle's types as cells of a record, and as what OUT parameters are bound to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.records.oracle_connect import load
from core.records.record import ColumnType, Value
from core.records.values import to_value

COLUMN_TYPES = {
    "DB_TYPE_NUMBER": ColumnType.DECIMAL,
    "DB_TYPE_BINARY_INTEGER": ColumnType.INTEGER,
    "DB_TYPE_BINARY_FLOAT": ColumnType.FLOAT,
    "DB_TYPE_BINARY_DOUBLE": ColumnType.FLOAT,
    "DB_TYPE_DATE": ColumnType.TIMESTAMP,  # Oracle's DATE has a time of day
    "DB_TYPE_TIMESTAMP": ColumnType.TIMESTAMP,
    "DB_TYPE_TIMESTAMP_TZ": ColumnType.TIMESTAMP,
    "DB_TYPE_TIMESTAMP_LTZ": ColumnType.TIMESTAMP,
    "DB_TYPE_BOOLEAN": ColumnType.BOOLEAN,
}
READY = {*COLUMN_TYPES, "DB_TYPE_VARCHAR", "DB_TYPE_NVARCHAR", "DB_TYPE_CHAR", "DB_TYPE_NCHAR"}  # values as they come
BIND_TYPES = {  # the declared type of an OUT parameter → how it is bound
    "REF CURSOR": "DB_TYPE_CURSOR",
    "NUMBER": "DB_TYPE_NUMBER",
    "INTEGER": "DB_TYPE_NUMBER",
    "FLOAT": "DB_TYPE_NUMBER",
    "BINARY_INTEGER": "DB_TYPE_NUMBER",
    "PLS_INTEGER": "DB_TYPE_NUMBER",
    "BINARY_DOUBLE": "DB_TYPE_BINARY_DOUBLE",
    "BINARY_FLOAT": "DB_TYPE_BINARY_FLOAT",
    "DATE": "DB_TYPE_DATE",
    "TIMESTAMP": "DB_TYPE_TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "DB_TYPE_TIMESTAMP_TZ",
    "TIMESTAMP WITH LOCAL TIME ZONE": "DB_TYPE_TIMESTAMP_LTZ",
    "BOOLEAN": "DB_TYPE_BOOLEAN",
    "PL/SQL BOOLEAN": "DB_TYPE_BOOLEAN",
    "RAW": "DB_TYPE_RAW",
    "CLOB": "DB_TYPE_CLOB",
    "BLOB": "DB_TYPE_BLOB",
}


def choose_type(cursor: Any, described: Any) -> Any:
    """Numbers arrive as Decimal or int, never through float; large texts as text, without a locator each."""
    kind = described.type_code.name
    if kind == "DB_TYPE_NUMBER":
        return cursor.var(int if is_whole(described) else Decimal, arraysize=cursor.arraysize)
    if kind in ("DB_TYPE_CLOB", "DB_TYPE_NCLOB"):
        return cursor.var(load().DB_TYPE_LONG, arraysize=cursor.arraysize)
    if kind == "DB_TYPE_BLOB":
        return cursor.var(load().DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None


def column_name(name: str) -> str:
    """Oracle writes names that nobody quoted in capitals; everywhere else they are small."""
    return name.lower() if name == name.upper() else name


def column_type(kind: str, value: Any = None) -> ColumnType:
    if kind == "DB_TYPE_NUMBER" and isinstance(value, int):
        return ColumnType.INTEGER
    return COLUMN_TYPES.get(kind, ColumnType.TEXT)


def bind_type_name(declared: str) -> str:
    return BIND_TYPES.get(declared, "DB_TYPE_VARCHAR")


def bind_type(declared: str) -> Any:
    return Decimal if bind_type_name(declared) == "DB_TYPE_NUMBER" else getattr(load(), bind_type_name(declared))


def is_whole(described: Any) -> bool:
    return described.type_code.name == "DB_TYPE_NUMBER" and described.scale == 0 and bool(described.precision)


def read_out(value: Any) -> Value:
    """OUT values: a locator of a large text is read here."""
    return to_value(value.read() if hasattr(value, "read") else value)

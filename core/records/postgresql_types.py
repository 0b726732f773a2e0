"""PostgreSQL's types as cells of a record: exact, and never an error for a value that Python cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Loader, Transformer
from psycopg.types.array import ArrayLoader
from psycopg.types.string import TextLoader

from core.records.record import Column, ColumnType
from core.records.values import array_text, binary_text, compact_json

COLUMN_TYPES = {
    "bool": ColumnType.BOOLEAN,
    "int2": ColumnType.INTEGER,
    "int4": ColumnType.INTEGER,
    "int8": ColumnType.INTEGER,
    "oid": ColumnType.INTEGER,
    "numeric": ColumnType.DECIMAL,
    "float4": ColumnType.FLOAT,
    "float8": ColumnType.FLOAT,
    "date": ColumnType.DATE,
    "timestamp": ColumnType.TIMESTAMP,
    "timestamptz": ColumnType.TIMESTAMP,
    "time": ColumnType.TIME,
    "timetz": ColumnType.TIME,
}
PLAIN = {"bool", "int2", "int4", "int8", "oid", "numeric", "float4", "float8"}
DATES: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timetz": time.fromisoformat,
}
TYPE_OF = {psycopg.postgres.types[name].oid: kind for name, kind in COLUMN_TYPES.items()}


def columns(cursor: psycopg.Cursor[Any]) -> tuple[Column, ...]:
    """Of the cursor's present result. Its `description` would make much more of each."""
    result = cursor.pgresult
    assert result is not None
    return tuple(
        Column((result.fname(place) or b"").decode(), TYPE_OF.get(result.ftype(place), ColumnType.TEXT))
        for place in range(result.nfields)
    )


def load_rows(cursor: psycopg.Cursor[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """All rows of the cursor's present result. A date that Python cannot hold makes the batch's dates come slower."""
    try:
        return cursor.fetchall()
    except psycopg.DataError:
        transformer = Transformer(adapters(lenient=True))
        transformer.set_pgresult(cursor.pgresult)
        rows = cursor.pgresult.ntuples if cursor.pgresult else 0
        return transformer.load_rows(0, rows, tuple)


@cache
def adapters(*, lenient: bool = False) -> AdaptersMap:
    """The loaders of our connections; all types they do not name arrive as the text that the server writes."""
    loaders: dict[str, type[Loader]] = {"json": _Json, "jsonb": _Json, "bytea": _Bytes}
    if lenient:
        loaders |= {name: _lenient(parse) for name, parse in DATES.items()}
    ours = AdaptersMap(psycopg.adapters)
    for info in psycopg.postgres.types:
        as_psycopg_does = info.name in PLAIN or (info.name in DATES and not lenient)
        if not as_psycopg_does:
            ours.register_loader(info.oid, loaders.get(info.name, TextLoader))
        if info.array_oid:
            array = type("Array", (_Array,), {"base_oid": info.oid, "delimiter": info.delimiter.encode()})
            ours.register_loader(info.array_oid, array)
    return ours


def _lenient(parse: Callable[[str], Any]) -> type[Loader]:
    """Dates before Christ, beyond the year 9999 and `infinity` stay text."""

    class Lenient(Loader):
        def load(self, data: Buffer) -> Any:
            text = str(data, "utf-8")
            try:
                return parse(text)
            except ValueError:
                return text

    return Lenient


class _Json(Loader):
    def load(self, data: Buffer) -> str:
        return compact_json(str(data, "utf-8"))


class _Bytes(Loader):
    def load(self, data: Buffer) -> str:
        written = bytes(data)
        size = (
            len(written) // 2 - 1 if written.startswith(b"\\x") else len(psycopg.pq.Escaping().unescape_bytea(written))
        )
        return binary_text(size)


class _Array(ArrayLoader):
    def load(self, data: Buffer) -> Any:
        return array_text(super().load(data))

"""A record as a JSON file, for the command line and the benchmarks: JSON text → Record, and back.

    {"use_case": "…", "record_id": "…", "result_sets": [
        {"name": "orders", "columns": [{"name": "total_eur", "type": "decimal"}], "rows": [["1204.50"]]}]}

Decimals are strings (exact), dates ISO; a number where a decimal is expected is read by its written digits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from core.errors import InvalidRequest
from core.records.record import Column, ColumnType, Record, ResultSet, Row, Value

HINT = 'A record file is {"use_case", "record_id", "result_sets": [{"name", "columns": [{"name", "type"}], "rows"}]}.'


def read_record(path: str | Path) -> Record:
    """Raises InvalidRequest with the place that is wrong."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InvalidRequest(f"The record file {path} cannot be read: {reason}.", HINT) from error
    return parse_record(text, str(path))


def parse_record(text: str, source: str = "record") -> Record:
    """Raises InvalidRequest with the place that is wrong."""
    try:
        data: Any = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{source} is not JSON: {error}.", HINT) from error
    return record_from(data, source)


def record_from(data: Any, source: str = "record") -> Record:
    """A record from parsed JSON. Raises InvalidRequest."""
    top = _object(data, source)
    sets = _list(top.get("result_sets"), f"{source}: result_sets")
    result_sets = tuple(_result_set(item, f"{source}: result_sets[{i}]") for i, item in enumerate(sets))
    return Record(record_id=str(top.get("record_id") or ""), result_sets=result_sets)


def record_to_json(record: Record, use_case: str = "") -> dict[str, Any]:
    """The other way round: what `record_from` reads."""
    return {
        "use_case": use_case,
        "record_id": record.record_id,
        "result_sets": [
            {
                "name": result_set.name,
                "columns": [{"name": c.name, "type": c.type.value} for c in result_set.columns],
                "rows": [[_plain(value) for value in row] for row in result_set.rows],
            }
            for result_set in record.result_sets
        ],
    }


def _result_set(item: Any, where: str) -> ResultSet:
    content = _object(item, where)
    name = content.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidRequest(f"{where}: the set has no name.", HINT)
    columns = tuple(
        _column(column, f"{where}.columns[{i}]")
        for i, column in enumerate(_list(content.get("columns"), f"{where}.columns"))
    )
    rows = tuple(
        _row(row, columns, f"{where}.rows[{i}]") for i, row in enumerate(_list(content.get("rows"), f"{where}.rows"))
    )
    return ResultSet(name=name, columns=columns, rows=rows)


def _column(item: Any, where: str) -> Column:
    content = _object(item, where)
    name, type_name = content.get("name"), content.get("type", "text")
    if not isinstance(name, str) or not name:
        raise InvalidRequest(f"{where}: the column has no name.", HINT)
    try:
        return Column(name, ColumnType(type_name))
    except ValueError as error:
        raise InvalidRequest(
            f"{where}: {type_name!r} is not a column type.", f"Types are {', '.join(ColumnType)}."
        ) from error


def _row(item: Any, columns: tuple[Column, ...], where: str) -> Row:
    values = _list(item, where)
    if len(values) != len(columns):
        raise InvalidRequest(f"{where} has {len(values)} values for {len(columns)} columns.", HINT)
    return tuple(
        _value(value, column, f"{where}, column {column.name}") for value, column in zip(values, columns, strict=True)
    )


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value).strip())
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False}
    return known[str(value).strip().lower()]


def _date(value: Any) -> date:
    return date.fromisoformat(str(value).strip()[:10])


def _timestamp(value: Any) -> datetime:
    return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))


PARSERS: dict[ColumnType, Callable[[Any], Value]] = {
    ColumnType.INTEGER: lambda value: int(str(value).strip()),
    ColumnType.DECIMAL: _decimal,
    ColumnType.FLOAT: lambda value: float(_decimal(value)),
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.TIME: lambda value: time.fromisoformat(str(value).strip()),
}


def _value(value: Any, column: Column, where: str) -> Value:
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise InvalidRequest(f"{where}: a cell holds one value, not a list or an object.", HINT)
    parse = PARSERS.get(column.type)
    if parse is None:
        return str(value)
    try:
        return parse(value)
    except (ValueError, InvalidOperation, KeyError, OverflowError) as error:
        raise InvalidRequest(f"{where}: {str(value)[:40]!r} is not a {column.type}.", HINT) from error


def _plain(value: Value) -> str | int | bool | None:
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidRequest(f"{where} is not a JSON object.", HINT)
    return cast("dict[str, Any]", value)


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidRequest(f"{where} is missing or not a list.", HINT)
    return cast("list[Any]", value)

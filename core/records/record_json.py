"""A Record as JSON, exactly: decimals as strings, dates in ISO 8601. The one format for storing and exchanging."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from core.records.record import Column, ColumnType, Record, ResultSet, Value


def to_json(record: Record) -> dict[str, Any]:
    return {
        "record_id": record.record_id,
        "procedure_ms": record.procedure_ms,
        "result_sets": [
            {
                "name": result_set.name,
                "columns": [{"name": column.name, "type": column.type.value} for column in result_set.columns],
                "rows": [[value_to_json(value) for value in row] for row in result_set.rows],
                "truncated": result_set.truncated,
            }
            for result_set in record.result_sets
        ],
    }


def from_json(stored: dict[str, Any]) -> Record:
    """Raises KeyError, TypeError or ValueError when `stored` is not what `to_json` makes."""
    result_sets: list[ResultSet] = []
    for part in stored["result_sets"]:
        columns = tuple(Column(column["name"], ColumnType(column["type"])) for column in part["columns"])
        rows = tuple(
            tuple(value_from_json(value, column.type) for value, column in zip(row, columns, strict=True))
            for row in part["rows"]
        )
        result_sets.append(ResultSet(part["name"], columns, rows, bool(part.get("truncated"))))
    return Record(stored["record_id"], tuple(result_sets), stored.get("procedure_ms") or 0.0)


def value_to_json(value: Value) -> str | int | float | bool | None:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return value


def value_from_json(value: Any, column_type: ColumnType) -> Value:
    if value is None:
        return None
    match column_type:
        case ColumnType.DECIMAL:
            return Decimal(str(value))
        case ColumnType.INTEGER:
            return int(value)
        case ColumnType.FLOAT:
            return float(value)
        case ColumnType.BOOLEAN:
            return bool(value)
        case ColumnType.DATE:
            return date.fromisoformat(value)
        case ColumnType.TIMESTAMP:
            return datetime.fromisoformat(value)
        case ColumnType.TIME:
            return time.fromisoformat(value)
        case ColumnType.TEXT:
            return str(value)

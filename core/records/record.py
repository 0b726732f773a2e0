"""What one procedure call returned for one record ID: named, ordered result sets with exact values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | float | bool | date | datetime | time | None
"""A cell. Decimals stay Decimal; float only where the database itself stores floats; binary arrives as "N bytes"."""

Row = tuple[Value, ...]


class ColumnType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType = ColumnType.TEXT


@dataclass(frozen=True, slots=True)
class ResultSet:
    """One result set. Every row has one value per column; names may repeat; zero rows keep name and columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    truncated: bool = False  # the procedure had more rows than the ceiling let in

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Record:
    record_id: str
    result_sets: tuple[ResultSet, ...]
    procedure_ms: float = 0.0  # wall time of the call, fetch included

    @property
    def row_count(self) -> int:
        return sum(len(result_set.rows) for result_set in self.result_sets)

    def __getitem__(self, name: str) -> ResultSet:
        """The first result set of that name. Raises KeyError."""
        for result_set in self.result_sets:
            if result_set.name == name:
                return result_set
        raise KeyError(name)

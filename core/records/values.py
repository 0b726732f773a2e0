"""Values that no cell of a record can be, as text: JSON without needless space, arrays as JSON, binary by its size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from core.records.record import Row, Value

_SPACE_OUTSIDE_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')


def compact_json(text: str) -> str:
    """The same JSON without space between its parts. Numbers stay as written: nothing is parsed."""
    return _SPACE_OUTSIDE_STRINGS.sub(r"\1", text)


def array_text(values: Sequence[Any]) -> str:
    """An array as compact JSON; decimals keep their digits."""
    return "[" + ",".join(map(_element, values)) + "]"


def binary_text(size: int) -> str:
    return f"{size:,} bytes"


def duration_text(value: timedelta) -> str:
    """Hours may exceed a day, as databases keep times of day and durations in one type."""
    sign = "-" if value < timedelta() else ""
    seconds, microseconds = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    fraction = f".{microseconds:06d}".rstrip("0") if microseconds else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def row_reader(converters: Sequence[Callable[[Any], Value] | None]) -> Callable[[Sequence[Sequence[Any]]], list[Row]]:
    """Makes rows of values of a driver's rows. None: cells of that column need nothing, and are not touched."""
    special = [(place, convert) for place, convert in enumerate(converters) if convert is not None]
    if not special:
        return lambda rows: list(map(tuple, rows))

    def read(row: Sequence[Any]) -> Row:
        values = list(row)
        for place, convert in special:
            if values[place] is not None:
                values[place] = convert(values[place])
        return tuple(values)

    return lambda rows: list(map(read, rows))


def to_value(raw: Any) -> Value:
    """What a driver gave, as a Value."""
    if raw is None or isinstance(raw, str | int | Decimal | float | date | time):
        return cast(Value, raw)
    if isinstance(raw, bytes | bytearray | memoryview):
        return binary_text(len(cast(bytes, raw)))
    if isinstance(raw, timedelta):
        return duration_text(raw)
    if isinstance(raw, UUID):
        return str(raw)
    if isinstance(raw, list | tuple):
        return array_text(cast(Sequence[Any], raw))
    if isinstance(raw, dict):
        return json.dumps(raw, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(raw)


def _element(value: Any) -> str:
    if isinstance(value, list):
        return array_text(cast(Sequence[Any], value))
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)

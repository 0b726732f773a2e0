"""The columns of a result set, read from their names, types and values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from core.evidence.columns.column import MARKS_OF, Column, Role
from core.evidence.columns.neighbours import join_periods, pair_units, read_minutes
from core.evidence.columns.roles import SAID, role_of
from core.evidence.language.calendar import months_from
from core.evidence.language.column_units import dimension_of_name, quotient_of, unit_of_column
from core.evidence.language.dates import parse_period
from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words
from core.evidence.language.scales import scaled_unit
from core.evidence.language.stems import fold, name_parts, stem
from core.evidence.language.units import Dimension
from core.records.record import ColumnType, ResultSet, Value

_RATE_PARTS = words(
    "price rate pct percent percentage share ratio score rating grade avg average mean median age "
    "temperature temp margin index rank level min max every unit reference limit latitude longitude lat "
    "lon ph version speed pressure"
)


_PERIOD_PARTS = words("year month")  # `sold_this_month` may be added up


_LITTLE = words("on at id of the in by to from and or a an for with per is as")


_QUANTITIES = words("quantity qty units pieces count nights hours items volume copies menge anzahl quantité")


def build_columns(result_set: ResultSet, set_index: int) -> list[Column]:
    columns = [
        _build(column.name, column.type, [row[i] for row in result_set.rows], set_index, i)
        for i, column in enumerate(result_set.columns)
    ]
    if not any(_QUANTITIES & set(name_parts(c.name)) for c in columns):
        for column in columns:
            if "price" in column.stems or stem("price") in column.stems:
                column.rates = column.rates and len(column.stems) > 1
    read_minutes(columns)
    pair_units(columns)
    join_periods(columns)
    return columns


def _build(name: str, kind: ColumnType, values: list[Value], set_index: int, index: int) -> Column:
    unit, unit_parts = scaled_unit(name_parts(name)) or unit_of_column(name)
    parts = [part for part in name_parts(name) if part not in unit_parts]
    role = role_of(name, kind, values)
    stems = tuple(dict.fromkeys(stem(part) for part in parts if part not in _LITTLE))
    column = Column(
        set_index=set_index,
        index=index,
        name=name,
        role=role,
        stems=stems,
        unit=unit,
        dimension=unit.dimension if unit else dimension_of_name(name),
        marks=frozenset(
            mark
            for part, after in pairwise([*parts, ""])
            if not (part == "last" and after.isdigit())  # `last_12_months` is now, not before
            for mark in MARKS_OF.get(FOREIGN.get(part, part), ())
        ),
        rates=not _RATE_PARTS.isdisjoint(parts)
        or quotient_of(name) is not None
        or (bool(parts) and set(parts) <= _PERIOD_PARTS)
        or (unit is not None and unit.dimension in (Dimension.PERCENT, Dimension.TEMPERATURE)),
        exact=kind is not ColumnType.FLOAT,
    )
    _fill(column, values)
    return column


def _fill(column: Column, values: list[Value]) -> None:
    for value in values:
        number = span = clock = text = None
        if value is None or value == "":
            pass
        elif isinstance(value, bool):
            number = None
            text = "true" if value else "false"
        elif isinstance(value, datetime):
            clock = value.replace(tzinfo=None)
            span = (clock.date(), clock.date())
        elif isinstance(value, date):
            span = (value, value)
        elif isinstance(value, int | float | Decimal):
            number = float(value)
            if column.role is Role.CODE:
                text = str(value)
            elif column.role is Role.TIME:
                span, number = months_from(int(value), 1, 12), None
        else:
            text = str(value)
            if column.role is Role.TIME:
                span = parse_period(text)
            elif column.role is Role.NUMBER:
                number = float(text)
            elif column.role is Role.FLAG:
                text = SAID.get(text.lower(), text)
        column.numbers.append(number)
        column.spans.append(span)
        column.clocks.append(clock)
        column.texts.append(text)
    if column.role in (Role.LABEL, Role.CODE, Role.FLAG):
        column.distinct = len({fold(text) for text in column.texts if text})

"""What one column of the record holds, read from its name, its type and its values."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.evidence.language.calendar import MONTHS, as_datetime, months_from, parse_period
from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, name_parts, stem
from core.evidence.language.units import UNITS, Dimension, Unit, dimension_of_name, unit_of_column, unit_of_word
from core.records.record import ColumnType, ResultSet, Value


class Role(StrEnum):
    NUMBER = "number"
    TIME = "time"  # dates, timestamps, months, quarters, years
    CODE = "code"  # identifiers
    LABEL = "label"  # names, categories, statuses
    PROSE = "prose"  # free text
    FLAG = "flag"  # true or false
    EMPTY = "empty"


MARKS = {
    "reference": "reference normal norm standard range",
    "limit": "limit ceiling cap maximum max allowed threshold tolerance credit deductible",
    "budget": "budget plan planned target goal quota expected forecast projected estimate estimated",
    "previous": "previous prior last before former earlier py ly baseline prev",
    "low": "low lower min minimum floor bottom",
    "high": "high upper max maximum top ceiling",
    "average": "avg average mean median typical usual",
    "count": "count number n",
    "open": "outstanding remaining left open balance",
    "discount": "discount rebate tax vat fee surcharge tip deposit",
    "net": "net",
    "cumulative": "cumulative running ytd cum",
}
"""Words in a column name that set it apart from the plain measure: such a column speaks only where the text says so."""

MARKS_OF: dict[str, frozenset[str]] = {
    word: frozenset(mark for mark, listed in MARKS.items() if word in listed.split())
    for listed in MARKS.values()
    for word in listed.split()
}
_ID_PARTS = frozenset(
    {
        "id",
        "code",
        "key",
        "ref",
        "reference",
        "sku",
        "uuid",
        "iban",
        "ssn",
        "vin",
        "barcode",
        "ean",
        "number",
        "no",
        "nr",
    }
)
_POSITION_PARTS = frozenset({"line", "version", "seq", "sequence", "position", "row", "step", "index"})
_RATE_PARTS = words(
    "price rate pct percent percentage share ratio score rating grade avg average mean median age "
    "temperature temp margin index rank level min max every unit reference limit latitude longitude lat "
    "lon ph version year month speed pressure"
)
GENERIC = frozenset(
    stem(word) for word in words("value amount number total date name type status id code count text level")
)
_NUMERIC = re.compile(r"-?\d{1,15}(?:\.\d+)?")
_SAMPLE = 400


@dataclass(slots=True)
class Column:
    """`numbers`, `spans` and `texts` have one entry for each row, None where the cell says nothing of the kind."""

    set_index: int
    index: int
    name: str
    role: Role
    stems: tuple[str, ...]  # of its name, without the unit
    unit: Unit | None
    dimension: Dimension | None
    marks: frozenset[str]
    numbers: list[float | None] = field(default_factory=list[float | None])
    spans: list[tuple[date, date] | None] = field(default_factory=list[tuple[date, date] | None])
    clocks: list[datetime | None] = field(default_factory=list[datetime | None])
    texts: list[str | None] = field(default_factory=list[str | None])
    units: list[Unit | None] | None = None  # where a neighbour column names the unit of each row
    distinct: int = 0
    rates: bool = False  # adding its values up makes no sense
    exact: bool = True
    _negative: bool | None = None
    _moments: list[datetime | None] | None = None
    _sorted: list[float] | None = None
    _rows: list[int] | None = None

    @property
    def key(self) -> str:
        return self.name.casefold()

    @property
    def is_number(self) -> bool:
        return self.role is Role.NUMBER

    def rows_between(self, low: float, high: float) -> list[int]:
        """Rows whose number lies between, both ends inside."""
        if self._sorted is None or self._rows is None:
            pairs = sorted((n, row) for row, n in enumerate(self.numbers) if n is not None)
            self._sorted = [n for n, _ in pairs]
            self._rows = [row for _, row in pairs]
        return self._rows[bisect_left(self._sorted, low) : bisect_right(self._sorted, high)]

    @property
    def has_negative(self) -> bool:
        if self._negative is None:
            self._negative = any(n is not None and n < 0 for n in self.numbers)
        return self._negative

    @property
    def moments(self) -> list[datetime | None]:
        """The time of each row, midnight where only the day is known; None for months and longer."""
        if self._moments is None:
            self._moments = [
                clock or (as_datetime(span[0]) if span and span[0] == span[1] else None)
                for clock, span in zip(self.clocks, self.spans, strict=True)
            ]
        return self._moments

    def is_empty_at(self, row: int) -> bool:
        return self.numbers[row] is None and self.spans[row] is None and self.texts[row] is None

    def unit_at(self, row: int) -> Unit | None:
        return (self.units[row] or self.unit) if self.units is not None else self.unit


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
    _read_minutes(columns)
    _pair_units(columns)
    _join_periods(columns)
    return columns


def _build(name: str, kind: ColumnType, values: list[Value], set_index: int, index: int) -> Column:
    unit, unit_parts = unit_of_column(name)
    parts = [part for part in name_parts(name) if part not in unit_parts]
    role = _role(name, kind, values)
    stems = tuple(dict.fromkeys(stem(part) for part in parts if part not in _LITTLE))
    column = Column(
        set_index=set_index,
        index=index,
        name=name,
        role=role,
        stems=stems,
        unit=unit,
        dimension=unit.dimension if unit else dimension_of_name(name),
        marks=frozenset(mark for part in parts for mark in MARKS_OF.get(FOREIGN.get(part, part), ())),
        rates=not _RATE_PARTS.isdisjoint(parts)
        or (unit is not None and unit.dimension in (Dimension.PERCENT, Dimension.TEMPERATURE)),
        exact=kind is not ColumnType.FLOAT,
    )
    _fill(column, values)
    return column


def _role(name: str, kind: ColumnType, values: list[Value]) -> Role:
    filled = [value for value in values[:_SAMPLE] if value is not None and value != ""]
    parts = set(name_parts(name))
    if not filled:
        return {ColumnType.DATE: Role.TIME, ColumnType.TIMESTAMP: Role.TIME, ColumnType.BOOLEAN: Role.FLAG}.get(
            kind, Role.NUMBER if kind in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT) else Role.EMPTY
        )
    if all(isinstance(value, bool) for value in filled):
        return Role.FLAG
    if all(isinstance(value, date) for value in filled):
        return Role.TIME
    if all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in filled):
        return _numeric_role(parts, filled)
    texts = [str(value) for value in filled]
    dated = parts & {"month", "quarter", "period", "week", "date", "day", "on", "at", "year"}
    if (dated or any(c.isdigit() for c in texts[0])) and all(parse_period(text) for text in texts[:40]):
        return Role.TIME
    if parts & _ID_PARTS and not parts & {"note", "description"} and all(len(text) <= 40 for text in texts):
        return Role.CODE
    if all(_NUMERIC.fullmatch(text) for text in texts) and not any(
        t.startswith("0") and len(t) > 1 and "." not in t for t in texts
    ):
        return Role.NUMBER
    coded = sum(any(c.isdigit() for c in text) and " " not in text and len(text) <= 40 for text in texts)
    if coded >= 0.8 * len(texts) and len(set(texts)) > 0.7 * len(texts):
        return Role.CODE
    words = sum(len(text.split()) for text in texts) / len(texts)
    return Role.PROSE if words > 6 or any(len(text) > 90 for text in texts) else Role.LABEL


def _numeric_role(parts: set[str], filled: Sequence[Value]) -> Role:
    if parts & {"year", "yr"} and len(parts) <= 2 and all(1900 <= float(str(value)) <= 2100 for value in filled):
        return Role.TIME
    if parts & _ID_PARTS and not parts & _MEASURED and all(_is_whole(value) for value in filled):
        return Role.CODE
    return Role.NUMBER


_MEASURED = words("count total low high lower upper min max minimum maximum")  # `reference_low` is no reference


def _is_whole(value: Value) -> bool:
    """Without decimal places: 4.0 is measured, 4 may be an identifier."""
    return float(str(value)).is_integer() and not (isinstance(value, Decimal) and "." in str(value))


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
        column.numbers.append(number)
        column.spans.append(span)
        column.clocks.append(clock)
        column.texts.append(text)
    if column.role in (Role.LABEL, Role.CODE, Role.FLAG):
        column.distinct = len({fold(text) for text in column.texts if text})


def _read_minutes(columns: list[Column]) -> None:
    """`retention_min` is in minutes where the set has no maximum to go with a minimum."""
    if any({"max", "maximum"} & set(name_parts(c.name)) for c in columns):
        return
    for column in columns:
        if column.is_number and column.unit is None and name_parts(column.name)[1:][-1:] == ("min",):
            column.unit, column.dimension = UNITS["minute"], Dimension.TIME
            column.marks -= {"low"}
            column.stems = tuple(s for s in column.stems if s != stem("min"))


def _pair_units(columns: list[Column]) -> None:
    """A column named unit or currency speaks for the plain numbers of its row."""
    numbers = [c for c in columns if c.is_number and c.unit is None]
    for column in columns:
        parts = set(column.stems)
        if column.role is not Role.LABEL or not parts & {"unit", "uom", "currency", "ccy", "curr"}:
            continue
        money = bool(parts & {"currency", "ccy", "curr"})
        units = [unit_of_word(text.strip()) or _named(text) if text else None for text in column.texts]
        for number in numbers:
            if number.units is None and (
                money is (number.dimension is Dimension.MONEY) or not money or len(numbers) == 1
            ):
                if not money and number.dimension is Dimension.MONEY:
                    continue
                number.units = list(units)


def _named(text: str) -> Unit:
    return Unit(Dimension.OTHER, text.strip().lower())


def _join_periods(columns: list[Column]) -> None:
    """`year` beside `month`: the month of that year."""
    years = next((c for c in columns if c.role is Role.TIME and {"year"} & set(c.stems) and len(c.stems) == 1), None)
    if years is None:
        return
    for column in columns:
        if column.stems not in (("month",), ("quarter",), ("week",)) or column.role is Role.TIME:
            continue
        for row, span in enumerate(years.spans):
            number = column.numbers[row] if column.is_number else _month_number(column.texts[row])
            if span is None or number is None:
                continue
            year = span[0].year
            if column.stems == ("month",) and 1 <= number <= 12:
                column.spans[row] = months_from(year, int(number), 1)
            elif column.stems == ("quarter",) and 1 <= number <= 4:
                column.spans[row] = months_from(year, 3 * int(number) - 2, 3)
        if any(column.spans):
            column.role = Role.TIME
            column.numbers = [None] * len(column.numbers)


def _month_number(text: str | None) -> int | None:
    return MONTHS.get(text.strip().lower()) if text else None

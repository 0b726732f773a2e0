"""What columns say about each other: units of a row, the month of a year."""

from __future__ import annotations

from core.evidence.columns.column import Column, Role
from core.evidence.language.calendar import MONTHS, months_from
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem
from core.evidence.language.units import CURRENCIES, UNITS, Dimension, Unit, unit_of_word


def read_minutes(columns: list[Column]) -> None:
    """`retention_min` is in minutes where the set has no maximum to go with a minimum."""
    if any({"max", "maximum"} & set(name_parts(c.name)) for c in columns):
        return
    for column in columns:
        if column.is_number and column.unit is None and name_parts(column.name)[1:][-1:] == ("min",):
            column.unit, column.dimension = UNITS["minute"], Dimension.TIME
            column.marks -= {"low"}
            column.stems = tuple(s for s in column.stems if s != stem("min"))


def pair_units(columns: list[Column]) -> None:
    """A column named unit or currency speaks for the plain numbers of its row."""
    numbers = [c for c in columns if c.is_number and c.unit is None]
    for column in columns:
        parts = set(column.stems)
        money = bool(parts & {"currency", "ccy", "curr"}) or _are_currencies(column)
        if column.role is not Role.LABEL or not (money or parts & {"unit", "uom"}):
            continue
        kind = Dimension.MONEY if money else Dimension.OTHER
        units = [unit_of_word(text.strip()) or _named(text, kind) if text else None for text in column.texts]
        for number in numbers:
            if number.units is None and (
                money is (number.dimension is Dimension.MONEY) or not money or len(numbers) == 1
            ):
                if not money and number.dimension is Dimension.MONEY:
                    continue
                number.units = list(units)


def _are_currencies(column: Column) -> bool:
    """Whatever it is called: each of its cells is the code of one."""
    told = {text.strip() for text in column.texts if text}
    return bool(told) and told <= _CODES


_CODES = frozenset(CURRENCIES.values()) | frozenset(
    words(
        "MAD THB IDR MYR PHP VND PKR LKR BDT EGP NGN KES GHS TND DZD SAR QAR KWD BHD OMR JOD UAH RON BGN ISK RSD CLP "
        "COP PEN ARS UYU TWD XOF XAF"
    )
)


def _named(text: str, kind: Dimension) -> Unit:
    return Unit(kind, text.strip().upper() if kind is Dimension.MONEY else text.strip().lower())


def join_periods(columns: list[Column]) -> None:
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

"""What kind of thing each column holds, told from its cells and its name, never from a list of known tables."""

from __future__ import annotations

import re
from dataclasses import replace

from .columns import Column, Kind
from .figures import clean, decimals, is_date, is_integer, is_month, is_number, is_quarter, is_timestamp, to_number
from .parse import RawRecord, RawSet
from .tables import Table
from .words import (
    ADDITIVE,
    CATEGORY_NAMES,
    CURRENCIES,
    IDENTIFIER_ENDS,
    NOT_ADDITIVE,
    POSITIONS,
    PROPER_NAMES,
    TIME_UNITS,
    UNITS,
    row_noun,
    tokens,
)

_CODE = re.compile(r"(?=\S*\d)[A-Za-z]{0,12}[-_/.#]?[A-Za-z0-9][A-Za-z0-9_/.:#-]{0,40}")


def profile(record: RawRecord) -> tuple[Table, ...]:
    return tuple(_table(raw) for raw in record.sets)


def _table(raw: RawSet) -> Table:
    size = len(raw.rows)
    cells = list(zip(*raw.rows, strict=True)) if size else [() for _ in raw.columns]
    columns = [_column(name, i, tuple(c.strip() for c in cells[i]), size) for i, name in enumerate(raw.columns)]
    stated = [c for c in columns if c.words & {"currency"} and c.filled == size and len(set(c.cells)) == 1]
    mixed = any(c.is_unit and len(set(c.cells)) > 1 for c in columns)
    fixed = tuple(_with_currency(c, stated[0].cells[0] if stated else "", mixed) for c in columns)
    return Table(clean(raw.name), fixed, size, raw.numbers, raw.of, clean(raw.note), row_noun(raw.name))


def _with_currency(column: Column, currency: str, mixed: bool) -> Column:
    """A currency column beside it names the unit of money; several currencies or units forbid adding up."""
    if column.kind is not Kind.DECIMAL:
        return column
    money = column.additive or bool(column.words & {"price", "salary", "fee", "balance", "value"})
    stated = f"{currency.upper()} " if currency and len(currency) <= 5 and money and not column.suffix else ""
    return replace(column, prefix=column.prefix or stated, additive=column.additive and not mixed)


def _column(name: str, index: int, cells: tuple[str, ...], size: int) -> Column:
    named = tokens(name)
    filled = [cell for cell in cells if cell]
    kind = _kind(named, filled, size)
    label, prefix, suffix = _unit(named)
    if kind not in (Kind.INTEGER, Kind.DECIMAL):
        dated = kind in (Kind.DATE, Kind.TIMESTAMP, Kind.PERIOD)
        words = named if dated or named[-1:] not in (("on",), ("at",)) else named[:-1]  # born_on: "age 40 to 49"
        return Column(name, index, kind, cells, label=" ".join(words) or clean(name), filled=len(filled))
    numbers = tuple(to_number(cell) if cell else None for cell in cells)
    places = max((decimals(n) for n in numbers if n is not None), default=0)
    windowed = any(token.isdigit() for token in named)  # sold_90_days: rows may overlap
    counted = bool(set(named) & ADDITIVE or prefix) and not set(named) & NOT_ADDITIVE
    additive = counted and suffix != "%" and not windowed
    return Column(
        name, index, kind, cells, numbers, label or clean(name), prefix, suffix, places, additive, len(filled)
    )


def _unit(named: tuple[str, ...]) -> tuple[str, str, str]:
    """Label, prefix and suffix: ("total", "EUR ", "") of total_eur; a name that is only a unit keeps its word."""
    prefix = next((f"{t.upper()} " for t in named if t in CURRENCIES), "")
    unit = named[-1] if named and named[-1] in UNITS else ""
    if not unit and len(named) > 2 and named[0] in UNITS and named[0] in TIME_UNITS:
        return " ".join(t for t in named if t not in CURRENCIES), prefix, ""  # days_since_last_order says it already
    rest = [t for t in named if t not in CURRENCIES and t != unit]
    label = " ".join(rest) or ("amount" if prefix else " ".join(named))
    return label, prefix, UNITS[unit] if unit and (rest or unit not in TIME_UNITS) else ""


def _kind(named: tuple[str, ...], filled: list[str], size: int) -> Kind:
    if not filled:
        return Kind.EMPTY
    if all(cell in ("true", "false") for cell in filled):
        return Kind.BOOLEAN
    last = named[-1] if named else ""
    if all(map(is_number, filled)):
        return _number_kind(named, last, filled)
    if "month" in named and all(is_date(cell) and cell.endswith("-01") for cell in filled):
        return Kind.PERIOD
    for kind, fits in ((Kind.DATE, is_date), (Kind.PERIOD, is_month), (Kind.PERIOD, is_quarter)):
        if all(map(fits, filled)):
            return kind
    if all(is_timestamp(cell) or is_date(cell) for cell in filled):
        return Kind.TIMESTAMP
    return _text_kind(named, last, filled, size)


def _number_kind(named: tuple[str, ...], last: str, filled: list[str]) -> Kind:
    whole = all(map(is_integer, filled))
    if whole and set(named) & {"year", "yr"} and all(len(cell) == 4 and "1900" <= cell <= "2199" for cell in filled):
        return Kind.PERIOD
    if whole and (last in IDENTIFIER_ENDS or last in POSITIONS) and "of" not in named:
        return Kind.IDENTIFIER
    return Kind.INTEGER if whole else Kind.DECIMAL


def _text_kind(named: tuple[str, ...], last: str, filled: list[str], size: int) -> Kind:
    longest = max(map(len, filled))
    distinct = len(set(filled))
    coded = sum(1 for cell in filled if _CODE.fullmatch(cell))
    if last in PROPER_NAMES and longest <= 120 and distinct * 2 > size:
        return Kind.NAME  # also where a mask put PATIENT-1
    if longest <= 60 and coded * 5 >= len(filled) * 4 and (last in IDENTIFIER_ENDS or distinct * 2 > len(filled)):
        return Kind.IDENTIFIER
    spaces = sum(cell.count(" ") for cell in filled) / len(filled)
    if spaces >= 4 and (longest > 80 or sum(map(len, filled)) > 45 * len(filled)):
        return Kind.TEXT
    if last in CATEGORY_NAMES or (size >= 4 and distinct <= min(12, size // 2)):
        return Kind.CATEGORY
    return Kind.NAME

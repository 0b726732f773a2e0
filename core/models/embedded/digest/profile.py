"""What kind of thing each column holds, told from its cells and its name, never from a list of known tables."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from .figures import (
    clean,
    decimals,
    grouped,
    is_date,
    is_integer,
    is_month,
    is_number,
    is_quarter,
    is_timestamp,
    shorten,
    to_number,
)
from .parse import RawRecord, RawSet
from .words import (
    ADDITIVE,
    CATEGORY_NAMES,
    CURRENCIES,
    IDENTIFIER_ENDS,
    NAME_COLUMNS,
    NOT_ADDITIVE,
    PLAIN_MEASURES,
    POSITIONS,
    TIME_UNITS,
    UNIT_COLUMNS,
    UNITS,
    row_noun,
    tokens,
)

_CODE = re.compile(r"(?=\S*\d)[A-Za-z]{0,12}[-_/.#]?[A-Za-z0-9][A-Za-z0-9_/.:#-]{0,40}")


class Kind(StrEnum):
    EMPTY = "empty"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIMESTAMP = "timestamp"
    PERIOD = "period"  # 2026-09, 2026-Q3 or a year: a key to put rows in order
    IDENTIFIER = "identifier"
    CATEGORY = "category"
    NAME = "name"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with what its name and cells say. `numbers` has one entry per row, None where a cell is empty."""

    name: str
    index: int
    kind: Kind
    cells: tuple[str, ...]
    numbers: tuple[Decimal | None, ...] = ()
    label: str = ""
    prefix: str = ""  # "EUR "
    suffix: str = ""  # "%", " kWh"
    places: int = 0
    additive: bool = False
    filled: int = 0  # cells that are not empty

    @property
    def words(self) -> frozenset[str]:
        return frozenset(tokens(self.name))

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def is_money(self) -> bool:
        return bool(self.prefix)

    @property
    def is_time(self) -> bool:
        return self.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.PERIOD)

    @property
    def is_unit(self) -> bool:
        """Does this column only say what the figures beside it are counted in?"""
        return bool(self.words & (UNIT_COLUMNS | {"currency"})) and self.kind in (Kind.CATEGORY, Kind.NAME)

    def format(self, value: Decimal) -> str:
        """A figure of this column with currency or unit: "EUR 1,204.50", "12.5%", "-3 days"."""
        text = grouped(value, self.places if self.is_money else None)
        suffix = self.suffix
        if value == 1 and suffix.strip() in TIME_UNITS:
            suffix = suffix[:-1]
        return f"{self.prefix}{text}{suffix}"

    def show(self, row: int, limit: int = 140) -> str:
        """The cell as a reader wants it: figures with units, timestamps to the minute, text shortened."""
        cell = self.cells[row]
        if self.is_number and (value := self.numbers[row]) is not None:
            return self.format(value)
        if self.kind is Kind.TIMESTAMP:
            return cell[:16].replace("T", " ")
        if self.kind is Kind.PERIOD and is_date(cell):
            return cell[:7]
        if self.kind is Kind.BOOLEAN:
            return "yes" if cell == "true" else "no"
        return shorten(cell, limit)


@dataclass(frozen=True)
class Table:
    """A result set that knows its own columns. What names a row is worked out once: big sets ask for it often."""

    name: str
    columns: tuple[Column, ...]
    size: int
    numbers: tuple[str, ...]
    of: int | None = None
    note: str = ""
    nouns: tuple[str, str] = ("row", "rows")

    @property
    def is_cut(self) -> bool:
        return self.of is not None and self.of > self.size

    def count(self, number: int) -> str:
        """ "1 order", "35 orders"."""
        return f"{number:,} {self.nouns[0] if number == 1 else self.nouns[1]}"

    def of_kind(self, *kinds: Kind) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]

    def named(self, words: frozenset[str], *kinds: Kind) -> Column | None:
        """The first column whose name has one of these words (and, if given, one of these kinds)."""
        return next((c for c in self.columns if c.words & words and c.filled and (not kinds or c.kind in kinds)), None)

    def cite(self, *rows: int) -> str:
        """[orders 3] or [orders 3, 5]."""
        return f"[{self.name} {', '.join(self.numbers[row] for row in rows)}]"

    @cached_property
    def time(self) -> Column | None:
        """The column that puts rows in order: the first fully dated one, or the first dated one."""
        dated = [c for c in self.columns if c.is_time and c.filled]
        return next((c for c in dated if c.filled == self.size), dated[0] if dated else None)

    @cached_property
    def identifier(self) -> Column | None:
        """The column whose values tell the rows apart: codes before line numbers, and before a code that only comes
        along (the main posting of a variance) the one that tells them apart together with their names.
        """
        named = self.of_kind(Kind.IDENTIFIER)
        unique = [c for c in named if c.filled == self.size == len(set(c.cells))]
        codes = [c for c in unique if not c.words & POSITIONS]
        if codes and codes[0].index > 1 and not codes[0].words & set(self.nouns[0].split()) and self.subject:
            first = named[0]
            if len(set(zip(first.cells, self.subject.cells, strict=True))) == self.size:
                return first
        return (codes or unique or named or [None])[0]

    @cached_property
    def is_keyed(self) -> bool:
        """Has every row an identifier of its own?"""
        return self.identifier is not None and len(set(self.identifier.cells)) == self.size

    @cached_property
    def subject(self) -> Column | None:
        """The column a person would name a row by."""
        texts = [c for c in self.of_kind(Kind.NAME, Kind.CATEGORY) if c.filled]
        named = [c for c in texts if c.words & NAME_COLUMNS]
        plain = [c for c in texts if not c.words & CATEGORY_NAMES]
        return (named or plain or [None])[0]

    def row_name(self, row: int, limit: int = 70) -> str:
        """What to call a row: identifier, name, or both; "row 3" when it has neither."""
        parts: list[str] = []
        identifier, subject = self.identifier, self.subject
        if identifier is not None and identifier.cells[row].isdigit() and subject is not None and subject.cells[row]:
            identifier = None  # a line number says less than the line's name
        for column in (identifier, subject):
            if column is not None and column.cells[row]:
                bare = column.cells[row].isdigit()
                parts.append(f"{column.label if bare else ''} {shorten(column.cells[row], limit)}".strip())
        time = self.time
        if not parts and time is not None and time.cells[row]:
            parts.append(time.show(row))
        return " ".join(dict.fromkeys(parts)) or f"row {self.numbers[row]}"

    def short_name(self, row: int) -> str:
        """The identifier alone where there is one."""
        identifier = self.identifier
        if identifier is not None and identifier.cells[row] and not identifier.cells[row].isdigit():
            return shorten(identifier.cells[row], 60)
        return self.row_name(row, 40)

    def measure(self, column: Column) -> str:
        """The column's label; "orders total" where "total" alone would not say of what."""
        if column.label not in PLAIN_MEASURES or self.size == 1:
            return column.label
        named = list(tokens(self.name))
        of = named[: named.index("by")] if "by" in named[1:] else [*self.nouns[0].split()]
        return " ".join(of if of[-1] == column.label else [*of, column.label])

    def unit(self, row: int) -> str:
        """The cell of a unit column beside the figures: " mmol/L"."""
        cell = next((c.cells[row] for c in self.columns if c.is_unit and "currency" not in c.words), "")
        return f" {shorten(cell, 20)}" if cell else ""


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
        return Column(name, index, kind, cells, label=" ".join(named) or clean(name), filled=len(filled))
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
    if longest <= 60 and coded * 5 >= len(filled) * 4 and (last in IDENTIFIER_ENDS or distinct * 2 > len(filled)):
        return Kind.IDENTIFIER
    if last in ("subject", "title", "name") and longest <= 120 and size < 4:
        return Kind.NAME
    spaces = sum(cell.count(" ") for cell in filled) / len(filled)
    if spaces >= 4 and (longest > 80 or sum(map(len, filled)) > 45 * len(filled)):
        return Kind.TEXT
    if last in CATEGORY_NAMES or (size >= 4 and distinct <= min(12, size // 2)):
        return Kind.CATEGORY
    return Kind.NAME


def counts(column: Column) -> list[tuple[str, int]]:
    """Values with how often they occur, most frequent first, then by name."""
    found = Counter(cell for cell in column.cells if cell)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))

"""A column of a result set with what its name and its cells say, and its figures as a reader wants them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .figures import grouped, is_date, shorten
from .words import TIME_UNITS, UNIT_COLUMNS, tokens


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

    @property
    def total_label(self) -> str:
        """What its sum is called; a column of totals is not called a total twice."""
        return self.label if "total" in self.words else f"total {self.label}"

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


def counts(column: Column) -> list[tuple[str, int]]:
    """Values with how often they occur, most frequent first, then by name."""
    found = Counter(cell for cell in column.cells if cell)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))

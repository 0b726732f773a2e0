"""A result set that knows what its rows are called, what puts them in order, and how they are cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from .columns import Column, Kind
from .figures import shorten
from .words import CATEGORY_NAMES, NAME_COLUMNS, PLAIN_MEASURES, POSITIONS, tokens


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

    def sum_of_all(self, column: Column) -> Decimal | None:
        """What the head line of a set that was cut says all its rows add up to, those that were left out too."""
        said = re.search(r"\ball \d+ rows \(([^)]*)\)", self.note)
        for part in said[1].split("; ") if said else ():
            name, _, total = part.rpartition(" sum ")
            if name == column.name and re.fullmatch(r"-?\d+(?:\.\d+)?", total):
                return Decimal(total)
        return None

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

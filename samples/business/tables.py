"""What the generators hand to a loader: rows by table, independent of any database."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | Decimal | bool | date | datetime | None

SEED = 20261031

AS_OF = date(2026, 10, 31)
"""The business's today. Every "last 12 months" ends here, so the same record always reads the same."""

FIRST_DAY = date(2024, 11, 1)
"""24 months of history: from here to AS_OF."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]

    @classmethod
    def of(cls, name: str, rows: Sequence[NamedTuple]) -> Table:
        """A table whose columns are the fields of its rows. `rows` is not empty."""
        return cls(name, rows[0]._fields, rows)


def stream(seed: int, *name: str | int) -> random.Random:
    """A random stream of its own for each thing, so that changing one leaves all the others as they were."""
    return random.Random("/".join(str(part) for part in (seed, *name)))


def cents(amount: int) -> Decimal:
    """12345 becomes Decimal('123.45')."""
    return Decimal(amount).scaleb(-2)


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)

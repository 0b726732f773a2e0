"""Two values set against each other: the terms of differences, ratios and shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.evidence.columns.column import Column
from core.evidence.frame.scopes import Scope
from core.evidence.index.facts import SetFacts
from core.evidence.language.units import Unit
from core.evidence.support import CellsOf, show
from core.evidence.verdict import Cell


@dataclass(slots=True, eq=False)
class Name:
    """What to call a value, put into words only where it is told: most pairs do not hold."""

    template: str
    parts: tuple[object, ...]

    def __str__(self) -> str:
        return self.template.format(*self.parts)


@dataclass(slots=True, eq=False)
class Term:
    """A value of the record or of the sentence, with what to call it; "" for one of the sentence."""

    value: float
    unit: Unit | None
    name: Name | str
    cells: Iterable[Cell] = ()

    def __str__(self) -> str:
        return f"{show(self.value, self.unit)} ({self.name})" if self.name else show(self.value, self.unit)


@dataclass(slots=True, eq=False)
class Pair:
    """`new` against `old`. `ordered`: the order is known, so a rise is a rise; `share`: new is a part of old."""

    new: Term
    old: Term
    ordered: bool
    share: bool = False
    counted: bool = False  # terms are counts of rows
    ratio: bool = False  # only to be divided


def aggregate(facts: SetFacts, column: Column | None, mask: int, said: Scope | Name | str) -> Term | None:
    """The sum of the column over the rows; the average where adding up makes no sense; the count without a column.

    `said`: what the rows are, for the name.
    """
    if column is None:
        cells = CellsOf(facts, facts.columns[0], mask) if facts.columns else ()
        return Term(float(mask.bit_count()), None, Name("rows of {}{}", (facts.name, said)), cells)
    rows, total = column.filled(mask)
    if not rows:
        return None
    cells = CellsOf(facts, column, rows)
    if len(rows) == 1:
        return Term(total, column.unit, Name("{}{}", (column.name, said)), cells)
    if column.rates:
        return Term(total / len(rows), column.unit, Name("average {}{}", (column.name, said)), cells)
    return Term(total, column.unit, Name("sum of {} {}{}", (len(rows), column.name, said)), cells)

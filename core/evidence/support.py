"""What a reading hands back when the record carries a claim, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.fit import Fit
from core.evidence.index.facts import SetFacts
from core.evidence.language.units import Dimension, Unit
from core.evidence.verdict import Cell, Verdict

MOST_CELLS = 60
"""A sum over thousands of rows shows its first cells; `why` says how many there are."""


@dataclass(frozen=True, slots=True)
class Support:
    verdict: Verdict
    why: str
    cells: tuple[Cell, ...] = ()


@dataclass(slots=True)
class CellsOf:
    """The first cells of a column in some rows, made when they are asked for: most readings do not hold."""

    facts: SetFacts
    column: Column
    rows: Sequence[int] | int  # numbers, or a mask

    def __iter__(self) -> Iterator[Cell]:
        rows = rows_of(self.rows) if isinstance(self.rows, int) else self.rows
        return (self.facts.cell(row, self.column) for row in rows[:MOST_CELLS])


def found(fit: Fit, facts: SetFacts, row: int, column: Column, why: str = "") -> Support:
    value = column.numbers[row]
    text = why or f"{where(facts, row)}: {column.name} is {show(value, column.unit_at(row))}"
    verdict = Verdict.FOUND if fit is Fit.EXACT else Verdict.ROUNDED
    return Support(verdict, text + ("." if fit is Fit.EXACT else "; told rounded."), (facts.cell(row, column),))


def derived(fit: Fit, why: str, cells: Iterable[Cell]) -> Support:
    rounded = fit is not Fit.EXACT
    return Support(Verdict.DERIVED, why + ("; told rounded." if rounded else "."), tuple(islice(cells, MOST_CELLS)))


def where(facts: SetFacts, row: int) -> str:
    return f"{facts.name} row {row + 1}" if facts.size > 1 else facts.name


def show(value: float | None, unit: Unit | None = None) -> str:
    if value is None:
        return "empty"
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) < 1e12 else f"{value:g}"
    if unit is None:
        return text
    if unit.dimension is Dimension.MONEY:
        return f"{unit.name} {value * unit.factor:,.2f}"
    return f"{text} {unit.name}" if unit.dimension is not Dimension.PERCENT else f"{text} %"


def shown(claim: Claim) -> str:
    return claim.text

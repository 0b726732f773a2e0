"""Sets that are written downwards, one property a row with its value as text: read as one row with many columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from core.evidence.columns.build import build_columns
from core.evidence.columns.column import Column, Role
from core.evidence.index.facts import SetFacts
from core.evidence.language.units import unit_of_word
from core.evidence.verdict import Cell
from core.records import record as records

_LEAST = 3  # rows
_UNITS = ("unit", "uom", "einheit")


class Sheet(SetFacts):
    """The columns are those of one row; its cells are told where they stand in the set."""

    rows: list[int]
    values: Column

    def cell(self, row: int, column: Column) -> Cell:
        return Cell(self.name, self.rows[column.index], self.values.name)


def sheet_of(facts: SetFacts, index: int) -> Sheet | None:
    """None for a set that is written across, as most are."""
    names = next((c for c in facts.columns if c.role is Role.LABEL and c.distinct == facts.size), None)
    values = next((c for c in facts.columns if c is not names and _is_mixed(c)), None)
    if names is None or values is None or facts.size < _LEAST:
        return None
    units = next((c for c in facts.columns if c.key in _UNITS), None)
    rows = [row for row in range(facts.size) if names.texts[row] and values.texts[row]]
    cells = [parsed(values.texts[row] or "") for row in rows]
    columns = tuple(
        records.Column(names.texts[row] or "", _TYPES.get(type(cell), records.ColumnType.TEXT))
        for row, cell in zip(rows, cells, strict=True)
    )
    read = build_columns(records.ResultSet(facts.name, columns, (tuple(cells),)), index)
    for column, row in zip(read, rows, strict=True):
        unit = unit_of_word(units.texts[row] or "") if units is not None else None
        if unit is not None and column.is_number:
            column.unit, column.dimension = unit, unit.dimension
    sheet = Sheet(index, facts.name, 1, read, facts.nouns, facts.topics, False, False)
    sheet.rows, sheet.values = rows, values
    return sheet


_TYPES: dict[type, records.ColumnType] = {
    Decimal: records.ColumnType.DECIMAL,
    date: records.ColumnType.DATE,
}


def _is_mixed(column: Column) -> bool:
    """Text of which some is a figure or a date, and some is not."""
    if column.role not in (Role.LABEL, Role.PROSE, Role.CODE):
        return False
    figures = [not isinstance(parsed(text), str) for text in column.texts if text]
    return 3 * sum(figures) >= len(figures) > sum(figures)


def parsed(text: str) -> Decimal | date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        number = Decimal(text)
        return number if number.is_finite() else text
    except InvalidOperation:
        return text

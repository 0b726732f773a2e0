"""The currencies a record has amounts in."""

from __future__ import annotations

from core.evidence.columns.column import Column, Role
from core.evidence.language.units import Dimension, unit_of_word


def find_currencies(columns: list[Column]) -> set[str]:
    found = {c.unit.name for c in columns if c.unit and c.unit.dimension is Dimension.MONEY}
    for column in columns:
        if column.units:
            found |= {u.name for u in column.units if u and u.dimension is Dimension.MONEY}
        elif column.role is Role.LABEL and set(column.stems) & {"currency", "ccy", "curr"}:
            units = [unit_of_word(text) for text in set(filter(None, column.texts))]
            found |= {u.name for u in units if u and u.dimension is Dimension.MONEY}
    return found

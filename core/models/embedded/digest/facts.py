"""A set of one row is a form: who or what the record is about, or figures the procedure computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .columns import Column, Kind
from .figures import clean, shorten
from .finding import Finding, Place
from .pairs import column_pairs, is_reference
from .tables import Table
from .words import BAD, BAD_FLAGS, DONE, DULL_COLUMNS, OPEN, SEVERITY_NAMES, STATUS_NAMES, capital, human, tokens

_MOST = 8


def find(table: Table, weight: float, known: str = "") -> Iterator[Finding]:
    """`known`: what has been said of the subject already and need not be repeated."""
    paired = {c.index for pair in column_pairs(table) for c in pair}
    plain = [
        c
        for c in table.columns
        if c.cells[0] and c.index not in paired and c.cells[0] not in known and not is_reference(c)
    ]
    short = sorted((c for c in plain if c.kind is not Kind.TEXT), key=_rank)[:_MOST]
    if short:
        told = "; ".join(_fact(table, c) for c in sorted(short, key=lambda c: c.index))
        text = f"{capital(table.nouns[0])}: {told}. [{table.name}]"
        yield Finding(Place.INTRO, weight, text, table.name)
    for column in [c for c in plain if c.kind is Kind.TEXT][:2]:
        told = f'{capital(column.label)}: "{shorten(column.cells[0], 260)}"'
        topics = frozenset({"history"})
        yield Finding(Place.FINDING, 46, f"{told} [{table.name}]", table.name, shorten(told, 200), topics)
    for column in plain:
        yield from _attention(table, column)


def _rank(column: Column) -> tuple[int, int]:
    """Which facts stay when there are many: states and money, dates, names, figures; addresses last."""
    if column.words & DULL_COLUMNS:
        return (9, column.index)
    if column.is_money or column.words & (STATUS_NAMES | SEVERITY_NAMES):
        return (0, column.index)
    order = (Kind.CATEGORY, Kind.DATE, Kind.TIMESTAMP, Kind.NAME, Kind.PERIOD, Kind.DECIMAL, Kind.INTEGER)
    return (1 + order.index(column.kind) if column.kind in order else 8, column.index)


def _fact(table: Table, column: Column) -> str:
    shown = column.show(0, 90)
    return shown if column.label == table.nouns[0] else f"{column.label} {shown}"


def _attention(table: Table, column: Column) -> Iterator[Finding]:
    cell = column.cells[0]
    words = set(tokens(cell))
    if column.kind is Kind.BOOLEAN and cell == "true" and column.words & BAD_FLAGS:
        told = f"{capital(human(table.name))} is marked {column.label}"
        yield Finding(Place.RISK, 57, f"{told}. [{table.name}]", table.name, told)
    elif column.words & STATUS_NAMES and not column.is_number and words & (BAD | OPEN) and not words & DONE:
        told = f"{capital(human(table.name))} has {column.label} {clean(cell)}"
        yield Finding(Place.RISK, 50 if words & BAD else 44, f"{told}. [{table.name}]", table.name, told)


def subject_of(tables: Sequence[Table], record_id: str) -> str:
    """ "Brightwater Ltd (CUST-0142)", or what of the two the record has."""
    for table in tables:
        if table.size == 1 and (column := table.subject) is not None and column.kind is Kind.NAME:
            name = shorten(column.cells[0], 80)
            return f"{name} ({record_id})" if record_id and record_id not in name else name
    return record_id or "This record"

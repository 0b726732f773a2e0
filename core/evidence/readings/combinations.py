"""A figure so specific that chance hardly makes it: two cells of a column or of a row added or set against each other,
the cells of one label, the incoming and the outgoing ones. The words need not ask for the arithmetic, but where they
name rows it takes no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from weakref import WeakKeyDictionary

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of, rows_of
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.index.index import Index
from core.evidence.match import Fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import compatible, factor_for
from core.evidence.readings.pairs import direction
from core.evidence.support import Support, derived
from core.evidence.verdict import Cell

_SPECIFIC = 4  # digits, without the noughts at the end
_MOST_ROWS = 40  # of a set whose rows are combined
_MOST_LABELS = 12
_MOST = 30_000  # combinations of a record


@dataclass(frozen=True, slots=True)
class Combination:
    columns: tuple[Column, ...]
    mask: int  # of the rows that it takes
    why: str


_KNOWN: WeakKeyDictionary[Index, dict[int, list[Combination]]] = WeakKeyDictionary()


def read(frame: Frame, claim: Claim) -> Support | None:
    """The figure itself; or how many rows it takes: "three payments bring EUR 6,242.60"."""
    if (combination := _carrying(frame, claim)) is not None:
        return derived(Fit.EXACT, combination.why, _cells(frame, combination))
    if claim.unit is not None or claim.form not in (Form.DIGITS, Form.WORDS) or claim.bound is not Bound.EXACT:
        return None
    for other in frame.claims:
        combination = _carrying(frame, other) if other is not claim and other.kind is Kind.NUMBER else None
        if combination is not None and combination.mask.bit_count() == claim.value > 1:
            why = f"{claim.value:g} rows are what {other.text} is made of: {combination.why}"
            return derived(Fit.EXACT, why, _cells(frame, combination))
    return None


def _carrying(frame: Frame, claim: Claim) -> Combination | None:
    if claim.form is not Form.DIGITS or claim.bound is not Bound.EXACT or claim.sign or not _is_specific(claim):
        return None
    if direction(frame, claim):
        return None  # which way it went is for `pairs` to say
    for combination in _of(frame.index).get(_key(claim.value), ()):
        column = combination.columns[0]
        if factor_for(claim, column) != 1.0 or not compatible(frame, claim, column):
            continue
        if _is_of_named_rows(frame, frame.index.sets[column.set_index], combination):
            return combination
    return None


def _cells(frame: Frame, combination: Combination) -> Iterator[Cell]:
    facts = frame.index.sets[combination.columns[0].set_index]
    return (facts.cell(row, c) for row in rows_of(combination.mask) for c in combination.columns)


def _is_specific(claim: Claim) -> bool:
    return len("".join(c for c in claim.text if c.isdigit()).strip("0")) >= _SPECIFIC


def _is_of_named_rows(frame: Frame, facts: SetFacts, combination: Combination) -> bool:
    for mention in frame.mentions:
        options = mention.options.get(facts.index)
        if not options or mention.context or mention.sort not in (Sort.VALUE, Sort.TIME) or mention.strength < 2:
            continue
        told = 0
        for mask in options:
            told |= mask
        if combination.mask & ~told:
            return False
    return True


def _key(value: float) -> int:
    return round(abs(value) * 100)


def _of(index: Index) -> dict[int, list[Combination]]:
    """By their value; made when a figure of the record first asks for them."""
    if index not in _KNOWN:
        found: dict[int, list[Combination]] = {}
        for number, (value, combination) in enumerate(_all(index)):
            if number >= _MOST:
                break
            found.setdefault(_key(value), []).append(combination)
        _KNOWN[index] = found
    return _KNOWN[index]


def _all(index: Index) -> Iterator[tuple[float, Combination]]:
    for facts in index.sets:
        columns = [c for c in facts.columns if c.is_number and not c.units]
        for column in columns:
            yield from _of_labels(facts, column)
            yield from _of_signs(facts, column)
        if facts.size <= _MOST_ROWS:
            yield from _within_rows(facts, columns)
            for column in columns:
                yield from _of_two_rows(facts, column)


def _of_labels(facts: SetFacts, column: Column) -> Iterator[tuple[float, Combination]]:
    if column.rates:
        return
    for labels in facts.columns:
        if labels.role is not Role.LABEL or not 1 < labels.distinct <= _MOST_LABELS:
            continue
        for text in sorted({text for text in labels.texts if text}):
            rows = [row for row, other in enumerate(labels.texts) if other == text and column.numbers[row] is not None]
            if len(rows) > 1:
                why = f"sum of {len(rows)} values of {column.name} in {facts.name} with {labels.name} {text}"
                yield _sum(column, rows), Combination((column,), mask_of(rows), why)


def _of_signs(facts: SetFacts, column: Column) -> Iterator[tuple[float, Combination]]:
    if not column.has_negative or column.rates:
        return
    for sign, name in ((1, "positive"), (-1, "negative")):
        rows = [row for row, number in enumerate(column.numbers) if number is not None and number * sign > 0]
        if len(rows) > 1:
            why = f"sum of {len(rows)} {name} values of {column.name} in {facts.name}"
            yield _sum(column, rows), Combination((column,), mask_of(rows), why)


def _of_two_rows(facts: SetFacts, column: Column) -> Iterator[tuple[float, Combination]]:
    held = [(row, number) for row, number in enumerate(column.numbers) if number is not None]
    for (one, a), (other, b) in combinations(held, 2):
        mask = 1 << one | 1 << other
        place = f"{column.name} in {facts.name} rows {one + 1} and {other + 1}"
        yield a - b, Combination((column,), mask, f"difference of {place}")
        if not column.rates:
            yield a + b, Combination((column,), mask, f"sum of {place}")


def _within_rows(facts: SetFacts, columns: list[Column]) -> Iterator[tuple[float, Combination]]:
    for one, other in combinations(columns, 2):
        if one.unit != other.unit or one.dimension is not other.dimension or one.unit is None:
            continue
        for row, (a, b) in enumerate(zip(one.numbers, other.numbers, strict=True)):
            if a is None or b is None:
                continue
            place = f"{one.name} and {other.name} in {facts.name} row {row + 1}"
            yield a - b, Combination((one, other), 1 << row, f"difference of {place}")
            yield a + b, Combination((one, other), 1 << row, f"sum of {place}")


def _sum(column: Column, rows: Iterable[int]) -> float:
    return sum(column.numbers[row] or 0.0 for row in rows)

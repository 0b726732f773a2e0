"""An amount times something: a share that the sentence or a text of the record tells, the years that a row lasts. And
an amount over what it is told for ("a square metre", "per named user")."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of
from core.evidence.frame.frame import Frame, Scope
from core.evidence.index.prose import TextFigure
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.readings.choice import factor_for
from core.evidence.readings.length import between
from core.evidence.readings.operands.pair import Name, Term, aggregate
from core.evidence.readings.workings.joined import joined
from core.evidence.readings.workings.rows import meant
from core.evidence.readings.workings.working import Working

_MOST = 20  # figures of texts


def products(frame: Frame, claim: Claim, columns: list[Column]) -> Iterator[Working]:
    for column in columns:
        factor = factor_for(claim, column)
        if factor is None or column.units is not None or column.dimension in (None, Dimension.PERCENT, Dimension.TIME):
            continue
        for scope in meant(frame, claim, frame.index.sets[column.set_index]):
            base = aggregate(scope.facts, column, scope.mask, scope)
            for by in _multipliers(frame, claim, scope) if base is not None else ():
                if base is not None:
                    name = Name("{} times {}", (base, by.name))
                    value = base.value * by.value
                    yield Working(value * factor, name, (base, by), against=(value, base.value))


def _multipliers(frame: Frame, claim: Claim, scope: Scope) -> Iterator[Term]:
    for other in frame.claims:
        if other is not claim and other.kind is Kind.NUMBER and other.form is not Form.ORDINAL:
            if other.dimension is Dimension.PERCENT:
                yield Term(other.value / 100, None, other.text)
            elif other.form is Form.MULTIPLE:
                yield Term(other.value, None, other.text)
    for entry in islice(_texts(frame, Dimension.PERCENT), _MOST):
        yield _term(frame, entry, entry.value / 100)
    if scope.mask.bit_count() == 1:
        row = scope.mask.bit_length() - 1
        for one, other in combinations(scope.facts.times[:4], 2):
            start, end = one.moments[row], other.moments[row]
            if start is not None and end is not None:
                days = between(start.date(), end.date(), "", ()).days
                cells = [scope.facts.cell(row, c) for c in (one, other)]
                yield Term(float(round(days / 365.25)), None, f"years from {one.name} to {other.name}", cells)


def _texts(frame: Frame, dimension: Dimension | None) -> Iterator[TextFigure]:
    for entries in frame.index.text_figures.values():
        for entry in entries:
            if (entry.unit.dimension if entry.unit is not None else None) is dimension:
                yield entry


def _term(frame: Frame, entry: TextFigure, value: float) -> Term:
    facts = frame.index.sets[entry.column.set_index]
    name = Name("{:g} in the text of {}", (entry.value, entry.column.name))
    return Term(value, None, name, (facts.cell(entry.row, entry.column),))


def quotients(frame: Frame, claim: Claim, columns: list[Column]) -> Iterator[Working]:
    """Only where the words tell a rate."""
    told = {frame.tokens[i + 1].stem for i, t in enumerate(frame.tokens[:-1]) if t.low in _EACH}
    if not told:
        return
    for column in columns:
        factor = factor_for(claim, column)
        if factor is None or column.units is not None or column.rates:
            continue
        for scope in meant(frame, claim, frame.index.sets[column.set_index]):
            whole = aggregate(scope.facts, column, scope.mask, scope)
            for by in _divisors(frame, column, scope, told) if whole is not None else ():
                if whole is not None and by.value:
                    name = Name("{} over {}", (whole, by))
                    yield Working(whole.value * factor / by.value, name, (whole, by))


_EACH = words("per a an each every one")


def _divisors(frame: Frame, column: Column, scope: Scope, told: set[str]) -> Iterator[Term]:
    held = mask_of(column.filled(scope.mask)[0])
    for beside in (Scope(scope.facts, held, scope.used), *joined(frame.index, scope)):
        for other in beside.facts.numbers:
            if other is column or other.rates or other.units is not None or other.unit == column.unit:
                continue
            if (term := aggregate(beside.facts, other, beside.mask, beside)) is not None:
                yield term
    for entry in islice(_texts(frame, None), 10 * _MOST):
        if entry.near & (told | frame.word_stems):
            yield _term(frame, entry, entry.value)

"""Amounts: totals, and differences and sums of two columns or of two rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain, combinations

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame, Scope
from core.evidence.readings.choice import factor_for
from core.evidence.readings.operands.pair import Name, Pair, aggregate
from core.evidence.readings.workings.parts import kinds, signs
from core.evidence.readings.workings.rows import in_unit, meant
from core.evidence.readings.workings.twos import STAGES, Stage, of_columns, of_each, of_others, of_rows
from core.evidence.readings.workings.working import Working, difference, total


def amounts(frame: Frame, claim: Claim, columns: list[Column]) -> Iterator[Working]:
    """The plainest first."""
    for stage in (_totals, *(partial(_of_two, stage) for stage in STAGES), _of_parts, _of_two_parts):
        for column in columns:
            factor = factor_for(claim, column) if column.units is None else 1.0
            if factor is None:
                continue
            found = meant(frame, claim, frame.index.sets[column.set_index])
            if column.units is not None:
                found = in_unit(found, claim, column)
            for scope in found[:1] if stage in (_of_parts, _of_two_parts) else found:
                for working in stage(frame, claim, column, scope):
                    yield working._replace(value=working.value * factor)


def _totals(_frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Working]:
    rows, value = column.filled(scope.mask)
    if len(rows) > 1 and (term := aggregate(scope.facts, column, scope.mask, scope)) is not None:
        way = (1 if value > 0 else -1) if column.has_negative else None  # what came in and what went out
        yield Working(term.value, Name("{}", (term.name,)), (term,), way)


def _of_two(stage: Stage, frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Working]:
    for pair in stage(frame, claim, column, scope):
        yield difference(pair)
        adds_up = stage in (of_columns, of_rows, of_each) or (stage is of_others and "and" in frame.words)
        if adds_up and not column.rates:
            yield total(pair)


def _of_parts(_frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Working]:
    """The rows of one part, and all but it."""
    if column.rates:
        return
    for parts in chain(kinds(scope), [signs(column, scope.mask)]):
        for part in parts:
            for mask, name in ((part.mask, "{} with {}"), (scope.mask & ~part.mask, "{} without {}")):
                term = aggregate(scope.facts, column, mask, scope) if mask.bit_count() > 1 else None
                if term is not None:
                    yield Working(term.value, Name(name, (term.name, part.name)), (term,))


def _of_two_parts(_frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Working]:
    """By how much one part is more than another one beside it."""
    if column.rates:
        return
    for parts in kinds(scope):
        terms = [aggregate(scope.facts, column, part.mask, Name(" with {}", (part.name,))) for part in parts]
        for one, other in combinations([t for t in terms if t is not None][:_MOST_PARTS], 2):
            yield difference(Pair(one, other, False))


_MOST_PARTS = 6

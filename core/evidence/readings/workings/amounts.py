"""Amounts: totals, and differences and sums of two columns or of two rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column, Role
from core.evidence.frame.frame import Frame, Scope
from core.evidence.readings.choice import factor_for
from core.evidence.readings.operands.pair import Name, aggregate
from core.evidence.readings.workings.rows import in_unit, meant
from core.evidence.readings.workings.twos import STAGES, Stage, of_columns, of_each, of_others, of_rows
from core.evidence.readings.workings.working import Working, difference, total

_MOST_LABELS = 12


def amounts(frame: Frame, claim: Claim, columns: list[Column]) -> Iterator[Working]:
    """The plainest first."""
    for stage in (_totals, *(partial(_of_two, stage) for stage in STAGES), _of_labels):
        for column in columns:
            factor = factor_for(claim, column) if column.units is None else 1.0
            if factor is None:
                continue
            found = meant(frame, claim, frame.index.sets[column.set_index])
            if column.units is not None:
                found = in_unit(found, claim, column)
            for scope in found[:1] if stage is _of_labels else found:
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


def _of_labels(_frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Working]:
    """The rows of one label among those meant, and all others of them."""
    if column.rates:
        return
    for labels in scope.facts.columns:
        if labels.role not in (Role.LABEL, Role.FLAG) or not 1 < labels.distinct <= _MOST_LABELS:
            continue
        for text, mask in labels.groups.items():
            inside = ((scope.mask & mask, "{} with {} {}"), (scope.mask & ~mask, "{} without {} {}"))
            for part, name in inside if scope.mask & mask else ():
                term = aggregate(scope.facts, column, part, scope) if part.bit_count() > 1 else None
                if term is not None:
                    yield Working(term.value, Name(name, (term.name, labels.name, text)), (term,))

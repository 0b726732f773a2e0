"""The rows the words mean against all rows, and against those one word fewer means."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.readings import across
from core.evidence.readings.measured import measured
from core.evidence.readings.operands.pair import Name, Pair, Term, aggregate


def parts_of_sums(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """The rows the words mean against all rows, and against those one word fewer means."""
    if column.rates:
        return
    for scope in scopes(frame, facts, claim, union=True):
        if not scope.restricted or not scope.mask:
            continue
        part = aggregate(facts, column, scope.mask, scope)
        for whole_mask, name in _wholes(scope):
            whole = aggregate(facts, column, whole_mask, name)
            if part is not None and whole is not None:
                yield Pair(part, whole, False, True)


def parts_of_columns(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "extras make up 14 % of what was paid": a column against the sum of all of its kind."""
    columns = across.wholes(column, facts)
    if not columns:
        return
    for scope in scopes(frame, facts, claim, union=True):
        part = aggregate(facts, column, scope.mask, scope)
        total = across.together(columns, scope)
        if part is not None and total is not None:
            name = Name("{}{}", (across.named(columns), scope))
            yield Pair(part, Term(total, column.unit, name, across.cells(columns, scope)), False, True, ratio=True)


def parts_of_counts(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Pair]:
    for scope in scopes(frame, facts, claim, union=True):
        for mask, said in measured(frame, claim, scope):
            part, whole = aggregate(facts, None, mask, said), aggregate(facts, None, scope.mask, scope)
            if part is not None and whole is not None:
                yield Pair(part, whole, False, True, True)
        if not scope.restricted:
            continue
        part = aggregate(facts, None, scope.mask, scope)
        for whole_mask, name in _wholes(scope):
            whole = aggregate(facts, None, whole_mask, name)
            if part is not None and whole is not None:
                yield Pair(part, whole, False, True, True)


def _wholes(scope: Scope) -> list[tuple[int, Name | str]]:
    found: list[tuple[int, Name | str]] = [(scope.facts.all, " in all")]
    if len(scope.used) > 1:
        for kept in scope.used:
            mask = 0
            for option in kept.options[scope.facts.index]:
                mask |= option
            if mask & scope.mask == scope.mask and mask != scope.mask:
                found.append((mask, Name(" for “{}”", (kept.text,))))
    return found

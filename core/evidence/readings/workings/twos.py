"""Two values of the record that a figure may come of: of two columns of the same rows, of two rows of one column."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame, Scope
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import is_hidden
from core.evidence.readings.operands.beside import are_alike, is_older
from core.evidence.readings.operands.columns import spoken_marks
from core.evidence.readings.operands.pair import Name, Pair, Term, aggregate
from core.evidence.readings.workings.joined import joined
from core.evidence.readings.workings.rows import MOST_ROWS, order_of, pairs_of

Stage = Callable[[Frame, Claim, Column, Scope], Iterator[Pair]]


def of_columns(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """With another column of its unit, over the same rows."""
    return _beside(frame, claim, column, scope, scope)


def of_joined(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """With a column of its unit in another set, over the rows that belong to these."""
    for beside in joined(frame.index, scope):
        yield from _beside(frame, claim, column, scope, beside)


def _beside(frame: Frame, claim: Claim, column: Column, scope: Scope, beside: Scope) -> Iterator[Pair]:
    one = aggregate(scope.facts, column, scope.mask, scope)
    for other in beside.facts.numbers if one is not None else ():
        if other is column or other.unit != column.unit or other.units is not None or column.rates is not other.rates:
            continue
        if column.unit is None and not are_alike(frame, column, other):
            continue
        if is_ratio(claim) and is_hidden(other, spoken_marks(frame, claim)) and id(other) not in frame.column_hits:
            continue
        two = aggregate(beside.facts, other, beside.mask, beside)
        if one is not None and two is not None:
            yield _pair(one, two, _order_of(column, other))


def is_ratio(claim: Claim) -> bool:
    return claim.dimension in (Dimension.PERCENT, Dimension.POINTS) or claim.form in (Form.FRACTION, Form.MULTIPLE)


def _order_of(one: Column, two: Column) -> int:
    if bool(one.hard_marks) is not bool(two.hard_marks):
        return 1 if two.hard_marks else -1
    return 1 if is_older(two, one) else -1 if is_older(one, two) else 0


def of_named(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """With the one row that the words name in another set, such as a limit that stands in a set of limits."""
    one = aggregate(scope.facts, column, scope.mask, scope)
    if one is None:
        return
    for facts in frame.index.sets:
        if facts is scope.facts or facts.size == 1:
            continue
        rows = {mask for m in frame.mentions if not m.context for mask in m.options.get(facts.index, ())}
        for mask in sorted(rows):
            row = mask.bit_length() - 1
            for other in facts.numbers if mask.bit_count() == 1 else ():
                if other.unit_at(row) == column.unit is not None and (number := other.numbers[row]) is not None:
                    name = Name("{}, {} row {}", (other.name, facts.name, row + 1))
                    yield Pair(one, Term(number, column.unit, name, (facts.cell(row, other),)), False, share=True)


def of_rows(_frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    for one, other, order in pairs_of(column, scope):
        yield _pair(row_term(column, scope, one), row_term(column, scope, other), order)


def of_others(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """The row that the words mean with each other one of its set: it is told of, unless "than" stands before it."""
    facts = scope.facts
    if scope.mask.bit_count() != 1 or facts.size > MOST_ROWS or any(m.sort is Sort.TIME for m in scope.used):
        return  # which times are set against one is for `periods` to say
    row = scope.mask.bit_length() - 1
    if column.numbers[row] is None:
        return
    one = row_term(column, scope, row)
    turned = any(
        not _AGAINST.isdisjoint(t.low for t in frame.tokens[max(0, m.first - 3) : m.first]) for m in scope.used
    )
    for other in rows_of(facts.all & ~scope.mask):
        if column.numbers[other] is not None:
            order = order_of(facts, row, other) or (-1 if turned else 1)
            yield _pair(one, row_term(column, scope, other), order)


_AGAINST = words("than against versus vs compared from over")


def of_each(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """One row of those meant: the column with another one of its unit."""
    if 1 < scope.mask.bit_count() <= MOST_ROWS:
        for row in rows_of(scope.mask):
            yield from of_columns(frame, claim, column, Scope(scope.facts, 1 << row, ()))


STAGES: tuple[Stage, ...] = (of_columns, of_joined, of_named, of_rows, of_others, of_each)
"""The plainest first."""


def row_term(column: Column, scope: Scope, row: int) -> Term:
    facts = scope.facts
    name = Name("{}, {} row {}", (column.name, facts.name, row + 1))
    return Term(column.numbers[row] or 0.0, column.unit, name, (facts.cell(row, column),))


def _pair(one: Term, two: Term, order: int) -> Pair:
    new, old = (two, one) if order < 0 else (one, two)
    return Pair(new, old, order != 0, share=True)

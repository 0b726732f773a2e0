"""Two values of the record that a figure may come of: of two columns of the same rows, of two rows of one column."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of, rows_of
from core.evidence.frame.frame import Frame, Scope
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import is_hidden
from core.evidence.readings.operands.beside import are_alike, is_older
from core.evidence.readings.operands.columns import spoken_marks
from core.evidence.readings.operands.pair import Name, Pair, Term, aggregate
from core.evidence.readings.workings.chance import tries
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
    held = mask_of(column.filled(scope.mask)[0])
    loose = is_ratio(claim) and tries(claim) < _SPECIFIC
    for other in beside.facts.numbers if one is not None else ():
        if other is column or column.rates is not other.rates or not _of_one_unit(column, other, scope, beside):
            continue
        if column.unit is None and column.units is None and not are_alike(frame, column, other):
            continue
        if loose and is_hidden(other, spoken_marks(frame, claim)) and id(other) not in frame.column_hits:
            continue
        two = aggregate(beside.facts, other, beside.mask, beside)
        if one is None or two is None:
            continue
        yield _pair(one, two, _order_of(frame, column, other))
        both = held & mask_of(other.filled(beside.mask)[0]) if beside is scope else 0
        if both and both != held:  # what is like for like
            alike = [aggregate(scope.facts, c, both, scope) for c in (column, other)]
            if alike[0] is not None and alike[1] is not None:
                yield _pair(alike[0], alike[1], _order_of(frame, column, other))


def is_ratio(claim: Claim) -> bool:
    return claim.dimension in (Dimension.PERCENT, Dimension.POINTS) or claim.form in (Form.FRACTION, Form.MULTIPLE)


def _of_one_unit(one: Column, two: Column, scope: Scope, beside: Scope) -> bool:
    if one.units is None and two.units is None:
        return one.unit == two.unit
    if scope.mask.bit_count() != 1 or beside.mask.bit_count() != 1:
        return False
    return one.unit_at(scope.mask.bit_length() - 1) == two.unit_at(beside.mask.bit_length() - 1)


_SPECIFIC = 10  # tries


def _order_of(frame: Frame, one: Column, two: Column) -> int:
    if bool(one.hard_marks) is not bool(two.hard_marks):
        return 1 if two.hard_marks else -1
    if is_older(two, one) or is_older(one, two):
        return 1 if is_older(two, one) else -1
    a, b = _place_of(frame, one), _place_of(frame, two)
    return 0 if a == b else 1 if a < b else -1  # "the gross weight exceeds the net weight"


def _place_of(frame: Frame, column: Column) -> int:
    """Where the words first name it by a word that names no other column of its unit; far where they do not."""
    told = [h.place for h in frame.column_hits.get(id(column), ()) if h.weight == 1.0 and h.place >= 0]
    return min(told, default=_FAR)


_FAR = 10_000


def of_heads(frame: Frame, _claim: Claim, column: Column, scope: Scope) -> Iterator[Pair]:
    """With what a set of one row says of the whole."""
    one = aggregate(scope.facts, column, scope.mask, scope)
    if one is None or column.unit is None or scope.facts.size == 1:
        return
    for facts in frame.index.sets:
        for head in facts.numbers if facts.size == 1 else ():
            if head.unit == column.unit and (two := aggregate(facts, head, 1, f" of {facts.name}")) is not None:
                yield _pair(one, two, _order_of(frame, column, head))


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


STAGES: tuple[Stage, ...] = (of_columns, of_joined, of_named, of_heads, of_rows, of_others, of_each)
"""The plainest first."""


def row_term(column: Column, scope: Scope, row: int) -> Term:
    facts = scope.facts
    name = Name("{}, {} row {}", (column.name, facts.name, row + 1))
    return Term(column.numbers[row] or 0.0, column.unit, name, (facts.cell(row, column),))


def _pair(one: Term, two: Term, order: int) -> Pair:
    new, old = (two, one) if order < 0 else (one, two)
    return Pair(new, old, order != 0, share=True)

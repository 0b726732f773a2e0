"""Columns whose values may be set against each other."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.language.units import Dimension
from core.evidence.readings.choice import chosen, counted_field, is_hidden, open_marks
from core.evidence.readings.nouns import Noun

MOST_COLUMNS = 8


def operand_columns(frame: Frame, claim: Claim, noun: Noun | None) -> list[Column]:
    """Columns whose values may be set against each other, the best named first."""
    fitting = [c for c in frame.index.numbers if _may_be_operand(claim, c)]
    if (counted := counted_field(frame, claim)) is not None:
        fitting = [c for c in fitting if c in counted.columns] or fitting
    if claim.dimension not in (None, Dimension.PERCENT, Dimension.POINTS) and (
        exact := [c for c in fitting if c.unit is not None or c.units is not None]
    ):
        fitting = exact  # beside columns in milligrams, one without a unit holds no milligrams
    near = frame.related(claim)
    if near and any(c.set_index in near for c in fitting):
        fitting = [c for c in fitting if c.set_index in near]
    columns = chosen(frame, claim, fitting)
    named = [c for c in columns if frame.score(c, claim) > 0]
    if claim.dimension is None and claim.form in (Form.DIGITS, Form.WORDS):
        return _plain_first(frame, claim, fitting, columns)[:MOST_COLUMNS]
    if claim.dimension in (Dimension.PERCENT, None, Dimension.POINTS):
        sentence_named = [c for c in fitting if id(c) in frame.column_hits and c not in named]
        if named or sentence_named:
            return (named + sentence_named)[:MOST_COLUMNS]
    return (named or _meant_first(frame, columns))[:MOST_COLUMNS]


def _meant_first(frame: Frame, columns: list[Column]) -> list[Column]:
    """Those of the sets that the most words mean rows of."""
    meant = {c.set_index: sum(any(m.options.get(c.set_index, ())) for m in frame.mentions) for c in columns}
    return sorted(columns, key=lambda c: -meant[c.set_index])


def _plain_first(frame: Frame, claim: Claim, fitting: list[Column], columns: list[Column]) -> list[Column]:
    """For a bare number ("rose by 9 points") the columns of what is named, whatever the words call the number."""
    near = frame.related(claim)
    if near:
        fitting = [c for c in fitting if c.set_index in near]
    marks = spoken_marks(frame, claim)
    found = [c for c in fitting if not is_hidden(c, marks) or c in columns]
    return sorted(found, key=lambda c: -frame.score(c, claim))


def spoken_marks(frame: Frame, claim: Claim) -> frozenset[str]:
    """The marks the words speak of; a rise or a fall speaks of what was before."""
    marks = open_marks(frame, claim)
    return marks | {"previous"} if frame.ways else marks


def _may_be_operand(claim: Claim, column: Column) -> bool:
    dimension = claim.dimension
    if dimension is Dimension.POINTS:
        return column.unit is not None and column.unit.dimension is Dimension.PERCENT
    if dimension in (Dimension.PERCENT, None):
        return True
    return column.dimension is dimension or column.unit is None or (column.unit.dimension is dimension)

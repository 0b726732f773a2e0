"""All pairs of values that the words of a sentence may set against each other."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.frame.frame import Frame
from core.evidence.language.units import Dimension
from core.evidence.readings.nouns import Noun
from core.evidence.readings.operands.beside import between_columns
from core.evidence.readings.operands.columns import operand_columns
from core.evidence.readings.operands.limits import against_limits, against_owner, fill_level
from core.evidence.readings.operands.pair import Pair
from core.evidence.readings.operands.parts import parts_of_columns, parts_of_counts, parts_of_sums
from core.evidence.readings.operands.periods import over_time
from core.evidence.readings.operands.things import between_extremes, between_things
from core.evidence.readings.operands.told import against_told, told


def find_pairs(frame: Frame, claim: Claim, noun: Noun | None, *, changes: bool) -> Iterator[Pair]:
    """Told ones first, then those of one row, of times, of named things, of parts.

    `changes`: the words may ask how something changed. Else they ask for shares, and rows in order need no look."""
    yield from told(frame, claim)
    columns = operand_columns(frame, claim, noun)
    yield from against_told(frame, claim)
    for column in columns:
        yield from between_columns(frame, claim, column)
    for facts in frame.index.sets:
        yield from fill_level(frame, claim, facts)
    shares = claim.dimension is Dimension.PERCENT or claim.form is Form.FRACTION
    for column in columns:
        facts = frame.index.sets[column.set_index]
        yield from against_limits(frame, claim, column, facts)
        yield from against_owner(frame, claim, column, facts)
        if shares and frame.score(column, claim) > 0:
            yield from parts_of_columns(frame, claim, column, facts)
        if facts.size > 1:
            yield from over_time(frame, claim, column, facts, changes=changes)
            yield from between_things(frame, claim, column, facts)
            yield from between_extremes(frame, column, facts)
            yield from parts_of_sums(frame, claim, column, facts)
    counted = noun.sets if noun else []
    if (
        not counted
        and (noun is None or noun.is_bare)
        and (claim.dimension is Dimension.PERCENT or claim.form in (Form.FRACTION, Form.MULTIPLE))
    ):
        counted = [(s, 1.0) for s in frame.index.sets if not s.summary]
    for facts, _ in counted:
        if facts.size > 1:
            yield from parts_of_counts(frame, claim, facts)
            yield from over_time(frame, claim, None, facts, changes=changes)
            yield from between_things(frame, claim, None, facts)

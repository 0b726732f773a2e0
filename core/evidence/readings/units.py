"""The right figure with the wrong unit, where words sound like a demand: "Notice must be given 60 weeks ahead"."""

from __future__ import annotations

from core.evidence.claims.claim import Bound, Claim
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import IMPERATIVE
from core.evidence.language.units import Dimension
from core.evidence.support import Support, show, where
from core.evidence.verdict import Verdict


def in_another(frame: Frame, claim: Claim) -> Support | None:
    """A length of time that a column the words speak of has in another unit; not where somebody is told to act."""
    if claim.dimension is not Dimension.TIME or claim.bound is not Bound.EXACT or claim.value <= 1:
        return None
    if next((t.low for t in frame.tokens if t.is_word), "") in IMPERATIVE:
        return None
    for column in frame.index.numbers:
        if column.dimension is not Dimension.TIME or column.unit is None or column.unit == claim.unit:
            continue
        rows = rows_of(column.rows_between(claim.value, claim.value))
        facts = frame.index.sets[column.set_index]
        if rows and not frame.word_stems.isdisjoint({*column.stems, *facts.nouns}):
            why = f"{where(facts, rows[0])}: {column.name} is {show(claim.value, column.unit)}."
            return Support(Verdict.CONTRADICTED, why, (facts.cell(rows[0], column),))
    return None

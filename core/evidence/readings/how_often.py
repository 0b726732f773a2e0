"""How often something was done: "every parameter was determined twice" of a column that tells it, "weight is noted
three times" of free texts."""

from __future__ import annotations

from core.evidence.claims.claim import Claim
from core.evidence.columns.rows import rows_of
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.index.traits import traits_of
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts
from core.evidence.mentions.mention import Sort
from core.evidence.support import CellsOf, Support, derived

_EACH = words("every each all")
_APART = words("apart except besides excluding")
_LEAST = 5  # letters of a word that is looked for in texts


def how_often(frame: Frame, claim: Claim) -> Support | None:
    return _each(frame, claim) or _noted(frame, claim)


def _each(frame: Frame, claim: Claim) -> Support | None:
    """All rows, but for those that are named apart, have the figure in a column of how often."""
    if frame.words.isdisjoint(_EACH):
        return None
    apart = [] if frame.words.isdisjoint(_APART) else [m for m in frame.mentions if m.sort is Sort.VALUE]
    for facts in frame.index.sets:
        left = facts.all
        for mask in (mask for m in apart for mask in m.options.get(facts.index, ())):
            left &= ~mask
        for column in facts.numbers if left.bit_count() > 1 else ():
            told = "times" in name_parts(column.name)
            if told and {column.numbers[row] for row in rows_of(left)} == {claim.value}:
                return derived(Fit.EXACT, f"{column.name} of each row of {facts.name}", CellsOf(facts, column, left))
    return None


def _noted(frame: Frame, claim: Claim) -> Support | None:
    """The one word before the figure that texts have stands in so many of them."""
    group = frame.groups[claim.first]
    before = [frame.tokens[i] for i in frame.places(group) if i < claim.first]
    told = [t.stem for t in before if len(t.low) >= _LEAST and t.stem not in frame.index.naming]
    found = [(facts, t) for word in told for facts in frame.index.sets for t in traits_of(facts).noted(word)]
    if len(found) != 1 or found[0][1].mask.bit_count() != claim.value:
        return None
    facts, trait = found[0]
    return derived(
        Fit.EXACT, f"{claim.text} texts of {trait.column.name} tell it", CellsOf(facts, trait.column, trait.mask)
    )

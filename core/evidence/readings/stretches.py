"""From the first row to the last, and between two dates of the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.periods import PERIODS
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.calendar import Grain
from core.evidence.language.listed import words
from core.evidence.language.units import UNITS
from core.evidence.mentions.mention import Sort
from core.evidence.readings.gaps import has_changed
from core.evidence.readings.length import Length, between
from core.evidence.readings.nouns import follows_part
from core.evidence.support import CellsOf


def between_told(frame: Frame) -> Iterator[Length]:
    dated = [
        c
        for c in frame.claims
        if c.kind is Kind.DATE and c.moment and c.moment.grain in (Grain.DAY, Grain.MONTH, Grain.YEAR)
    ]
    for i, left in enumerate(dated[:6]):
        for right in dated[i + 1 : 6]:
            if left.moment is None or right.moment is None or left.moment.grain != right.moment.grain:
                continue
            starts = left.moment.spans(frame.index.years, frame.index.today)[:2]
            ends = right.moment.spans(frame.index.years, frame.index.today)[:2]
            for a in starts:
                for b in ends:
                    length = between(a[0], b[0], f"from {left.text} to {right.text}", [])
                    yield length
                    if left.moment.grain is not Grain.DAY and length.months is not None:
                        yield Length(
                            (b[1] - a[0]).days + 1.0, f"from {left.text} through {right.text}", [], length.months + 1
                        )


def over_spans(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    """From the first row to the last, and how many different months, weeks or years have rows."""
    assert claim.unit is not None
    group = frame.groups[claim.first]
    strong = [m for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2.5 and not m.context]
    if any(facts.index not in m.options and frame.groups[m.first] == group for m in strong):
        return
    for scope in scopes(frame, facts, claim, free=follows_part(frame, claim)):
        for column in facts.times[:3]:
            in_order = column.in_order(scope.mask)
            if not in_order:
                continue
            (first, _), (begins, last) = in_order[0][0], in_order[-1][0]
            cells = CellsOf(facts, column, scope.mask)
            yield between(
                first,
                last + timedelta(days=0 if begins == last else 1),
                f"from the first to the last {column.name} of {facts.name}",
                cells,
            )
            if claim.unit.name in PERIODS:
                keys = column.periods(scope.mask, claim.unit.name)
                factor = UNITS[claim.unit.name].factor
                if not has_changed(frame) and not _took(frame, claim):  # "fell in three weeks" tells how long it took
                    yield Length(
                        len(keys) * factor, f"{len(keys)} different {claim.unit.name}s with rows in {facts.name}", cells
                    )
                yield Length(
                    (max(keys) - min(keys) + 1) * factor,
                    f"{claim.unit.name}s from first to last in {facts.name}",
                    cells,
                )


def _took(frame: Frame, claim: Claim) -> bool:
    """ "took 6 days": from a beginning to an end, which is no number of days with rows."""
    return not _TOOK.isdisjoint(t.low for t in frame.tokens[max(0, claim.first - 3) : claim.first])


_TOOK = words("took takes taken lasted lasts needed needs")

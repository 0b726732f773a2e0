"""Which columns a date may come from."""

from __future__ import annotations

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.fields import field_before
from core.evidence.frame.frame import Frame
from core.evidence.language.calendar import Grain

CLOSE = 6  # words between an event's word and its date


def time_columns(frame: Frame, claim: Claim) -> list[Column]:
    """Date columns the words allow for a date claim, best named first."""
    times = [c for facts in frame.index.sets for c in facts.times]
    near = frame.related(claim)
    told = field_before(frame.fields, frame.tokens, claim.first)
    if told is not None and any(c in told.columns for c in times):
        own = {c.set_index for c in told.columns if any(c.spans)}
        others = [
            c
            for c in times
            if c not in told.columns and c.set_index not in own and (not near or c.set_index in near)
            if any(h.weight >= 0.5 for h in frame.column_hits.get(id(c), ()))
        ]
        return [*(c for c in times if c in told.columns), *others]  # "opened on" is English as well
    named: list[Column] = []
    if near and any(c.set_index in near for c in times):
        # "First message (2026-10-29)", whatever else its text goes on to name
        sets = {s for s, hits in frame.set_hits.items() for h in hits if 0 <= h.place < claim.first and h.weight == 1.0}
        named = [c for c in times if c.set_index in sets - near]
        times = [c for c in times if c.set_index in near]
    coarse = claim.moment is not None and claim.moment.grain > Grain.DAY
    close = set(range(claim.first - CLOSE, claim.last + 3))
    scores = {id(c): _time_score(frame, c, close) for c in times}
    best = max(scores.values(), default=0.0)
    if coarse and not near:
        return sorted(times, key=lambda c: -scores[id(c)])
    allowed = (c for c in times if best < 0.4 or best - scores[id(c)] <= 0.3)
    return [*sorted(allowed, key=lambda c: -scores[id(c)]), *named]


def _time_score(frame: Frame, column: Column, close: set[int]) -> float:
    """How clearly a word close to the date names the column; words of one stretch with another date are its own."""
    if any(column in name.columns and close & set(range(name.first, name.last + 1)) for name in frame.fields):
        return 2.0
    hits = [h for h in frame.column_hits.get(id(column), ()) if h.place in close or h.place < 0]
    things = {h.place for h in frame.set_hits.get(column.set_index, ()) if h.weight == 1.0 and h.place >= 0}
    return max(
        (0.3 * h.weight if h.place in things else h.weight for h in hits), default=0.0
    )  # an order, no `ordered_on`

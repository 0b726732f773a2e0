"""Dates, months, quarters and years of an answer against the dates of the rows the words mean."""

from __future__ import annotations

from datetime import date

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.language.calendar import Grain, Moment, Span
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.mentions.spans import numbered, rows_in_span
from core.evidence.readings.events import done_instead, event_of, happens, rows_of_event, tells
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.readings.time_columns import time_columns
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict


def read(frame: Frame, claim: Claim) -> Support | None:
    moment = claim.moment
    if moment is None:
        return None
    if moment.grain is Grain.MINUTE:
        return _clock(frame, claim, moment)
    spans = moment.spans(frame.index.years, frame.index.today)
    stretch = any(m.claim is claim and m.slot == "since" for m in frame.mentions)  # "the lowest since October"
    said = not stretch and not _is_scope(frame, claim)
    only = _sets_of_extremes(frame) if said else None
    event = event_of(frame, claim)
    for column in time_columns(frame, claim):
        facts = frame.index.sets[column.set_index]
        if (only is not None and facts.index not in only) or (event and not happens(frame, event, column)):
            continue
        done = done_instead(frame, claim, facts, column)
        for span in spans:
            mask = _rows(column, span, moment)
            if event and mask:
                mask &= rows_of_event(frame, event, facts, column)
            if not mask:
                continue
            for scope in scopes(frame, facts, claim):
                both = mask & scope.mask
                if not both:
                    continue
                left = narrow(frame, claim, scope) if said else None
                if left is not None and not both & left:
                    continue
                rows = rows_of(both & left if left is not None else both)
                if done is not None and all(done.spans[row] not in (None, column.spans[row]) for row in rows):
                    continue
                text = f"{where(facts, rows[0])}: {column.name} is {_shown(column, rows[0])}"
                if len(rows) > 1:
                    text = f"{len(rows)} rows of {facts.name} have {column.name} in {claim.text}"
                return Support(Verdict.FOUND, text + ".", tuple(facts.cell(row, column) for row in rows[:20]))
    if said:
        return None
    for column, mask in numbered(moment, frame.index):
        facts = frame.index.sets[column.set_index]
        if any(rows := rows_of(mask & scope.mask) for scope in scopes(frame, facts, claim)):
            text = f"{where(facts, rows[0])}: {column.name} is {moment.number}."
            return Support(Verdict.FOUND, text, tuple(facts.cell(row, column) for row in rows[:20]))
    return _in_text(frame, claim, moment, event) or _as_period(frame, claim, spans, moment)


def _sets_of_extremes(frame: Frame) -> set[int] | None:
    """Where a superlative names a column or a set, only those sets can say whether the date is the one."""
    named: set[int] = set()
    for extreme in frame.extremes:
        if extreme.temporal:
            close = range(extreme.place - 3, extreme.place + 5)
            hits = [(s, h.place in close) for s, hs in frame.set_hits.items() for h in hs if h.weight == 1.0]
            named |= {s for s, is_close in hits if is_close} or {s for s, _ in hits}
            continue
        near = range(extreme.place - 3, extreme.place + 5)
        for column in frame.index.numbers:
            if any(h.place in near and h.weight >= 0.5 for h in frame.column_hits.get(id(column), ())):
                named.add(column.set_index)
        named |= {s for s, hits in frame.set_hits.items() for h in hits if h.place in near and h.weight == 1.0}
    return named or None


def _shown(column: Column, row: int) -> str:
    clock, span = column.clocks[row], column.spans[row]
    return str(clock) if clock else str(span[0]) if span and span[0] == span[1] else column.texts[row] or str(span)


def _rows(column: Column, span: Span, moment: Moment) -> int:
    if moment.grain is Grain.DAY and moment.clock is None:
        return rows_in_span(column, *span)
    mask = rows_in_span(column, *span)
    if moment.clock is not None:
        for row in rows_of(mask):
            clock = column.clocks[row]
            if clock is not None and not _same_clock(clock.hour, clock.minute, clock.second, moment.clock):
                mask &= ~(1 << row)
    return mask


def _same_clock(hour: int, minute: int, second: int, told: tuple[int, int, int]) -> bool:
    return (hour, minute) == told[:2] and told[2] in (-1, second)


def _is_scope(frame: Frame, claim: Claim) -> bool:
    """ "In May the largest order was EUR 900": the date says where to look, the figure is what is claimed."""
    if not extremes_of(frame, claim):
        return True
    figures = [c for c in frame.claims if c.kind is Kind.NUMBER and frame.groups[c.first] == frame.groups[claim.first]]
    if not figures:
        return False
    place = extremes_of(frame, claim)[0].place
    return (
        claim.first < place
        and claim.first > 0
        and frame.tokens[claim.first - 1].low in {"in", "during", "for", "of", "on", "since"}
    )


def _clock(frame: Frame, claim: Claim, moment: Moment) -> Support | None:
    if moment.clock is None:
        return None
    for facts in frame.index.sets:
        for scope in scopes(frame, facts, claim):
            for column in facts.columns:
                for row in rows_of(scope.mask):
                    clock, text = column.clocks[row], column.texts[row]
                    fits = (
                        clock is not None and _same_clock(clock.hour, clock.minute, clock.second, moment.clock)
                    ) or (text is not None and len(text) < 400 and f"{moment.clock[0]:02}:{moment.clock[1]:02}" in text)
                    if fits:
                        return Support(
                            Verdict.FOUND,
                            f"{where(facts, row)}: {column.name} has this time.",
                            (facts.cell(row, column),),
                        )
    return None


def _in_text(frame: Frame, claim: Claim, moment: Moment, event: str) -> Support | None:
    """Not in a text that tells of another event, where the record knows one of this kind."""
    for column, row, other in frame.index.text_moments:
        if event and not tells(frame, event, column.texts[row] or ""):
            continue
        if other.grain is not moment.grain and not (other.grain < moment.grain):
            continue
        years = frame.index.years
        told, there = moment.spans(years, frame.index.today), other.spans(years, frame.index.today)
        if any(a[0] <= b[0] and b[1] <= a[1] for a in told for b in there):
            facts = frame.index.sets[column.set_index]
            if any(scope.mask >> row & 1 for scope in scopes(frame, facts, claim)):
                return Support(
                    Verdict.FOUND,
                    f"{where(facts, row)}: stands in the text of {column.name}.",
                    (facts.cell(row, column),),
                )
    return None


def _as_period(frame: Frame, claim: Claim, spans: list[Span], moment: Moment) -> Support | None:
    """The end of a stretch ("from 1 August to 31 October"), or a time inside the record's, of which nothing is told."""
    mention = next((m for m in frame.mentions if m.claim is claim and m.sort is Sort.TIME), None)
    first, last = _covered(frame)
    if mention is None or first is None or last is None:
        return None
    inside = any(a <= last and b >= first for a, b in spans)
    others = [c for c in frame.claims if c.kind is Kind.NUMBER]
    nothing = any(c.form is Form.NONE or c.value == 0 for c in others) or _denies(frame, claim)
    entity = any(m.strength >= 2.5 and m.sort is Sort.VALUE and not m.context for m in frame.mentions)
    if inside and mention.open_end and (others or moment.grain is not Grain.DAY) and not entity:
        return Support(Verdict.DERIVED, "An end of a stretch of time that the record covers.")
    if inside and nothing and not entity:
        return Support(Verdict.DERIVED, f"The record runs from {first} to {last} and has no row then.")
    if any(a == first or b == last for a, b in spans) and not entity and others:
        return Support(Verdict.DERIVED, f"The record runs from {first} to {last}.")
    return None


_DENIALS = words("no not none never nothing without neither nor missing gap")


def _denies(frame: Frame, claim: Claim) -> bool:
    told = [place for place, token in enumerate(frame.tokens) if token.low in _DENIALS]
    return any(place < claim.first or frame.groups[place] == frame.groups[claim.first] for place in told)


def _covered(frame: Frame) -> tuple[date | None, date | None]:
    starts = [span[0] for facts in frame.index.sets for c in facts.times for span in c.spans if span]
    ends = [span[1] for facts in frame.index.sets for c in facts.times for span in c.spans if span]
    return (min(starts), max(ends)) if starts else (None, None)

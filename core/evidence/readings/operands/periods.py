"""A time against the one before, the same a year before, or another one the sentence names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.calendar import Span
from core.evidence.language.cues import GROWTH_STEP, GROWTH_YEAR
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.mentions.spans import numbered, rows_in_span
from core.evidence.readings.operands.pair import Name, Pair, Term, aggregate
from core.evidence.readings.operands.series import between_rows
from core.evidence.readings.operands.spans import previous, shift_year, span_name


def over_time(
    frame: Frame, claim: Claim, column: Column | None, facts: SetFacts, *, changes: bool = True
) -> Iterator[Pair]:
    """A period against the one before, the same a year before, or another one the sentence names; rows in order."""
    times = [m for m in frame.mentions if m.sort is Sort.TIME and m.spans and facts.index in m.options]
    yield from _between_numbers(frame, column, facts, times)
    if not facts.times:
        return
    if not changes and len(times) < 2:
        return  # only two times told may be a part and its whole
    base = _without_time(frame, claim, facts)
    for clock in facts.times[:3]:
        for mask, named in base:
            yield from _between_spans(frame, column, facts, clock, times, mask, named)
            if len(times) < 2:
                yield from between_rows(frame, column, facts, clock, mask, named, times)


def _between_numbers(frame: Frame, column: Column | None, facts: SetFacts, times: list[Mention]) -> Iterator[Pair]:
    """ "from week 42 to week 43" of a column `week`: the higher number is the later one; one alone against the one
    before."""
    told = [
        (clock, float(m.claim.moment.number))
        for m in times
        if m.claim is not None and m.claim.moment is not None
        for clock, _ in numbered(m.claim.moment, frame.index)
        if clock.set_index == facts.index
    ]
    told += [(clock, number - 1) for clock, number in told] if len(told) == 1 else []
    for clock, later in told:
        for other, earlier in told:
            if other is clock and earlier < later:
                new, old = (_numbered(facts, column, clock, number) for number in (later, earlier))
                if new is not None and old is not None:
                    yield Pair(new, old, True, True, counted=column is None)


def _numbered(facts: SetFacts, column: Column | None, clock: Column, number: float) -> Term | None:
    rows = clock.rows_between(number, number)
    return aggregate(facts, column, rows, Name(" in {} {:g}", (clock.name, number))) if rows else None


def _without_time(frame: Frame, claim: Claim, facts: SetFacts) -> list[tuple[int, str]]:
    """The rows the other words mean, dates left out."""
    found = scopes(frame, facts, claim, timeless=True)
    return [(s.mask, "".join(f" for “{m.text}”" for m in s.used)) for s in found[:3] if s.mask]


def _between_spans(
    frame: Frame,
    column: Column | None,
    facts: SetFacts,
    clock: Column,
    times: list[Mention],
    mask: int,
    named: str,
) -> Iterator[Pair]:
    spans = [(m, span) for m in times for span in (m.own_spans or m.spans)[:3]]
    by_year = bool(spans) and frame.search(GROWTH_YEAR)
    by_step = bool(spans) and frame.search(GROWTH_STEP)
    for mention, span in spans:
        new = _period(facts, column, clock, span, mask, named)
        if new is None:
            continue
        before = [shift_year(span)] if by_year else [previous(span)]
        if not by_year and not by_step:
            before = [previous(span), shift_year(span)] if len(times) < 2 else []
        for earlier in before:
            if earlier and (old := _period(facts, column, clock, earlier, mask, named)):
                yield Pair(new, old, True, counted=column is None)
        for other, other_span in spans:
            if other is mention or other_span[0] >= span[0] or _is_turned(mention, other):
                continue
            if old := _period(facts, column, clock, other_span, mask, named):
                swapped = "than" in frame.words and mention.first > other.first
                one, two = (old, new) if swapped else (new, old)
                yield Pair(one, two, True, True, counted=column is None)
                yield Pair(two, one, False, True, counted=column is None, ratio=True)


def _is_turned(mention: Mention, other: Mention) -> bool:
    """ "from March to April" is no way from an April to the March of the next year."""
    return mention.open_end and mention.spans == other.spans and mention.first < other.first


def _period(facts: SetFacts, column: Column | None, clock: Column, span: Span, mask: int, named: str) -> Term | None:
    if span[0] == date.min or span[1] == date.max:
        return None
    rows = rows_in_span(clock, *span) & mask
    if not rows and column is not None:
        return None
    return aggregate(facts, column, rows, Name("{} {}", (named, span_name(span))))

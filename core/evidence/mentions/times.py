"""Dates as restrictions to the rows of that time; "since", "before" and "from … to" as stretches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.index.index import Index
from core.evidence.language.calendar import Grain, Span
from core.evidence.mentions.mention import DAY, Mention, Sort
from core.evidence.mentions.spans import numbered, time_options
from core.evidence.text.sentences import Sentence

_SINCE = re.compile(
    r"\b(?:since|starting|beginning|onwards? from)\s+(?:the )?(?:end of |start of |beginning of )?$", re.IGNORECASE
)


_UNTIL = re.compile(
    r"\b(?:until|till|up to|through|by the end of|by end of|as of|as at)\s+(?:the )?(?:end of )?$", re.IGNORECASE
)


_AFTER_CLAUSE = re.compile(r"(?:^|[,;(] ?)(?:after|once|following)\b[^,;]{0,70}$", re.IGNORECASE)


_BEFORE = re.compile(r"\b(?:before|prior to|earlier than)\s+$", re.IGNORECASE)


_AFTER = re.compile(r"\b(?:after|later than|following)\s+$", re.IGNORECASE)


_JOINED = re.compile(
    r"\s*(?:-|–|—|to|and|until|till|through|thru|bis)\s*(?:early |late |the |end of )?$", re.IGNORECASE
)


_PAIR_LEAD = re.compile(r"\b(?:between|from)\s+(?:the )?(?:early |late |end of |start of )?$", re.IGNORECASE)


def find_times(sentence: Sentence, claims: list[Claim], index: Index) -> list[Mention]:
    """Each date claim as a restriction to the rows of that time; "since", "before" and "from … to" as ranges."""
    found: list[Mention] = []
    dated = [c for c in claims if c.kind is Kind.DATE and c.moment is not None]
    for place, claim in enumerate(dated):
        moment = claim.moment
        if moment is None or moment.grain is Grain.MINUTE:
            continue
        spans = moment.spans(index.years, index.today)
        own = spans
        lead = sentence.text[max(0, claim.start - sentence.start - 80) : claim.start - sentence.start]
        ranged, open_end = _range(lead, spans), False
        if ranged is not spans:
            spans, open_end = ranged, True
        slot = "since" if open_end else "time"
        mention = Mention(
            claim.first, claim.last, sentence.segments[claim.first], Sort.TIME, slot, claim.text, 2.5, claim=claim
        )
        mention.spans, mention.own_spans, mention.open_end = spans, own, open_end
        found.append(mention)
        if place and found[:-1]:
            _pair_up(sentence, found[-2], mention, dated[place - 1], claim, index)
    found += _weekdays(sentence, index, {i for m in found for i in range(m.first - 2, m.last + 2)})
    for mention in found:
        mention.options = time_options(mention.spans, index)
        for column, mask in _numbered(mention, index):
            other = next((m for m in found if m is not mention and m.spans == mention.spans), mention)
            stretch = 0
            if mention.open_end and other is not mention:  # "from week 42 to week 44"
                ends = sorted(one.claim.moment.number for one in (mention, other) if one.claim and one.claim.moment)
                stretch = column.rows_between(ends[0], ends[-1])
            if stretch or not mention.open_end:
                mention.options[column.set_index] = [stretch] if stretch else [mask]
    return found


def _numbered(mention: Mention, index: Index) -> Iterator[tuple[Column, int]]:
    moment = mention.claim.moment if mention.claim is not None else None
    yield from numbered(moment, index) if moment is not None else ()


_WEEKDAYS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_FEW_DAYS = 3


def _weekdays(sentence: Sentence, index: Index, dated: set[int]) -> Iterator[Mention]:
    """ "on Friday": the few days of that name that the record has; beside a date it only says the same."""
    if sentence.words.isdisjoint(_WEEKDAYS):
        return
    for place, token in enumerate(sentence.tokens):
        if token.low not in _WEEKDAYS or place in dated:
            continue
        days = sorted({day for day in index.days if day.weekday() == _WEEKDAYS[token.low]}, reverse=True)
        if 0 < len(days) <= _FEW_DAYS:
            mention = Mention(place, place, sentence.segments[place], Sort.TIME, "time", token.text, 2.5)
            mention.spans = mention.own_spans = [(day, day) for day in days]
            yield mention


def _range(lead: str, spans: list[Span]) -> list[Span]:
    if _BEFORE.search(lead):
        return [(date.min, first) for first, _ in spans]
    if _AFTER.search(lead) or _AFTER_CLAUSE.search(lead):
        return [(last, date.max) for _, last in spans]
    if _SINCE.search(lead):
        return [*((first, date.max) for first, _ in spans), *((last + DAY, date.max) for _, last in spans)]
    if _UNTIL.search(lead):
        return [(date.min, last) for _, last in spans]
    return spans


def _pair_up(sentence: Sentence, left: Mention, right: Mention, a: Claim, b: Claim, index: Index) -> None:
    """ "between March and May": each end alone may still be meant, so the whole stretch is one more option."""
    between = sentence.text[a.end - sentence.start : b.start - sentence.start]
    lead = sentence.text[max(0, a.start - sentence.start - 24) : a.start - sentence.start]
    if not _JOINED.fullmatch(between):
        return
    if not _PAIR_LEAD.search(lead) and between.strip().lower() in {"and"}:
        return
    stretches = [(x[0], y[1]) for x in left.spans for y in right.spans if x[0] <= y[0] and (y[1] - x[0]).days < 800]
    if stretches:
        left.spans = right.spans = stretches
        left.open_end = right.open_end = True

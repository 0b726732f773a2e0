"""What a word is said of: the subject directly before it, nothing but auxiliaries between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.evidence.claims.claim import Kind
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.index.vocabulary import STATES
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.readings.linked import linked

_BETWEEN = words(
    "is was are were be been being has have had remains remained remain became stays stayed stay got gets does do did "
    "currently now still already also later since yet not never no a an in the as marked status await awaits awaited "
    "awaiting lacks lacked needs isn't wasn't hasn't doesn't didn't"
)
_MOST = 5  # words between
_NAMED = 0.5


class Subject(NamedTuple):
    last: int  # its last token
    between: frozenset[str]


def is_unsure(frame: Frame, modal: frozenset[str]) -> bool:
    """Whether one of the words leaves open what is so; the month of May does not."""
    told = frame.words & modal
    if told == frozenset({"may"}):
        dated = {i for c in frame.claims if c.kind is Kind.DATE for i in range(c.first, c.last + 1)}
        return any(t.low == "may" and i not in dated for i, t in enumerate(frame.tokens))
    return bool(told)


def subject_before(frame: Frame, place: int) -> Subject | None:
    at = place - 1
    while at >= 0 and place - at <= _MOST and frame.tokens[at].low in _BETWEEN:
        at -= 1
    if at < 0 or not frame.tokens[at].is_word or frame.tokens[at].low in _BETWEEN:
        return None
    return Subject(at, frozenset(t.low for t in frame.tokens[at + 1 : place]))


def rows_said(frame: Frame, subject: Subject) -> Iterator[tuple[SetFacts, int]]:
    """The rows it means, at most one of each set: a named one, or the only one of a set that is called so."""
    told = [m for m in frame.mentions if not m.context and not m.open_end]
    ending = [m for m in told if m.last == subject.last]
    for facts in frame.index.sets:
        nouns = [h.place for h in frame.set_hits.get(facts.index, ()) if h.weight >= _NAMED]
        if facts.size == 1:
            values = [m for m in ending if m.sort is Sort.VALUE and facts.index in m.options]
            if _is_the_one(frame, subject, nouns) or any(_has_article(frame, m.first) for m in values):
                yield facts, 0
            continue
        named = [m for m in ending if facts.index in m.options and (m.sort is Sort.VALUE or nouns)]
        if subject.last in nouns:  # "the March invoice"
            named += [m for m in told if m.last == subject.last - 1 and facts.index in m.options]
        if named:
            rows = linked(frame, facts, range(subject.last + 1), timed=bool(nouns))
            if rows is not None and rows.named and rows.row is not None:
                yield facts, rows.row


def rows_about(frame: Frame, place: int, subject: Subject | None) -> list[tuple[SetFacts, int]]:
    """The rows that the subject means; else the one row of each set that all words before the place name together,
    statuses aside."""
    found = list(rows_said(frame, subject)) if subject else []
    if found:
        return found
    told = [m for m in frame.mentions if m.entries and all(not STATES.isdisjoint(e.column.stems) for e in m.entries)]
    named = set(range(place)) - {i for m in told for i in range(m.first, m.last + 1)}
    for facts in frame.index.sets:
        rows = linked(frame, facts, named, timed=True)
        if rows is not None and rows.named and rows.row is not None and facts.size > 1:
            found.append((facts, rows.row))
    return found


def _is_the_one(frame: Frame, subject: Subject, nouns: list[int]) -> bool:
    singular = not frame.tokens[subject.last].low.endswith("s")
    return subject.last in nouns and singular and _has_article(frame, subject.last)


def _has_article(frame: Frame, place: int) -> bool:
    return frame.tokens[max(0, place - 1)].low in {"the", "this"}

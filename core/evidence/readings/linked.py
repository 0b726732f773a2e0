"""The rows of a set that a sentence without a figure is about."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import MARK_STEMS, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.mentions.mention import Mention, Sort

_TIMED = frozenset(stem(w) for w in words("day week month quarter year period reading measurement round season"))
_SURE = 1.6  # the strength of a mention that says which rows are meant
_LONG = 5  # letters of a word that may do so as a part of one single value


class Linked(NamedTuple):
    """`named`: whether a mention says which rows they are."""

    mask: int
    named: bool

    @property
    def row(self) -> int | None:
        return rows_of(self.mask)[0] if self.mask.bit_count() == 1 else None


def linked(
    frame: Frame, facts: SetFacts, within: Container[int] | None = None, *, timed: bool = False
) -> Linked | None:
    """The rows that all mentions of values within the tokens leave; None where they name two things, or leave none.

    `timed`: dates say which rows as well.
    """
    told = [m for m in frame.mentions if m.sort is Sort.VALUE and facts.index in m.options and says_which(frame, m)]
    told += [m for m in frame.mentions if m.sort is Sort.ROW and facts.index in m.options]
    if timed:
        told += [m for m in frame.mentions if m.sort is Sort.TIME and not m.open_end and facts.index in m.options]
    own = [m for m in told if not m.context and (within is None or m.first in within)]
    own = own or [m for m in told if m.context]
    mask = facts.all
    slots: dict[str, int] = {}
    for mention in own:
        rows = 0
        for option in mention.options[facts.index]:
            rows |= option
        if mention.negated or slots.setdefault(mention.slot, rows) != rows:
            return None
        mask &= rows
    return Linked(mask, bool(own) and mask != facts.all) if mask else None


def is_series(facts: SetFacts) -> bool:
    """Whether its rows are times of one thing, as those of `months` or `orders_by_month` are."""
    return facts.summary or not _TIMED.isdisjoint(facts.nouns) or _has_periods(facts)


def _has_periods(facts: SetFacts) -> bool:
    """One row for each month, week or other stretch of time."""
    spans = [span for span, _ in facts.times[0].by_time] if facts.times else []
    lasting = len(spans) == facts.size > 1 and all(first != last for first, last in spans[:2])
    return lasting and len(set(spans)) == facts.size


def says_which(frame: Frame, mention: Mention) -> bool:
    if mention.strength >= _SURE:
        return True
    word = frame.tokens[mention.first]
    alone = mention.first == mention.last and len(word.low) >= _LONG and not any(e.whole for e in mention.entries)
    return alone and word.stem not in frame.index.naming and all(len(e.rows) == 1 for e in mention.entries)


def columns_told(frame: Frame, columns: list[Column], within: Container[int] | None = None) -> list[Column]:
    """Those of the columns that words within the tokens name best, words of marks ("previous") left out."""
    weights: dict[int, float] = {}
    for column in columns:
        places = {
            h.place: h.weight
            for h in frame.column_hits.get(id(column), ())
            if h.weight >= 0.5
            and (
                h.place < 0 or ((within is None or h.place in within) and frame.tokens[h.place].stem not in MARK_STEMS)
            )
        }
        if places:
            weights[id(column)] = sum(places.values())
    best = max(weights.values(), default=0.0)
    return [c for c in columns if best and weights.get(id(c), 0.0) >= best - 0.1]

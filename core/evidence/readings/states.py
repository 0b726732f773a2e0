"""States told against the record's own: "The ticket is still open" of one that is solved, "The priority is high"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.evidence.columns.column import Column, Role
from core.evidence.frame.frame import Frame, Hit
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.mentions.mention import Sort
from core.evidence.readings.said import Said
from core.evidence.readings.subjects import COPULAS, is_single, row_meant
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict

_OPEN = words("open pending unresolved unsolved outstanding active ongoing running waiting new unpaid")
_ENDED = words(
    "closed solved resolved settled delivered completed finished cancelled terminated expired shipped paid returned"
    " rejected lost done ended"
)
_LEVELS = words("high low medium normal urgent critical severe minor major")
_UNSURE = words(
    "not never no should could would may might can must will if whether unless until when once partly partially to be"
)
_STATES = frozenset(stem(w) for w in words("status state"))
_REACH = 4  # words from the subject to what is said of it


def read(frame: Frame) -> Iterator[Said]:
    """Only what the record contradicts."""
    tokens = frame.tokens
    if frame.words.isdisjoint(_OPEN | _ENDED | _LEVELS) or not frame.words.isdisjoint(_UNSURE):
        return
    for place, token in enumerate(tokens):
        side = _OPEN if token.low in _OPEN else _ENDED if token.low in _ENDED else None
        level = token.low in _LEVELS
        if side is None and not level:
            continue
        copula = next((i for i in range(max(1, place - _REACH), place) if tokens[i].low in COPULAS), 0)
        if not copula:
            continue
        for column, row in _told_of(frame, copula - 1, level):
            facts = frame.index.sets[column.set_index]
            text = column.texts[row] or ""
            there = text.lower().split()[0] if text.split() else ""
            opposite = _ENDED if side is _OPEN else _OPEN
            if (level and text.lower() in _LEVELS and text.lower() != token.low) or (not level and there in opposite):
                why = f"{where(facts, row)}: {column.name} is {text}."
                yield Said(place, place, Support(Verdict.CONTRADICTED, why, (facts.cell(row, column),)))
                break


def _told_of(frame: Frame, place: int, level: bool) -> Iterator[tuple[Column, int]]:
    """The columns and the row that the word at `place` means: the status of a thing, or a column by its name."""
    one = frame.tokens[max(0, place - 1)].low in {"the", "this"} and not frame.tokens[place].low.endswith("s")
    for facts in frame.index.sets:
        labels = [c for c in facts.columns if c.role is Role.LABEL]
        if level:
            if facts.size == 1:
                yield from ((c, 0) for c in labels if _is_hit(frame.column_hits.get(id(c), ()), place))
            continue
        states = [c for c in labels if _STATES & set(c.stems)]
        if facts.size == 1 and one and _is_hit(frame.set_hits.get(facts.index, ()), place):
            yield from ((c, 0) for c in states)
        for mention in frame.mentions:
            if mention.sort is not Sort.VALUE or mention.last != place or not is_single(frame, mention):
                continue
            row = row_meant(frame, mention, facts.index) if mention.strength >= 2 else None
            if row is not None:
                yield from ((c, row) for c in states)


def _is_hit(hits: Iterable[Hit], place: int) -> bool:
    return any(hit.place == place and hit.weight == 1.0 for hit in hits)

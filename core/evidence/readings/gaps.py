"""Gaps between rows that are neighbours in time, or between two named ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column, Span
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import AVERAGE, VERB_EITHER_WAY, Cue
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.readings.extremes import extremes_of
from core.evidence.readings.length import Length, between
from core.evidence.support import CellsOf


def gaps_between(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    """Gaps between neighbouring rows: the longest, the latest, their average; between two named rows."""
    if facts.size < 2 or not (has_changed(frame) or frame.search(GAP)):
        return
    yield from _between_named(frame, facts)
    for scope in scopes(frame, facts, claim, union=True):
        for column in facts.times[:4]:
            gaps = column.gaps(scope.mask)
            dated = gaps.dated
            if len(dated) > 2 and all(m.day == 1 for m, _ in dated):
                continue  # a series of months has no gaps to tell
            if len(dated) < 2:
                if len(dated) == 1:
                    yield from _neighbours(facts, column, dated[0][1])
                continue

            def gap(which: str, at: int, dated: list[tuple[datetime, int]] = dated, column: Column = column) -> Length:
                (a, r), (b, s) = dated[at], dated[at + 1]
                why = f"{which} gap between two {column.name} of {facts.name}"
                return between(a, b, why, [facts.cell(r, column), facts.cell(s, column)])

            yield gap("longest", gaps.longest)
            yield gap("latest", len(dated) - 2)
            if "first" in frame.words:
                yield gap("first", 0)
            if extremes_of(frame, claim):
                yield gap("shortest", gaps.shortest)
            if frame.word_stems.isdisjoint(AVERAGE) and "every" not in frame.words:
                continue
            yield Length(
                gaps.average,
                f"average of {len(dated) - 1} gaps between {column.name} of {facts.name}",
                CellsOf(facts, column, gaps.rows),
            )


def has_changed(frame: Frame) -> bool:
    return not frame.word_stems.isdisjoint(VERB_EITHER_WAY)


def _between_named(frame: Frame, facts: SetFacts) -> Iterator[Length]:
    """ "four days after the purchaser": from the row of one named thing to that of another."""
    masks = {mask for m in frame.mentions if m.sort is Sort.VALUE for mask in m.options.get(facts.index, ())}
    for column in facts.times[:4]:
        held: dict[int, date] = {}
        for rows in map(rows_of, masks):
            spans = {column.spans[row] for row in rows} if 0 < len(rows) <= _FEW else set[Span | None]()
            if len(spans) == 1 and (span := spans.pop()):
                held[rows[0]] = column.clocks[rows[0]] or span[0]
        for (a, start), (b, end) in combinations(sorted(held.items())[:4], 2):
            cells = [facts.cell(a, column), facts.cell(b, column)]
            yield between(start, end, f"between {column.name} of two rows of {facts.name}", cells)


_FEW = 6


def _neighbours(facts: SetFacts, column: Column, row: int) -> Iterator[Length]:
    """A named row against the one before and the one after it in time."""
    dated = column.gaps(facts.all).dated
    at = next((i for i, (_, r) in enumerate(dated) if r == row), -1)
    for other in (at - 1, at + 1):
        if at >= 0 and 0 <= other < len(dated):
            yield between(
                dated[other][0],
                dated[at][0],
                f"between neighbouring {column.name} of {facts.name}",
                [facts.cell(dated[other][1], column), facts.cell(row, column)],
            )


_GAP_WORDS = words(
    "gap between apart interval intervals later earlier newer older younger sooner after before since passed pause "
    "break silence without every elapsed from within then following subsequent"
)
GAP = Cue(_GAP_WORDS, re.compile(rf"\b(?:{'|'.join(_GAP_WORDS)})\b", re.IGNORECASE))

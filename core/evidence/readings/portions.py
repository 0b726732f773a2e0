"""Parts of a figure told in words: "There was no downtime in December", "Most of the April yield was used on site",
"All calls on Friday were answered"."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import product

from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.readings.linked import linked
from core.evidence.readings.nouns import noun_of
from core.evidence.readings.predicates import is_unsure
from core.evidence.readings.said import Said
from core.evidence.readings.versus import Answer, best_of
from core.evidence.support import CellsOf, Support, show
from core.evidence.verdict import Verdict

_UNSURE = words("should could would might can must will if whether unless not nearly almost but except apart longer")
_VERBS = words("is was were are has have had been")
_NEAR = 3  # words from "no" to what there is none of
_REACH = 7  # words from "all" to its verb, and from there on


def read(frame: Frame) -> Iterator[Said]:
    """Contradicted only where it fails in all the ways it may be meant."""
    if frame.words.isdisjoint({"no", "all", "most"}) or is_unsure(frame, _UNSURE):
        return
    for place, token in enumerate(frame.tokens):
        answers: list[Answer] = []
        if token.low == "no":
            answers = list(_of_none(frame, place))
        elif token.low in {"all", "most"}:
            answers = list(_of_whole(frame, place))
        if answers:
            yield Said(place, place, best_of(answers))


def _of_none(frame: Frame, place: int) -> Iterator[Answer]:
    claim = next((c for c in frame.claims if c.first == place), None)
    if claim is not None and (noun := noun_of(frame, claim)) is not None and noun.sets:
        return  # rows are counted
    near = range(place + 1, place + 1 + _NEAR)
    told = {t.stem for t in frame.tokens[near.start : near.stop]}
    for facts, column in _named(frame, near):
        own = {h.place for h in frame.column_hits[id(column)]}
        mask = _rows(frame, facts, own) if told.issuperset(column.stems) else 0
        rows, total = column.filled(mask)
        if rows and not column.rates and not column.hard_marks:
            why = f"{column.name} of {facts.name} is {show(total, column.unit)} there."
            yield _answer(facts, column, mask, why, holds=total == 0)


def _of_whole(frame: Frame, place: int) -> Iterator[Answer]:
    verb = next((i for i in range(place, min(place + _REACH, len(frame.tokens))) if frame.tokens[i].low in _VERBS), 0)
    wholes, parts = _named(frame, range(place + 1, verb)), _named(frame, range(verb + 1, verb + 1 + _REACH))
    for (facts, whole), (other, part) in product(wholes, parts):
        mask = _rows(frame, facts)
        if facts is not other or whole is part or whole.unit != part.unit or not mask:
            continue
        (ones, all_of), (rows, some) = whole.filled(mask), part.filled(mask)
        if ones and rows and all_of > 0:
            holds = some >= all_of if frame.tokens[place].low == "all" else 2 * some > all_of
            why = f"{part.name} is {show(some, part.unit)} of {show(all_of, whole.unit)} {whole.name} in {facts.name}."
            yield _answer(facts, part, mask, why, holds=holds)


def _named(frame: Frame, within: range) -> list[tuple[SetFacts, Column]]:
    """The number columns that words there name best."""
    weights = {
        id(c): sum(h.weight for h in frame.column_hits.get(id(c), ()) if h.place in within and h.weight >= _OWN)
        for c in frame.index.numbers
    }
    best = max(weights.values(), default=0.0)
    return [(frame.index.sets[c.set_index], c) for c in frame.index.numbers if best and weights[id(c)] >= best]


_OWN = 0.9  # the weight of a word of the column's own name


def _rows(frame: Frame, facts: SetFacts, but: Set[int] = frozenset()) -> int:
    """Those of a set with one row, or that some other word names."""
    rows = linked(frame, facts, [i for i in range(len(frame.tokens)) if i not in but], timed=True)
    return 0 if rows is None or not (rows.named or facts.size == 1) else rows.mask


def _answer(facts: SetFacts, column: Column, mask: int, why: str, *, holds: bool) -> Answer:
    verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
    return Answer(holds, Support(verdict, why, tuple(CellsOf(facts, column, column.filled(mask)[0]))))

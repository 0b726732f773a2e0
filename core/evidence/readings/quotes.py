"""Passages of the record's own texts, as they stand there: what they say, the record says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.columns.column import Column, Role
from core.evidence.index.index import Index
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict

_LEAST = 25  # characters of a sentence that is told word for word; fewer may be chance
_LEAST_QUOTED = 12  # between quotation marks
_MOST_TEXTS = 4_000
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…](?!\s|$)[^.!?…\n]*)*")
_QUOTED = re.compile(r'["“„«]([^"“”„«»\n]{12,2000})["”“»]')
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    start: int
    end: int
    support: Support


class Quotes:
    """Knows the sentences of the record's free texts."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._texts: dict[str, tuple[Column, int]] = {}
        self._sentences: dict[str, tuple[Column, int]] = {}
        for column in index.columns:
            if column.role not in (Role.PROSE, Role.LABEL):
                continue
            for row, text in enumerate(column.texts):
                if text and len(text) >= _LEAST_QUOTED and len(self._texts) < _MOST_TEXTS:
                    self._texts.setdefault(_BLANKS.sub(" ", text), (column, row))
        for text, place in self._texts.items():
            for sentence in (text, *_SENTENCE.findall(text)):
                if len(sentence.strip()) >= _LEAST and " " in sentence.strip():
                    self._sentences.setdefault(sentence.strip().rstrip(".!?…"), place)

    def find(self, answer: str) -> list[Passage]:
        """Passages in no order; they may overlap."""
        found: list[Passage] = []
        for sentence, place in self._sentences.items():
            at = answer.find(sentence)
            while at >= 0:
                found.append(Passage(at, at + len(sentence), self._support(place)))
                at = answer.find(sentence, at + len(sentence))
        for match in _QUOTED.finditer(answer):
            told = _BLANKS.sub(" ", match[1].strip().rstrip("….").strip())
            if len(told) < _LEAST_QUOTED or " " not in told:
                continue
            place = next((place for text, place in self._texts.items() if told in text), None)
            if place is not None:
                found.append(Passage(match.start(1), match.end(1), self._support(place)))
        return found

    def _support(self, place: tuple[Column, int]) -> Support:
        column, row = place
        facts = self._index.sets[column.set_index]
        return Support(
            Verdict.FOUND,
            f"{where(facts, row)}: stands in {column.name}, word for word.",
            (facts.cell(row, column),),
        )

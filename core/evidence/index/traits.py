"""What rows of a set have in common that a word can tell: "acoustically" of those found by `Acoustic`."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple
from weakref import WeakKeyDictionary

from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.index.facts import SetFacts
from core.evidence.index.words import STOP, TOKEN
from core.evidence.language.stems import fold, stem
from core.evidence.language.synonyms import status_synonyms

_MOST_VALUES = 40
_BEGINNING = 5  # letters that two words must share from their first on


class Trait(NamedTuple):
    column: Column
    mask: int
    whole: bool  # the word is all that the column says


class Traits:
    """Of one set; made when a count first asks for them."""

    def __init__(self, facts: SetFacts) -> None:
        self._by_word: dict[str, list[Trait]] = defaultdict(list)
        self._noted: dict[str, list[Trait]] | None = None
        self._prose = [column for column in facts.columns if column.role is Role.PROSE]
        for column in facts.columns:
            values = {text for text in column.texts if text}
            repeats = column.role is Role.PROSE and len(values) < len(column.held)
            if (column.role is Role.LABEL or repeats) and len(values) <= _MOST_VALUES:
                self._add(column)

    def _add(self, column: Column) -> None:
        rows: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for row, text in enumerate(column.texts):
            told = [stem(word) for word in TOKEN.findall(fold(text or "")) if word not in STOP and len(word) > 2]
            for word in set(told):
                rows[word, len(told) == 1].append(row)
        for (word, whole), held in rows.items():
            self._by_word[word].append(Trait(column, mask_of(held), whole))

    def noted(self, word: str) -> list[Trait]:
        """By a word of free texts."""
        if self._noted is None:
            self._noted = defaultdict(list)
            for column in self._prose:
                told = [frozenset(stem(w) for w in TOKEN.findall(fold(text or ""))) for text in column.texts]
                for one in frozenset[str]().union(*told):
                    mask = mask_of(row for row, words in enumerate(told) if one in words)
                    self._noted[one].append(Trait(column, mask, False))
        return self._noted.get(word, [])

    def told(self, word: str) -> list[Trait]:
        """By the word's stem, or by a word that begins as it does."""
        if word in self._by_word:
            return self._by_word[word]
        if alike := [t for other in status_synonyms(word) for t in self._by_word.get(other, ()) if t.whole]:
            return alike
        if len(word) <= _BEGINNING:
            return []
        return [t for known, traits in self._by_word.items() if _begin_alike(word, known) for t in traits if t.whole]


_KNOWN: WeakKeyDictionary[SetFacts, Traits] = WeakKeyDictionary()


def traits_of(facts: SetFacts) -> Traits:
    if facts not in _KNOWN:
        _KNOWN[facts] = Traits(facts)
    return _KNOWN[facts]


def _begin_alike(one: str, other: str) -> bool:
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= _BEGINNING and shared >= min(len(one), len(other)) - 2 and shared * 2 >= max(len(one), len(other))

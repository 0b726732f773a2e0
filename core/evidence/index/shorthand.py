"""Columns called by short forms: `fmt` for format, `batt` for battery, `gm` for gross margin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from core.evidence.columns.column import Column
from core.evidence.index.words import STOP
from core.evidence.language.column_units import unit_of_column
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, singulars
from core.evidence.language.synonyms import synonyms
from core.evidence.text.tokens import Token

_VOWELS = frozenset("aeiouy")
_NO_INITIALS = words("id no nr on at is in to of by up it as or an dt")
_SHORT, _LONG = 4, 12  # letters of a short form at most, of what it stands for at most
_MOST_WORDS = 20_000  # of answers, kept


class Shorthand:
    def __init__(self, columns: list[Column]) -> None:
        self._parts: dict[str, list[Column]] = defaultdict(list)
        for column in columns:
            for part in set(name_parts(column.name)) - set(unit_of_column(column.name)[1]):
                if 2 <= len(part) <= _SHORT and part.isalpha() and part not in _NO_INITIALS and not synonyms(part):
                    self._parts[part].append(column)
        self._known: dict[str, list[Column]] = {}

    def find(self, tokens: list[Token]) -> Iterator[tuple[int, Column]]:
        """(place of a word, column that it names)."""
        if not self._parts:
            return
        for place, token in enumerate(tokens):
            if token.is_word:
                yield from ((place, column) for column in self.columns(token.low))
        yield from self._initials(tokens)

    def columns(self, word: str) -> list[Column]:
        """What the lower-case word may be written out of."""
        if len(word) <= _SHORT or not self._parts:
            return []
        if word not in self._known:
            if len(self._known) > _MOST_WORDS:
                self._known.clear()
            forms = (word, *singulars(word))
            found = [c for part, cs in self._parts.items() if any(_shortens(part, w) for w in forms) for c in cs]
            self._known[word] = found
        return self._known[word]

    def _initials(self, tokens: list[Token]) -> Iterator[tuple[int, Column]]:
        for at in range(len(tokens) - 1):
            initials = ""
            for place in range(at, min(at + _SHORT, len(tokens))):
                token = tokens[place]
                if not token.is_word or token.is_digits or token.low in STOP:
                    break
                initials += token.low[:1]
                if len(initials) > 1 and initials in self._parts and _may_be_initials(initials):
                    yield from ((told, c) for told in range(at, place + 1) for c in self._parts[initials])


def _may_be_initials(part: str) -> bool:
    return len(part) > 2 or _VOWELS.isdisjoint(part)


def _shortens(part: str, word: str) -> bool:
    """`tgt` of target: consonants in their order, the first and the last letter among them; `batt` of battery."""
    if len(word) > _LONG or len(word) <= len(part):
        return False
    if len(part) == _SHORT and word.startswith(part):
        return True
    if len(part) < 3 or not _VOWELS.isdisjoint(part) or word[0] != part[0] or word[-1] != part[-1]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in part)

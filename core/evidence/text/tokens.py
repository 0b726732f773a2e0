"""Words and marks with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.evidence.language.stems import fold, stem


@dataclass(slots=True, eq=False)
class Token:
    """A word, a run of digits or one mark; `start` and `end` are places in the answer."""

    text: str
    start: int
    end: int
    low: str  # folded: lower-case without accents
    stem: str  # "" for marks
    is_word: bool
    is_digits: bool


_WORDS = re.compile(r"[^\W_]+(?:['’](?:s|t|re|ve|ll|d)\b)?|[^\w\s]|_", re.IGNORECASE)


OWNER = re.compile(r"['’]s?$")


def tokenise(text: str, offset: int = 0) -> list[Token]:
    tokens: list[Token] = []
    for match in _WORDS.finditer(text):
        word = match[0]
        start, end = match.span()
        low, stemmed, is_word, is_digits = _read(word)
        tokens.append(Token(word, offset + start, offset + end, low, stemmed, is_word, is_digits))
    return tokens


@lru_cache(maxsize=20_000)
def _read(word: str) -> tuple[str, str, bool, bool]:
    if not word[0].isalnum():
        return word, "", False, False
    if word.isascii() and word.isdigit():
        return word, word, True, True
    low = OWNER.sub("", fold(word))
    stemmed = stem(word) or low
    return low, stemmed, stemmed != "", low.isdigit()

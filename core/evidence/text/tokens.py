"""Words and marks with their places."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.evidence.language.stems import fold, stem


class Token(NamedTuple):
    """A word, a run of digits or one mark; `start` and `end` are places in the answer."""

    text: str
    start: int
    end: int
    low: str  # folded: lower-case without accents
    stem: str  # "" for marks
    is_word: bool

    @property
    def is_digits(self) -> bool:
        return self.low.isdigit()


_WORDS = re.compile(r"[^\W_]+(?:['’](?:s|t|re|ve|ll|d)\b)?|[^\w\s]|_", re.IGNORECASE)


OWNER = re.compile(r"['’]s?$")


def tokenise(text: str, offset: int = 0) -> list[Token]:
    return [Token(m[0], offset + m.start(), offset + m.end(), *_read(m[0])) for m in _WORDS.finditer(text)]


@lru_cache(maxsize=20_000)
def _read(word: str) -> tuple[str, str, bool]:
    if not word[0].isalnum():
        return word, "", False
    low = OWNER.sub("", fold(word))
    stemmed = stem(word) or low
    return low, stemmed, stemmed != ""

"""Words and marks with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.language.stems import fold, stem


@dataclass(frozen=True, slots=True)
class Token:
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
    tokens: list[Token] = []
    for match in _WORDS.finditer(text):
        word = match.group()
        is_word = word[0].isalnum()
        low = OWNER.sub("", fold(word)) if is_word else word
        stemmed = (stem(word) or low) if is_word else ""
        tokens.append(Token(word, offset + match.start(), offset + match.end(), low, stemmed, stemmed != ""))
    return tokens

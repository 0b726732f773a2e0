"""What the words of an answer may mean among the values of a record: the phrases that a word begins, the labels it is a
form of. Each word is looked up once, however often answers say it."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.index.facts import Entry, SetFacts
from core.evidence.index.sheets import Sheet, parsed
from core.evidence.index.words import STOP, TOKEN
from core.evidence.language.listed import words
from core.evidence.language.numerals import SPELLED
from core.evidence.language.stems import fold, singulars, stem
from core.evidence.language.synonyms import status_synonyms
from core.evidence.text.tokens import Token

_PHRASE_WORDS = 9
_MOST_WORDS = 20_000  # of answers, kept
_AUXILIARIES = words("does did doing")
STATES = frozenset(stem(w) for w in words("status state stage decision outcome result phase"))
STATUS = STATES | frozenset(
    stem(w) for w in words("category type kind priority severity flag channel class level grade reason mood lies")
)


class Word(NamedTuple):
    """`starts`: first word, itself or its singular, and number of words of phrases, longest first; `forms`: labels."""

    starts: tuple[tuple[str, int], ...]
    forms: list[Entry]


class Vocabulary:
    def __init__(self, sets: list[SetFacts]) -> None:
        self.phrases: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self._lengths: dict[str, list[int]] = {}  # of phrases by their first word, longest first
        self.labels: dict[str, list[Entry]] = defaultdict(list)  # by stem
        self._known: dict[str, Word] = {}
        self.silent: set[str] = set()  # words that mean no value of the record, as most do
        downwards = [facts.values for facts in sets if isinstance(facts, Sheet)]
        for column in (column for facts in sets for column in facts.columns):
            if column.role not in (Role.CODE, Role.LABEL, Role.PROSE):
                continue
            rows_of: dict[str, list[int]] = defaultdict(list)
            for row, text in enumerate(column.texts):
                if text and len(text) <= 80 and not (column in downwards and not isinstance(parsed(text), str)):
                    rows_of[text].append(row)
            for text, rows in rows_of.items():
                self._add_value(column, text, tuple(rows))

    def _add_value(self, column: Column, text: str, rows: tuple[int, ...]) -> None:
        words: tuple[str, ...] = tuple(TOKEN.findall(fold(text)))
        if not words or len(words) > _PHRASE_WORDS:
            return
        mask = mask_of(rows)
        self._add(words, Entry(column, text, rows, mask, True))
        spelled = tuple([SPELLED.get(word, word) for word in words])  # "the last twelve months"
        if spelled != words and len(words) > 1:
            self._add(spelled, Entry(column, text, rows, mask, True))
        if column.role is Role.LABEL and len(words) == 1 and len(words[0]) > 2:
            self.labels[stem(words[0])].append(Entry(column, text, rows, mask, True))
        if column.role is Role.LABEL and len(words) > 1:
            for word in set(words):
                if len(word) >= 3 and word not in STOP and not word.isdigit():
                    self._add((word,), Entry(column, text, rows, mask, False))

    def _add(self, words: tuple[str, ...], entry: Entry) -> None:
        self.phrases[words].append(entry)
        lengths = self._lengths.setdefault(words[0], [])
        if len(words) not in lengths:
            lengths.append(len(words))
            lengths.sort(reverse=True)

    def find(self, token: Token) -> Word | None:
        """None for a word that means no value of the record; it is `silent` from then on."""
        if token.text in self._known:
            return self._known[token.text]
        for kept in (self._known, self.silent):
            if len(kept) > _MOST_WORDS:
                kept.clear()
        firsts = (token.low, *singulars(token.low))
        starts = tuple((first, length) for first in firsts for length in self._lengths.get(first, ()))
        forms = self._forms(token)
        if not starts and not forms:
            self.silent.add(token.text)
            return None
        word = self._known[token.text] = Word(starts, forms)
        return word

    def _forms(self, token: Token) -> list[Entry]:
        """ "cancellations" for the label Cancelled, "settled" for a status Paid."""
        if len(token.low) < 3 or token.low in STOP or token.low in _AUXILIARIES:
            return []
        entries = self.labels.get(token.stem, [])
        if not entries and len(token.low) > 3:
            labels = (e for s in status_synonyms(token.stem) for e in self.labels.get(s, ()))
            entries = [e for e in labels if STATUS & set(e.column.stems)]
        return entries

"""Names of columns told in full: "last 12 months EUR 5.00", "latest on 3 May". What follows is that column's value.

The words of such a name are no claims, no superlatives and no directions of their own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from core.evidence.columns.column import Column
from core.evidence.language.column_units import unit_of_column
from core.evidence.language.cues import EXTREMES
from core.evidence.language.listed import words
from core.evidence.language.numerals import SPELLED
from core.evidence.language.stems import name_parts
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token

_PERIODS = words("day week month quarter year")
_RELATIVE = words("last this next previous prior current")
_LINKS = words("is was of at are were = :")
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Field:
    """Tokens first to last are the name of each of the columns."""

    first: int
    last: int
    columns: tuple[Column, ...]


class FieldNames:
    def __init__(self, columns: list[Column]) -> None:
        self._names: dict[str, dict[tuple[str, ...], list[Column]]] = defaultdict(dict)
        self._periods: set[tuple[str, str]] = set()
        self._written: dict[str, list[Column]] = defaultdict(list)
        for column in columns:
            self._written[column.key].append(column)
            pairs = pairwise(name_parts(column.name))
            self._periods |= {(one, two) for one, two in pairs if one in _RELATIVE and two in _PERIODS}
            _, unit_parts = unit_of_column(column.name)
            whole = name_parts(column.name)
            told = tuple(part for part in whole if part not in unit_parts)
            for parts in (told,) if whole[-1:] and whole[-1] in unit_parts else (told, whole):
                if parts and len(parts) <= _MOST_WORDS:
                    self._add(parts, column)
                    self._add(tuple(SPELLED.get(part, part) for part in parts), column)

    def _add(self, parts: tuple[str, ...], column: Column) -> None:
        columns = self._names[parts[0]].setdefault(parts, [])
        if column not in columns:
            columns.append(column)

    def find(self, sentence: Sentence) -> list[Field]:
        """The longest names, not overlapping."""
        found: list[Field] = []
        tokens = sentence.tokens
        snakes = "_" in sentence.words
        if not snakes and sentence.words.isdisjoint(self._names):
            return found
        end = -1
        for at, token in enumerate(tokens):
            if at <= end:
                continue
            if snakes and (snake := self._snake(tokens, at)):
                found.append(snake)
                end = snake.last
                continue
            if token.low not in self._names:
                continue
            best: Field | None = None
            for name, columns in self._names[token.low].items():
                if tuple(token.low for token in tokens[at : at + len(name)]) == name and (
                    best is None or at + len(name) - 1 > best.last
                ):
                    best = Field(at, at + len(name) - 1, tuple(columns))
            if best is not None and not _is_superlative(tokens, at):
                found.append(best)
                end = best.last
        return found

    def periods(self, tokens: list[Token]) -> list[int]:
        """Where a stretch of time stands that columns are called after: "last month" of `sold_last_month`."""
        if not self._periods:
            return []
        lows = [token.low for token in tokens]
        return [at for at, pair in enumerate(pairwise(lows)) if pair in self._periods]

    def _snake(self, tokens: list[Token], at: int) -> Field | None:
        """A name as the record writes it: "budget_eur"."""
        last = at
        while last + 2 < len(tokens) and tokens[last + 1].text == "_":
            last += 2
        columns = self._written.get("".join(t.low for t in tokens[at : last + 1])) if last > at else None
        return Field(at, last, tuple(columns)) if columns else None


def _is_superlative(tokens: list[Token], at: int) -> bool:
    """ "the latest on 3 May" speaks of the latest, not of a column `latest_on`."""
    return at > 0 and tokens[at - 1].low == "the" and tokens[at].low in EXTREMES


def field_before(fields: list[Field], tokens: list[Token], place: int) -> Field | None:
    """The name that stands directly before the token, nothing but "is" or ":" between."""
    for name in fields:
        between = tokens[name.last + 1 : place]
        if name.first == name.last and not between and _is_verb(tokens, name.first):
            continue
        if name.last < place and len(between) <= 2 and all(token.low in _LINKS for token in between):
            return name
    return None


_VERBS = words("cost costs paid spent")


def _is_verb(tokens: list[Token], at: int) -> bool:
    """ "fuel cost EUR 5": what it did cost, no column `cost` that is told."""
    return at > 0 and tokens[at].low in _VERBS and tokens[at - 1].is_word and tokens[at - 1].low not in _ARTICLES


_ARTICLES = words("the a an its their his her of total this that each average")

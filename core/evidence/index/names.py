"""The words that name columns and sets, themselves or by a synonym."""

from __future__ import annotations

from collections import defaultdict

from core.evidence.columns.column import GENERIC, Column
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.synonyms import synonyms

PERIODS = frozenset(stem(w) for w in words("day week month quarter year hour minute"))


def words_of_columns(columns: list[Column]) -> dict[str, list[tuple[Column, float]]]:
    """Stem → columns whose name has it (1.0), a synonym of it (0.5); words that say little count half."""
    found: dict[str, dict[int, tuple[Column, float]]] = defaultdict(dict)
    for place, column in enumerate(columns):
        for word in column.stems:
            weight = 0.6 if word in GENERIC else 0.4 if word in PERIODS and column.is_number else 1.0
            found[word][place] = (column, weight)
            for other in synonyms(word):
                if place not in found[other]:
                    found[other][place] = (column, 0.5 * weight)
    return {word: list(columns.values()) for word, columns in found.items()}


def words_of_sets(sets: list[SetFacts]) -> dict[str, list[tuple[SetFacts, float]]]:
    found: dict[str, dict[int, tuple[SetFacts, float]]] = defaultdict(dict)
    for facts in sets:
        for noun in facts.nouns:
            found[noun][facts.index] = (facts, 1.0)
        for noun in facts.nouns:
            for other in synonyms(noun):
                if facts.index not in found[other]:
                    found[other][facts.index] = (facts, 0.5)
    return {word: list(sets.values()) for word, sets in found.items()}

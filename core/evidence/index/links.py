"""How the sets of a record belong together: by the values of a key, or by what a row is called."""

from __future__ import annotations

from collections import defaultdict

from core.evidence.columns.column import Column, Role
from core.evidence.index.facts import SetFacts
from core.evidence.language.stems import fold, name_parts, stem

_MOST_LIMITS = 100  # rows of a set that says something about the columns of another
Joins = dict[tuple[int, int], list[tuple[Column, dict[str, list[int]]]]]


def find_joins(columns: list[Column]) -> Joins:
    """(from set, to set) → pairs of a key column of the first and the rows of the second by that key."""
    keys: list[tuple[Column, set[str]]] = [
        (c, {fold(t) for t in c.texts if t})
        for c in columns
        if c.role is Role.CODE or (c.role is Role.LABEL and c.distinct == sum(t is not None for t in c.texts) > 1)
    ]
    joins: dict[tuple[int, int], list[tuple[Column, dict[str, list[int]]]]] = defaultdict(list)
    for column, values in keys:
        for other in columns:
            if other.set_index == column.set_index or other.role not in (Role.CODE, Role.LABEL):
                continue
            if other.key != column.key and values.isdisjoint(fold(t) for t in other.texts[:50] if t):
                continue
            rows: dict[str, list[int]] = defaultdict(list)
            for row, text in enumerate(other.texts):
                if text:
                    rows[fold(text)].append(row)
            if not values.isdisjoint(rows):
                joins[column.set_index, other.set_index].append((column, dict(rows)))
    return joins


def find_owners(sets: list[SetFacts], joins: Joins) -> dict[int, list[tuple[Column, SetFacts, dict[str, list[int]]]]]:
    """Index of a set → its columns that name a row of another set each, with those rows by name."""
    found: dict[int, list[tuple[Column, SetFacts, dict[str, list[int]]]]] = defaultdict(list)
    for (origin, target), pairs in joins.items():
        for key, rows in pairs:
            for column in sets[target].columns:
                if column.key == key.key and column.role in (Role.CODE, Role.LABEL) and rows:
                    by_name = {fold(text): [row] for row, text in enumerate(key.texts) if text}
                    found[target].append((column, sets[origin], by_name))
    return found


def find_limits(sets: list[SetFacts], columns: list[Column]) -> dict[int, list[tuple[SetFacts, int]]]:
    """Number column, by id → rows of other sets that are called as it is, such as its limits."""
    numbers = [column for column in columns if column.is_number]
    found: dict[int, list[tuple[SetFacts, int]]] = defaultdict(list)
    for labels in columns:
        facts = sets[labels.set_index]
        if labels.role is not Role.LABEL or labels.distinct != facts.size or facts.size > _MOST_LIMITS:
            continue
        for row, text in enumerate(labels.texts):
            told = {stem(part) for part in name_parts(text or "")}
            for column in numbers:
                if told and column.set_index != facts.index and told <= set(column.stems):
                    found[id(column)].append((facts, row))
    return found

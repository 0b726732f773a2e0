"""Rows by what holds of them without a value that says it: a flag, a time that is empty, being late."""

from __future__ import annotations

from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import stem

DUE = frozenset(stem(w) for w in words("due promised planned target expected scheduled requested deadline eta"))
_DELAYS = frozenset(stem(w) for w in words("delay delayed late lateness overdue"))
DONE = frozenset(
    stem(w)
    for w in words(
        "returned delivered arrived paid completed finished closed done shipped received settled actual solved"
    )
)


def find_conditional(
    sets: list[SetFacts], columns: list[Column]
) -> tuple[list[Column], dict[int, int], dict[int, int]]:
    """Flags, and columns that some rows of a set leave empty; with their masks of true and of empty rows."""
    conditional: list[Column] = []
    flags: dict[int, int] = {}
    empty: dict[int, int] = {}
    for column in columns:
        size = sets[column.set_index].size
        if size < 2 and column.role is not Role.TIME:
            continue
        if column.role is Role.FLAG:
            flags[id(column)] = mask_of(r for r, text in enumerate(column.texts) if text == "true")
            conditional.append(column)
        elif column.role is Role.TIME:
            mask = mask_of(r for r, span in enumerate(column.spans) if span is None)
            empty[id(column)] = mask
            if mask or size == 1:
                conditional.append(column)
    return conditional, flags, empty


def find_punctual(sets: list[SetFacts]) -> dict[int, tuple[int, int]]:
    """Index of a set with a due date and the date it was done → masks of the rows that are late and on time."""
    found: dict[int, tuple[int, int]] = {}
    for facts in sets:
        due = [c for c in facts.times if DUE & set(c.stems)]
        done = [c for c in facts.times if c not in due and DONE & set(c.stems)]
        delays = [c for c in facts.columns if c.is_number and _DELAYS & set(c.stems)]
        if facts.size > 1 and len(delays) == 1:
            numbers = [(row, n) for row, n in enumerate(delays[0].numbers) if n is not None]
            found[facts.index] = mask_of(r for r, n in numbers if n > 0), mask_of(r for r, n in numbers if n <= 0)
        if facts.size < 2 or len(due) != 1 or len(done) != 1:
            continue
        ends = enumerate(zip(due[0].moments, done[0].moments, strict=True))
        days = [(row, by, on) for row, (by, on) in ends if by and on]
        late = mask_of(row for row, by, on in days if on > by)
        found[facts.index] = late, mask_of(row for row, by, on in days if on <= by)
    return found

"""A question put to rules: they can bring the rows that share its words, and say that they cannot do more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .events import extent
from .figures import clean
from .rows import describe
from .tables import Table
from .words import STOP_WORDS, human, singular, tokens

_WORD = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
_MOST_WORDS = 40
_TOLD = 5

PREFACE = "**About your question:** fixed rules cannot answer freely; choose a language model for that. "


def answer(question: str, tables: Sequence[Table]) -> list[str]:
    """Bullets: extents of the sets that are named, then the rows that share most of the question's words."""
    words = _words(question)
    named = [t for t in tables if {_stem(w) for w in tokens(t.name)} & words and t.size > 1]
    bullets = [extent(table).text for table in named[:2]]
    rows = _rows(words - {_stem(w) for t in tables for w in tokens(t.name)}, tables)
    bullets += [f"{describe(table, row)} {table.cite(row)}" for table, row in rows]
    return bullets


def _words(question: str) -> frozenset[str]:
    found = (w.lower() for w in _WORD.findall(clean(question[:4000])))
    kept = [w for w in found if w not in STOP_WORDS and (len(w) > 2 or w.isdigit())]
    return frozenset(_stem(w) for w in kept[:_MOST_WORDS])


def _stem(word: str) -> str:
    return word if any(c.isdigit() for c in word) else singular(word)[:7]


def _rows(words: frozenset[str], tables: Sequence[Table]) -> list[tuple[Table, int]]:
    """Words found in fewer rows weigh more; a word found in more than half of all rows tells nothing."""
    texts = [
        (table, row, " ".join(column.cells[row] for column in table.columns).lower())
        for table in tables
        for row in range(table.size)
    ]
    hits: dict[int, float] = {}
    for word in sorted(words):
        found = [i for i, (_, _, text) in enumerate(texts) if word in text]
        if found and (len(found) * 2 <= len(texts) or len(texts) < 4):
            for i in found:
                hits[i] = hits.get(i, 0.0) + 1 / len(found) + 0.2
    best = sorted(hits, key=lambda i: (-hits[i], i))[:_TOLD]
    return [(texts[i][0], texts[i][1]) for i in best]


def preface(bullets: Sequence[str], tables: Sequence[Table]) -> str:
    if bullets:
        return f"{PREFACE}What in the record shares its words:"
    names = ", ".join(human(t.name) for t in tables[:8])
    return f"{PREFACE}No row of the record shares its words. It holds: {names}."

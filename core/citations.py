"""Rows that an answer cites, as the prompts ask for: `[orders 3]`, `[clauses 2, 5]`, `[labs 1-4]`, or a
whole result set: `[orders]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.claims.citations import find_citations
from core.evidence.text.blocks import Block
from core.evidence.text.sentences import Sentence
from core.records.record import Record


@dataclass(frozen=True, slots=True)
class Citation:
    """`answer[start:end]` names these rows, counted from 0, of the result set `set`; no rows: all of it."""

    start: int
    end: int
    set: str
    rows: tuple[int, ...]


def cited(answer: str, record: Record) -> list[Citation]:
    """The citations of an answer that lead somewhere, in reading order: rows that the record does not have are left
    out, and so is a citation of nothing else."""
    sets = {_spelt(one.name): one for one in record.result_sets}
    found: list[Citation] = []
    for citation in find_citations(Sentence(0, len(answer), answer, Block.TEXT)):
        result_set = sets.get(_spelt(citation.name))
        if result_set is None:
            continue
        rows = tuple(dict.fromkeys(row - 1 for row in citation.rows if 1 <= row <= len(result_set.rows)))
        if rows or not citation.rows:
            found.append(Citation(citation.start, citation.end, result_set.name, rows))
    return found


def _spelt(name: str) -> str:
    """Models write `orders_by_month` as “Orders by month” too."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()

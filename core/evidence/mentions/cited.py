"""Rows told by their number: citations such as "[orders 3]", and "Clause 5" where each clause has its `clause_no`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.evidence.claims.citations import find_citations
from core.evidence.columns.rows import mask_of
from core.evidence.index.index import Index
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.text.sentences import Sentence


def find_rows(sentence: Sentence, index: Index) -> list[Mention]:
    """Citations, and what its row is called before the number that only this row has."""
    found = list(_numbered(sentence, index)) if index.row_numbers else []
    for citation in find_citations(sentence):
        facts = next((s for s in index.sets if s.name.casefold() == citation.name.casefold()), None)
        if facts is None or not citation.rows:
            continue
        rows = [row - 1 for row in citation.rows if 1 <= row <= facts.size]
        first = next((i for i, t in enumerate(sentence.tokens) if t.start >= citation.start), 0)
        mention = Mention(first, first, sentence.segments[first], Sort.ROW, "row", citation.name, 2)
        mention.options = {facts.index: [mask_of(rows)]}
        found.append(mention)
    return found


def _numbered(sentence: Sentence, index: Index) -> Iterator[Mention]:
    for at, (noun, number) in enumerate(pairwise(sentence.tokens)):
        if not number.is_digits or not noun.is_word:
            continue
        for column in index.row_numbers:
            facts = index.sets[column.set_index]
            rows = column.rows_between(float(number.low), float(number.low)) if noun.stem in facts.nouns else 0
            if rows:
                mention = Mention(at, at + 1, sentence.segments[at], Sort.ROW, "row", f"{noun.text} {number.text}", 2)
                mention.options = {facts.index: [rows]}
                yield mention

"""Row citations such as "[orders 3]" as mentions."""

from __future__ import annotations

from core.evidence.claims.citations import find_citations
from core.evidence.columns.rows import mask_of
from core.evidence.index.index import Index
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.text.sentences import Sentence


def find_rows(sentence: Sentence, index: Index) -> list[Mention]:
    """Row citations such as "[orders 3]"."""
    found: list[Mention] = []
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

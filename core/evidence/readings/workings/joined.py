"""Rows of other sets that belong to the rows the words mean, by a key that both sets have."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.columns.rows import mask_of, rows_of
from core.evidence.frame.frame import Scope
from core.evidence.index.index import Index
from core.evidence.language.stems import fold

_MOST_ROWS = 400  # looked up


def joined(index: Index, scope: Scope) -> Iterator[Scope]:
    """One row of this set may have several of the other; all rows of both belong together where none is left out."""
    if scope.mask.bit_count() > _MOST_ROWS:
        return
    rows = rows_of(scope.mask)
    for other in index.sets:
        for key, by_key in index.joins.get((scope.facts.index, other.index), ()):
            texts = {fold(text) for row in rows if (text := key.texts[row])}
            mask = mask_of(row for text in texts for row in by_key.get(text, ()))
            if mask:
                yield Scope(other, mask, scope.used)
                break

"""The default "model" of a fresh machine: no language model, and it says so first.

It reads the record that the prompt carries, whatever its columns, and writes what fixed rules can say for certain:
the points the record itself raises, trends, outliers, comparisons, what is open and what is missing. Every figure is
in the record or follows from it by plain arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, localcontext

from .parse import read_prompt
from .write import write

__all__ = ["digest"]

_PIECE = re.compile(r"\s*\S+\s*")
_EXACT = Context(prec=120)  # sums of the longest cells stay exact


def digest(messages: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The answer to chat messages (`role`, `content`) in pieces of about a word. Pure and deterministic; never
    raises, whatever the text.
    """
    with localcontext(_EXACT):
        answer = write(read_prompt(messages))
    yield from _PIECE.findall(answer)

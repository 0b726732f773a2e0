"""A word of the answer with what the record says to it."""

from __future__ import annotations

from typing import NamedTuple

from core.evidence.support import Support


class Said(NamedTuple):
    """A word of the answer with what the record says to it."""

    first: int
    last: int
    support: Support

"""A word of the answer with what the record says to it."""

from __future__ import annotations

from dataclasses import dataclass

from core.evidence.support import Support


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the answer with what the record says to it."""

    first: int
    last: int
    support: Support

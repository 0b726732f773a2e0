"""What a recogniser found in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of plain text that tells who somebody is. `label` names its token."""

    start: int
    end: int
    label: str


def before(text: str, place: int, characters: int = 40) -> str:
    """What stands before a place in the same paragraph, lower case."""
    return text[max(0, place - characters) : place].rpartition("\n\n")[2].casefold()

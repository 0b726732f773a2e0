"""Long alternations in any case, in a form that `re` gets through quickly.

Where case does not matter `re` tries every alternative at every place. Told apart by their first letters, it skips all
that begin with another one.
"""

from __future__ import annotations

_AS_WELL = {"i": "İı", "k": "\u212a", "s": "ſ"}  # what re.IGNORECASE takes for these letters too


def any_case(alternatives: str) -> str:
    """A pattern that matches what `(?i:alternatives)` does, all of which begin with a letter."""
    by_letter: dict[str, list[str]] = {}
    for one in _split(alternatives):
        if not one[0].isascii() or not one[0].isalpha():
            raise ValueError(f"{one!r} does not begin with a letter")
        by_letter.setdefault(one[0].lower(), []).append(one[1:])
    return "|".join(
        f"[{letter}{letter.upper()}{_AS_WELL.get(letter, '')}](?i:{'|'.join(rests)})"
        for letter, rests in by_letter.items()
    )


def _split(alternatives: str) -> list[str]:
    """At the bars that are not inside of parentheses."""
    parts, depth = [""], 0
    for character in alternatives:
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts

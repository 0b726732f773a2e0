"""A text as a reader sees it, for looking things up in, with the way back to the text as it is written.

Full-width and styled characters become plain ones, accents go, characters that show nothing go, every dash is `-` and
every apostrophe `'`. Without this no pattern sees full-width digits, a combining accent or a number with a zero-width
space in it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

_SPECIAL = {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("‘’‛′ʼ´", "'"), "\u2028": "\n", "\u2029": "\n"}
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u2800")  # letters and a symbol that show nothing


class Plain:
    """`text` is what to search in; `back` leads from a span of it to the span of the original it stands for."""

    def __init__(self, original: str) -> None:
        self.text = original
        self._plain: list[int] = []  # where in `text` a stretch begins …
        self._origin: list[int] = []  # … and where in the original; from there on both go character by character
        changed = {} if original.isascii() else _changed(original)
        if changed:
            self._build(original, changed)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Of a span that is not empty. Characters that show nothing at its end are in."""
        if not self._plain:
            return start, end
        return self._original(start), max(self._original(end - 1) + 1, self._original(end))

    def _original(self, place: int) -> int:
        at = bisect_right(self._plain, place) - 1
        return self._origin[at] + place - self._plain[at]

    def _build(self, original: str, changed: dict[str, str]) -> None:
        out: list[str] = []
        size = done = 0
        self._plain, self._origin = [0], [0]
        for match in re.finditer(f"[{re.escape(''.join(changed))}]", original):
            place, shown = match.start(), changed[match[0]]
            out += [original[done:place], shown]
            size += place - done
            if len(shown) != 1:
                for more in range(len(shown)):
                    self._mark(size + more, place)
                self._mark(size + len(shown), place + 1)
            size += len(shown)
            done = place + 1
        out.append(original[done:])
        self.text = "".join(out)

    def _mark(self, place: int, origin: int) -> None:
        if self._plain[-1] == place:
            self._origin[-1] = origin
        else:
            self._plain.append(place)
            self._origin.append(origin)


def plain(text: str) -> str:
    return text if text.isascii() else text.translate({ord(each): shown for each, shown in _changed(text).items()})


def _changed(text: str) -> dict[str, str]:
    return {each: shown for each in sorted(set(text)) if (shown := _shown(each)) != each}


@lru_cache(maxsize=8192)
def _shown(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    apart = unicodedata.normalize("NFKD", character)
    seen = (each for each in apart if unicodedata.category(each) not in _INVISIBLE and each not in _BLANK)
    return "".join(_SPECIAL.get(each, each) for each in seen)

"""The tokens of one analysis: one for each value, the same wherever the value occurs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.masking.known import BETWEEN
from core.masking.masked_record import Tokens

PARTS = ("FIRST", "MIDDLE", "LAST", "LINE")
"""What may stand behind a token: PATIENT-1-LAST is the last name of PATIENT-1."""
_HYPHEN = r"\\?[-\u2010-\u2015]"
TOKEN_LIKE = re.compile(rf"(?<![A-Za-z])[A-Za-z]{{1,32}}(?:{_HYPHEN}[A-Za-z]{{1,32}}){{0,5}}{_HYPHEN}\d{{1,9}}")


class TokenBook:
    """Gives tokens out in the order in which values are met, so the same record always gets the same ones."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """`texts`: whatever the model will read; what looks like a token there is never given out as one."""
        self.tokens: Tokens = {}
        self._by_value: dict[str, str] = {}
        self._last: dict[str, int] = {}
        hyphenated = BETWEEN.join(text for text in texts if "-" in text or not text.isascii())
        self._taken = {plain_token(match) for match in TOKEN_LIKE.findall(hyphenated)}

    def token(self, label: str, value: str) -> str:
        """The token of this very value; `label` counts when it is met for the first time."""
        if value in self._by_value:
            return self._by_value[value]
        number = self._last.get(label, 0) + 1
        while plain_token(f"{label}-{number}") in self._taken:
            number += 1
        self._last[label] = number
        token = self._by_value[value] = f"{label}-{number}"
        self.tokens[token] = value
        return token

    def part(self, token: str, part: str, value: str) -> str:
        """The token of a part of what `token` stands for, which says whose it is: PATIENT-1-LAST."""
        name = f"{token}-{part}"
        if self.tokens.setdefault(name, value) != value:
            return self.token("NAME", value)
        return name


def plain_token(written: str) -> str:
    r"""`Patient‑1`, `PATIENT\-1` and `patient-1` are all `PATIENT-1`."""
    return re.sub(r"\\?[-\u2010-\u2015]", "-", written).upper()

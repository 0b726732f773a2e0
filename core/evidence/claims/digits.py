"""Figures written in digits: "1,204.50", "(1,250)", "€4.9 thousand"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.evidence.claims.claim import Claim, Kind
from core.evidence.claims.measures import (
    AFTER_MONEY,
    AFTER_UNIT,
    BEFORE,
    CODES,
    ENDS,
    GLUED,
    SYMBOLS,
    UNIT_WORDS,
    is_measured,
    take_before,
    take_scale,
    take_unit,
)
from core.evidence.language.numerals import DIGITS, SPACED, read_digits

_DIGITS = re.compile(
    rf"(?<![\w])(?<!\d[.,])(?:{SPACED}(?![\d])(?=[ \u00a0]?(?:[{SYMBOLS}%]|{CODES}|{UNIT_WORDS})|,\d)|{DIGITS})",
    re.IGNORECASE,
)


_PARENTHESES = re.compile(
    rf"\((?:[{SYMBOLS}]|(?:{CODES}) ?)?(?P<num>{DIGITS})(?P<after> ?(?:[{SYMBOLS}%]|{CODES}|k|m)?)\)", re.IGNORECASE
)


def find_digits(text: str, is_taken: Callable[[int, int], bool]) -> Iterator[Claim]:
    """`is_taken` tells which characters are no figures: those of a date, of an identifier."""
    for match in _PARENTHESES.finditer(text) if "(" in text else ():
        digits = re.sub(r"\D", "", match["num"])
        if len(digits) >= 3 and not re.fullmatch(r"(?:19|20)\d\d", match["num"]):
            claim = _one_figure(text, match.start("num"), match.end("num"), match["num"])
            if claim is not None:
                claim.sign = (
                    -1
                    if re.search(rf"(?:[{SYMBOLS}:=|]|{CODES}|of|was|is|at|result|loss|^)\s*$", text[: match.start()])
                    else 0
                )
                yield claim
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        claim = None if is_taken(start, end) else _one_figure(text, start, end, match.group())
        if claim is not None:
            yield claim


def _one_figure(text: str, start: int, end: int, digits: str) -> Claim | None:
    glued = text[end : end + 1].isalpha()
    if glued and not (GLUED.match(text, end) or AFTER_UNIT.match(text, end) or AFTER_MONEY.match(text, end)):
        return None
    readings = read_digits(digits)
    if not readings:
        return None
    claim = Claim(start, end, digits, Kind.NUMBER, readings)
    lead = text[max(0, start - 16) : start].rstrip(" \u00a0\u202f")
    before = BEFORE.search(text, max(0, start - 16), start) if lead.upper().endswith(ENDS) else None
    if before is not None and before.group():
        take_before(claim, text, before)
    if is_measured(text, end):
        take_scale(claim, text)
        take_unit(claim, text)
    claim.text = text[claim.start : claim.end]
    return claim

"""Figures inside free text, with their units and the words beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from core.evidence.columns.column import Column, Role
from core.evidence.index.words import STOP, TOKEN
from core.evidence.language.calendar import Moment
from core.evidence.language.dates import find_moments
from core.evidence.language.numerals import DIGITS, NUMBER_WORDS, read_digits, read_words
from core.evidence.language.stems import stem
from core.evidence.language.units import Unit, unit_of_word

_MOST_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class TextFigure:
    """A figure or a date inside free text."""

    column: Column
    row: int
    value: float
    unit: Unit | None
    near: frozenset[str]  # the stems of the words before and after it


TextMoment = tuple[Column, int, Moment]  # with its row
_DATED = re.compile(r"\d[-/.]\d|(?:19|20)\d\d|\d.{0,4}[A-Z][a-z]{2}|[A-Z][a-z]{2,8}\.? \d|Q[1-4]")


_PROSE_DIGITS = re.compile(rf"(?<![\w.,])(?<!\d-)(?:{DIGITS})")


_PROSE_WORDS = re.compile(rf"\b{NUMBER_WORDS}\b", re.IGNORECASE)


_NEXT = re.compile(r"[ \u00a0-]?([%€$£°\w³²]+(?:/\w+)?)")


def read_prose(columns: list[Column]) -> tuple[dict[float, list[TextFigure]], list[TextMoment]]:
    """The figures, by value, and the dates inside free text and labels."""
    figures: dict[float, list[TextFigure]] = defaultdict(list)
    moments: list[TextMoment] = []
    budget = _MOST_CHARACTERS
    for column in columns:
        if column.role not in (Role.PROSE, Role.LABEL):
            continue
        seen: dict[str, list[tuple[float, Unit | None, frozenset[str]]]] = {}
        for row, text in enumerate(column.texts):
            if not text or budget < 0 or (column.role is Role.LABEL and not any(c.isdigit() for c in text)):
                continue
            budget -= len(text)
            if text not in seen:
                seen[text] = figures_in(text)
            for value, unit, near in seen[text]:
                figures[value].append(TextFigure(column, row, value, unit, near))
            if _DATED.search(text):
                told = (found.moment for found in find_moments(text))
                moments += [(column, row, moment) for moment in told if not moment.relative]  # its "today" is not ours
    return figures, moments


def figures_in(text: str) -> list[tuple[float, Unit | None, frozenset[str]]]:
    found: list[tuple[float, Unit | None, frozenset[str]]] = []
    for match in _PROSE_DIGITS.finditer(text):
        unit = unit_of_word(after.group(1)) if (after := _NEXT.match(text, match.end())) else None
        if unit is None and match.start() and (before := re.search(r"([€$£]|[A-Z]{3}) ?$", text[: match.start()])):
            unit = unit_of_word(before.group(1))
        near = _words_near(text, match.start(), match.end())
        found += [(value, unit, near) for value, _ in read_digits(match.group())]
    for match in _PROSE_WORDS.finditer(text):
        reading = read_words(match.group())
        if reading and match.group().lower() not in {"a", "an", "one"}:
            unit = unit_of_word(after.group(1)) if (after := _NEXT.match(text, match.end())) else None
            found.append((reading[0], unit, _words_near(text, match.start(), match.end())))
    return found


def _words_near(text: str, start: int, end: int) -> frozenset[str]:
    lead, rest = text[max(0, start - 24) : start], text[end : end + 24]
    return frozenset(stem(w) for w in (TOKEN.findall(lead)[-2:] + TOKEN.findall(rest)[:2]) if w.lower() not in STOP)

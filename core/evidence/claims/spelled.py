"""Figures written in words: "twelve hundred", "a dozen", "none", "both"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Bound, Claim, Form, number_at
from core.evidence.claims.measures import take_scale, take_unit
from core.evidence.language.listed import words
from core.evidence.language.numerals import MULTIPLIERS, NUMBER_WORDS, ONES, TENS, read_words

_WORD_NUMBER = re.compile(rf"\b{NUMBER_WORDS}\b(?!-(?:day|week|month|year|hour)-)(?! another)", re.IGNORECASE)


_DOZEN = re.compile(
    r"\b(?:(?P<half>half a )|a |(?P<n>two|three|four|five) )?(?P<w>dozen|couple of|pair of)\b", re.IGNORECASE
)


_NONE = re.compile(
    r"\b(?P<no>no)\b(?= (?!one\b|longer\b|doubt\b|later\b|less\b|more\b|fewer\b|matter\b|change\b|sign\b"
    r"|evidence\b|information\b|data\b|need\b|further\b|action\b|reason\b|indication\b|obvious\b"
    r"|clear\b)\w)"
    r"|\b(?P<none>none|neither)\b(?= of\b| (?:was|were|is|are|has|have)\b)|\bnot a single\b|\bzero\b",
    re.IGNORECASE,
)


_BOTH = re.compile(
    r"\bboth\b(?= (?:of |the )?\w+s\b)|\b(?:only one|just one|exactly one|one single"
    r"|the only(?! (?:two|three|four|five|six|seven|eight|nine|ten|\d)\b))\b",
    re.IGNORECASE,
)


# What a text must have before a pattern is worth trying.
_DOZEN_WORDS = words("dozen couple pair")
_NONE_WORDS = words("no none neither single zero")
_NUMBER_WORDS = {*ONES, *TENS, *MULTIPLIERS}
_BOTH_WORDS = words("both one only")


def find_dozens(text: str, words: frozenset[str]) -> Iterator[Claim]:
    for match in () if words.isdisjoint(_DOZEN_WORDS) else _DOZEN.finditer(text):
        word = match["w"].lower()
        value = 12.0 if word == "dozen" else 2.0
        if match["half"]:
            value /= 2
        if match["n"]:
            value *= (read_words(match["n"]) or (1.0, 1.0))[0]
        claim = number_at(match, text, ((value, 1.0),), Form.WORDS)
        claim.bound = Bound.ABOUT if word.startswith("couple") else Bound.EXACT
        claim.end -= 3 if word.endswith(" of") else 0
        claim.text = text[claim.start : claim.end]
        take_unit(claim, text)
        yield claim


def find_nothing(text: str, words: frozenset[str]) -> Iterator[Claim]:
    for match in () if words.isdisjoint(_NONE_WORDS) else _NONE.finditer(text):
        yield number_at(match, text, ((0.0, 1.0),), Form.NONE)
    for match in () if words.isdisjoint(_BOTH_WORDS) else _BOTH.finditer(text):
        value = 2.0 if match.group().lower() == "both" else 1.0
        yield number_at(match, text, ((value, 1.0),), Form.WORDS)


def find_words(text: str, words: frozenset[str]) -> Iterator[Claim]:
    for match in () if words.isdisjoint(_NUMBER_WORDS) else _WORD_NUMBER.finditer(text):
        word = match.group().lower()
        if word in {"one", "a", "an"}:
            continue  # nearly always a pronoun; "only one" is read elsewhere
        if re.match(r"[- ](?:one|two)\b", text[match.end() :]) and word == "twenty":
            continue
        reading = read_words(word)
        if reading is None:
            continue
        claim = number_at(match, text, (reading,), Form.WORDS)
        take_scale(claim, text)
        take_unit(claim, text)
        claim.text = text[claim.start : claim.end]
        yield claim

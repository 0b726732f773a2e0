"""Fractions, multiples and ordinals: "a third", "one in five", "doubled", "2nd"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form, number_at
from core.evidence.claims.measures import take_scale, take_unit
from core.evidence.language.alternatives import one_of
from core.evidence.language.numerals import DENOMINATORS, MULTIPLES, ONES, ORDINALS, read_digits, read_words

_ORDINAL = re.compile(r"(?<![\w.,])\d{1,3}(?:st|nd|rd|th)\b", re.IGNORECASE)


_ORDINAL_WORDS = re.compile(
    rf"(?:(?<=ranked )|(?<=placed )|(?<=finished )|(?<=came ))(?:{'|'.join(ORDINALS)})(?=[.,;]|$| of\b| in\b)"
    rf"|\b(?:{'|'.join(ORDINALS)})(?=[ -](?!of )(?:\w+[ -]){{0,2}}(?:\w*est|most|least|best|worst|place|rank)\b)",
    re.IGNORECASE,
)


_FRACTION = re.compile(
    r"\b(?P<top>a|an|one|two|three|four|five|nine|seven) ?[ -](?P<bottom>half|halves|thirds?|quarters?"
    r"|fourths?|fifths?|"
    r"sixths?|seventh|eighths?|ninth|tenths?)\b(?! of (?:19|20)\d\d)"
    rf"|(?P<mixed>\b(?:{one_of(ONES)}|\d+) and (?:a (?:half|quarter)|three[ -]quarters?))\b"
    r"|(?P<bare>(?<!first )(?<!second )(?<!last )(?<!other )\bhalf\b(?! year|[- ]yearly|-year| an?\b|-hour"
    r"|-day|way|-way))"
    r"|(?P<glyph>\d* ?[½¼¾⅓⅔⅛])|(?<![\d/.,])(?P<n>[1-9])/(?P<d>[2-9]|1\d)(?![\d/.,])",
    re.IGNORECASE,
)


_ONE_IN = re.compile(
    r"(?<![\w.,])(?P<part>one|two|three|four|[1-9])(?: (?P<noun>[a-z]+)(?: in| out of)| in| out of) (?:every )?"
    r"(?P<whole>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b(?![.,]?\d|[-/%])"
    r"(?! (?:second|minute|hour|day|week|month|quarter|year)s)(?(noun)|(?= [a-z]+s\b| [a-z]+ [a-z]+s\b))",
    re.IGNORECASE,
)


# What a text must have before a pattern is worth trying.
_MULTIPLE_WORDS = MULTIPLES.keys() | {"times", "fold", "x", "×"}
_MULTIPLE_MARK = re.compile(r"\d(?:[xX×]|fold)", re.IGNORECASE)
_FRACTION_MARK = re.compile(r"[½¼¾⅓⅔⅛]|\d/\d")
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}


_MULTIPLE = re.compile(
    rf"\b(?P<word>{'|'.join(MULTIPLES)})\b|(?<![\w.,])(?P<x>\d+(?:[.,]\d+)?) ?(?:x\b|×|-?fold\b)"
    r"|\b(?P<times>\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten) times"
    r"(?=\)| (?:as|the|more|higher|larger|"
    r"bigger|longer|lower|above|below|over|that|its|"
    r"what|greater|faster|slower|heavier|older|his|her|their|over\b|an? (?!day"
    r"|week|month|year|hour)|\w+['’]s\b|\w+s['’] ))",
    re.IGNORECASE,
)


def find_multiples(text: str, words: frozenset[str]) -> Iterator[Claim]:
    if _MULTIPLE_WORDS.isdisjoint(words) and not _MULTIPLE_MARK.search(text):
        return
    for match in _MULTIPLE.finditer(text):
        if match["word"]:
            low = match["word"].lower()
            if low in {"twice", "thrice"} and not re.match(
                r" (?:as|the|its|that|what|his|her|their|this|an? (?!day|week|month|year|hour))\b", text[match.end() :]
            ):
                yield number_at(match, text, ((2.0, 1.0),), Form.WORDS)
            elif low == "double" and re.match(r"[- ](?:check|room|digit|entry|bed)", text[match.end() :]):
                continue
            else:
                yield number_at(match, text, ((MULTIPLES[low], 0.1),), Form.MULTIPLE)
        else:
            number = match["x"] or match["times"]
            readings = read_digits(number) if number[0].isdigit() else tuple(filter(None, [read_words(number)]))
            yield number_at(match, text, readings, Form.MULTIPLE)


def find_fractions(text: str, words: frozenset[str]) -> Iterator[Claim]:
    for match in _ONE_IN.finditer(text) if "in" in words else ():
        top, bottom = _small(match["part"]), _small(match["whole"])
        if top and bottom and top < bottom <= 20:
            yield number_at(match, text, ((top / bottom, 0.01),), Form.FRACTION)
    plain = text.isascii() and "/" not in text
    if words.isdisjoint(DENOMINATORS) and (plain or not _FRACTION_MARK.search(text)):
        return
    for match in _FRACTION.finditer(text):
        if match["mixed"]:
            mixed = match["mixed"].lower().split()
            whole = float(mixed[0]) if mixed[0].isdigit() else (read_words(mixed[0]) or (0.0, 1.0))[0]
            value = whole + (0.5 if mixed[-1] == "half" else 0.25)
            if text.startswith(" times ", match.end()):
                yield number_at(match, text, ((value, 0.1),), Form.MULTIPLE)
            else:
                yield _measured(match, text, value, 0.1)
        elif match["glyph"]:
            whole = match["glyph"][:-1].strip()
            value = (float(whole) if whole else 0.0) + _GLYPHS[match["glyph"][-1]]
            if whole:
                yield _measured(match, text, value, 0.1)
            else:
                yield number_at(match, text, ((value, 0.01),), Form.FRACTION)
        elif match["n"]:
            if int(match["n"]) < int(match["d"]):
                yield number_at(match, text, ((int(match["n"]) / int(match["d"]), 0.01),), Form.FRACTION)
        elif match["bare"]:
            yield number_at(match, text, ((0.5, 0.01),), Form.FRACTION)
        else:
            top = (read_words(match["top"]) or (1.0, 1.0))[0] if match["top"].lower() not in {"a", "an"} else 1.0
            bottom = match["bottom"].lower()
            ordinal = top == 1.0 and bottom not in {"half", "quarter"}
            if ordinal and not re.match(
                r"\s*(?:of|more|less|lower|higher|fewer|below|above|smaller|larger|[.,;)]|$|in\b)", text[match.end() :]
            ):
                continue
            if bottom in {"quarter"} and re.match(r" (?:earlier|later|before|ago)", text[match.end() :]):
                continue
            yield number_at(match, text, ((top / DENOMINATORS[bottom], 0.01),), Form.FRACTION)


def _small(text: str) -> float:
    reading = ((float(text), 1.0) if text.isdigit() else read_words(text)) or (0.0, 1.0)
    return reading[0]


def _measured(match: re.Match[str], text: str, value: float, step: float) -> Claim:
    """ "two and a half hours": a plain figure with its unit."""
    claim = number_at(match, text, ((value, step),), Form.WORDS)
    take_scale(claim, text)
    take_unit(claim, text)
    return claim


def find_ordinals(text: str, words: frozenset[str]) -> Iterator[Claim]:
    for match in _ORDINAL.finditer(text):
        yield number_at(match, text, ((float(re.sub(r"\D", "", match.group())), 1.0),), Form.ORDINAL)
    for match in () if words.isdisjoint(ORDINALS) else _ORDINAL_WORDS.finditer(text):
        yield number_at(match, text, ((float(ORDINALS[match.group().lower()]), 1.0),), Form.ORDINAL)

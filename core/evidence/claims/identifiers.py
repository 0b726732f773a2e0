"""Identifiers, and labels with digits that are none: "O-88123" against "ISO 9001" and "Step 2"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Kind, ignored_at
from core.evidence.claims.measures import CODES, CURRENCY_WORDS, SYMBOLS, UNIT_WORDS
from core.evidence.language.alternatives import has_any, one_of
from core.evidence.language.listed import words

_STANDARDS = words("ISO IEC DIN EN RFC BS ANSI ASTM NIST SOC IFRS IAS GDPR UTF SHA USB HTTP IPv COVID")
_LABELS = words("Pier Level Tier Sect. Fig. Annex Part Item Point Article Art. Scenario Priority Top Plan Stage")
_ANY_CASE = words("step section chapter appendix figure page phase table option top")
_SKIP = re.compile(
    r"\b\d{2,3}-degree\b|\b(?:gives?|gave|giving|given) 1[0-5]0 ?%|https?://\S+|www\.\S+"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+|!?\[[^\]\n]*\]\([^)\n]*\)|\b24\s?[/x×]\s?7(?:[/x]365)?\b|\b9[- ]to[- ]5\b"
    r"|\b50[/:-]50\b|\b1:1 (?:meeting|call|session|talk|conversation|copy|basis)\b"
    rf"|\b(?:{one_of(_STANDARDS)}|{one_of(_LABELS)}|(?i:{one_of(_ANY_CASE)})|§+)"
    r"[ -]?(?!(?:19|20)\d\d-\d\d(?!\d))\d+(?:[.:-]\d+)*(?![\w%€]|[.,]\d)(?:\s?(?:to|and|&|[-–])\s?\d+\b)?"
    r"|(?<![\w(.,)])\d{1,2}\)(?=\s+[A-Za-z]|\s*$)"  # "1) Check the oil. 2) Check the brakes."
    r"|\b100 ?% (?:sure|certain|safe|clear|committed|confident)\b|\b(?:dial|call|phone|ring|text) \d[\d ]{1,12}\d\b"
    r"|\b(?i:scale|rate|score|rank)\w*\b[^.]{0,40}?\b(?:from |of )?(?:0|1) ?(?:to|-|–) ?(?:5|10|100)\b"
    r"|\b(?:MD|MP|PM|CO|SO|NO|H|B|T|G)\d{1,2}\b",
)
# What a text must have, one or the other, before the pattern is worth trying.
_SKIP_WORDS = {word.lower().rstrip(".") for word in _STANDARDS | _LABELS | _ANY_CASE} | words(
    "degree give gives gave giving given dial call phone ring text"
)
_SKIP_MARKS = (
    *("§", "@", ")", "1:1", "://", "www.", "](", "to 5", "to-5", "scale", "rate", "score", "rank"),
    *("24/", "24x", "24 ", "24×", "50/5", "50-5", "50:5", "100 %", "100%"),
)
_GLUED = re.compile(r"\d(?<=[^\W\d_]\d)")


def find_skipped(text: str, words: frozenset[str]) -> Iterator[Claim]:
    """Labels, links and idioms with digits: no figures of the record."""
    if not _SKIP_WORDS.isdisjoint(words) or has_any(_SKIP_MARKS, text.lower()) or _GLUED.search(text):
        for match in _SKIP.finditer(text):
            yield ignored_at(match.start(), match.end(), text, "A label or an idiom, not a figure.")


_CODE = re.compile(r"(?<![\w.@/])[#]?(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[A-Za-z0-9]+(?:[-_/.:#][A-Za-z0-9]+)*(?![\w@])")


_LONG_CODE = re.compile(
    r"(?<![\w.,])(?:#\s?\d{2,}|\d{2,}(?:[-/]\d{2,}){2,}|\d{4,}[-/]\d{2,}|\d{2,}[-/]\d{4,}|0\d{3,}"
    r"|\d{9,})(?![\w]|[.,]\d)"
)


SECTION = re.compile(r"^\s*(?:\*\*)?\d+(?:\.\d+)*[.)]\s")


_NUMBER_WITH_UNIT = re.compile(
    rf"(?:[{SYMBOLS}]|(?:{CODES}))?\d[\d.,]*-?(?:k|m|mn|bn|b|x|st|nd|rd|th|h|pp|ppt|bps|{UNIT_WORDS}"
    rf"|{CODES}|{CURRENCY_WORDS})?(?:/\w+)?$|(?:{CODES})\d[\d.,]*\w{{0,2}}$",
    re.IGNORECASE,
)


def find_codes(text: str) -> Iterator[Claim]:
    for match in _CODE.finditer(text):
        word = match.group()
        if _NUMBER_WITH_UNIT.match(word) or re.fullmatch(r"\d+(?:-[a-z]+)+", word, re.IGNORECASE):
            continue
        if re.fullmatch(r"(?:Q[1-4]|H[12]|FY\d+|W\d+|v?\d+(?:\.\d+)+)", word):
            yield ignored_at(match.start(), match.end(), text, "A label, not a figure.")
            continue
        yield Claim(match.start(), match.end(), word, Kind.CODE)
    for match in _LONG_CODE.finditer(text):
        if not re.fullmatch(r"\d{1,3}/\d{1,3}", match.group()):
            yield Claim(match.start(), match.end(), match.group(), Kind.CODE)

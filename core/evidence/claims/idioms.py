"""Turns of phrase with a number in them, and the numbers of a list: neither tells a figure. General English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Claim, ignored_at
from core.evidence.language.listed import words

_PHRASES = re.compile(
    r"\b(?:first and foremost|first things first|first of all|in the first place|(?:at|on) first (?:glance|sight|view)"
    r"|first come,? first served|first aid|on second thoughts?|at (?:a )?second glance|second to none|second nature"
    r"|(?:an?|the) (?:second|third|fresh) (?:pair|set) of eyes|(?:an?|any) (?:second|third) opinion|third part(?:y|ies)"
    r"|two sides (?:to|of) (?:every|the|each)(?: same)? (?:story|coin)"
    r"|no two [\w -]{1,40}? (?:are|is) (?:alike|the same)"
    r"|two[- ]way street|two birds with one stone|in two minds|two heads are better|(?:my|our|your) two cents"
    r"|(?:think|thinks|thought|look|looked|asked|told|bitten|shy) twice|once or twice|nine times out of ten"
    r"|9 times out of 10|one (?:by|after) one|one at a time|one[- ]on[- ]one|square one|cloud nine|sixth sense"
    r"|four[- ]eyes(?: principle)?|saves nine|ten to one|six of one|half (?:the battle|measures|a loaf)|zero tolerance"
    r"|zero[- ]sum|number one (?:priority|concern|rule)|a thousand thanks|two[- ]edged|third time lucky"
    r"|(?:24|twenty-four) hours a day|(?:7|seven) days a week|365 days a year|(?:one|two|three|four|five|[1-5])[- ]star"
    r"|(?:5|6)S|80[/:-]20)\b",
    re.IGNORECASE,
)
_WORDS = words(
    "first second third pair two twice nine 9 one six sixth four ten half zero number thousand 24 twenty 7 seven 365 "
    "star 5s 6s 80 once eyes opinion"
)
_ALONE = re.compile(r"\s*\(?\d{1,3}[.)]?\)?\s*$")
_LISTED = re.compile(r"(?:(?<=[:;,] )|(?<=\band ))\(?\d{1,2}[.)]\)?(?= [A-Za-z])")
_BRACKETED = re.compile(r"(?<!\w)\(\d{1,2}\)(?= \w)")


def find_idioms(text: str, told: frozenset[str]) -> Iterator[Claim]:
    """Places in the sentence; `told`: its words."""
    if not _WORDS.isdisjoint(told):
        for match in _PHRASES.finditer(text):
            yield ignored_at(match.start(), match.end(), text, "A turn of phrase, not a figure.")
    if not any(c.isdigit() for c in text):
        return
    if _ALONE.fullmatch(text) and not text.strip().isdigit():
        yield ignored_at(0, len(text.rstrip()), text, "The number of a list.")
        return
    for pattern in (_LISTED, _BRACKETED):
        found = list(pattern.finditer(text))
        if len(found) > 1:
            for match in found:
                yield ignored_at(match.start(), match.end(), text, "The number of a list.")

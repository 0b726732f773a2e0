"""Numbers in digits and in words, in the ways people and models write them.

A reading is (value, step): the step is the size of the last place written, so 1.2 thousand is (1200, 100).
"""

from __future__ import annotations

import re

from core.evidence.language.alternatives import one_of
from core.evidence.language.listed import ordered

Reading = tuple[float, float]

GROUP = "[,.'’ \u00a0\u202f\u2009]"
DIGITS = (
    rf"\d{{1,3}}(?:{GROUP.replace(' ', '')}\d{{2,3}})*(?:{GROUP.replace(' ', '')}\d{{3}})(?:[.,]\d+)?(?!\d)"
    rf"|\d+(?:[.,]\d+)?"
)
_SPACES = re.compile("['’ \u00a0\u202f\u2009]")
SPACED = r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?"
LONGEST = 40  # characters; anything longer is not a figure of a record

SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "tsd": 1e3,
    "grand": 1e3,
    "hundred": 1e2,
    "m": 1e6,
    "mn": 1e6,
    "mm": 1e6,
    "mio": 1e6,
    "mil": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "mrd": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "dozen": 12.0,
    "lakh": 1e5,
    "crore": 1e7,
}

ONES = {
    word: value
    for value, word in enumerate(
        ordered(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
SPELLED = {str(value): word for word, value in ONES.items()}
TENS = {word: 10 * (i + 2) for i, word in enumerate(ordered("twenty thirty forty fifty sixty seventy eighty ninety"))}
ORDINALS = {
    word: i + 1
    for i, word in enumerate(
        ordered(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        )
    )
}
MULTIPLIERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}

_SMALL = one_of([*ONES, *TENS])
NUMBER_WORDS = (
    rf"(?:(?:{_SMALL})(?:-(?:{_SMALL}))?|an?(?= (?:hundred|thousand|million|billion)\b)"
    rf"|half an?(?= (?:million|billion)\b))"
    rf"(?:(?: and|,)? (?:{_SMALL}|hundred|thousand|million|billion)(?:-(?:{_SMALL}))?)*"
)
DENOMINATORS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "eighth": 8,
    "eighths": 8,
    "ninth": 9,
    "tenth": 10,
    "tenths": 10,
}
MULTIPLES = {
    "doubled": 2.0,
    "double": 2.0,
    "doubling": 2.0,
    "twofold": 2.0,
    "twice": 2.0,
    "tripled": 3.0,
    "triple": 3.0,
    "trebled": 3.0,
    "threefold": 3.0,
    "thrice": 3.0,
    "quadrupled": 4.0,
    "quadruple": 4.0,
    "fourfold": 4.0,
    "fivefold": 5.0,
    "tenfold": 10.0,
    "halved": 0.5,
    "halving": 0.5,
    "halve": 0.5,
}


def read_digits(text: str) -> tuple[Reading, ...]:
    """The readings of a figure in digits, the likeliest first: "1.204" is 1.204 or, in much of Europe, 1204."""
    if len(text) > LONGEST:
        return ()
    if text.isdecimal():
        return ((float(text), 1.0),)
    plain = _SPACES.sub("", text)
    dots, commas = plain.count("."), plain.count(",")
    if not dots and not commas:
        return ((float(plain), 1.0),)
    if dots and commas:
        decimal = "." if plain.rfind(".") > plain.rfind(",") else ","
        return (_decimal(plain.replace("," if decimal == "." else ".", ""), decimal),)
    mark = "." if dots else ","
    if dots + commas > 1:
        return ((float(plain.replace(mark, "")), 1.0),)
    whole, fraction = plain.split(mark)
    grouped = (float(whole + fraction), 1.0)
    decimal_reading = _decimal(plain, mark)
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return (grouped, decimal_reading) if mark == "," else (decimal_reading, grouped)
    return (decimal_reading,)


def _decimal(text: str, mark: str) -> Reading:
    places = len(text) - text.rfind(mark) - 1 if mark in text else 0
    return float(text.replace(mark, ".")), 10.0**-places


def read_words(text: str) -> Reading | None:
    """ "twelve hundred" → (1200, 100); "two hundred and five" → (205, 1); None when it is not a number."""
    total = current = 0.0
    step = 1.0
    seen = False
    for word in re.split(r"[\s,-]+", text.lower()):
        if word in ONES:
            current += ONES[word]
            step = 1.0
        elif word in TENS:
            current += TENS[word]
            step = 1.0
        elif word in {"a", "an"}:
            current = current or 1.0
        elif word == "half":
            current = 0.5
        elif word == "and" or not word:
            continue
        elif word == "hundred":
            current = (current or 1.0) * 100
            step = 100.0
        elif word in MULTIPLIERS:
            total += (current or 1.0) * MULTIPLIERS[word]
            current = 0.0
            step = float(MULTIPLIERS[word])
        else:
            return None
        seen = True
    return (total + current, step) if seen else None

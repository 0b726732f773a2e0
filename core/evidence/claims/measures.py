"""What stands beside a figure and belongs to it: sign, currency, scale and unit."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Claim
from core.evidence.language.alternatives import one_of
from core.evidence.language.listed import words
from core.evidence.language.numerals import SCALES
from core.evidence.language.units import CURRENCIES, PERCENT, POINTS, UNITS, Dimension, Unit

SYMBOLS = "€$£¥₹₩₪"


CODES = one_of({*CURRENCIES.values(), "US$", "A$", "C$", "SFr", "Fr"})


CURRENCY_WORDS = one_of(w for w in CURRENCIES if w.replace(" ", "").isalpha() and len(w) > 3)


UNIT_WORDS = one_of(word for word in UNITS if word not in {"a", "d", "v"})


_SCALE_WORDS = "thousand|grand|million|billion|millions|billions|hundred|dozen|mio|mrd|tsd|bn|mn|lakh|crore"


GLUED = re.compile(r"(?P<scale>k|m|mn|mm|bn|b|K|M|B)(?![\w])")


_SPACED_SCALE = re.compile(
    rf"[ \u00a0\u202f-]?(?P<scale>{_SCALE_WORDS})\b\.?|[ \u00a0\u202f](?P<letter>k|K|M|m|bn"
    rf"|B)(?=[ \u00a0]?(?:[{SYMBOLS}]|EUR|USD|GBP|CHF|euros?|dollars?)|(?<=\d [kKM])\b)"
)


BEFORE = re.compile(
    rf"(?:(?P<sign1>[-−–+±])\s?)?(?:(?P<cur>[{SYMBOLS}]"
    rf"|(?<![A-Za-z])(?:{CODES})(?:\s?[{SYMBOLS}])?)[ \u00a0\u202f]?)?(?P<sign2>[-−–+±]|minus |plus "
    rf"|negative )?$",
    re.IGNORECASE,
)


ENDS = (*"-−–+±", *SYMBOLS, *{*CURRENCIES.values()}, "SFR", "FR", "MINUS", "PLUS", "NEGATIVE")
"""What stands before a figure ends with one of these where `BEFORE` has anything to find."""


_POINTS = re.compile(
    r"[ \u00a0\u202f-]?(?:percentage[ -]points?|%[ -]?points?|pp\b|ppts?\b|p\.p\.|basis points|bps\b)", re.IGNORECASE
)


_PERCENT = re.compile(r"[ \u00a0\u202f]?%|[ \u00a0-]?(?:percent|per cent|pct|prozent|pour cent)\b", re.IGNORECASE)


AFTER_MONEY = re.compile(
    rf"[ \u00a0\u202f]?(?:(?P<sym>[{SYMBOLS}])|(?P<code>{CODES})\b|(?P<word>{CURRENCY_WORDS})\b)", re.IGNORECASE
)


AFTER_UNIT = re.compile(
    rf"[ \u00a0\u202f-]?(?:(?:working|business|calendar|consecutive) (?=days?\b))?(?P<unit>{UNIT_WORDS})"
    r"(?:/(?:ha|kg|t|l|m[23²³]))?(?![\w/²³])",
    re.IGNORECASE,
)


_BESIDE = re.compile(r"[ \u00a0\u202f-]?([^\W\d_]+|[^\w\s])")
_GLUED_TO_MONEY = words("eur usd gbp chf euro euros dollar dollars")
_MEASURES = {
    found[1].lower().replace("μ", "µ")
    for listed in (
        (*_SCALE_WORDS.split("|"), "k", "m", "mn", "mm", "bn", "b"),
        (f"{scale}{money}" for scale in ("k", "m", "bn", "b") for money in _GLUED_TO_MONEY),
        ("percentage", "%", "pp", "ppt", "ppts", "p", "basis", "bps", "percent", "per", "pct", "prozent", "pour"),
        (*SYMBOLS, *CURRENCIES, *CURRENCIES.values(), "US$", "A$", "C$", "SFr", "Fr"),
        (*UNITS, "working", "business", "calendar", "consecutive"),
    )
    for word in listed
    if (found := _BESIDE.match(word))
}
"""How whatever can stand behind a figure begins: looking that up is quicker than the patterns."""


def is_measured(text: str, end: int) -> bool:
    """Whether a scale or a unit may follow the figure that ends there."""
    beside = _BESIDE.match(text, end)
    return beside is not None and beside[1].lower().replace("μ", "µ") in _MEASURES


def take_before(claim: Claim, text: str, before: re.Match[str]) -> None:
    """Sign and currency in front. A dash after a digit is a range, after a word a hyphen."""
    sign = (before["sign1"] or before["sign2"] or "").strip().lower()
    place = before.start("sign1") if before["sign1"] else before.start("sign2") if before["sign2"] else -1
    previous = text[place - 1] if place > 0 else " "
    claim.start = before.start()
    if sign and sign in "-−–":
        spaced = text[place + 1 : place + 2] == " "
        if previous.isalnum() or previous in ")%." or (spaced and place > 0) or previous in "€$£":
            sign = "-" if previous in "€$£" else ""
            claim.start = (
                before.start("cur") if before["cur"] else claim.start + len(before["sign1"] or before["sign2"])
            )
            while text[claim.start] == " ":
                claim.start += 1
    if sign in {"-", "−", "–", "minus", "negative"}:
        claim.sign = -1
    elif sign in {"+", "plus"}:
        claim.sign = 1
    if before["cur"]:
        symbol = before["cur"].strip().lower()
        code = CURRENCIES.get(symbol) or CURRENCIES.get(symbol.rstrip(SYMBOLS + " ")) or CURRENCIES.get(symbol[-1:])
        if code:
            claim.unit = Unit(Dimension.MONEY, code)


def take_scale(claim: Claim, text: str) -> None:
    match = GLUED.match(text, claim.end) or _SPACED_SCALE.match(text, claim.end)
    if match is None:
        return
    letter = next(group for group in match.groups() if group)
    if (
        letter in {"m", "mm", "b"}
        and claim.dimension is not Dimension.MONEY
        and not AFTER_MONEY.match(text, match.end())
    ):
        return  # 12m is twelve metres
    if letter == "M" and claim.dimension is None and text[claim.end : claim.end + 1] == " ":
        return
    factor = SCALES[letter.lower()]
    claim.readings = tuple((value * factor, step * factor) for value, step in claim.readings)
    claim.end = match.end() - (1 if match.group().endswith(".") else 0)


def take_unit(claim: Claim, text: str) -> None:
    if match := _POINTS.match(text, claim.end):
        claim.unit = POINTS
        if match.group().strip(" -").lower().startswith(("b",)):
            claim.readings = tuple((value / 100, step / 100) for value, step in claim.readings)
    elif match := _PERCENT.match(text, claim.end):
        claim.unit = PERCENT
    elif claim.unit is None and (match := AFTER_MONEY.match(text, claim.end)):
        word = (match["sym"] or match["code"] or match["word"]).lower()
        claim.unit = Unit(Dimension.MONEY, CURRENCIES[word])
    elif claim.unit is None and (match := AFTER_UNIT.match(text, claim.end)):
        if not _is_unit(match, text):
            return
        claim.unit = UNITS[match["unit"].lower().replace("μ", "µ")]
    else:
        return
    claim.end = match.end()
    claim.text = text[claim.start : claim.end]


def _is_unit(match: re.Match[str], text: str) -> bool:
    """Letters such as m, h, t, in are units only beside a figure, not as words of their own."""
    unit = match["unit"]
    glued = match.group()[:1] not in " \u00a0\u202f-"
    if unit.lower() in {"s", "f", "min", "c", "mi", "mo", "w", "h", "t", "l", "m", "g", "ms", "sec"} and not glued:
        return text[match.end() : match.end() + 1] in " .,;)]/|" or match.end() == len(text)
    if unit in {"second", "quarter"} and not glued:
        return match.group()[0] == "-"  # "the 3 second-hand cars" is rarer than "30-second"
    if unit.lower() == "mw" and unit[0] == "m":
        return False
    return not (unit.isupper() and unit.lower() in {"m", "g", "s"})

"""What a sentence claims: figures, dates and codes with their places, units, bounds and signs.

Recognises how things are written; whether the record carries them is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from core.evidence.language.calendar import Moment, find_moments
from core.evidence.language.numerals import (
    DENOMINATORS,
    DIGITS,
    MULTIPLES,
    NUMBER_WORDS,
    ORDINALS,
    SCALES,
    SPACED,
    Reading,
    read_digits,
    read_words,
)
from core.evidence.language.units import CURRENCIES, PERCENT, POINTS, UNITS, Dimension, Unit
from core.evidence.text import Block, Sentence, Token


class Kind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    IGNORED = "ignored"


class Bound(StrEnum):
    EXACT = ""
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    JUST_OVER = "just over"
    JUST_UNDER = "just under"


class Form(StrEnum):
    DIGITS = "digits"
    WORDS = "words"
    NONE = "none"  # "no", "none"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    ORDINAL = "ordinal"


@dataclass(slots=True)
class Claim:
    """`first` and `last` are the places of its tokens in the sentence; readings are (value, step), likeliest first."""

    start: int
    end: int
    text: str
    kind: Kind
    readings: tuple[Reading, ...] = ()
    unit: Unit | None = None
    bound: Bound = Bound.EXACT
    sign: int = 0  # written: -1, +1; 0 when not
    form: Form = Form.DIGITS
    moment: Moment | None = None
    why: str = ""  # of an ignored one
    first: int = 0
    last: int = 0
    partner: Claim | None = field(default=None, repr=False)  # the other end of a range

    @property
    def value(self) -> float:
        return self.readings[0][0] if self.readings else 0.0

    @property
    def dimension(self) -> Dimension | None:
        return self.unit.dimension if self.unit else None


_SYMBOLS = "€$£¥₹₩₪"
_CODES = "|".join(
    sorted({*CURRENCIES.values(), "US\\$", "A\\$", "C\\$", "SFr", "Fr"}, key=lambda code: (-len(code), code))
)
_CURRENCY_WORDS = "|".join(w for w in CURRENCIES if w.isalpha() and len(w) > 3)
_UNIT_WORDS = "|".join(
    re.escape(word).replace("µ", "[µμ]") for word in sorted(UNITS, key=len, reverse=True) if word not in {"a", "d", "v"}
)
_SCALE_WORDS = "thousand|million|billion|millions|billions|hundred|dozen|mio|mrd|tsd|bn|mn|lakh|crore"
_GLUED = re.compile(r"(?P<scale>k|m|mn|mm|bn|b|K|M|B)(?![\w])")
_SPACED_SCALE = re.compile(
    rf"[ \u00a0\u202f-]?(?P<scale>{_SCALE_WORDS})\b\.?|[ \u00a0\u202f](?P<letter>k|K|M|m|bn"
    rf"|B)(?=[ \u00a0]?(?:[{_SYMBOLS}]|EUR|USD|GBP|CHF|euros?|dollars?)|(?<=\d [kKM])\b)"
)
_BEFORE = re.compile(
    rf"(?:(?P<sign1>[-−–+±])\s?)?(?:(?P<cur>[{_SYMBOLS}]"
    rf"|(?<![A-Za-z])(?:{_CODES})(?:\s?[{_SYMBOLS}])?)[ \u00a0\u202f]?)?(?P<sign2>[-−–+±]|minus |plus "
    rf"|negative )?$",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"[ \u00a0\u202f-]?(?:percentage[ -]points?|%[ -]?points?|pp\b|ppts?\b|p\.p\.|basis points|bps\b)", re.IGNORECASE
)
_PERCENT = re.compile(r"[ \u00a0\u202f]?%|[ \u00a0-]?(?:percent|per cent|pct|prozent|pour cent)\b", re.IGNORECASE)
_AFTER_MONEY = re.compile(
    rf"[ \u00a0\u202f]?(?:(?P<sym>[{_SYMBOLS}])|(?P<code>{_CODES})\b|(?P<word>{_CURRENCY_WORDS})\b)", re.IGNORECASE
)
_AFTER_UNIT = re.compile(rf"[ \u00a0\u202f-]?(?P<unit>{_UNIT_WORDS})(?![\w/²³])", re.IGNORECASE)
_CASED = {"M": "m", "K": "k"}

_ABOUT = (
    r"about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.|~|≈|close to|in the region of|or so"
    r"|in the order of|an estimated|near|etwa|rund|environ"
)
_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = tuple(
    (
        bound,
        re.compile(
            rf"(?:(?<!\w)(?:{words}))\s*(?:a |an |the |only |EUR |USD |GBP |CHF |[{_SYMBOLS}])*$", re.IGNORECASE
        ),
    )
    for bound, words in (
        (
            Bound.JUST_OVER,
            r"(?:just|slightly|a little|a bit|a shade|marginally|little) (?:over|above|more than|past|north of)|a good",
        ),
        (
            Bound.JUST_UNDER,
            r"(?:just|slightly|a little|a bit|a shade|marginally) (?:under|below|less than|short of|shy of)"
            r"|almost|nearly|not quite|barely|close on",
        ),
        (Bound.AT_LEAST, r"at least|no (?:less|fewer) than|not less than|a minimum of|minimum|≥|>="),
        (
            Bound.AT_MOST,
            r"at most|no more than|not more than"
            r"|(?<!add )(?<!adds )(?<!added )(?<!adding )(?<!sum )(?<!sums )(?<!summed )up to|a maximum of"
            r"|maximum|≤|<=|as many as|not exceeding",
        ),
        (Bound.ABOUT, _ABOUT),
        (
            Bound.OVER,
            r"(?:well |far )?(?:over|above|more than|exceed(?:s|ed|ing)?|in excess of|upwards of|north of"
            r"|greater than|higher than|larger than|longer than|beyond|past|surpass(?:es|ed|ing)?|topp(?:ed"
            r"|ing)|older than|heavier than|>)",
        ),
        (
            Bound.UNDER,
            r"(?:well |far )?(?:under|below|less than|fewer than|lower than|smaller than|shorter than"
            r"|south of|short of|shy of|younger than|lighter than|<)",
        ),
    )
)
_ABOUT_AFTER = re.compile(r"\s*(?:or so|-ish|approximately|or thereabouts|give or take)\b", re.IGNORECASE)
_OVER_AFTER = re.compile(r"\s*(?:\+|or more|and above|or higher|or over|plus\b)", re.IGNORECASE)

_CITATION = re.compile(
    r"\[(?P<set>[^\[\]\n|]{1,60}?)(?:[ ,:#]+(?:rows? )?(?P<rows>\d{1,6}(?:\s?(?:[-–,]|and)\s?\d{1,6})*))?\]"
)
_SKIP = re.compile(
    r"\b\d{2,3}-degree\b|\b(?:gives?|gave|giving|given) 1[0-5]0 ?%|https?://\S+|www\.\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.]+|!?\[[^\]\n]*\]\([^)\n]*\)|\b24\s?[/x×]\s?7(?:[/x]365)?\b|\b9[- ]to[- ]5\b"
    r"|\b50[/:-]50\b"
    r"|\b(?:ISO|IEC|DIN|EN|RFC|BS|ANSI|ASTM|NIST|SOC|IFRS|IAS|GDPR|UTF|SHA|USB|HTTP|IPv|COVID"
    r"|(?i:step|section|chapter|appendix|figure|page|phase|table|option)|Pier|Level|Tier|Phase|"
    r"Step|Option|Section|Sect\.|Figure|Fig\.|Chapter|Appendix|Annex|Part|Item|Point|Page|Article|Art\.|§+"
    r"|Scenario|Table|Priority|Top|Plan|Stage)"
    r"[ -]?(?!(?:19|20)\d\d-\d\d(?!\d))\d+(?:[.:-]\d+)*(?![\w%€]|[.,]\d)(?:\s?(?:to|and|&|[-–])\s?\d+\b)?"
    r"|\b(?:MD|MP|PM|CO|SO|NO|H|B|T|G)\d{1,2}\b",
)
_SCORE = re.compile(r"(?<![\w.,:/-])\d{1,3} ?[:–-] ?\d{1,3}(?![\w.,:/-]\d|\w|%)")
_CODE = re.compile(r"(?<![\w.@/])[#]?(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[A-Za-z0-9]+(?:[-_/.:#][A-Za-z0-9]+)*(?![\w@])")
_LONG_CODE = re.compile(
    r"(?<![\w.,])(?:#\s?\d{2,}|\d{2,}(?:[-/]\d{2,}){2,}|\d{4,}[-/]\d{2,}|\d{2,}[-/]\d{4,}|0\d{3,}"
    r"|\d{9,})(?![\w]|[.,]\d)"
)
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,3}(?:st|nd|rd|th)\b", re.IGNORECASE)
_ORDINAL_WORDS = re.compile(
    rf"\b(?:{'|'.join(ORDINALS)})(?=[ -](?!of )(?:\w+[ -]){{0,2}}(?:\w*est|most|least|best|worst|place|rank)\b)",
    re.IGNORECASE,
)
_WORD_NUMBER = re.compile(rf"\b{NUMBER_WORDS}\b(?!-(?:day|week|month|year|hour)-)(?! another)", re.IGNORECASE)
_DOZEN = re.compile(
    r"\b(?:(?P<half>half a )|a |(?P<n>two|three|four|five) )?(?P<w>dozen|couple of|pair of)\b", re.IGNORECASE
)
_FRACTION = re.compile(
    r"\b(?P<top>a|an|one|two|three|four|five|nine|seven) ?[ -](?P<bottom>half|halves|thirds?|quarters?"
    r"|fourths?|fifths?|"
    r"sixths?|seventh|eighths?|ninth|tenths?)\b(?! of (?:19|20)\d\d)"
    r"|(?P<mixed>\b(?:one|two|three|four|five|\d+) and a (?:half|quarter))\b"
    r"|(?P<bare>(?<!first )(?<!second )(?<!last )(?<!other )\bhalf\b(?! year|[- ]yearly|-year| an?\b|-hour"
    r"|-day|way|-way))"
    r"|(?P<glyph>\d* ?[½¼¾⅓⅔⅛])|(?<![\d/.,])(?P<n>[1-9])/(?P<d>[2-9]|1\d)(?![\d/.,])",
    re.IGNORECASE,
)
_ONE_IN = re.compile(
    r"(?<![\w.,])(?P<part>one|two|three|four|[1-9]) in (?:every )?(?P<whole>two|three|four|five|six|seven"
    r"|eight|nine|ten|\d{1,2})(?! (?:second|minute|hour|day|week|month|quarter|year)s)(?= [a-z]+s\b| [a-z]+ [a-z]+s\b)",
    re.IGNORECASE,
)
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_MULTIPLE = re.compile(
    rf"\b(?P<word>{'|'.join(MULTIPLES)})\b|(?<![\w.,])(?P<x>\d+(?:[.,]\d+)?) ?(?:x\b|×|-?fold\b)"
    r"|\b(?P<times>\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten) times"
    r"(?=\)| (?:as|the|more|higher|larger|"
    r"bigger|longer|lower|above|below|over|that|its|"
    r"what|greater|faster|slower|heavier|older|his|her|their|over\b|an? (?!day"
    r"|week|month|year|hour)))",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?P<no>no)\b(?= (?!one\b|longer\b|doubt\b|later\b|less\b|more\b|fewer\b|matter\b|change\b|sign\b"
    r"|evidence\b|information\b|data\b|need\b|further\b|action\b|reason\b|indication\b|obvious\b"
    r"|clear\b)\w)"
    r"|\b(?P<none>none|neither)\b(?= of\b| (?:was|were|is|are|has|have)\b)|\bnot a single\b|\bzero\b",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\bboth\b(?= (?:of |the )?\w+s\b)|\b(?:only one|just one|exactly one|one single|the only)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    rf"(?<![\w])(?<!\d[.,])(?:{SPACED}(?![\d])(?=[ \u00a0]?(?:[{_SYMBOLS}%]|{_CODES}|{_UNIT_WORDS})|,\d)|{DIGITS})",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(
    rf"\((?:[{_SYMBOLS}]|(?:{_CODES}) ?)?(?P<num>{DIGITS})(?P<after> ?(?:[{_SYMBOLS}%]|{_CODES}|k|m)?)\)", re.IGNORECASE
)
_ADVICE_TIME = re.compile(
    r"\b(?:within|in|over|during|for|every|after)(?: the)? (?:(?:next|coming|following|first) )?(?:\w+ )?$"
    r"|\bnext $|\bcoming $|\bfollowing $",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^\s*(?:\*\*)?\d+(?:\.\d+)*[.)]\s")


@dataclass(frozen=True, slots=True)
class Citation:
    """ "[orders 3, 5]": the name as written and the row numbers, counted from 1."""

    start: int
    end: int
    name: str
    rows: tuple[int, ...]


def find_citations(sentence: Sentence) -> list[Citation]:
    found: list[Citation] = []
    if "[" not in sentence.text:
        return found
    for match in _CITATION.finditer(sentence.text):
        rows: list[int] = []
        for part in re.split(r"\s?(?:,|and)\s?", match["rows"] or ""):
            ends = [int(n) for n in re.findall(r"\d+", part)]
            if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + 500:
                rows += range(ends[0], ends[1] + 1)
            else:
                rows += ends
        found.append(
            Citation(sentence.start + match.start(), sentence.start + match.end(), match["set"].strip(), tuple(rows))
        )
    return found


class _Taken:
    """Which characters of the sentence are spoken for."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        self._spans.append((start, end))

    def overlaps(self, start: int, end: int) -> bool:
        return any(start < b and a < end for a, b in self._spans)


def find_claims(sentence: Sentence, known: list[tuple[int, int]]) -> list[Claim]:
    """Claims in reading order, not overlapping. `known`: places of values of the record, which are not read again."""
    text, offset = sentence.text, sentence.start
    taken = _Taken()
    for start, end in known:
        taken.add(start - offset, end - offset)
    claims: list[Claim] = []
    for citation in find_citations(sentence):
        taken.add(citation.start - offset, citation.end - offset)
    has_digit = any(c.isdigit() for c in text)
    if has_digit:
        if sentence.block is Block.HEADING and (section := _SECTION.match(text.lstrip("# "))):
            start = text.index(section.group().strip()[0])
            taken.add(start, start + len(section.group().strip()))
        for match in _SKIP.finditer(text):
            if not taken.overlaps(*match.span()):
                taken.add(*match.span())
                claims.append(_ignored(match.start(), match.end(), text, "A label or an idiom, not a figure."))
    for found in find_moments(text):
        if not taken.overlaps(found.start, found.end):
            taken.add(found.start, found.end)
            claims.append(Claim(found.start, found.end, text[found.start : found.end], Kind.DATE, moment=found.moment))
    claims.extend(_figures(text, has_digit, taken))
    claims.sort(key=lambda claim: claim.start)
    claims = _join_compounds(claims, text)
    _share_units(claims, text)
    _find_bounds(claims, text)
    _place(claims, sentence)
    return claims


_COMPOUND_JOIN = re.compile(r",? (?:and )?|")
_COMPOUNDS = (Dimension.TIME, Dimension.MASS, Dimension.LENGTH)


def _join_compounds(claims: list[Claim], text: str) -> list[Claim]:
    """ "2 hours and 30 minutes", "5 ft 11 in" are one figure, in the smaller unit."""
    joined: list[Claim] = []
    for claim in claims:
        last = joined[-1] if joined else None
        if last is not None and _continues(last, claim, text):
            assert last.unit is not None
            assert claim.unit is not None
            larger = last.value * last.unit.factor / claim.unit.factor
            joined[-1] = Claim(
                last.start,
                claim.end,
                text[last.start : claim.end],
                Kind.NUMBER,
                tuple((larger + value, step) for value, step in claim.readings),
                claim.unit,
                form=Form.DIGITS,
            )
        else:
            joined.append(claim)
    return joined


def _continues(large: Claim, small: Claim, text: str) -> bool:
    if large.unit is None or small.unit is None or large.unit.dimension not in _COMPOUNDS:
        return False
    return (
        large.unit.dimension is small.unit.dimension
        and small.unit.factor < large.unit.factor
        and 0 < small.value * small.unit.factor < large.unit.factor
        and large.value.is_integer()
        and large.form in (Form.DIGITS, Form.WORDS)
        and small.form in (Form.DIGITS, Form.WORDS)
        and _COMPOUND_JOIN.fullmatch(text[large.end : small.start]) is not None
    )


def _ignored(start: int, end: int, text: str, why: str) -> Claim:
    return Claim(start, end, text[start:end], Kind.IGNORED, why=why)


def _figures(text: str, has_digit: bool, taken: _Taken) -> Iterator[Claim]:
    for find in (
        (_multiples, _fractions, _ordinals, _codes, _digits) if has_digit else (_multiples, _fractions, _ordinals)
    ):
        for claim in find(text, taken):
            if not taken.overlaps(claim.start, claim.end):
                taken.add(claim.start, claim.end)
                yield claim
    for find in (_dozens, _nothing, _number_words):
        for claim in find(text, taken):
            if not taken.overlaps(claim.start, claim.end):
                taken.add(claim.start, claim.end)
                yield claim


def _multiples(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _MULTIPLE.finditer(text):
        if match["word"]:
            low = match["word"].lower()
            if low in {"twice", "thrice"} and not re.match(
                r" (?:as|the|its|that|what|his|her|their|this|an? (?!day|week|month|year|hour))\b", text[match.end() :]
            ):
                yield _number(match, text, ((2.0, 1.0),), Form.WORDS)
            elif low == "double" and re.match(r"[- ](?:check|room|digit|entry|bed)", text[match.end() :]):
                continue
            else:
                yield _number(match, text, ((MULTIPLES[low], 0.1),), Form.MULTIPLE)
        else:
            number = match["x"] or match["times"]
            readings = read_digits(number) if number[0].isdigit() else tuple(filter(None, [read_words(number)]))
            yield _number(match, text, readings, Form.MULTIPLE)


def _fractions(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _ONE_IN.finditer(text):
        top, bottom = _small(match["part"]), _small(match["whole"])
        if top and bottom and top < bottom <= 20:
            yield _number(match, text, ((top / bottom, 0.01),), Form.FRACTION)
    for match in _FRACTION.finditer(text):
        if match["mixed"]:
            words = match["mixed"].lower().split()
            whole = float(words[0]) if words[0].isdigit() else (read_words(words[0]) or (0.0, 1.0))[0]
            yield _measured(match, text, whole + (0.5 if words[-1] == "half" else 0.25), 0.1)
        elif match["glyph"]:
            whole = match["glyph"][:-1].strip()
            value = (float(whole) if whole else 0.0) + _GLYPHS[match["glyph"][-1]]
            if whole:
                yield _measured(match, text, value, 0.1)
            else:
                yield _number(match, text, ((value, 0.01),), Form.FRACTION)
        elif match["n"]:
            if int(match["n"]) < int(match["d"]):
                yield _number(match, text, ((int(match["n"]) / int(match["d"]), 0.01),), Form.FRACTION)
        elif match["bare"]:
            yield _number(match, text, ((0.5, 0.01),), Form.FRACTION)
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
            yield _number(match, text, ((top / DENOMINATORS[bottom], 0.01),), Form.FRACTION)


def _small(text: str) -> float:
    reading = ((float(text), 1.0) if text.isdigit() else read_words(text)) or (0.0, 1.0)
    return reading[0]


def _measured(match: re.Match[str], text: str, value: float, step: float) -> Claim:
    """ "two and a half hours": a plain figure with its unit."""
    claim = _number(match, text, ((value, step),), Form.WORDS)
    _take_unit(claim, text)
    return claim


def _ordinals(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _ORDINAL.finditer(text):
        yield _number(match, text, ((float(re.sub(r"\D", "", match.group())), 1.0),), Form.ORDINAL)
    for match in _ORDINAL_WORDS.finditer(text):
        yield _number(match, text, ((float(ORDINALS[match.group().lower()]), 1.0),), Form.ORDINAL)


_NUMBER_WITH_UNIT = re.compile(
    rf"(?:[{_SYMBOLS}]|(?:{_CODES}))?\d[\d.,]*-?(?:k|m|mn|bn|b|x|st|nd|rd|th|h|pp|ppt|bps|{_UNIT_WORDS}"
    rf"|{_CODES}|{_CURRENCY_WORDS})?(?:/\w+)?$|(?:{_CODES})\d[\d.,]*\w{{0,2}}$",
    re.IGNORECASE,
)


def _codes(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _CODE.finditer(text):
        word = match.group()
        if _NUMBER_WITH_UNIT.match(word) or re.fullmatch(r"\d+(?:-[a-z]+)+", word, re.IGNORECASE):
            continue
        if re.fullmatch(r"(?:Q[1-4]|H[12]|FY\d+|W\d+|v?\d+(?:\.\d+)+)", word):
            yield _ignored(match.start(), match.end(), text, "A label, not a figure.")
            continue
        yield Claim(match.start(), match.end(), word, Kind.CODE)
    for match in _LONG_CODE.finditer(text):
        if not re.fullmatch(r"\d{1,3}/\d{1,3}", match.group()):
            yield Claim(match.start(), match.end(), match.group(), Kind.CODE)


def _digits(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _PARENTHESES.finditer(text):
        digits = re.sub(r"\D", "", match["num"])
        if len(digits) >= 3 and not re.fullmatch(r"(?:19|20)\d\d", match["num"]):
            claim = _one_figure(text, match.start("num"), match.end("num"), match["num"])
            if claim is not None:
                claim.sign = (
                    -1
                    if re.search(rf"(?:[{_SYMBOLS}:=|]|{_CODES}|of|was|is|at|result|loss|^)\s*$", text[: match.start()])
                    else 0
                )
                yield claim
    for match in _DIGITS.finditer(text):
        claim = _one_figure(text, match.start(), match.end(), match.group())
        if claim is not None:
            yield claim


def _one_figure(text: str, start: int, end: int, digits: str) -> Claim | None:
    after = text[end : end + 1]
    if after.isalpha() and not (
        _GLUED.match(text, end) or _AFTER_UNIT.match(text, end) or _AFTER_MONEY.match(text, end)
    ):
        return None
    readings = read_digits(digits)
    if not readings:
        return None
    claim = Claim(start, end, digits, Kind.NUMBER, readings)
    before = _BEFORE.search(text, max(0, start - 16), start)
    if before is not None and before.group():
        _take_before(claim, text, before)
    _take_scale(claim, text)
    _take_unit(claim, text)
    claim.text = text[claim.start : claim.end]
    return claim


def _take_before(claim: Claim, text: str, before: re.Match[str]) -> None:
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
        code = CURRENCIES.get(symbol) or CURRENCIES.get(symbol.rstrip(_SYMBOLS + " ")) or CURRENCIES.get(symbol[-1:])
        if code:
            claim.unit = Unit(Dimension.MONEY, code)


def _take_scale(claim: Claim, text: str) -> None:
    match = _GLUED.match(text, claim.end) or _SPACED_SCALE.match(text, claim.end)
    if match is None:
        return
    letter = next(group for group in match.groups() if group)
    if (
        letter in {"m", "mm", "b"}
        and claim.dimension is not Dimension.MONEY
        and not _AFTER_MONEY.match(text, match.end())
    ):
        return  # 12m is twelve metres
    if letter == "M" and claim.dimension is None and text[claim.end : claim.end + 1] == " ":
        return
    factor = SCALES[letter.lower()]
    claim.readings = tuple((value * factor, step * factor) for value, step in claim.readings)
    claim.end = match.end() - (1 if match.group().endswith(".") else 0)


def _take_unit(claim: Claim, text: str) -> None:
    if match := _POINTS.match(text, claim.end):
        claim.unit = POINTS
        if match.group().strip(" -").lower().startswith(("b",)):
            claim.readings = tuple((value / 100, step / 100) for value, step in claim.readings)
    elif match := _PERCENT.match(text, claim.end):
        claim.unit = PERCENT
    elif claim.unit is None and (match := _AFTER_MONEY.match(text, claim.end)):
        word = (match["sym"] or match["code"] or match["word"]).lower()
        claim.unit = Unit(Dimension.MONEY, CURRENCIES[word])
    elif claim.unit is None and (match := _AFTER_UNIT.match(text, claim.end)):
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


def _dozens(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _DOZEN.finditer(text):
        word = match["w"].lower()
        value = 12.0 if word == "dozen" else 2.0
        if match["half"]:
            value /= 2
        if match["n"]:
            value *= (read_words(match["n"]) or (1.0, 1.0))[0]
        claim = _number(match, text, ((value, 1.0),), Form.WORDS)
        claim.bound = Bound.ABOUT if word.startswith("couple") else Bound.EXACT
        claim.end -= 3 if word.endswith(" of") else 0
        claim.text = text[claim.start : claim.end]
        _take_unit(claim, text)
        yield claim


def _nothing(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _NONE.finditer(text):
        yield _number(match, text, ((0.0, 1.0),), Form.NONE)
    for match in _BOTH.finditer(text):
        value = 2.0 if match.group().lower() == "both" else 1.0
        yield _number(match, text, ((value, 1.0),), Form.WORDS)


def _number_words(text: str, taken: _Taken) -> Iterator[Claim]:
    for match in _WORD_NUMBER.finditer(text):
        word = match.group().lower()
        if word in {"one", "a", "an"}:
            continue  # nearly always a pronoun; "only one" is read elsewhere
        if re.match(r"[- ](?:one|two)\b", text[match.end() :]) and word == "twenty":
            continue
        reading = read_words(word)
        if reading is None:
            continue
        claim = _number(match, text, (reading,), Form.WORDS)
        _take_scale(claim, text)
        _take_unit(claim, text)
        claim.text = text[claim.start : claim.end]
        yield claim


def _number(match: re.Match[str], text: str, readings: tuple[Reading, ...], form: Form) -> Claim:
    return Claim(match.start(), match.end(), match.group(), Kind.NUMBER, readings, form=form)


_RANGE_LEAD = re.compile(
    r"\b(?:between|from|of|in|at|takes?|took|ranged?|lasts?|lasted|for|is|was|were|are)\s*(?:about |around )?$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or|bis|auf|/)\s*(?:about |around |nearly |almost |over )?", re.IGNORECASE)


def _share_units(claims: list[Claim], text: str) -> None:
    """ "EUR 1.2–1.4k", "between 5 and 7 days": both ends have the unit, the scale and the currency."""
    for left, right in pairwise(claims):
        if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
            continue
        between = text[left.end : right.start]
        if not _RANGE.fullmatch(between) or (
            between.strip().lower() in {"and", "or", "to", "/"} and not _RANGE_LEAD.search(text[: left.start])
        ):
            continue
        left.partner, right.partner = right, left
        if left.unit is None and right.unit is not None:
            left.unit = right.unit
        elif right.unit is None and left.unit is not None and left.unit.dimension is Dimension.MONEY:
            right.unit = left.unit
        _share_scale(left, right)


def _share_scale(left: Claim, right: Claim) -> None:
    """ "1.2–1.4 million": the scale stands once."""
    step = right.readings[0][1]
    if step >= 100 and left.value < 1000 and right.value / max(left.value, 1e-9) > 500:
        factor = next((f for f in (1e9, 1e6, 1e3) if right.value >= f), 1.0)
        left.readings = tuple((value * factor, s * factor) for value, s in left.readings)


def _find_bounds(claims: list[Claim], text: str) -> None:
    for claim in claims:
        if claim.kind is not Kind.NUMBER or claim.form is Form.NONE or claim.bound is not Bound.EXACT:
            continue
        lead = text[max(0, claim.start - 34) : claim.start].replace("*", "")
        for bound, pattern in _BOUNDS:
            if pattern.search(lead):
                claim.bound = bound
                break
        else:
            if _ABOUT_AFTER.match(text, claim.end):
                claim.bound = Bound.ABOUT
            elif _OVER_AFTER.match(text, claim.end):
                claim.bound = Bound.AT_LEAST


def _place(claims: list[Claim], sentence: Sentence) -> None:
    """Places in the answer instead of the sentence, and the tokens each claim covers."""
    tokens = sentence.tokens
    at = 0
    for claim in claims:
        claim.start += sentence.start
        claim.end += sentence.start
        while at < len(tokens) - 1 and tokens[at].end <= claim.start:
            at += 1
        last = at
        while last < len(tokens) - 1 and tokens[last + 1].start < claim.end:
            last += 1
        claim.first, claim.last = at, last


def words_after(tokens: list[Token], claim: Claim, count: int) -> list[Token]:
    return [token for token in tokens[claim.last + 1 : claim.last + 1 + count] if token.is_word]

"""Dates, months, quarters, years and weeks in text → `Moment`s."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from core.evidence.language.alternatives import one_of
from core.evidence.language.calendar import MONTHS, Grain, Moment, Span
from core.evidence.language.listed import words

_ORD = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": 4, "final": 4}


_M = "(?P<month>" + one_of(MONTHS) + r")(?![\w-]*[a-zà-ÿ])\.?"


_D = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.)?"


_Y = r"(?P<year>(?:19|20)\d\d|'\d\d|’\d\d)(?![\d])"


_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?(?:\s?(?P<half>[ap]\.?m\b))?"
)


_AT = rf"(?:(?:T|,? at |,? | um | à ){_CLOCK})?(?:Z|\+00:00)?"


_RELATIVE = "(?P<rel>last|this|next|previous|prior|current)"
_WORD_ORD = "(?P<ord>first|second|third|fourth|1st|2nd|3rd|4th|last|final)"


# What a text must have, in lower case, before a pattern is worth trying: one of the words, or the mark.
_MONTH = frozenset(MONTHS)
_REL = words("last past this next previous prior current")
_JOINED = re.compile(r"\d[-/–]\d|\d\.\d+\.\d")
_CLOCKED = re.compile(r"\d[:h][0-5]")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_CENTURY = re.compile(r"(?:19|20)\d\d")


_PATTERNS: tuple[tuple[str, frozenset[str] | re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (kind, sign, re.compile(rf"(?<![\w/])(?<!\d[.,:-]){pattern}", re.IGNORECASE))
    for kind, sign, pattern in (
        (
            "iso",
            _JOINED,
            rf"(?P<year>(?:19|20)\d\d)[-/](?P<m>0[1-9]|1[0-2])[-/](?P<day>0[1-9]|[12]\d|3[01])(?!\d){_AT}",
        ),
        (
            "pair",
            _MONTH,
            rf"(?P<day>\d\d?)(?:st|nd|rd|th|\.)?(?: ?[–-] ?| to | and "
            rf"| bis )(?={_D.replace('?P<day>', '')} ?(?:of )?{_M})",
        ),
        ("words", _MONTH, rf"{_D},? (?:of )?{_M}(?:,? (?:of )?{_Y})?{_AT}"),
        ("words", _MONTH, rf"{_D}-{_M}-{_Y}"),
        ("words", _MONTH, rf"{_M} (?:the )?{_D}(?!\d|[.,]\d|%| ?%|:\d)(?:,? {_Y})?{_AT}"),
        ("month", _MONTH, rf"{_M}[ ,-]{{0,2}}(?:of )?{_Y}"),
        (
            "slash",
            _JOINED,
            rf"(?P<a>\d\d?)(?P<sep>[./-])(?P<b>\d\d?)(?P=sep)(?P<year>(?:19|20)\d\d|\d\d)(?![\d]|[.-]\d){_AT}",
        ),
        ("isomonth", _JOINED, r"(?P<year>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?![\d-]\d)(?!\d)"),
        ("isomonth", _JOINED, r"(?P<m>0[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?!\d)"),
        ("years", _JOINED, r"(?P<year>(?:19|20)\d\d)[/–-](?P<next>\d\d)(?![\d/–-])"),
        ("quarter", words("q"), rf"Q(?P<n>[1-4])(?:[ ,/-]{{0,2}}(?:of )?(?:FY ?)?{_Y})?(?!\w)"),
        ("quarter", words("q"), r"(?P<year>(?:19|20)\d\d)[ /-]?Q(?P<n>[1-4])(?!\w)"),
        ("quarter", words("quarter"), rf"{_WORD_ORD} quarter(?:,? (?:of |in )?{_Y})?(?!\w)"),
        ("half", words("h"), rf"H(?P<n>[12])(?:[ ,/-]{{0,2}}{_Y})?(?!\w)"),
        ("half", words("half"), rf"{_WORD_ORD} half(?: of| in) (?:the year )?{_Y}"),
        (
            "week",
            words("week kw"),
            rf"(?:calendar week|week|KW) ?(?P<n>[1-4]\d|5[0-3]|0?[1-9])(?:,? (?:of |/)?{_Y})?(?!\w)",
        ),
        ("week", words("w"), r"(?P<year>(?:19|20)\d\d)-?W(?P<n>[0-4]\d|5[0-3])(?!\w)"),
        ("relative", _REL, rf"(?P<rel>{'|'.join(_REL)}) {_M}"),
        (
            "relative",
            _REL,
            r"(?P<rel>last|this|next|previous|prior|current) (?P<unit>month|quarter|year|week)(?!\w)",
        ),
        ("relative", words("today yesterday"), r"(?P<rel>yesterday|today)(?!\w)"),
        ("bare", _MONTH, rf"(?:early|mid|late|beginning of|end of)?[ -]?{_M}(?! ?\d)"),
        ("clock", _CLOCKED, rf"{_CLOCK}(?!\w)"),
    )
)


_BARE_CONTEXT = re.compile(
    r"(?:\b(?:in|since|of|during|for|by|until|till|from|to|through|and|or|early|mid|late|last|before|after|between|"
    r"on|for|versus|vs\.?|than|at|im|en|seit|bis)|[–(,:/|&-]|^|\*)\s*$",
    re.IGNORECASE,
)


_YEAR = re.compile(
    r"(?P<lead>\b(?:in|since|of|during|for|by|until|till|from|to|through|and|before|after|between|year|FY|than|early|"
    r"late|mid|end of|start of|calendar year|vs\.?|versus|full-year|full year|on|over) ?-?|^|[(:*|–-] ?)"
    r"(?P<year>(?:19|20)\d\d)(?![\d%]|[.,]\d|-\d|/\d| ?(?:%|[€$£]))",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """A moment at text[start:end]."""

    start: int
    end: int
    moment: Moment


def find_moments(text: str) -> list[Found]:
    """All moments, leftmost first, never overlapping; moments without a year borrow it from a neighbour."""
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    low = text.lower()
    told = frozenset(_LETTERS.findall(low))
    has_digit = _DIGIT.search(low) is not None
    marks = {mark for mark in (_JOINED, _CLOCKED) if mark.search(low)} if has_digit else ()
    for kind, sign, pattern in _PATTERNS:
        if not has_digit and kind not in {"relative", "bare", "quarter"}:
            continue
        if told.isdisjoint(sign) if isinstance(sign, frozenset) else sign not in marks:
            continue
        for match in pattern.finditer(text):
            if match.start() == match.end() or any(match.start() < b and a < match.end() for a, b in taken):
                continue
            moment = _moment(kind, match, text)
            if moment is not None:
                start = match.start("month") if kind == "bare" else match.start()
                end = match.end("day") if kind == "pair" else match.end()
                found.append(Found(start, end, moment))
                taken.append((start, end))
    if has_digit and _CENTURY.search(text):
        for match in _YEAR.finditer(text):
            start, end = match.span("year")
            if not any(start < b and a < end for a, b in taken):
                found.append(Found(start, end, Moment(Grain.YEAR, int(match["year"]))))
                taken.append((start, end))
    if not found:
        return found
    found.sort(key=lambda f: f.start)
    return _borrow(_trim(found, text))


def _trim(found: list[Found], text: str) -> list[Found]:
    """A full stop that ends the sentence is not part of "Sept."."""
    trimmed: list[Found] = []
    for item in found:
        end = item.end
        while end > item.start and text[end - 1] in ". ,–-":
            end -= 1
        trimmed.append(item._replace(end=end))
    return trimmed


def _borrow(found: list[Found]) -> list[Found]:
    """ "2 to 9 September 2026", "between March and May 2026": the year, or month, of the next one; else only likely."""
    backward: list[Found] = []
    after: Found | None = None
    for item in reversed(found):
        moment = item.moment
        if after is not None and not moment.relative and moment.year is None:
            near = after.start - item.end <= 8
            if moment.grain is Grain.DAY and moment.number == 0:
                moment = replace(moment, number=after.moment.number, year=after.moment.year, likely=after.moment.likely)
            elif near and after.moment.grain == moment.grain and (after.moment.number or 99) >= moment.number:
                moment = replace(moment, year=after.moment.year, likely=after.moment.likely)
            else:
                moment = replace(moment, likely=after.moment.year or after.moment.likely)
        after = item._replace(moment=moment)
        backward.append(after)
    year: int | None = None
    forward: list[Found] = []
    for item in reversed(backward):
        moment = item.moment
        if moment.year is not None:
            year = moment.year
        elif moment.likely is None and year is not None:
            moment = replace(moment, likely=year)
        forward.append(item._replace(moment=moment))
    return forward


def _year(match: re.Match[str]) -> int | None:
    text = match.groupdict().get("year")
    if not text:
        return None
    number = int(text.lstrip("'’"))
    return number if number > 99 else 2000 + number if number < 70 else 1900 + number


def _clock(match: re.Match[str]) -> tuple[int, int, int] | None:
    groups = match.groupdict()
    if not groups.get("hour"):
        return None
    hour = int(groups["hour"])
    half = (groups.get("half") or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return hour, int(groups["minute"]), int(groups["second"]) if groups.get("second") else -1


def _moment(kind: str, match: re.Match[str], text: str) -> Moment | None:
    groups = match.groupdict()
    year = _year(match)
    match kind:
        case "iso":
            return _day(year, int(groups["m"]), int(groups["day"]), _clock(match))
        case "words":
            return _day(year, MONTHS[groups["month"].lower()], int(groups["day"]), _clock(match))
        case "pair":
            return Moment(Grain.DAY, None, 0, int(groups["day"]))
        case "month":
            return Moment(Grain.MONTH, year, MONTHS[groups["month"].lower()])
        case "slash":
            return _slashed(int(groups["a"]), int(groups["b"]), groups["sep"], year, _clock(match))
        case "isomonth":
            return Moment(Grain.MONTH, year, int(groups["m"]))
        case "quarter" | "half":
            number = int(groups["n"]) if groups.get("n") else _ORD[groups["ord"].lower()]
            if kind == "half":
                return Moment(Grain.HALF, year, min(number, 2))
            if groups.get("ord", "").lower() == "last" and year is None:
                return Moment(Grain.QUARTER, relative="last")
            return Moment(Grain.QUARTER, year, number)
        case "years":  # of a school, a season, a budget: from July to June, for want of better knowledge
            return Moment(Grain.YEAR, year, 7) if year and (year + 1) % 100 == int(groups["next"]) else None
        case "week":
            return Moment(Grain.WEEK, year, int(groups["n"]))
        case "relative":
            return _relative(groups)
        case "bare":
            name = groups["month"]
            sure = name[:1].isupper() and (
                (name in {"March", "May"} and match.start("month") > 0)
                or name.lower() not in {"may", "march", "mar", "mai", "mars", "jan", "sep", "dec"}
                or _BARE_CONTEXT.search(text[: match.start()]) is not None
            )
            return Moment(Grain.MONTH, None, MONTHS[name.lower()]) if sure else None
        case "clock":
            return Moment(Grain.MINUTE, clock=_clock(match))
        case _:
            return None


def _relative(groups: dict[str, str]) -> Moment:
    rel = groups["rel"].lower()
    if groups.get("month"):
        return Moment(Grain.MONTH, number=MONTHS[groups["month"].lower()], relative=rel)
    unit = (groups.get("unit") or "").lower()
    grains = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR, "week": Grain.WEEK}
    return Moment(grains.get(unit, Grain.DAY), relative=rel)


def _day(year: int | None, month: int, day: int, clock: tuple[int, int, int] | None) -> Moment | None:
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    return Moment(Grain.DAY, year, month, day, clock)


def _slashed(a: int, b: int, sep: str, year: int | None, clock: tuple[int, int, int] | None) -> Moment | None:
    """Day first; month first as the other reading, unless the separator or the numbers decide."""
    european = _day(year, b, a, clock)
    american = _day(year, a, b, clock) if sep != "." else None
    if european and american and american != european:
        return replace(european, swapped=american)
    return european or american


def parse_period(text: str) -> Span | None:
    """A cell such as "2026-09", "Q3 2026", "Sep 2026", "2026-W36" or "2 Sep 2026" → its days; None otherwise."""
    found = find_moments(text.strip())
    if len(found) == 1 and found[0].end - found[0].start >= len(text.strip()) - 1 and found[0].moment.year:
        return found[0].moment.in_year(found[0].moment.year)
    return None

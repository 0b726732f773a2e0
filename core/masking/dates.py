"""Dates in plain text, in every common way to write one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from core.masking.any_case import any_case

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier januar jaenner janner",
            "february feb fevrier februar",
            "march mar mars marz maerz",
            "april apr avril",
            "may mai",
            "june jun juin juni",
            "july jul juillet juli",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre oktober okt",
            "november nov novembre",
            "december dec decembre dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = any_case("|".join(sorted(MONTHS, key=len, reverse=True)))
_DATE = re.compile(
    rf"""(?<![\w.,/-])(?:
      (?P<y1>(?:19|20)\d\d)\s?[-/.]\s?(?P<m1>\d\d?)\s?[-/.]\s?(?P<d1>\d\d?)
    | (?P<a>\d\d?)\s?(?P<sep>[-/.])\s?(?P<b>\d\d?)\s?(?P=sep)\s?(?P<y2>(?:19|20)?\d\d)
    | (?P<d3>\d\d?)(?i:st|nd|rd|th|\.)?[\s-]{{1,2}}(?i:of\s)?(?P<m3>{_MONTH})\.?,?[\s-]{{1,2}}(?P<y3>\d{{4}})
    | (?P<m4>{_MONTH})\.?\s{{1,2}}(?P<d4>\d\d?)(?i:st|nd|rd|th)?,?\s{{1,2}}(?P<y4>\d{{4}})
    | (?P<y5>(?:19|20)\d\d)(?P<m5>[01]\d)(?P<d5>[0-3]\d)
    )(?![\w]|[-/.]\d)""",
    re.VERBOSE,
)
FEWEST_IN_DATES = 4  # digits of whatever `dates_in` finds


@dataclass(frozen=True, slots=True)
class WrittenDate:
    start: int
    end: int
    readings: frozenset[date]  # 03/04/1960 has two


def day_of(text: str) -> date | None:
    """Of a text that is a date or timestamp in ISO form and nothing else. 20260304 is a number."""
    text = text.strip()
    if not re.match(r"\d{4}-\d\d-\d\d", text) or len(text) > 40:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def dates_in(text: str) -> Iterator[WrittenDate]:
    for match in _DATE.finditer(text):
        found = match.groupdict()
        readings: set[date | None]
        if found["a"]:
            years = _years(found["y2"])
            pairs = ((found["a"], found["b"]), (found["b"], found["a"]))
            readings = {_date(year, int(month), int(day)) for year in years for day, month in pairs}
        else:
            which = next(number for number in "1345" if found[f"y{number}"])
            month = found[f"m{which}"]
            number = MONTHS.get(month.casefold()) or int(month)
            readings = {_date(int(found[f"y{which}"]), number, int(found[f"d{which}"]))}
        known = frozenset(each for each in readings if each)
        if known:
            yield WrittenDate(match.start(), match.end(), known)


def _years(written: str) -> tuple[int, ...]:
    return (int(written),) if len(written) == 4 else (1900 + int(written), 2000 + int(written))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

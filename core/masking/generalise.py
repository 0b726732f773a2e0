"""A coarser form of a value: enough to reason with, too little to find a person by."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

from core.masking.dates import day_of
from core.masking.kinds import Kind
from core.records.record import Value

OLDEST_BAND = 90  # years; everybody older is in one band, as there are few of them
UNITS = (("", Decimal(1)), ("k", Decimal(10**3)), ("M", Decimal(10**6)), ("bn", Decimal(10**9)))
_UK_POSTCODE = re.compile(r"([A-Z]{1,2})\d[A-Z\d]?\s*\d[A-Z]{2}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


def generalise(value: Value, kind: Kind, as_of: date) -> str | None:
    """The coarser form, or None where there is none and the value has to be withheld.

    Birth date → age band on `as_of`; other dates → month; time → part of the day; postcode → region; number → range.
    """
    if isinstance(value, str):
        return _text(value.strip(), kind, as_of)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, date):
        return age_band(value, as_of) if kind is Kind.BIRTH_DATE else f"{value:%Y-%m}"
    if isinstance(value, time):
        return ("night", "morning", "afternoon", "evening")[value.hour // 6]
    if kind is Kind.POSTCODE:
        return _region(str(value))
    number = Decimal(str(value))
    if not number.is_finite():
        return None
    return _decade(int(number)) if kind is Kind.AGE else number_range(number)


def age_band(born: date, as_of: date) -> str:
    years = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    return _decade(years)


def number_range(number: Decimal) -> str:
    """The two numbers of one digit around it: 1204.50 → "1k to 2k", -350 → "-400 to -300", 7 → "0 to 10"."""
    size = abs(number)
    magnitude = max(size.adjusted(), 1) if size else 1
    if magnitude > 14:
        return "over 100,000bn" if number > 0 else "below -100,000bn"
    step = Decimal(10) ** magnitude
    low = size // step * step
    ends = [_short(low), _short(low + step)]
    if number < 0:
        ends = [f"-{ends[1]}", "0" if ends[0] == "0" else f"-{ends[0]}"]
    return " to ".join(ends)


def _text(text: str, kind: Kind, as_of: date) -> str | None:
    if kind is Kind.POSTCODE:
        return _region(text)
    day = day_of(text)
    if day:
        return generalise(day, kind, as_of)
    return generalise(Decimal(text), kind, as_of) if _NUMBER.fullmatch(text) else None


def _decade(years: int) -> str:
    if years < 0:
        return "age unknown"
    low = years // 10 * 10
    return f"age {OLDEST_BAND} or older" if low >= OLDEST_BAND else f"age {low} to {low + 9}"


def _short(number: Decimal) -> str:
    name, unit = next((unit for unit in reversed(UNITS) if number >= unit[1]), UNITS[0])
    return f"{number / unit:f}{name}" if number else "0"


def _region(text: str) -> str | None:
    """The first two of five or more digits, the first of fewer, the area letters of a British one."""
    if match := _UK_POSTCODE.fullmatch(text):
        return f"{match[1].upper()} area"
    digits = re.sub(r"\D", "", text)
    if len(digits) < 3:
        return None
    kept = 2 if len(digits) >= 5 else 1
    return f"{digits[:kept]}{'x' * (min(len(digits), 5) - kept)}"

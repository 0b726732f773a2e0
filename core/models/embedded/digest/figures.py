"""Cells as values and values as text: exact decimals in, exact decimals out, dates as ISO."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?(?:[eE][+-]?\d\d?)?")
_DATE = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
_STAMP = re.compile(r"[12]\d{3}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?")
_MONTH = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])")
_QUARTER = re.compile(r"[12]\d{3}[- ]?Q[1-4]")
_SENTENCE = re.compile(r"(?<=[a-z0-9\"')%]{2})[.!?] (?=[A-Z\"'(])")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")


def is_integer(cell: str) -> bool:
    return _INTEGER.fullmatch(cell) is not None


def is_number(cell: str) -> bool:
    return _DECIMAL.fullmatch(cell) is not None


def to_number(cell: str) -> Decimal:
    """A number cell as an exact decimal without an exponent (databases write floats as 1e-05)."""
    value = Decimal(cell)
    return value.quantize(Decimal(1)) if int(value.as_tuple().exponent) > 0 else value


def is_date(cell: str) -> bool:
    return _DATE.fullmatch(cell) is not None and to_date(cell) is not None


def is_timestamp(cell: str) -> bool:
    return _STAMP.fullmatch(cell) is not None and to_date(cell) is not None


def is_month(cell: str) -> bool:
    return _MONTH.fullmatch(cell) is not None


def is_quarter(cell: str) -> bool:
    return _QUARTER.fullmatch(cell) is not None


def to_date(cell: str) -> date | None:
    """The day of a date or timestamp."""
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        return None


def month_index(cell: str) -> int:
    """Months since year 0, of anything that begins with YYYY-MM."""
    return int(cell[:4]) * 12 + int(cell[5:7]) - 1


def month_name(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def grouped(value: Decimal, places: int | None = None) -> str:
    """`1204.5` → "1,204.5", or "1,204.50" when two places are asked for. Never rounds away a digit."""
    return f"{value:,.{max(decimals(value), places or 0)}f}"


def percent(part: Decimal, whole: Decimal) -> str:
    """`part` of `whole` in percent, one decimal, half up, no sign."""
    return f"{(abs(part) * 100 / abs(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%"


def times(value: Decimal, base: Decimal) -> str:
    return f"{(value / base).quantize(Decimal('0.1'), ROUND_HALF_UP):,} times"


def clean(text: str) -> str:
    """One line: no control or invisible characters, single spaces."""
    return _SPACES.sub(" ", text).strip()


def first_sentence(text: str, limit: int) -> str:
    """The first sentence without its full stop; an abbreviation before a small letter or figure ends nothing."""
    return shorten(_SENTENCE.split(clean(text), maxsplit=1)[0], limit).rstrip(".")


def shorten(text: str, limit: int) -> str:
    """At a sentence's end if one is near, else at a word's, never inside a number."""
    text = clean(text)
    if len(text) <= limit:
        return text
    head = text[:limit]
    stop = max(head.rfind(". "), head.rfind("! "), head.rfind("? "))
    if stop >= limit // 2:
        return head[: stop + 1]
    space = head.rfind(" ")
    return f"{head[:space].rstrip(' ,;:-')} …" if space > 0 else "(text too long to quote)"

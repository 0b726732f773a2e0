"""How values read: human column names, numbers with separators, seconds, times relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.records.record import Record

UNITS = {
    "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF", "jpy": "JPY", "sek": "SEK", "pct": "%", "percent": "%",
    "ms": "ms", "kg": "kg", "mg": "mg", "km": "km", "kwh": "kWh",
}  # fmt: skip
ABBREVIATIONS = {"id": "ID", "sku": "SKU", "vat": "VAT", "url": "URL", "iban": "IBAN", "ssn": "SSN"}


def human(name: str) -> str:
    """`total_eur` → `Total (EUR)`, `order_id` → `Order ID`, `openedAt` stays as it is."""
    words = name.split("_")
    unit = UNITS.get(words[-1].lower()) if len(words) > 1 else None
    if unit:
        words = words[:-1]
    text = " ".join(ABBREVIATIONS.get(word.lower(), word) for word in words if word)
    text = text[:1].upper() + text[1:]
    return f"{text} ({unit})" if unit else text


def in_words(text: str, record: Record | None) -> str:
    """`text` with the record's names as a table shows them: `orders row 3: Total (EUR) is 48.20.` A name of one word
    reads as it is."""
    names = {one.name for one in record.result_sets} if record else set[str]()
    names |= {column.name for one in record.result_sets for column in one.columns} if record else set[str]()
    raw = sorted((name for name in names if "_" in name), key=len, reverse=True)
    if not raw:
        return text
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, raw))})(?!\w)"
    return re.sub(pattern, lambda found: human(found[0]), text)


def seconds(milliseconds: float | None) -> str:
    """`8.4 s`, `0.13 s`, `2 min 5 s`; empty when unknown."""
    if milliseconds is None:
        return ""
    value = milliseconds / 1000
    if value >= 60:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """`40 seconds ago`, `3 hours ago`, `12 Mar 2026`."""
    passed = ((now or datetime.now(UTC)) - moment).total_seconds()
    for limit, size, unit in (
        (60, 1, "second"),
        (3600, 60, "minute"),
        (86400, 3600, "hour"),
        (7 * 86400, 86400, "day"),
    ):
        if passed < limit:
            count = max(0, int(passed // size))
            return "just now" if unit == "second" and count < 5 else f"{count} {unit}{'' if count == 1 else 's'} ago"
    return f"{moment:%-d %b %Y}"


def exact(moment: datetime, timezone: str | None) -> str:
    """The moment in the reader's time zone: `24 Nov 2026, 14:02:11 CET`."""
    return f"{local(moment, timezone):%-d %b %Y, %H:%M:%S %Z}"


def local(moment: datetime, timezone: str | None) -> datetime:
    try:
        zone = ZoneInfo(timezone) if timezone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    return moment.astimezone(zone)


def size(count: int | None) -> str:
    """Bytes as `138 MB`; empty when unknown or nothing."""
    if not count:
        return ""
    for limit, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}" if count < 10 * limit else f"{count / limit:.0f} {unit}"
    return f"{count} B"


def parameters(told: str) -> str:
    """A number of parameters as servers tell it, in three digits at most: `134.52M` → `135M`, `14.8B` → `14.8B`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMBT])", told)
    if not match:
        return told
    number = float(match[1])
    return f"{number:.0f}{match[2]}" if number >= 100 else f"{number:.3g}{match[2]}"

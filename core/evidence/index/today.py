"""Which years a record speaks of, and which day it calls today."""

from __future__ import annotations

from datetime import date, timedelta

from core.evidence.columns.column import Column, Role
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem

_FUTURE = frozenset(
    stem(w)
    for w in words(
        "due deadline expire end next renew plan until eta expect forecast request valid promise schedule "
        "target maturity notice earliest latest start effective"
    )
)


def find_calendar(sets: list[SetFacts], columns: list[Column]) -> tuple[range, date | None]:
    years: set[int] = set()
    past: date | None = None
    explicit: date | None = None
    for column in columns:
        if column.role is not Role.TIME or set(column.stems) & {"birth", "dob", "bear"}:
            continue
        ends = [span[1] for span in column.spans if span]
        starts = [span[0] for span in column.spans if span]
        years.update(d.year for d in ends)
        years.update(d.year for d in starts)
        if not ends:
            continue
        if set(name_parts(column.name)) & {"as", "today", "asof"}:
            explicit = max(ends)
        if not _FUTURE & set(column.stems):
            past = max(past or max(starts), max(starts))
    explicit = explicit or _counted_from(sets)
    if len(years) > 60:
        years = {max(years) - 60, max(years)}
    return (range(min(years) - 1, max(years) + 2) if years else range(0)), explicit or past


def _counted_from(sets: list[SetFacts]) -> date | None:
    """The day from which `days_left` and `days_since_last_order` count, where all rows agree on one."""
    for facts in sets:
        for days in facts.columns:
            parts = set(name_parts(days.name))
            if not days.is_number or "days" not in parts or not parts & {"left", "since"}:
                continue
            sign = -1 if "left" in parts else 1
            for column in facts.times:
                if facts.size < 2 and not set(column.stems) & set(days.stems):
                    continue
                counted = {
                    span[0] + timedelta(days=sign * number)
                    for span, number in zip(column.spans, days.numbers, strict=True)
                    if span and span[0] == span[1] and number is not None and abs(number) < 40_000
                }
                if len(counted) == 1:
                    return counted.pop()
    return None

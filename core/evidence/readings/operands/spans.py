"""Neighbouring stretches of time, and what to call one."""

from __future__ import annotations

from datetime import timedelta

from core.evidence.language.calendar import Span, months_from


def span_name(span: Span) -> str:
    first, last = span
    if first == last:
        return f"on {first}"
    if (first.year, first.month) == (last.year, last.month):
        return f"in {first:%Y-%m}"
    return f"in {first:%Y-%m} to {last:%Y-%m}"


def previous(span: Span) -> Span | None:
    """The stretch of the same length just before."""
    first, last = span
    try:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1
        if whole:
            index = first.year * 12 + first.month - 1 - months
            return months_from(index // 12, index % 12 + 1, months)
        length = (last - first).days + 1
        return first - timedelta(days=length), first - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def shift_year(span: Span) -> Span | None:
    first, last = span
    try:
        if (last - first).days >= 27 and first.day == 1:
            months = (last.year - first.year) * 12 + last.month - first.month + 1
            return months_from(first.year - 1, first.month, months)
        return first.replace(year=first.year - 1), last.replace(year=last.year - 1)
    except (ValueError, OverflowError):
        return None

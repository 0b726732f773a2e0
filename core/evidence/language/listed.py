"""Word lists as one string each: short to read, short to change."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def ordered(text: str) -> tuple[str, ...]:
    return tuple(text.split())

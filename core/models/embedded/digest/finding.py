"""One thing worth saying about the record, before it is known where and whether it will be said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    INTRO = "intro"  # who or what the record is about
    FINDING = "finding"
    SIGNAL = "signal"  # a row in which the record itself points at something
    RISK = "risk"
    ACTION = "action"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is one Markdown bullet without its dash; `lead` the same as a short sentence for the headline."""

    place: Place
    weight: float  # 100 says it first, 0 only when there is nothing else
    text: str
    table: str = ""
    lead: str = ""
    topics: frozenset[str] = frozenset()
    action: str = ""  # what somebody might look at because of this, modestly

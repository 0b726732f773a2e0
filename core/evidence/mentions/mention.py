"""A mention: words that mean rows of the record, by a value, a date or a row number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.index.facts import Entry
from core.evidence.language.calendar import Span

DAY = timedelta(days=1)


class Sort(StrEnum):
    VALUE = "value"
    TIME = "time"
    EXTREME = "extreme"
    ROW = "row"


@dataclass(slots=True, eq=False)
class Mention:
    """`options`: for each set it speaks about, the alternative row masks it may mean.

    `slot` names what is restricted; two mentions of one slot are alternatives or a list, of two slots both hold.
    `strength`: 3 an identifier or a full name, 2 a label, 1 a part or a form of one.
    """

    first: int
    last: int
    segment: int
    sort: Sort
    slot: str
    text: str
    strength: float
    options: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    entries: list[Entry] = field(default_factory=list[Entry])
    conditions: list[Column] = field(default_factory=list[Column])  # whose state it tells, where it quotes no value
    claim: Claim | None = None
    negated: bool = False
    spans: list[Span] = field(default_factory=list[Span])
    own_spans: list[Span] = field(default_factory=list[Span])  # the date alone, where `spans` is a stretch
    open_end: bool = False  # since, before …
    context: bool = False  # taken from the heading or an earlier sentence
    binding: bool = False  # context that says what a line is about: a table's row, a heading that is an identifier

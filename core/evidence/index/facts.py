"""What is known about one result set, and about one value of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from core.evidence.columns.column import Column, Role
from core.evidence.language.stems import name_parts, stem
from core.evidence.verdict import Cell

_SUMMARY_PARTS = frozenset({"by", "per", "summary", "totals", "overview", "stats", "statistics", "kpi", "kpis"})


@dataclass(eq=False)
class SetFacts:
    """`nouns`: stems that name one row ("order" for orders); `topics`: the other words of the set's name."""

    index: int
    name: str
    size: int
    columns: list[Column]
    nouns: frozenset[str]
    topics: frozenset[str]
    summary: bool
    cut: bool
    times: list[Column] = field(default_factory=list[Column])
    all: int = field(init=False)  # the mask of all rows

    def __post_init__(self) -> None:
        self.all = (1 << self.size) - 1

    @property
    def times_or_empty(self) -> list[Column]:
        """Columns of times, those without any value too."""
        return [c for c in self.columns if c.role is Role.TIME]

    @cached_property
    def numbers(self) -> list[Column]:
        return [c for c in self.columns if c.is_number]

    def cell(self, row: int, column: Column) -> Cell:
        return Cell(self.name, row, column.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of one column; `rows` hold it. `whole` is False for a part of it ("Kovacs" of "Anna Kovacs")."""

    column: Column
    text: str
    rows: tuple[int, ...]
    mask: int
    whole: bool


def row_nouns(name: str, columns: list[Column]) -> tuple[frozenset[str], frozenset[str], bool]:
    """What one row is called: the head of the set's name, and the noun of its identifier column."""
    parts = name_parts(name)
    cut = next((i for i, part in enumerate(parts) if part in {"by", "per"}), len(parts))
    after = parts[cut + 1 :]
    summary = bool(_SUMMARY_PARTS & set(parts))
    head = after or parts[:cut]
    head = [
        part
        for part in head
        if part not in _SUMMARY_PARTS
        and part not in {"list", "history", "data", "details", "detail", "recent", "open", "all", "current"}
    ] or list(parts)
    nouns = {stem(head[-1])} if head else set[str]()
    if len(columns) and columns[0].role is Role.CODE and not after:
        own = [
            part
            for part in name_parts(columns[0].name)
            if part not in {"id", "no", "nr", "number", "code", "key", "ref"}
        ]
        if own and stem(own[-1]) not in nouns and columns[0].distinct == len(columns[0].texts):
            nouns.add(stem(own[-1]))
    topics = frozenset(stem(part) for part in parts if part not in {"by", "per", "of", "and"}) - nouns
    return frozenset(nouns), topics, summary

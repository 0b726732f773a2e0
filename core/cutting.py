"""Result sets on their way into a prompt, and what is cut when they do not fit.

Free text is cut first, then the older rows of the longest set. Every cut leaves a line that says which rows are left
out, with their sums and the span of their dates, and the same for all rows: computed from the record as it was before
anything was cut, and exactly.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Context, Decimal, localcontext
from typing import cast

from core.errors import PromptTooLong
from core.records.record import Column, ColumnType, ResultSet, Row, Value

TEXT_CEILINGS = (2_000, 600, 200, 60)  # characters of one cell, tried in this order when the window is too small
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL)  # floats have no exact sum
MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_EXACT = Context(prec=400)
_LINE_BREAK = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


def fit(result_sets: Sequence[ResultSet], size: Callable[[str], float], room: float) -> tuple[str, tuple[str, ...]]:
    """The sets as text whose `size` is at most `room`, and a note in words for each cut. Raises PromptTooLong."""
    blocks, notes = [_Block.of(one) for one in result_sets], list[str]()
    text = _text(blocks)
    for ceiling in TEXT_CEILINGS:
        if size(text) <= room:
            return text, tuple(notes)
        if any(block.has_longer_than(ceiling) for block in blocks):
            blocks = [_Block.of(block.whole, ceiling) for block in blocks]
            notes = [f"Texts longer than {ceiling:,} characters were shortened."]
            text = _text(blocks)
    while (measured := size(text)) > room:
        over = len(text) * (1 - room / measured)  # characters to save, if all of them weigh the same
        longest = max(blocks, key=lambda block: block.size if block.kept > 1 else -1, default=None)
        if longest is None or longest.kept <= 1:
            raise PromptTooLong("This record does not fit into the model's context window.")
        blocks[blocks.index(longest)] = longest.without_oldest(over)
        text = _text(blocks)
    return text, (*notes, *(f"{block.whole.name}: {block.left_out}" for block in blocks if block.is_cut))


@dataclass(frozen=True, eq=False)
class _Block:
    """One result set on its way into the prompt. Rows from place `first` up to `end` are still in."""

    whole: ResultSet
    lines: tuple[str, ...]  # of all rows
    first: int
    end: int

    @classmethod
    def of(cls, result_set: ResultSet, text_ceiling: int | None = None) -> _Block:
        rows = enumerate(result_set.rows, start=1)
        lines = _csv([number, *(_cell(value, text_ceiling) for value in row)] for number, row in rows)
        return cls(result_set, lines, 0, len(lines))

    @property
    def kept(self) -> int:
        return self.end - self.first

    @property
    def is_cut(self) -> bool:
        return self.kept < len(self.lines)

    @property
    def size(self) -> int:
        return sum(map(len, self.lines[self.first : self.end]))

    def has_longer_than(self, characters: int) -> bool:
        return any(isinstance(cell, str) and len(cell) > characters for row in self.whole.rows for cell in row)

    def text(self) -> str:
        header = "".join(_csv([["#", *self.whole.column_names]]))
        return f"{self._head()}\n{header}{''.join(self.lines[self.first : self.end])}"

    def without_oldest(self, characters: float) -> _Block:
        """Drops rows from the older end until `characters` are saved; at least one, at most half of them."""
        ascending = _ascending(self.whole)
        lines = self.lines[self.first : self.end]
        count = saved = 0
        for line in lines if ascending else reversed(lines):
            count, saved = count + 1, saved + len(line)
            if saved >= characters or count >= len(lines) // 2:
                break
        return replace(self, first=self.first + count) if ascending else replace(self, end=self.end - count)

    def _head(self) -> str:
        total = len(self.lines)
        more = " (the procedure had more)" if self.whole.truncated else ""
        if not self.is_cut:
            return f"[{self.whole.name}] {total} {'row' if total == 1 else 'rows'}{more}"
        return f"[{self.whole.name}] {self.kept} rows of {total}{more}; left out: {self.left_out}"

    @property
    def left_out(self) -> str:
        """`rows 201-1340 (ordered_on 2024-01-02 to 2025-02-01; total_eur sum 812330.10); all 1340 rows (…)`"""
        rows, columns = self.whole.rows, self.whole.columns
        out = rows[: self.first] if self.first else rows[self.end :]
        start = 1 if self.first else self.end + 1
        return (
            f"rows {start}-{start + len(out) - 1}{_summary(columns, out)}; "
            f"all {len(rows)} rows{_summary(columns, rows)}"
        )


def _text(blocks: list[_Block]) -> str:
    return "".join(block.text() for block in blocks)


def _ascending(result_set: ResultSet) -> bool:
    """Whether the oldest rows come first, judged by the first column of dates."""
    for index, column in enumerate(result_set.columns):
        if column.type in MOMENTS:
            dates = [str(row[index]) for row in result_set.rows if row[index] is not None]
            return len(dates) > 1 and dates[0] < dates[-1]
    return False


def _summary(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> str:
    parts = [
        f"{column.name} {said}"
        for index, column in enumerate(columns)
        if (said := _of_column(column, [row[index] for row in rows if row[index] is not None]))
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def _of_column(column: Column, values: list[Value]) -> str | None:
    if column.type in NUMBERS:
        numbers = list(_finite(values))
        if len(numbers) < len(values) or not numbers:
            return None
        with localcontext(_EXACT):
            return f"sum {sum(numbers):f}"
    if column.type in MOMENTS and values:
        try:
            moments = cast("list[date]", values)
            return f"{_cell(min(moments))} to {_cell(max(moments))}"
        except TypeError:  # moments with and without a time zone have no order
            return None
    return None


def _finite(values: list[Value]) -> Iterator[Decimal]:
    for value in values:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite():
                yield number


def _cell(value: Value, text_ceiling: int | None = None) -> str:
    match value:
        case str():
            text = value.strip()
            if not text.isprintable():  # no line break is
                text = _LINE_BREAK.sub(" / ", text)
            if text_ceiling is not None and len(text) > text_ceiling:
                return f"{text[:text_ceiling]} … ({len(text) - text_ceiling:,} more characters left out)"
            return text
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


class _Lines(list[str]):
    """What csv writes: it hands over a line at a time."""

    write = list[str].append


def _csv(rows: Iterable[Sequence[object]]) -> tuple[str, ...]:
    lines = _Lines()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return tuple(lines)

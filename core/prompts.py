"""MaskedRecord + UseCase → Prompt that fits the model's context window.

What never changes comes first, the record next, the task or the question last: engines reuse the longest common
beginning, so a second question about the same record starts to answer much sooner.

The record is fenced by a tag that carries the start of the SHA-256 of what it encloses. Data cannot forge the end of
its own fence, and the same record always makes the same prompt.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from core.errors import PromptTooLong
from core.masking import MaskedRecord
from core.models.model import Message
from core.records.record import Column, ColumnType, ResultSet, Row, Value
from core.use_cases import UseCase

CHARACTERS_PER_TOKEN = 2.5  # rows of figures; running text has about 4, so this errs on the safe side
ANSWER_TOKENS = 1_024  # kept free in the window
TEXT_CEILINGS = (2_000, 600, 200)  # characters of one cell, tried in this order when the window is too small
TASK = "Analyse the record above as described. Write the answer now."
QUESTION = "The analyst asks: {question}\nAnswer it from the record above, in the same shape where it fits."


@dataclass(frozen=True, slots=True)
class Prompt:
    messages: tuple[Message, ...]
    context_length: int  # tokens; sent as num_ctx
    left_out: tuple[str, ...] = ()  # what was cut to fit, in words

    @property
    def characters(self) -> int:
        return sum(len(message.content) for message in self.messages)

    @property
    def hash(self) -> str:
        """SHA-256 over roles and contents, hex."""
        digest = hashlib.sha256()
        for message in self.messages:
            for part in (message.role, message.content):
                encoded = part.encode("utf-8", "surrogatepass")
                digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.hexdigest()


def fill(
    masked: MaskedRecord,
    use_case: UseCase,
    context_length: int,
    *,
    characters_per_token: float = CHARACTERS_PER_TOKEN,
) -> Prompt:
    """The prompt for one record, with the analyst's question if there is one.

    Cuts by rule what does not fit: long texts first, then the oldest rows of the longest result set. Each cut is told
    in the prompt, with totals computed before cutting. Raises PromptTooLong.
    """
    system = _instructions(use_case)
    asked = masked.question.strip()
    task = QUESTION.format(question=asked) if asked else TASK
    answer_tokens = min(ANSWER_TOKENS, context_length // 4)
    budget = int((context_length - answer_tokens) * characters_per_token) - len(system) - len(task) - 32
    blocks, left_out = _fit([_Block.of(result_set) for result_set in masked.record.result_sets], budget)
    record = fence("".join(block.text() for block in blocks), use_case.name, masked.record.record_id)
    messages = (Message("system", system), Message("user", f"{record}\n\n{task}"))
    return Prompt(messages, context_length, left_out)


def fence(body: str, use_case: str, record_id: str) -> str:
    tag = f"record-{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    attribute = re.sub(r'[<>"&\s]', "_", record_id)
    return f'<{tag} use_case="{use_case}" record_id="{attribute}">\n{body}</{tag}>'


def _instructions(use_case: UseCase) -> str:
    values = {
        "title": use_case.title,
        "question": use_case.question,
        "record_id_label": use_case.record_id.label,
    }
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: values[match[1]], use_case.prompt)


@dataclass(frozen=True, slots=True)
class _Block:
    """One result set on its way into the prompt. `rows` are those still in; `first` is the place of the first one."""

    whole: ResultSet
    rows: tuple[Row, ...]
    first: int
    lines: tuple[str, ...]

    @classmethod
    def of(cls, result_set: ResultSet, text_ceiling: int | None = None) -> _Block:
        lines = tuple(
            _csv([number, *(_cell(value, text_ceiling) for value in row)])
            for number, row in enumerate(result_set.rows, start=1)
        )
        return cls(result_set, result_set.rows, 0, lines)

    def text(self) -> str:
        header = _csv(["#", *self.whole.column_names])
        return f"{self._head()}\n{header}{''.join(self.lines)}"

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))

    def without_oldest(self, characters: int) -> _Block:
        """Drops rows from the older end until `characters` are saved, at most half of them."""
        at_start = _ascending(self.whole)
        lines = self.lines if at_start else self.lines[::-1]
        saved = count = 0
        while count < max(1, len(lines) // 2) and saved < characters:
            saved += len(lines[count])
            count += 1
        kept = slice(count, None) if at_start else slice(None, len(lines) - count)
        first = self.first + count if at_start else self.first
        return replace(self, rows=self.rows[kept], lines=self.lines[kept], first=first)

    def _head(self) -> str:
        total = len(self.whole.rows)
        more = " (the procedure had more)" if self.whole.truncated else ""
        if len(self.rows) == total:
            return f"[{self.whole.name}] {total} {'row' if total == 1 else 'rows'}{more}"
        return f"[{self.whole.name}] {len(self.rows)} rows of {total}{more}; left out: {self.left_out()}"

    def left_out(self) -> str:
        """`rows 201-1340 (total_eur sum 812330.10; ordered_on 2024-01-02 to 2025-02-01); all 1340 rows: …`"""
        out = self.whole.rows[: self.first] + self.whole.rows[self.first + len(self.rows) :]
        start = 1 if self.first else len(self.rows) + 1
        return (
            f"rows {start}-{start + len(out) - 1}{_summary(self.whole.columns, out)}; "
            f"all {len(self.whole.rows)} rows{_summary(self.whole.columns, self.whole.rows)}"
        )


def _fit(blocks: list[_Block], budget: int) -> tuple[list[_Block], tuple[str, ...]]:
    def excess() -> int:
        return sum(len(block.text()) for block in blocks) + 120 - budget

    notes: list[str] = []
    for ceiling in TEXT_CEILINGS:
        if excess() <= 0:
            break
        shorter = [_Block.of(block.whole, ceiling) for block in blocks]
        if shorter != blocks:
            blocks = shorter
            notes = [f"Texts longer than {ceiling:,} characters were shortened."]
    while (over := excess()) > 0:
        longest = max(range(len(blocks)), key=lambda n: blocks[n].size if len(blocks[n].rows) > 1 else -1, default=-1)
        if longest < 0 or len(blocks[longest].rows) <= 1:
            raise PromptTooLong("This record does not fit into the model's context window.")
        blocks[longest] = blocks[longest].without_oldest(over)
    cut = [f"{block.whole.name}: {block.left_out()}" for block in blocks if len(block.rows) < len(block.whole.rows)]
    return blocks, (*notes, *cut)


def _ascending(result_set: ResultSet) -> bool:
    """Whether the oldest rows come first, judged by the first column of dates."""
    for index, column in enumerate(result_set.columns):
        if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
            dates = [str(row[index]) for row in result_set.rows if row[index] is not None]
            return len(dates) > 1 and dates[0] < dates[-1]
    return False


def _summary(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> str:
    parts: list[str] = []
    for index, column in enumerate(columns):
        values = [row[index] for row in rows if row[index] is not None]
        if not values:
            continue
        if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL):
            total = sum(Decimal(str(value)) for value in values)
            parts.append(f"{column.name} sum {total:f}")
        elif column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
            texts = [_cell(value) for value in values]
            parts.append(f"{column.name} {min(texts)} to {max(texts)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _cell(value: Value, text_ceiling: int | None = None) -> str:
    match value:
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
        case str():
            text = re.sub(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*", " / ", value.strip())
            if text_ceiling is not None and len(text) > text_ceiling:
                return f"{text[:text_ceiling]} … ({len(text) - text_ceiling:,} more characters left out)"
            return text
        case _:
            return str(value)


def _csv(cells: list[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()

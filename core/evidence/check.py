"""The check: every figure, date and identifier of an answer against the record it was made from."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from core.evidence.verdict import Cell, CheckedClaim, Evidence, Verdict
from core.records.record import Record

FIGURE = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(?<![.,])(?![\w])")
WORD = re.compile(r"[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)+")


class Checker:
    """Builds its index of the record once; `check` may then be called with any number of answers."""

    def __init__(self, record: Record) -> None:
        self._values: dict[object, Cell] = {}
        for result_set in record.result_sets:
            for number, row in enumerate(result_set.rows):
                for column, value in zip(result_set.columns, row, strict=True):
                    if value is not None:
                        key = Decimal(str(value)) if isinstance(value, int | float | Decimal) else str(value)
                        self._values.setdefault(key, Cell(result_set.name, number, column.name))

    def check(self, answer: str) -> Evidence:
        """Never raises; the same answer always gets the same verdicts."""
        return self.check_from(answer, 0)

    def check_from(self, answer: str, start: int) -> Evidence:
        """The claims that begin at `start` or later; the text before it is only read for what it names."""
        claims: list[CheckedClaim] = []
        spans = [*WORD.finditer(answer), *FIGURE.finditer(answer)]
        taken = 0
        for match in sorted(spans, key=lambda m: (m.start(), -m.end())):
            if match.start() < max(taken, start):
                continue
            taken = match.end()
            claims.append(self._judge(match))
        return Evidence(tuple(claims))

    def _judge(self, match: re.Match[str]) -> CheckedClaim:
        text = match.group()
        cell = self._values.get(text)
        if cell is None:
            try:
                cell = self._values.get(Decimal(text.replace(",", "")))
            except InvalidOperation:
                cell = None
        if cell is None:
            verdict = Verdict.UNSUPPORTED if any(c.isdigit() for c in text) else Verdict.IGNORED
            return CheckedClaim(match.start(), match.end(), text, verdict, "Nothing in the record carries this.")
        why = f"{cell.set}, row {cell.row + 1}, {cell.column}"
        return CheckedClaim(match.start(), match.end(), text, Verdict.FOUND, why, (cell,))

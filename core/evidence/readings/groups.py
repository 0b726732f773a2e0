"""Sums by group: "the strongest month brought EUR 3,400"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope
from core.evidence.language.stems import fold
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.readings.rates import DAYS
from core.evidence.readings.statistics import Value
from core.evidence.support import MOST_CELLS, CellsOf


def group_keys(frame: Frame, scope: Scope, word: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Ways to group the scope's rows by what a word names: (name of the grouping, key → mask)."""
    facts = scope.facts
    if word in DAYS:
        for column in facts.times[:3]:
            groups: dict[str, int] = {}
            for row in rows_of(scope.mask):
                if span := column.spans[row]:
                    key = _period_key(span[0], word)
                    groups[key] = groups.get(key, 0) | 1 << row
            if len(groups) > 1:
                yield f"{word} of {column.name}", groups
    for column, weight in frame.index.column_words.get(word, ()):
        if weight >= 0.5 and column.set_index == facts.index and column.role in (Role.LABEL, Role.CODE):
            groups = {}
            for row in rows_of(scope.mask):
                if text := column.texts[row]:
                    groups[fold(text)] = groups.get(fold(text), 0) | 1 << row
            if 1 < len(groups) < facts.size:
                yield column.name, groups


def _period_key(day: date, word: str) -> str:
    match word:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        case "week":
            return f"{day:%G-W%V}"
        case "year":
            return str(day.year)
        case _:
            return day.isoformat()


def group_extremes(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Value]:
    """ "the strongest month brought EUR 3,400": the greatest of the groups' sums; and the plain extreme."""
    facts = scope.facts
    left = narrow(frame, claim, scope, column)
    if left is not None and left:
        numbers = [(row, n) for row in rows_of(left) if (n := column.numbers[row]) is not None]
        if len(numbers) > 1 and not column.rates:
            yield Value(
                sum(n for _, n in numbers),
                f"sum of {len(numbers)} values of {column.name} in {facts.name}",
                [facts.cell(row, column) for row, _ in numbers[:MOST_CELLS]],
            )
    if column.rates:
        return
    pick: dict[int, Callable[[list[float]], float]] = {1: max, -1: min}
    for extreme in extremes_of(frame, claim):
        if extreme.temporal:
            continue
        near = [t.stem for t in frame.tokens[extreme.place + 1 : extreme.place + 5] if t.is_word]
        for word in near:
            for name, groups in group_keys(frame, Scope(facts, _base(scope), ()), word):
                sums = {key: sum(column.numbers[row] or 0.0 for row in rows_of(mask)) for key, mask in groups.items()}
                for sign in (1, -1) if extreme.direction == 0 else (extreme.direction,):
                    value = pick[sign](list(sums.values()))
                    key = next(k for k, v in sums.items() if v == value)
                    if groups[key] & scope.mask:
                        cells = CellsOf(facts, column, groups[key])
                        yield Value(
                            value,
                            f"{'highest' if sign > 0 else 'lowest'} sum of {column.name} by {name} in "
                            f"{facts.name}: {key}",
                            cells,
                        )


def _base(scope: Scope) -> int:
    return scope.facts.all

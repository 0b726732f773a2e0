"""Rows in the order of time: the last against the first and the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention
from core.evidence.readings.operands.pair import Pair, Term
from core.evidence.readings.operands.spans import span_name


def between_rows(
    frame: Frame, column: Column | None, facts: SetFacts, clock: Column, mask: int, named: str, times: list[Mention]
) -> Iterator[Pair]:
    """A series: the last against the first and the one before; a named row against its neighbour, first and last."""
    if column is None:
        return
    rows = column.rows_over_time(clock, mask)
    if len(rows) < 2:
        return
    picked = {len(rows) - 1}
    for mention in times:
        for option in mention.options[facts.index]:
            inside = [i for i, row in enumerate(rows) if option >> row & 1]
            if not mention.open_end and len(inside) == 1 and len(times) == 1 and _is_reference(frame, mention):
                if inside[0] < len(rows) - 1:
                    yield Pair(_row(facts, column, rows[-1], clock), _row(facts, column, rows[inside[0]], clock), True)
                    picked = set[int]()
            elif not mention.open_end and len(inside) == 1:
                picked = {inside[0]}
            elif mention.open_end and len(inside) > 1:
                picked = {inside[-1]}
                yield Pair(
                    _row(facts, column, rows[inside[-1]], clock), _row(facts, column, rows[inside[0]], clock), True
                )
                before = inside[0] - 1
                if before >= 0:
                    yield Pair(
                        _row(facts, column, rows[inside[-1]], clock), _row(facts, column, rows[before], clock), True
                    )
    for at in picked:
        new = _row(facts, column, rows[at], clock)
        if at > 0:
            yield Pair(new, _row(facts, column, rows[at - 1], clock), True)
            if at > 1 and (not times or _FROM_START.search(frame.sentence.text)):
                yield Pair(new, _row(facts, column, rows[0], clock), True)
        if at == 0 and len(rows) > 1 and not times:
            continue
        if at == 0:
            yield Pair(_row(facts, column, rows[-1], clock), new, True)


_FROM_START = re.compile(
    r"\b(?:since|start|began|beginning|first|baseline|initial(?:ly)?|original(?:ly)?|overall|altogether|from)\b",
    re.IGNORECASE,
)


_REFERENCES = words("than compared versus vs against from since relative")


def _is_reference(frame: Frame, mention: Mention) -> bool:
    """ "compared with 2024": the time is what is compared with, not what is told."""
    before = [t.low for t in frame.tokens[max(0, mention.first - 4) : mention.first]]
    return bool(_REFERENCES & set(before))


def _row(facts: SetFacts, column: Column, row: int, clock: Column) -> Term:
    span = clock.spans[row]
    name = f"{column.name} {span_name(span)}" if span else column.name
    return Term(column.numbers[row] or 0.0, column.unit_at(row), name, (facts.cell(row, column),))

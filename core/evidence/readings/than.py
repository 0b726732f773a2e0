"""More or less than what is no other thing: "longer than usual", "lower than in August 2025", "the closing balance is
higher than the opening balance"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.columns.column import Column
from core.evidence.frame.frame import Extreme, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import GROWTH_STEP, GROWTH_YEAR
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.extremes import way_of
from core.evidence.readings.linked import columns_told, is_series, linked
from core.evidence.readings.operands.beside import aged_pairs
from core.evidence.readings.superlatives import is_hinted
from core.evidence.readings.versus import Answer, versus

_USUAL = words("usual usually average typical typically normal normally median")


def compare(frame: Frame, facts: SetFacts, extreme: Extreme, than: int) -> Iterator[Answer]:
    """One for each way the comparison with what stands behind the token `than` may be meant in the set."""
    tail = range(than + 1, len(frame.tokens))
    times = [m for m in frame.mentions if m.sort is Sort.TIME and m.first in tail and not m.context]
    behind = frame.sentence.text[frame.tokens[than].start - frame.sentence.start :]
    if GROWTH_STEP.search(behind, frame.words) or GROWTH_YEAR.search(behind, frame.words):
        yield from _against_before(frame, facts, extreme, than)
    elif any(frame.tokens[i].low in _USUAL for i in tail):
        yield from _against_usual(frame, facts, extreme, than)
    elif times:
        yield from _against_time(frame, facts, extreme, than, times[0])
    elif not extreme.hint:
        yield from _against_column(frame, facts, extreme, range(than), tail)


def _against_before(frame: Frame, facts: SetFacts, extreme: Extreme, than: int) -> Iterator[Answer]:
    """ "sold less than last month": the row's own value of the time before."""
    rows = linked(frame, facts, range(than))
    if rows is None or (row := rows.row) is None or not (rows.named or facts.size == 1):
        return
    told = columns_told(frame, facts.numbers, range(than))
    for new, old in aged_pairs(facts, row):
        if new in told or old in told or (rows.named and not told):
            yield versus(facts, extreme.direction, (new, row), (old, row))


def _against_time(frame: Frame, facts: SetFacts, extreme: Extreme, than: int, time: Mention) -> Iterator[Answer]:
    """The latest row against the one of that time."""
    rows = linked(frame, facts, range(than))
    if rows is None or not facts.times or facts.index not in time.options or not (rows.named or is_series(facts)):
        return
    for column in columns_told(frame, [c for c in facts.numbers if not c.hard_marks], range(than)):
        ordered = column.rows_over_time(facts.times[0], rows.mask)
        old = [row for row in ordered if any(mask >> row & 1 for mask in time.options[facts.index])]
        if len(old) == 1 and old != ordered[-1:]:
            yield versus(facts, way_of(frame, extreme, column), (column, ordered[-1]), (column, old[0]))


def _against_usual(frame: Frame, facts: SetFacts, extreme: Extreme, than: int) -> Iterator[Answer]:
    """A cell against the one of its row that is called usual or average."""
    rows = linked(frame, facts, range(than))
    if rows is None or (row := rows.row) is None:
        return
    told = columns_told(frame, facts.numbers, range(than))
    if not (rows.named or told or facts.index in frame.set_hits or facts.size == 1):
        return
    filled = [c for c in facts.numbers if c.numbers[row] is not None]
    plain = [
        c
        for c in filled
        if not c.hard_marks and (c in told or not told) and (is_hinted(c, extreme) if extreme.hint else told)
    ]
    for usual in filled:
        for column in plain if "average" in usual.marks else ():
            if column.unit == usual.unit and (usual.unit is not None or set(column.stems) & set(usual.stems)):
                yield versus(facts, way_of(frame, extreme, column), (column, row), (usual, row))


def _against_column(frame: Frame, facts: SetFacts, extreme: Extreme, head: range, tail: range) -> Iterator[Answer]:
    """Two columns of one row, each by its whole name."""
    one, two = _by_name(frame, facts, head), _by_name(frame, facts, tail)
    if one is None or two is None or one is two or one.unit != two.unit:
        return
    rows = linked(frame, facts)
    if rows is None or (row := rows.row) is None or not (rows.named or facts.size == 1):
        return
    if one.numbers[row] is not None and two.numbers[row] is not None:
        yield versus(facts, extreme.direction, (one, row), (two, row))


def _by_name(frame: Frame, facts: SetFacts, within: range) -> Column | None:
    stems = {frame.tokens[i].stem for i in within}
    named = [c for c in facts.numbers if c.stems and stems.issuperset(c.stems)]
    most = max((len(c.stems) for c in named), default=0)
    named = [c for c in named if len(c.stems) == most]
    return named[0] if len(named) == 1 else None

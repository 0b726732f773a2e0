"""Which way things went, told without a figure: "revenue fell in May", "CRP has risen" of a row with `previous_value`
and `latest_value`, "weight rose in subject 5" of two visits, "giving dropped from 2024 to 2025".

Contradicted only where the record can be read as at least one pair of values that the words may mean, and none of these
pairs goes that way.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Column, Role
from core.evidence.frame.frame import MARK_STEMS, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import GROWTH_STEP, GROWTH_YEAR
from core.evidence.language.listed import words
from core.evidence.language.polarity import goodness
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.linked import is_series, linked
from core.evidence.readings.operands.beside import aged_pairs
from core.evidence.readings.operands.pair import Name, Pair, Term
from core.evidence.readings.operands.periods import over_time
from core.evidence.readings.operands.things import between_ends
from core.evidence.readings.said import Said
from core.evidence.readings.turns import Turn, find_turn
from core.evidence.support import Support
from core.evidence.verdict import Verdict

_STEADILY = words("every each steadily continuously consistently kept keeps steady constantly")
_NEAR = 8  # words from the direction to what is said to have gone that way


def read(frame: Frame) -> Iterator[Said]:
    """At most one."""
    turn = find_turn(frame)
    meant = list(_ways(frame, turn)) if turn else []
    if not turn or not meant:
        return
    good = next((pair for pair, way in meant if way == turn.sign), None)
    pair = good or next((pair for pair, way in meant if way), meant[0][0])
    verdict = Verdict.DERIVED if good else Verdict.CONTRADICTED
    cells = (*pair.new.cells, *pair.old.cells)
    yield Said(turn.place, turn.place, Support(verdict, f"{pair.new} against {pair.old}.", cells[:60]))


def _ways(frame: Frame, turn: Turn) -> Iterator[tuple[Pair, int]]:
    """Each pair that may be meant, with the way it goes: 1 up or better, -1 down or worse, 0 neither."""
    told = _told(frame, turn.place)
    ends = [pair for c in told for pair in between_ends(frame, c, frame.index.sets[c.set_index])]
    if ends:
        yield from ((pair, _way(pair)) for pair in ends)
        return
    for facts in frame.index.sets:
        own = [c for c in told if c.set_index == facts.index]
        if told and not own:
            continue
        for column, pair in _in_set(frame, facts, own, turn):
            good = goodness(column.stems) if turn.better and column is not None else 1
            if turn.better and column is None:
                good = goodness(facts.nouns)
            yield pair, _way(pair) * good if good else turn.sign


def _way(pair: Pair) -> int:
    return (pair.new.value > pair.old.value) - (pair.new.value < pair.old.value)


def _told(frame: Frame, place: int) -> list[Column]:
    """The columns that words near the direction name, values of the record left out."""
    group = frame.groups[place]
    taken = {i for m in frame.mentions if m.strength >= 2 for i in range(m.first, m.last + 1)} | {place}
    step = frame.search(GROWTH_STEP) or frame.search(GROWTH_YEAR)
    if step:  # "since the previous measurement"
        first, last = (at + frame.sentence.start for at in step.span())
        taken |= {i for i, t in enumerate(frame.tokens) if first <= t.start < last}
    weights = {
        id(c): sum(
            h.weight
            for h in frame.column_hits.get(id(c), ())
            if h.weight >= 0.5
            and abs(h.place - place) <= _NEAR
            and h.place not in taken
            and (frame.tokens[h.place].stem not in MARK_STEMS or MARK_STEMS.issuperset(c.stems))
            and (0 <= h.place < place or frame.groups[h.place] == group)
        )
        for c in frame.index.numbers
    }
    best = max(weights.values(), default=0.0)
    return [c for c in frame.index.numbers if weights[id(c)] and weights[id(c)] >= best - 0.1]


def _in_set(frame: Frame, facts: SetFacts, told: list[Column], turn: Turn) -> Iterator[tuple[Column | None, Pair]]:
    rows = linked(frame, facts, [i for i in range(len(frame.tokens)) if i != turn.place])
    if rows is None:
        return
    times = [m for m in frame.mentions if m.sort is Sort.TIME and not m.context and not _is_step(frame, m)]
    if times:
        if not all(any(m.options.get(facts.index, ())) for m in times):
            return
        for column in _measures(frame, facts, told, turn.place, len(times)) if facts.size > 1 else ():
            for pair in _at_times(frame, turn, column, facts, times):
                yield column, pair
        return
    if rows.row is not None and (rows.named or facts.size == 1):
        for new, old in aged_pairs(facts, rows.row):
            if new in told or old in told or (rows.named and not told):
                yield new, Pair(_cell(facts, new, rows.row), _cell(facts, old, rows.row), True)
    for column in told if rows.row is None and (rows.named or not _are_things(facts)) else ():
        for pair in _ends(frame, column, facts, rows.mask, turn.sign):
            yield column, pair


def _are_things(facts: SetFacts) -> bool:
    """Whether each row has a name of its own: tests or products are no series, whenever each was measured."""
    first = facts.columns[0]
    return first.role is Role.LABEL and first.distinct == facts.size > 1 and not is_series(facts)


def _is_step(frame: Frame, mention: Mention) -> bool:
    """ "against the previous year": the time before, whichever the record has."""
    relative = mention.claim is not None and mention.claim.moment is not None and bool(mention.claim.moment.relative)
    return relative and bool(frame.search(GROWTH_YEAR) or frame.search(GROWTH_STEP))


def _measures(frame: Frame, facts: SetFacts, told: list[Column], place: int, times: int) -> list[Column | None]:
    """What is told; else what rows of a named set amount to; else, of two times, all that the set tells of each."""
    if told or facts.summary:
        return [*told]
    near = frame.set_hits.get(facts.index, ())
    plain = [c for c in facts.numbers if not c.hard_marks]
    if any(0 <= h.place < place and place - h.place <= 4 and h.weight == 1.0 for h in near):
        return [None, *(c for c in plain if c.dimension is Dimension.MONEY)]
    return [None, *plain] if times > 1 else []


def _at_times(frame: Frame, turn: Turn, column: Column | None, facts: SetFacts, times: list[Mention]) -> Iterator[Pair]:
    """A time against the one before or another told; from a time on, the last row against the first."""
    since = [m for m in times if m.slot == "since"]
    if since:
        masks = [mask for m in since for mask in m.options.get(facts.index, ()) if mask]
        for mask in masks:
            yield from () if column is None else _ends(frame, column, facts, mask, turn.sign)
        return
    probe = Claim(0, 0, "", Kind.NUMBER, first=turn.place, last=turn.place)
    yield from (p for p in over_time(frame, probe, column, facts) if p.ordered)


def _ends(frame: Frame, column: Column, facts: SetFacts, mask: int, sign: int) -> Iterator[Pair]:
    """The last against the first; where the words tell of every step, the one that goes the other way; else the last
    step and most of them too."""
    rows = column.rows_over_time(facts.times[0], mask) if facts.times else []
    if len(rows) < 2:
        return
    terms = [_cell(facts, column, row) for row in rows]
    if not frame.words.isdisjoint(_STEADILY):
        back = (Pair(b, a, True) for a, b in pairwise(terms) if (b.value - a.value) * sign < 0)
        yield next(back, Pair(terms[-1], terms[0], True))
        return
    yield Pair(terms[-1], terms[0], True)
    yield Pair(terms[-1], terms[-2], True)
    steps = sum((b.value > a.value) - (b.value < a.value) for a, b in pairwise(terms))
    if steps * (terms[-1].value - terms[0].value) < 0:
        yield Pair(terms[0], terms[-1], True)


def _cell(facts: SetFacts, column: Column, row: int) -> Term:
    name = Name("{}, {} row {}", (column.name, facts.name, row + 1))
    return Term(column.numbers[row] or 0.0, column.unit, name, (facts.cell(row, column),))

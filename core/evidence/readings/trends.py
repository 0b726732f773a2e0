"""Directions told without a figure: "revenue fell in May", "storage is shrinking", "hosta sales rose"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import UP, VERB_DOWN, VERB_UP
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.operands.beside import is_older
from core.evidence.readings.operands.pair import Name, Pair, Term
from core.evidence.readings.operands.periods import over_time
from core.evidence.readings.operands.things import between_ends
from core.evidence.readings.said import Said
from core.evidence.support import Support
from core.evidence.verdict import Verdict

_BETTER = frozenset({"improv", "recover", "deteriorat", "worsen"})  # better may be more or less
_MOVES = (VERB_UP | VERB_DOWN) - _BETTER
_TURNED = words("was were is are been be went goes going gone came moved picked trended trending ticked headed still")
_SIDES = {"up": 1, "down": -1, "higher": 1, "lower": -1, "upward": 1, "upwards": 1, "downward": -1, "downwards": -1}
_FLIPS = words("not never no without hardly didn")
_STEADILY = words("every each steadily continuously consistently kept keeps steady constantly")
_EARLIER = words("previous prior before earlier last")
_NEAR = 8  # words from the direction to what is said to have gone that way
_LEAST = 2  # rows of a series that has a trend


def read(frame: Frame, places: list[int]) -> Iterator[Said]:
    """`places`: the words of direction. Only one of them, in a stretch that tells no figure, is understood."""
    places = [i for i in places if frame.tokens[i].stem in _MOVES or _is_turn(frame, i)]
    if len(places) != 1 or any(c.kind is Kind.NUMBER and c.readings for c in frame.claims):
        return
    place = places[0]
    if "than" in {t.low for t in frame.tokens[place : place + 3]}:
        return  # read as a contrast
    way = _SIDES.get(frame.tokens[place].low) or (1 if frame.tokens[place].stem in UP else -1)
    if {t.low for t in frame.tokens[max(0, place - 3) : place]} & _FLIPS:
        return
    probe = Claim(0, 0, "", Kind.NUMBER, first=place, last=place)
    frame.claims.append(probe)
    try:
        found = [pair for pair in _changes(frame, probe) if pair.new.value != pair.old.value]
    finally:
        frame.claims.remove(probe)
        frame.scores.clear()
    if not found:
        return
    good = next((p for p in found if (p.new.value - p.old.value) * way > 0), None)
    pair = good or found[0]
    verdict = Verdict.DERIVED if good else Verdict.CONTRADICTED
    cells = (*pair.new.cells, *pair.old.cells)
    yield Said(place, place, Support(verdict, f"{pair.new} against {pair.old}.", cells[:60]))


def _is_turn(frame: Frame, place: int) -> bool:
    """ "went up", "was down": no "up to", no "down 5 %"."""
    if frame.tokens[place].low not in _SIDES:
        return False
    before = frame.tokens[place - 1].low if place else ""
    after = frame.tokens[place + 1].low if place + 1 < len(frame.tokens) else ""
    return (before in _TURNED or frame.tokens[place].low.startswith(("upw", "downw"))) and after != "to"


def _changes(frame: Frame, probe: Claim) -> Iterator[Pair]:
    times = [m for m in frame.mentions if m.sort is Sort.TIME and not m.context]
    named = _named(frame, probe)
    held = [(column, frame.index.sets[column.set_index]) for column in named]
    if ends := [pair for column, facts in held if facts.size > 1 for pair in between_ends(frame, column, facts)]:
        yield from ends
        return
    for column, facts in held:
        if facts.size > 1 and times:
            yield from _at_times(frame, probe, column, facts, times)
        if not times:
            yield from _beside(frame, probe, column, facts)
            yield from _series(frame, probe, column, facts)
    if not named and (not times or not frame.words.isdisjoint(_EARLIER)):
        for facts in frame.index.sets:
            for column in facts.numbers:
                yield from _beside(frame, probe, column, facts)
    if named or not times:
        return
    for number, hits in frame.set_hits.items():
        facts = frame.index.sets[number]
        near = any(0 <= h.place < probe.first and probe.first - h.place <= 4 and h.weight == 1.0 for h in hits)
        if near and facts.size > 1 and not facts.summary:
            for measure in (None, *(c for c in facts.numbers if c.dimension is Dimension.MONEY and not c.hard_marks)):
                yield from _at_times(frame, probe, measure, facts, times)


def _named(frame: Frame, probe: Claim) -> list[Column]:
    """The columns that words near the direction name, values of the record left out."""
    group = frame.groups[probe.first]
    taken = {i for m in frame.mentions if m.strength >= 2 for i in range(m.first, m.last + 1)} | {probe.first}
    weights = {
        id(c): sum(
            h.weight
            for h in frame.column_hits.get(id(c), ())
            if h.weight >= 0.5
            and abs(h.place - probe.first) <= _NEAR
            and h.place not in taken
            and (0 <= h.place < probe.first or frame.groups[h.place] == group)
        )
        for c in frame.index.numbers
    }
    best = max(weights.values(), default=0.0)
    return [c for c in frame.index.numbers if weights[id(c)] and weights[id(c)] >= best - 0.1]


def _at_times(
    frame: Frame, probe: Claim, column: Column | None, facts: SetFacts, times: list[Mention]
) -> Iterator[Pair]:
    """A time against the one before or another told; from a time on, the last row against the first."""
    if any(m.slot == "since" for m in times):
        masks = [mask for m in times if m.slot == "since" for mask in m.options.get(facts.index, ()) if mask]
        for mask in masks:
            yield from _ends(frame, column, facts, mask) if column is not None else ()
        return
    yield from (p for p in over_time(frame, probe, column, facts) if p.ordered)


def _beside(frame: Frame, probe: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """`sold_this_month` against `sold_last_month` of the row that is named."""
    for older in facts.numbers:
        told = id(older) in frame.column_hits or not frame.words.isdisjoint(_EARLIER)
        if older.unit != column.unit or not is_older(older, column) or not told:
            continue
        for scope in scopes(frame, facts, probe)[:1]:
            if scope.mask.bit_count() == 1 and (facts.size == 1 or scope.used):
                row = scope.mask.bit_length() - 1
                a, b = column.numbers[row], older.numbers[row]
                if a is not None and b is not None:
                    new = Term(a, column.unit, column.name, (facts.cell(row, column),))
                    yield Pair(new, Term(b, older.unit, older.name, (facts.cell(row, older),)), True)


def _series(frame: Frame, probe: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    for scope in scopes(frame, facts, probe)[:1]:
        yield from _ends(frame, column, facts, scope.mask)


def _ends(frame: Frame, column: Column, facts: SetFacts, mask: int) -> Iterator[Pair]:
    """The last against the first; where the words do not tell of every step, the last step and most of them too."""
    rows = column.rows_over_time(facts.times[0], mask) if facts.times else []
    if len(rows) < _LEAST:
        return
    said = [Name("{}, {} row {}", (column.name, facts.name, row + 1)) for row in rows]
    terms = [
        Term(column.numbers[row] or 0.0, column.unit, name, (facts.cell(row, column),))
        for row, name in zip(rows, said, strict=True)
    ]
    yield Pair(terms[-1], terms[0], True)
    if frame.words.isdisjoint(_STEADILY):
        yield Pair(terms[-1], terms[-2], True)
        steps = sum((b.value > a.value) - (b.value < a.value) for a, b in pairwise(terms))
        if steps * (terms[-1].value - terms[0].value) < 0:
            yield Pair(terms[0], terms[-1], True)

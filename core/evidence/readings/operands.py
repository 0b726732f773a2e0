"""Pairs of values that the words of a sentence set against each other: the terms of differences, ratios and shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from core.evidence.claims import Claim, Form, Kind
from core.evidence.columns import Column
from core.evidence.frame import Frame, Scope, scopes
from core.evidence.index import SetFacts
from core.evidence.language.calendar import Span, months_from
from core.evidence.language.cues import DOWN, GROWTH_STEP, GROWTH_YEAR, UP
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension, Unit
from core.evidence.mentions import Mention, Sort, rows_in_span
from core.evidence.readings.choice import HARD_MARKS, NAMED, chosen, is_hidden, open_marks
from core.evidence.readings.nouns import Noun
from core.evidence.support import MOST_CELLS, CellsOf, rows_of, show
from core.evidence.verdict import Cell


@dataclass(frozen=True, slots=True)
class Term:
    """A value of the record or of the sentence, with what to call it."""

    value: float
    unit: Unit | None
    name: str
    cells: Iterable[Cell] = ()

    def __str__(self) -> str:
        return f"{show(self.value, self.unit)} ({self.name})" if self.name else show(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Pair:
    """`new` against `old`. `ordered`: the order is known, so a rise is a rise; `share`: new is a part of old."""

    new: Term
    old: Term
    ordered: bool
    share: bool = False
    count: bool = False  # terms are counts of rows
    ratio: bool = False  # only to be divided


MOST_COLUMNS = 8


def pairs(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[Pair]:
    """Told ones first, then those of one row, of times, of named things, of parts."""
    yield from told(frame, claim)
    columns = operand_columns(frame, claim, noun)
    yield from _against_told(frame, claim)
    for column in columns:
        yield from _other_column(frame, claim, column)
    for column in columns:
        facts = frame.index.sets[column.set_index]
        if facts.size > 1:
            yield from over_time(frame, claim, column, facts)
            yield from _between_things(frame, claim, column, facts)
            yield from _parts(frame, claim, column, facts)
    counted = noun.sets if noun else []
    if (
        not counted
        and (noun is None or noun.is_bare)
        and (claim.dimension is Dimension.PERCENT or claim.form in (Form.FRACTION, Form.MULTIPLE))
    ):
        counted = [(s, 1.0) for s in frame.index.sets if not s.summary]
    for facts, _ in counted:
        if facts.size > 1:
            yield from _count_parts(frame, claim, facts)
            yield from over_time(frame, claim, None, facts)
            yield from _between_things(frame, claim, None, facts)


def operand_columns(frame: Frame, claim: Claim, noun: Noun | None) -> list[Column]:
    """Columns whose values may be set against each other, the best named first."""
    fitting = [c for c in frame.index.numbers if _may_be_operand(claim, c)]
    near = frame.related(claim)
    if near and any(c.set_index in near for c in fitting):
        fitting = [c for c in fitting if c.set_index in near]
    columns = chosen(frame, claim, fitting)
    named = [c for c in columns if frame.score(c, claim) > 0]
    if claim.dimension is None and claim.form in (Form.DIGITS, Form.WORDS):
        return _plain_first(frame, claim, fitting, columns)[:MOST_COLUMNS]
    if claim.dimension in (Dimension.PERCENT, None, Dimension.POINTS):
        sentence_named = [c for c in fitting if id(c) in frame.column_hits and c not in named]
        if named or sentence_named:
            return (named + sentence_named)[:MOST_COLUMNS]
    return (named or columns)[:MOST_COLUMNS]


def _plain_first(frame: Frame, claim: Claim, fitting: list[Column], columns: list[Column]) -> list[Column]:
    """For a bare number ("rose by 9 points") the columns of what is named, whatever the words call the number."""
    near = frame.related(claim)
    if near:
        fitting = [c for c in fitting if c.set_index in near]
    marks = spoken_marks(frame, claim)
    found = [c for c in fitting if not is_hidden(c, marks) or c in columns]
    return sorted(found, key=lambda c: -frame.score(c, claim))


def spoken_marks(frame: Frame, claim: Claim) -> frozenset[str]:
    """The marks the words speak of; a rise or a fall speaks of what was before."""
    marks = open_marks(frame, claim)
    return marks | {"previous"} if any(t.stem in UP or t.stem in DOWN for t in frame.tokens) else marks


def _may_be_operand(claim: Claim, column: Column) -> bool:
    dimension = claim.dimension
    if dimension is Dimension.POINTS:
        return column.unit is not None and column.unit.dimension is Dimension.PERCENT
    if dimension in (Dimension.PERCENT, None):
        return True
    return column.dimension is dimension or column.unit is None or (column.unit.dimension is dimension)


def told(frame: Frame, claim: Claim) -> Iterator[Pair]:
    """Two other figures of the sentence, in both orders; "from X to Y" and "Y, up from X" tell which is new."""
    figures = [
        c
        for c in frame.claims
        if c.kind is Kind.NUMBER and c is not claim and c.readings and c.form in ("digits", "words")
    ]
    figures = [
        c
        for c in figures
        if c.dimension not in (Dimension.PERCENT, Dimension.POINTS) or claim.dimension in (Dimension.POINTS, None)
    ]
    for left in figures[:8]:
        for right in figures[:8]:
            if (
                left is right
                or left.dimension is not right.dimension
                or abs(figures.index(left) - figures.index(right)) > 2
            ):
                continue
            old = _before(frame, left, "from") or (_before(frame, right, "to") and left.start < right.start)
            new = _before(frame, right, "from")
            if old and left.start < right.start:
                yield Pair(_told(right), _told(left), True)
            elif new and left.start < right.start:
                yield Pair(_told(left), _told(right), True)
            elif left.start < right.start:
                yield Pair(_told(left), _told(right), False, True)
                yield Pair(_told(right), _told(left), False, True)


def _against_told(frame: Frame, claim: Claim) -> Iterator[Pair]:
    """A figure of the sentence against one the record has of the same row: "8.2 times the median of EUR 948"."""
    figures = [
        c
        for c in frame.claims
        if c.kind is Kind.NUMBER and c is not claim and c.form in (Form.DIGITS, Form.WORDS) and c.unit is not None
    ]
    for other in figures[:4]:
        if other.dimension in (Dimension.PERCENT, Dimension.POINTS):
            continue
        for column in frame.index.numbers:
            facts = frame.index.sets[column.set_index]
            if column.dimension is not other.dimension or (facts.size > 1 and frame.score(column, claim) == 0):
                continue
            for scope in scopes(frame, facts, claim)[:1]:
                if scope.mask.bit_count() == 1 and (term := aggregate(facts, column, scope.mask, _row_name(scope))):
                    yield Pair(term, _told(other), True, True)


def _told(claim: Claim) -> Term:
    value = -claim.value if claim.sign < 0 else claim.value
    return Term(value, claim.unit, "")


def _before(frame: Frame, claim: Claim, word: str) -> bool:
    return word in [t.low for t in frame.tokens[max(0, claim.first - 3) : claim.first]]


def aggregate(facts: SetFacts, column: Column | None, mask: int, name: str) -> Term | None:
    """The sum of the column over the rows; the average where adding up makes no sense; the count without a column."""
    if column is None:
        cells = CellsOf(facts, facts.columns[0], mask) if facts.columns else ()
        return Term(float(mask.bit_count()), None, f"rows of {facts.name}{name}", cells)
    rows = [row for row in rows_of(mask) if column.numbers[row] is not None]
    if not rows:
        return None
    numbers = [column.numbers[row] or 0.0 for row in rows]
    cells = CellsOf(facts, column, rows)
    if len(rows) == 1:
        return Term(numbers[0], column.unit, f"{column.name}{name}", cells)
    if column.rates:
        return Term(sum(numbers) / len(rows), column.unit, f"average {column.name}{name}", cells)
    return Term(sum(numbers), column.unit, f"sum of {len(rows)} {column.name}{name}", cells)


_OLD_WORDS = frozenset(stem(w) for w in words("first start begin opening before earlier old initial planned"))
_NEW_WORDS = frozenset(stem(w) for w in words("second end closing after later new final latest last actual current"))


def _is_older(one: Column, two: Column) -> bool:
    """`first_term` comes before `second_term`."""
    return bool(_OLD_WORDS & set(one.stems) and _NEW_WORDS & set(two.stems) and not _NEW_WORDS & set(one.stems))


def _other_column(frame: Frame, claim: Claim, column: Column) -> Iterator[Pair]:
    """The column against another one of its kind in the same rows: actual and budget, value and limit."""
    facts = frame.index.sets[column.set_index]
    others = [
        c
        for c in facts.columns
        if c is not column and c.is_number and c.dimension is column.dimension and (c.unit == column.unit)
    ]
    marks = spoken_marks(frame, claim)
    others = [c for c in others if not is_hidden(c, marks) or id(c) in frame.column_hits]
    if frame.score(column, claim) >= NAMED and not column.marks & HARD_MARKS:
        others = [c for c in others if id(c) in frame.column_hits or c.marks & HARD_MARKS or _is_older(c, column)]
    if len({m.slot for m in _things(frame, facts)}) < len(_things(frame, facts)):
        others = [c for c in others if id(c) in frame.column_hits]  # two named things: they are compared
    if len(others) > MOST_COLUMNS:
        others = [c for c in others if id(c) in frame.column_hits]
    for scope in scopes(frame, facts, claim):
        if scope.mask == 0:
            continue
        single = scope.mask.bit_count() == 1
        for other in others:
            if not single and (column.rates or other.rates):
                continue
            said = f" of {facts.name}" if facts.size == 1 else _row_name(scope)
            one, two = aggregate(facts, column, scope.mask, said), aggregate(facts, other, scope.mask, said)
            if one is None or two is None:
                continue
            mine, its = column.marks & HARD_MARKS, other.marks & HARD_MARKS
            if its and not mine:
                yield Pair(one, two, True, True)
            elif (mine and not its) or _is_older(column, other):
                yield Pair(two, one, True, True)
            elif _is_older(other, column):
                yield Pair(one, two, True, True)
            else:
                yield Pair(one, two, False, True)
                yield Pair(two, one, False, True)


def _row_name(scope: Scope) -> str:
    if scope.mask.bit_count() == 1:
        return f", {scope.facts.name} row {scope.mask.bit_length()}"
    return "".join(f", {m.text}" for m in scope.used)


def over_time(frame: Frame, claim: Claim, column: Column | None, facts: SetFacts) -> Iterator[Pair]:
    """A period against the one before, the same a year before, or another one the sentence names; rows in order."""
    if not facts.times:
        return
    times = [m for m in frame.mentions if m.sort is Sort.TIME and m.spans and facts.index in m.options]
    base = _without_time(frame, claim, facts)
    for clock in facts.times[:3]:
        for mask, named in base:
            yield from _between_spans(frame, column, facts, clock, times, mask, named)
            if len(times) < 2:
                yield from _between_rows(frame, column, facts, clock, mask, named, times)


def _without_time(frame: Frame, claim: Claim, facts: SetFacts) -> list[tuple[int, str]]:
    """The rows the other words mean, dates left out."""
    kept = [m for m in frame.mentions if m.sort is not Sort.TIME]
    everything, frame.mentions = frame.mentions, kept
    try:
        found = scopes(frame, facts, claim)
    finally:
        frame.mentions = everything
    return [(s.mask, "".join(f" for “{m.text}”" for m in s.used)) for s in found[:3] if s.mask]


def _between_spans(
    frame: Frame,
    column: Column | None,
    facts: SetFacts,
    clock: Column,
    times: list[Mention],
    mask: int,
    named: str,
) -> Iterator[Pair]:
    spans = [(m, span) for m in times for span in (m.own_spans or m.spans)[:3]]
    text = frame.sentence.text
    for mention, span in spans:
        new = _period(facts, column, clock, span, mask, named)
        if new is None:
            continue
        before = [shift_year(span)] if GROWTH_YEAR.search(text) else [previous(span)]
        if len(times) > 1 and not GROWTH_YEAR.search(text) and not GROWTH_STEP.search(text):
            before = []
        if not GROWTH_YEAR.search(text) and not GROWTH_STEP.search(text) and len(times) < 2:
            before.append(shift_year(span))
        for earlier in before:
            if earlier and (old := _period(facts, column, clock, earlier, mask, named)):
                yield Pair(new, old, True, count=column is None)
        for other, other_span in spans:
            if other is mention or other_span[0] >= span[0]:
                continue
            if old := _period(facts, column, clock, other_span, mask, named):
                swapped = "than" in {t.low for t in frame.tokens} and mention.first > other.first
                one, two = (old, new) if swapped else (new, old)
                yield Pair(one, two, True, True, count=column is None)
                yield Pair(two, one, False, True, count=column is None, ratio=True)


def _period(facts: SetFacts, column: Column | None, clock: Column, span: Span, mask: int, named: str) -> Term | None:
    if span[0] == date.min or span[1] == date.max:
        return None
    rows = rows_in_span(clock, *span) & mask
    if not rows and column is not None:
        return None
    return aggregate(facts, column, rows, f"{named} {_span_name(span)}")


def _span_name(span: Span) -> str:
    first, last = span
    if first == last:
        return f"on {first}"
    if (first.year, first.month) == (last.year, last.month):
        return f"in {first:%Y-%m}"
    return f"in {first:%Y-%m} to {last:%Y-%m}"


def previous(span: Span) -> Span | None:
    """The stretch of the same length just before."""
    first, last = span
    try:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1
        if whole:
            index = first.year * 12 + first.month - 1 - months
            return months_from(index // 12, index % 12 + 1, months)
        length = (last - first).days + 1
        return first - timedelta(days=length), first - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def shift_year(span: Span) -> Span | None:
    first, last = span
    try:
        if (last - first).days >= 27 and first.day == 1:
            months = (last.year - first.year) * 12 + last.month - first.month + 1
            return months_from(first.year - 1, first.month, months)
        return first.replace(year=first.year - 1), last.replace(year=last.year - 1)
    except (ValueError, OverflowError):
        return None


def _between_rows(
    frame: Frame, column: Column | None, facts: SetFacts, clock: Column, mask: int, named: str, times: list[Mention]
) -> Iterator[Pair]:
    """A series: the last against the first and the one before; a named row against its neighbour, first and last."""
    if column is None:
        return
    dated = sorted(
        (span[0], row) for row in rows_of(mask) if (span := clock.spans[row]) and column.numbers[row] is not None
    )
    if len(dated) < 2 or len({d for d, _ in dated}) != len(dated):
        return
    rows = [row for _, row in dated]
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
    name = f"{column.name} {_span_name(span)}" if span else column.name
    return Term(column.numbers[row] or 0.0, column.unit_at(row), name, (facts.cell(row, column),))


def _things(frame: Frame, facts: SetFacts) -> list[Mention]:
    return [
        m
        for m in frame.mentions
        if m.sort is Sort.VALUE and facts.index in m.options and not m.context and m.strength >= 2
    ]


def _between_things(frame: Frame, claim: Claim, column: Column | None, facts: SetFacts) -> Iterator[Pair]:
    """Two named things: "O-1 is 100 more than O-2"; one named thing against the average of all."""
    things = [m for m in frame.mentions if m.sort is Sort.VALUE and facts.index in m.options and not m.context]
    terms: list[tuple[Mention, Term]] = []
    for mention in things[:6]:
        for mask in _picked(frame, facts, mention):
            for scoped in _with_time(frame, claim, facts, mask):
                term = aggregate(facts, column, scoped, f" of {mention.text}")
                if term is not None and scoped:
                    terms.append((mention, term))
    for i, (one, new) in enumerate(terms):
        for other, old in terms[i + 1 :]:
            if one.slot == other.slot and one is not other:
                yield Pair(new, old, True, True, count=column is None)
                yield Pair(old, new, False, True, count=column is None, ratio=True)
    if column is None or not _ASKS_AVERAGE & {t.stem for t in frame.tokens}:
        return
    numbers = [(row, n) for row, n in enumerate(column.numbers) if n is not None]
    if len(numbers) < 2:
        return
    values = [n for _, n in numbers]
    cells = tuple(facts.cell(row, column) for row, _ in numbers[:MOST_CELLS])
    singles: list[Term] = [t for _, t in terms]
    singles += (
        term
        for scope in scopes(frame, facts, claim)
        if scope.mask.bit_count() == 1 and (term := aggregate(facts, column, scope.mask, _row_name(scope)))
    )
    for term in singles:
        yield Pair(
            term, Term(sum(values) / len(values), column.unit, f"average of {len(values)} {column.name}", cells), True
        )
        yield Pair(term, Term(median(values), column.unit, f"median of {len(values)} {column.name}", cells), True)
        own = {cell.row for cell in term.cells if cell.set == facts.name}
        rest = [n for row, n in numbers if row not in own]
        if rest and own:
            yield Pair(
                term,
                Term(sum(rest) / len(rest), column.unit, f"average of the other {len(rest)} {column.name}", cells),
                True,
            )
            yield Pair(
                term, Term(median(rest), column.unit, f"median of the other {len(rest)} {column.name}", cells), True
            )


def _picked(frame: Frame, facts: SetFacts, mention: Mention) -> list[int]:
    """ "the first water damage": the one of its rows; else all of them."""
    masks = mention.options[facts.index][:2]
    before = {t.low for t in frame.tokens[max(0, mention.first - 2) : mention.first]}
    rank = 1 if "first" in before else 2 if "second" in before else -1 if before & {"last", "latest"} else 0
    if not rank or not facts.times:
        return masks
    picked: list[int] = []
    for mask in masks:
        dated = sorted((span[0], row) for row in rows_of(mask) if (span := facts.times[0].spans[row]))
        if len(dated) >= abs(rank):
            picked.append(1 << dated[rank - 1 if rank > 0 else -1][1])
    return picked or masks


_ASKS_AVERAGE = frozenset({"averag", "typical", "usual", "normal", "median", "norm", "other", "rest"})


def _with_time(frame: Frame, claim: Claim, facts: SetFacts, mask: int) -> list[int]:
    times = [m for m in frame.mentions if m.sort is Sort.TIME and facts.index in m.options]
    found = [mask & option for m in times for option in m.options[facts.index] if mask & option]
    return [*found[:3], mask] if found else [mask]


def _parts(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """The rows the words mean against all rows, and against those one word fewer means."""
    if column.rates:
        return
    for scope in scopes(frame, facts, claim, union=True):
        if not scope.restricted or not scope.mask:
            continue
        part = aggregate(facts, column, scope.mask, _row_name(scope))
        for whole_mask, name in _wholes(scope):
            whole = aggregate(facts, column, whole_mask, name)
            if part is not None and whole is not None:
                yield Pair(part, whole, False, True)


def _count_parts(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Pair]:
    for scope in scopes(frame, facts, claim, union=True):
        if not scope.restricted:
            continue
        part = aggregate(facts, None, scope.mask, _row_name(scope))
        for whole_mask, name in _wholes(scope):
            whole = aggregate(facts, None, whole_mask, name)
            if part is not None and whole is not None:
                yield Pair(part, whole, False, True, True)


def _wholes(scope: Scope) -> list[tuple[int, str]]:
    found = [(scope.facts.all, " in all")]
    if len(scope.used) > 1:
        for kept in scope.used:
            mask = 0
            for option in kept.options[scope.facts.index]:
                mask |= option
            if mask & scope.mask == scope.mask and mask != scope.mask:
                found.append((mask, f" for “{kept.text}”"))
    return found

"""Lengths of time between the dates of a row, and until the record's today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.index.states import DUE
from core.evidence.language.calendar import as_datetime
from core.evidence.language.cues import AVERAGE, Cue
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.match import fit
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.readings.gaps import GAP, gaps_between
from core.evidence.readings.length import Length, between
from core.evidence.readings.nouns import Noun
from core.evidence.readings.stretches import between_told, over_spans
from core.evidence.support import MOST_CELLS, Support, derived

_AGO = Cue(
    words(
        "ago since overdue old age aged for been past outstanding open waiting so date left remaining until away "
        "tenure with still now"
    ),
    re.compile(
        r"\b(?:ago|since|overdue|old|age|aged|for|been|past due|outstanding|open|waiting|so far|to date|left"
        r"|remaining|until|away|tenure|with (?:us|the company)|still|now)\b",
        re.IGNORECASE,
    ),
)


_SPAN = re.compile(
    r"\b(?:over|span|spans|spanning|spanned|period|history|cover|covers|covering|covered|across|during|in"
    r"|within|of|last|past|for|months|from)\b",
    re.IGNORECASE,
)


_FEW = 3
_MANY = 100  # rows whose lengths are added up


def read(frame: Frame, claim: Claim, _noun: Noun | None) -> Support | None:
    if claim.dimension is not Dimension.TIME or claim.form in (Form.ORDINAL, Form.NONE):
        return None
    best: tuple[Fit, Support] | None = None
    for length in _lengths(frame, claim):
        quality = _fit(claim, length)
        if quality is not Fit.NO and (best is None or quality > best[0]):
            best = (quality, derived(quality, length.why, length.cells))
            if quality is Fit.EXACT:
                break
    return best[1] if best else None


def _fit(claim: Claim, length: Length) -> Fit:
    assert claim.unit is not None
    factor = claim.unit.factor
    quality = fit(claim, length.days / factor, sign=False)
    if quality is Fit.NO and length.months is not None and claim.unit.name in ("month", "year", "quarter"):
        whole = length.months / {"month": 1, "year": 12, "quarter": 3}[claim.unit.name]
        quality = fit(claim, float(int(whole)) if claim.unit.name == "year" else whole, sign=False)
    if quality is Fit.NO and claim.unit.name == "week":
        quality = Fit.ROUNDED if not claim.bound.value and abs(length.days / 7 - claim.value) <= 0.15 else Fit.NO
    return quality


def _lengths(frame: Frame, claim: Claim) -> Iterator[Length]:
    yield from between_told(frame)
    for facts in frame.index.sets:
        if not facts.times:
            continue
        yield from _within_rows(frame, claim, facts)
    yield from _across_sets(frame, claim)
    text, start = frame.sentence.text, frame.sentence.start
    told = text[max(0, claim.start - start - 30) : claim.end - start + 14]
    ago, span = frame.search(_AGO), _SPAN.search(told) is not None
    for facts in frame.index.sets:
        if not facts.times:
            continue
        if ago:
            yield from _until_today(frame, claim, facts)
        yield from gaps_between(frame, claim, facts)
        if span:
            yield from over_spans(frame, claim, facts)


def _allowed_times(frame: Frame, claim: Claim, facts: SetFacts) -> list[tuple[Column, Column]]:
    """Pairs of date columns; where the words name some, at least one of the pair is named."""
    times = facts.times[:8]
    named = {id(c) for c in times if frame.score(c, claim) >= 0.25}
    pairs = [(a, b) for i, a in enumerate(times) for b in times[i + 1 :]]
    full = [(a, b) for a, b in pairs if id(a) in named and id(b) in named]
    some = [(a, b) for a, b in pairs if id(a) in named or id(b) in named]
    return full or some or pairs


def _row_length(facts: SetFacts, row: int, a: Column, b: Column) -> Length | None:
    start, end = a.moments[row], b.moments[row]
    if start is None or end is None:
        return None
    if a.clocks[row] is None or b.clocks[row] is None:
        start, end = as_datetime(start.date()), as_datetime(end.date())
    place = f" in {facts.name} row {row + 1}" if facts.size > 1 else f" in {facts.name}"
    return between(start, end, f"from {a.name} to {b.name}{place}", [facts.cell(row, a), facts.cell(row, b)])


def _within_rows(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    extremes = extremes_of(frame, claim)
    statistics = frame.word_stems & AVERAGE or any(not extreme.temporal for extreme in extremes)
    for scope in scopes(frame, facts, claim, union=True):
        left = narrow(frame, claim, scope) if extremes and not statistics else None  # "the first fault"
        rows = rows_of(left or scope.mask)
        for a, b in _allowed_times(frame, claim, facts):
            if _wrong_way(frame, claim, rows, a, b):
                continue
            if len(rows) <= _FEW and not statistics:
                for row in rows:
                    if (length := _row_length(facts, row, a, b)) is not None:
                        yield length
                        if a.clocks[row] is not None and b.clocks[row] is not None:
                            s, e = a.clocks[row], b.clocks[row]
                            if s and e:
                                yield between(s.date(), e.date(), length.why, length.cells)
            elif statistics and len(rows) > 1:
                yield from _statistics(facts, rows, a, b)
            elif statistics:
                yield from filter(None, (_row_length(facts, row, a, b) for row in rows))
            if not statistics and 1 < len(rows) <= _MANY:
                yield from _together(frame, facts, rows, a, b)


def _together(frame: Frame, facts: SetFacts, rows: Sequence[int], a: Column, b: Column) -> Iterator[Length]:
    """The lengths of several rows added up; and of two, by how much one is longer: "15 minutes longer than R-2"."""
    lengths = [length for row in rows if (length := _row_length(facts, row, a, b)) is not None]
    if len(lengths) < 2:
        return
    cells = [cell for length in lengths for cell in length.cells][:MOST_CELLS]
    name = f"{len(lengths)} times from {a.name} to {b.name} in {facts.name}"
    if len(lengths) == 2 and "than" in frame.words:
        yield Length(abs(lengths[0].days - lengths[1].days), f"difference of {name}", cells)
    else:
        yield Length(sum(length.days for length in lengths), f"sum of {name}", cells)


def _across_sets(frame: Frame, claim: Claim) -> Iterator[Length]:
    """ "treated eight days after its check": dates of one named thing that two sets hold."""
    if not frame.search(GAP):
        return
    held: list[tuple[SetFacts, int]] = []
    for facts in frame.index.sets:
        scope = scopes(frame, facts, claim)[0]
        if scope.mask.bit_count() == 1 and any(m.strength >= 3 for m in scope.used):
            held.append((facts, scope.mask.bit_length() - 1))
    for (one, a), (other, b) in combinations(held, 2):
        for first, second in product(one.times, other.times):
            start, end = first.spans[a], second.spans[b]
            if start and end:
                why = f"from {first.name} of {one.name} to {second.name} of {other.name}"
                yield between(start[0], end[0], why, [one.cell(a, first), other.cell(b, second)])


_EARLY = words("early ahead")


_LATE = words("late overdue delayed behind")


def _wrong_way(frame: Frame, claim: Claim, rows: Sequence[int], a: Column, b: Column) -> bool:
    """ "three days early" of what came after its due date, or late of what came before it."""
    near = {
        t.low
        for t in frame.tokens[claim.last + 1 : claim.last + 4] + frame.tokens[max(0, claim.first - 3) : claim.first]
    }
    way = -1 if near & _EARLY else 1 if near & _LATE else 0
    if way == 0 or len(rows) != 1:
        return False
    due, actual = (a, b) if DUE & set(a.stems) else (b, a)
    start, end = due.moments[rows[0]], actual.moments[rows[0]]
    if not DUE & set(due.stems) or start is None or end is None:
        return False
    return (end - start).total_seconds() * way < 0


def _statistics(facts: SetFacts, rows: Sequence[int], a: Column, b: Column) -> Iterator[Length]:
    lengths = [length for row in rows if (length := _row_length(facts, row, a, b)) is not None]
    if len(lengths) < 2:
        return
    days = [length.days for length in lengths]
    name = f"{a.name} to {b.name} in {facts.name}"
    yield Length(
        sum(days) / len(days),
        f"average of {len(days)} times from {name}",
        [c for x in lengths for c in x.cells][:MOST_CELLS],
    )
    for pick, word in ((max, "longest"), (min, "shortest")):
        chosen = pick(lengths, key=lambda x: x.days)
        yield Length(chosen.days, f"{word} of {len(days)} times from {name}", chosen.cells, chosen.months)


def _until_today(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    today = frame.index.today
    if today is None:
        return
    for scope in scopes(frame, facts, claim):
        rows = rows_of(scope.mask)
        for column in facts.times:
            if len(rows) <= _FEW:
                chosen = rows
            else:
                dated = [(span[0], row) for row in rows if (span := column.spans[row])]
                chosen = [min(dated)[1], max(dated)[1]] if dated else []
            for row in chosen:
                span = column.spans[row]
                if span is not None:
                    cells = [facts.cell(row, column)]
                    yield between(span[0], today, f"from {column.name} of {facts.name} row {row + 1} to {today}", cells)

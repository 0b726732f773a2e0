"""Lengths of time between the dates of a row, of the sentence, of neighbouring rows, and until the record's today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.columns import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index import SetFacts
from core.evidence.language.calendar import Grain, as_datetime
from core.evidence.language.cues import AVERAGE, VERB_DOWN, VERB_UP
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import UNITS, Dimension
from core.evidence.match import Fit, fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.extremes import extremes_of
from core.evidence.readings.nouns import follows_part
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived, rows_of
from core.evidence.verdict import Cell


@dataclass(frozen=True, slots=True)
class Length:
    days: float
    why: str
    cells: Iterable[Cell]
    months: int | None = None  # whole calendar months, where both ends are days


_AGO = re.compile(
    r"\b(?:ago|since|overdue|old|age|aged|for|been|past due|outstanding|open|waiting|so far|to date|left"
    r"|remaining|until|away|tenure|with (?:us|the company)|still|now)\b",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"\b(?:gap|between|apart|interval|later|earlier|after|before|since|passed|pause|break|silence|without"
    r"|every|elapsed|from|within|then|following|subsequent|intervals?)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:over|span|spans|spanning|spanned|period|history|cover|covers|covering|covered|across|during|in"
    r"|within|of|last|past|for|months|from)\b",
    re.IGNORECASE,
)
_FEW = 3


def read(frame: Frame, claim: Claim) -> Support | None:
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
    if quality is Fit.NO and claim.bound is Bound.OVER:
        quality = fit(replace(claim, bound=Bound.EXACT), length.days / factor, sign=False)  # "over 13 months"
    if quality is Fit.NO and length.months is not None and claim.unit.name in ("month", "year", "quarter"):
        whole = length.months / {"month": 1, "year": 12, "quarter": 3}[claim.unit.name]
        quality = fit(claim, float(int(whole)) if claim.unit.name == "year" else whole, sign=False)
    if quality is Fit.NO and claim.unit.name == "week":
        quality = Fit.ROUNDED if not claim.bound.value and abs(length.days / 7 - claim.value) <= 0.15 else Fit.NO
    return quality


def between(start: date, end: date, why: str, cells: Iterable[Cell]) -> Length:
    days = (as_datetime(end) - as_datetime(start)).total_seconds() / 86400
    a, b = (start, end) if days >= 0 else (end, start)
    months = (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)
    return Length(abs(days), why, cells, months)


def _lengths(frame: Frame, claim: Claim) -> Iterator[Length]:
    yield from _told(frame)
    for facts in frame.index.sets:
        if not facts.times:
            continue
        yield from _within_rows(frame, claim, facts)
    text = frame.sentence.text
    for facts in frame.index.sets:
        if not facts.times:
            continue
        if _AGO.search(text):
            yield from _until_today(frame, claim, facts)
        yield from _between_rows(frame, claim, facts)
        if _SPAN.search(text):
            yield from _spans(frame, claim, facts)


def _told(frame: Frame) -> Iterator[Length]:
    dated = [
        c
        for c in frame.claims
        if c.kind is Kind.DATE and c.moment and c.moment.grain in (Grain.DAY, Grain.MONTH, Grain.YEAR)
    ]
    for i, left in enumerate(dated[:6]):
        for right in dated[i + 1 : 6]:
            if left.moment is None or right.moment is None or left.moment.grain != right.moment.grain:
                continue
            starts = left.moment.spans(frame.index.years, frame.index.today)[:2]
            ends = right.moment.spans(frame.index.years, frame.index.today)[:2]
            for a in starts:
                for b in ends:
                    length = between(a[0], b[0], f"from {left.text} to {right.text}", [])
                    yield length
                    if left.moment.grain is not Grain.DAY and length.months is not None:
                        yield Length(
                            (b[1] - a[0]).days + 1.0, f"from {left.text} through {right.text}", [], length.months + 1
                        )


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
    statistics = {t.stem for t in frame.tokens if t.is_word} & AVERAGE or extremes_of(frame, claim)
    for scope in scopes(frame, facts, claim, union=True):
        rows = rows_of(scope.mask)
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
                for row in rows:
                    if (length := _row_length(facts, row, a, b)) is not None:
                        yield length


_DUE = frozenset(stem(w) for w in words("due promised planned target expected scheduled requested deadline eta"))
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
    due, actual = (a, b) if _DUE & set(a.stems) else (b, a)
    start, end = due.moments[rows[0]], actual.moments[rows[0]]
    if not _DUE & set(due.stems) or start is None or end is None:
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


def _between_rows(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    """Gaps between neighbouring rows: the longest, the latest, their average; between two named rows."""
    if facts.size < 2 or not (_has_changed(frame) or _GAP.search(frame.sentence.text)):
        return
    yield from _between_named(frame, facts)
    for scope in scopes(frame, facts, claim, union=True):
        rows = rows_of(scope.mask)
        for column in facts.times[:4]:
            dated = sorted((m, row) for row in rows if (m := column.moments[row]))
            if len(dated) < 2:
                if len(dated) == 1:
                    yield from _neighbours(facts, column, dated[0][1])
                continue
            gaps = [((b - a).total_seconds() / 86400, i) for i, ((a, _), (b, _)) in enumerate(pairwise(dated))]

            def gap(which: str, at: int, dated: list[tuple[datetime, int]] = dated, column: Column = column) -> Length:
                (a, r), (b, s) = dated[at], dated[at + 1]
                why = f"{which} gap between two {column.name} of {facts.name}"
                return between(a, b, why, [facts.cell(r, column), facts.cell(s, column)])

            yield gap("longest", max(gaps, key=lambda g: g[0])[1])
            yield gap("latest", gaps[-1][1])
            if extremes_of(frame, claim):
                yield gap("shortest", min(gaps, key=lambda g: g[0])[1])
            average = sum(days for days, _ in gaps) / len(gaps)
            yield Length(
                average,
                f"average of {len(gaps)} gaps between {column.name} of {facts.name}",
                CellsOf(facts, column, [row for _, row in dated]),
            )


def _has_changed(frame: Frame) -> bool:
    return any(t.stem in VERB_UP or t.stem in VERB_DOWN for t in frame.tokens)


def _between_named(frame: Frame, facts: SetFacts) -> Iterator[Length]:
    """ "four days after the purchaser": from the row of one named thing to that of another."""
    rows = {
        mask.bit_length() - 1
        for m in frame.mentions
        if m.sort is Sort.VALUE
        for mask in m.options.get(facts.index, ())
        if mask.bit_count() == 1
    }
    for a in sorted(rows)[:4]:
        for b in sorted(rows)[:4]:
            for column in facts.times[:4]:
                start, end = column.moments[a], column.moments[b]
                if a < b and start is not None and end is not None:
                    cells = [facts.cell(a, column), facts.cell(b, column)]
                    yield between(start, end, f"between {column.name} of two rows of {facts.name}", cells)


def _neighbours(facts: SetFacts, column: Column, row: int) -> Iterator[Length]:
    """A named row against the one before and the one after it in time."""
    dated = sorted((m, r) for r in range(facts.size) if (m := column.moments[r]))
    at = next((i for i, (_, r) in enumerate(dated) if r == row), -1)
    for other in (at - 1, at + 1):
        if at >= 0 and 0 <= other < len(dated):
            yield between(
                dated[other][0],
                dated[at][0],
                f"between neighbouring {column.name} of {facts.name}",
                [facts.cell(dated[other][1], column), facts.cell(row, column)],
            )


def _spans(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[Length]:
    """From the first row to the last, and how many different months, weeks or years have rows."""
    assert claim.unit is not None
    for scope in scopes(frame, facts, claim, free=follows_part(frame, claim)):
        for column in facts.times[:3]:
            spans = sorted(span for row in rows_of(scope.mask) if (span := column.spans[row]))
            if not spans:
                continue
            first, last = spans[0][0], spans[-1][1]
            cells = CellsOf(facts, column, scope.mask)
            yield between(
                first,
                last + timedelta(days=0 if spans[-1][0] == last else 1),
                f"from the first to the last {column.name} of {facts.name}",
                cells,
            )
            keys = {
                "month": {s[0].year * 12 + s[0].month for s in spans},
                "year": {s[0].year for s in spans},
                "day": {s[0].toordinal() for s in spans},
                "week": {s[0].toordinal() // 7 for s in spans},
                "quarter": {s[0].year * 4 + (s[0].month - 1) // 3 for s in spans},
            }.get(claim.unit.name)
            if keys:
                factor = UNITS[claim.unit.name].factor
                if not _has_changed(frame):  # "fell in three weeks" tells how long it took
                    yield Length(
                        len(keys) * factor, f"{len(keys)} different {claim.unit.name}s with rows in {facts.name}", cells
                    )
                yield Length(
                    (max(keys) - min(keys) + 1) * factor,
                    f"{claim.unit.name}s from first to last in {facts.name}",
                    cells,
                )

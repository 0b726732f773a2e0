"""Sums, averages, medians and extremes over the rows that the words mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import TOTAL
from core.evidence.language.units import Dimension
from core.evidence.match import fit
from core.evidence.readings.cells import SMALL, sign_holds
from core.evidence.readings.choice import candidates, factor_for
from core.evidence.readings.groups import group_extremes
from core.evidence.readings.nouns import Noun
from core.evidence.readings.rates import counts_per, divisors
from core.evidence.readings.statistics import Value, cue_of, unit_after_per
from core.evidence.support import CellsOf, Support, derived, show


def read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if claim.form in (Form.FRACTION, Form.MULTIPLE, Form.ORDINAL) or claim.dimension is Dimension.POINTS:
        return None
    best: tuple[Fit, Support] | None = None
    for value in _values(frame, claim, noun):
        quality = fit(claim, value.number, sign=False)
        if quality is not Fit.NO and not sign_holds(frame, claim, value.number, signed=False):
            continue
        if quality is not Fit.NO and (best is None or quality > best[0]):
            best = (quality, derived(quality, value.why, value.cells))
            if quality is Fit.EXACT:
                break
    return best[1] if best else None


def _values(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[Value]:
    cue = cue_of(frame, claim)
    for column in candidates(frame, claim):
        if noun is not None and not noun.allows(frame, column, claim):
            continue
        factor = factor_for(claim, column)
        if factor is None or (column.units is not None and not _one_unit(column)):
            continue
        facts = frame.index.sets[column.set_index]
        if facts.size < 2 or not _may_add(frame, claim, column, cue):
            continue
        seen: set[int] = set()
        meant = scopes(frame, facts, claim, union=True)
        if cue in ("average", "median") and all(scope.mask.bit_count() <= 1 for scope in meant):
            meant = (*meant, Scope(facts, facts.all, ()))  # one row against what is usual of all
        for scope in meant:
            if scope.mask in seen or scope.mask == 0:
                continue
            seen.add(scope.mask)
            for value in _of_scope(frame, claim, column, scope, cue):
                yield Value(value.number * factor, value.why, value.cells)
    if cue in ("average", "per", ""):
        yield from counts_per(frame, claim, noun)


def _may_add(frame: Frame, claim: Claim, column: Column, cue: str) -> bool:
    """Lengths of time and small numbers are told of many things: their sums need a word for it, or for the column."""
    bare = claim.unit is None and claim.value < SMALL and claim.value.is_integer()
    if not (bare or claim.dimension is Dimension.TIME) or cue or frame.score(column, claim) > 0:
        return True
    if any(h.weight == 1.0 for h in frame.set_hits.get(column.set_index, ())):
        return True
    return frame.adds_up or bool(frame.word_stems & TOTAL)


def _one_unit(column: Column) -> bool:
    return len({u.name for u in column.units or [] if u}) <= 1


def _of_scope(frame: Frame, claim: Claim, column: Column, scope: Scope, cue: str) -> Iterator[Value]:
    facts = scope.facts
    rows, total = column.filled(scope.mask)
    if not rows:
        return
    cells = CellsOf(facts, column, rows)
    said = _said(scope)
    if cue == "median":
        numbers = [column.numbers[row] or 0.0 for row in rows]
        yield Value(median(numbers), f"median of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        return
    per = unit_after_per(frame, claim)
    if cue in ("average", "per") or per:
        if cue == "average" and (len(rows) < 2 or _average_is_told(frame, claim, column)):
            return
        if "average" in column.marks and "total" in frame.stems(frame.groups[claim.first]):
            yield Value(total, f"sum of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        if cue == "average":
            yield Value(
                total / len(rows), f"average of {len(rows)} values of {column.name} in {facts.name}{said}", cells
            )
            if "average" in column.marks:
                return
        if not column.rates:
            for count, unit in divisors(frame, scope, per):
                yield Value(
                    total / count, f"{show(total)} ({column.name} in {facts.name}{said}) over {count:g} {unit}", cells
                )
        if cue == "average":
            return
    if cue == "extreme":
        yield from group_extremes(frame, claim, column, scope)
        return
    if len(rows) > 1 and (not column.rates or _adds_limits(frame, column)):
        yield Value(total, f"sum of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        yield from _of_compared(frame, column, rows, facts)
    if len(rows) > 1 and claim.partner is not None:
        numbers = [column.numbers[row] or 0.0 for row in rows]
        for extreme, name in ((max, "highest"), (min, "lowest")):
            value = extreme(numbers)
            row = rows[numbers.index(value)]
            yield Value(
                value, f"{name} of {len(rows)} values of {column.name} in {facts.name}{said}", [facts.cell(row, column)]
            )


def _of_compared(frame: Frame, column: Column, rows: Sequence[int], facts: SetFacts) -> Iterator[Value]:
    """Set against what is usual or planned, the rows that have both are added."""
    for other in facts.columns:
        if other is column or not other.hard_marks or id(other) not in frame.column_hits:
            continue
        both = [row for row in rows if other.numbers[row] is not None]
        if 1 < len(both) < len(rows):
            yield Value(
                sum(column.numbers[row] or 0.0 for row in both),
                f"sum of the {len(both)} values of {column.name} in {facts.name} that have {other.name}",
                CellsOf(facts, column, both),
            )


def _adds_limits(frame: Frame, column: Column) -> bool:
    """ "105 points in all": the most that each may have adds up to the most that all may have."""
    named = bool(frame.column_hits.get(id(column)))
    return named and bool(column.marks & {"high", "limit"}) and frame.adds_up


def _average_is_told(frame: Frame, claim: Claim, column: Column) -> bool:
    """Whether the set has a column for it: "the usual price" is `usual_price_eur`, no average of prices."""
    group = frame.groups[claim.first]
    stems = frame.stems(group)
    return any(
        "average" in c.marks and set(c.stems) <= stems and frame.score(c, claim) > frame.score(column, claim)
        for c in frame.index.sets[column.set_index].columns
        if c is not column and c.is_number and c.dimension is column.dimension
    )


def _said(scope: Scope) -> str:
    return "".join(f" for “{m.text}”" for m in scope.used)

"""Superlatives as a restriction: "the largest order", "the latest visit" mean the rows at the end of a column."""

from __future__ import annotations

from itertools import pairwise

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import PREPOSITIONS, Extreme, Frame
from core.evidence.frame.scopes import Scope
from core.evidence.index.facts import SetFacts
from core.evidence.language.polarity import goodness
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.superlatives import WORDS_AFTER, targets


def at_extreme(column: Column, mask: int, direction: int, rank: int = 1) -> int:
    """The rows of the mask where the column is greatest (1), least (-1), either (0); `rank` counts distinct values."""
    keyed: list[tuple[float, int]] = []
    for row in rows_of(mask):
        key = _key(column, row)
        if key is not None:
            keyed.append((key, row))
    if not keyed:
        return 0
    result = 0
    for sign in (1, -1) if direction == 0 else (direction,):
        values = sorted({key for key, _ in keyed}, reverse=sign > 0)
        if rank <= len(values):
            wanted = values[rank - 1]
            for key, row in keyed:
                if key == wanted:
                    result |= 1 << row
    return result


def at_furthest(column: Column, mask: int, direction: int) -> int:
    """The rows furthest from nought (1), or nearest to it (-1): "the smallest deviation"."""
    sized = [(abs(number), row) for row in rows_of(mask) if (number := column.numbers[row]) is not None]
    if not sized or direction == 0:
        return 0
    wanted = max(sized)[0] if direction > 0 else min(sized)[0]
    result = 0
    for size, row in sized:
        if size == wanted:
            result |= 1 << row
    return result


def at_step(facts: SetFacts, column: Column, mask: int, way: int) -> int:
    """Both ends of the widest step between rows that are neighbours in time; all of them where no time orders them."""
    clock = facts.times[0] if facts.times else None
    if clock is None or not column.is_number:
        return mask
    dated = sorted(
        (span[0], row) for row in rows_of(mask) if (span := clock.spans[row]) and column.numbers[row] is not None
    )
    if len({day for day, _ in dated}) != len(dated):
        return mask
    steps = [
        ((column.numbers[b] or 0.0) - (column.numbers[a] or 0.0), 1 << a | 1 << b) for (_, a), (_, b) in pairwise(dated)
    ]
    sized = [(abs(change) if way == 0 else change * way, rows) for change, rows in steps]
    widest = max((size for size, _ in sized), default=0.0)
    ends = 0
    for size, rows in sized:
        if size == widest:
            ends |= rows
    return ends


def _key(column: Column, row: int) -> float | None:
    if column.is_number:
        return column.numbers[row]
    clock = column.clocks[row]
    if clock is not None:
        return clock.timestamp() if clock.year > 1970 else float(clock.toordinal())
    span = column.spans[row]
    return float(span[1].toordinal()) if span else None


def extremes_of(frame: Frame, claim: Claim) -> list[Extreme]:
    """The superlatives in the claim's own stretch."""
    group = frame.groups[claim.first]
    return [e for e in frame.extremes if e.group == group]


def narrow(frame: Frame, claim: Claim, scope: Scope, own: Column | None = None) -> int | None:
    """The scope's rows that the superlatives leave; None when none restricts this set."""
    result: int | None = None
    for extreme in extremes_of(frame, claim):
        columns = targets(frame, extreme, scope.facts)
        if columns is None:
            continue
        if own is not None and own not in columns and not extreme.temporal:
            columns = [*columns, own] if not _names_column(frame, extreme) else columns
        left = 0
        for base in _bases(frame, claim, scope):
            for column in columns:
                if extreme.steps is not None:
                    left |= at_step(scope.facts, column, base, extreme.steps) & scope.mask
                    continue
                left |= at_extreme(column, base, way_of(frame, extreme, column), extreme.rank) & scope.mask
                if extreme.rank == 1 and column.is_number and column.has_negative:
                    left |= at_furthest(column, base, way_of(frame, extreme, column)) & scope.mask
        result = left if result is None else result & left
    return result


_AGE = stem("age")


def way_of(frame: Frame, extreme: Extreme, column: Column) -> int:
    """The best time is the shortest; the fastest run took least; the worst of losses is the most; else as it says."""
    low = frame.tokens[extreme.place].low
    if _AGE in extreme.hint and not column.is_number:
        return -extreme.direction  # the oldest began first
    timed = column.dimension is Dimension.TIME
    if timed and low in _FAST:
        return _FAST[low]
    if low in _BEST and (good := goodness(column.stems) or -timed):
        return good * _BEST[low]
    return extreme.direction


_FAST = {"fastest": -1, "faster": -1, "slowest": 1, "slower": 1}
_BEST = {"best": 1, "better": 1, "worst": -1, "worse": -1}


def _names_column(frame: Frame, extreme: Extreme) -> bool:
    near = range(extreme.place + 1, extreme.place + 1 + WORDS_AFTER)
    return any(hit.place in near for c in frame.index.numbers for hit in frame.column_hits.get(id(c), ()))


def _bases(frame: Frame, claim: Claim, scope: Scope) -> list[int]:
    """What the superlative ranges over: the scope without its subject ("O-1 is the largest"), and, where a
    preposition says so ("the largest in May"), with it."""
    kept = scope.facts.all
    optional = scope.facts.all
    stretches: list[int] = []
    if claim.kind is Kind.DATE:
        for mention in frame.mentions:
            if mention.slot == "since" and mention.claim is not claim:
                stretches = mention.options.get(scope.facts.index, [])
    for mention in scope.used:
        mask = 0
        for option in mention.options.get(scope.facts.index, ()):
            mask |= option
        if mask & scope.mask == 0:
            mask = scope.mask
        many = mask.bit_count() > 1
        if mention.open_end:
            stretches = mention.options.get(scope.facts.index, [])
        elif mention.sort is Sort.VALUE and mention.strength < 3 and many:
            kept &= mask
        elif _after_preposition(frame, mention) or mention.open_end or many:
            optional &= mask
    bases = [kept & optional]
    if kept & optional != kept:
        bases.append(kept)
    if stretches:
        bases = [base & stretch for base in bases for stretch in stretches]
    return [base for base in bases if base]


def _after_preposition(frame: Frame, mention: Mention) -> bool:
    if mention.context or mention.first == 0:
        return False
    before = [t.low for t in frame.tokens[max(0, mention.first - 3) : mention.first] if t.low not in {"the", "a", "an"}]
    return bool(before) and before[-1] in PREPOSITIONS

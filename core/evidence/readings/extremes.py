"""Superlatives as a restriction: "the largest order", "the latest visit" mean the rows at the end of a column."""

from __future__ import annotations

from itertools import pairwise

from core.evidence.claims.claim import Claim
from core.evidence.columns import Column
from core.evidence.frame.frame import PREPOSITIONS, Extreme, Frame
from core.evidence.frame.scopes import Scope
from core.evidence.index import SetFacts
from core.evidence.language.cues import EXTREMES, MOST
from core.evidence.language.listed import words
from core.evidence.language.numerals import ORDINALS
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.choice import HARD_MARKS, is_name
from core.evidence.support import rows_of

_WORDS_AFTER = 4


def find_extremes(frame: Frame) -> list[Extreme]:
    found: list[Extreme] = []
    tokens = frame.tokens
    for i in range(len(tokens)):
        meaning = _meaning(frame, i)
        if meaning is None:
            continue
        direction, hint = meaning
        temporal = hint == "time"
        before = tokens[i - 1].low if i else ""
        if before == "-" and i > 1:
            before = tokens[i - 2].low
        rank = ORDINALS.get(before, 1)
        words: frozenset[str] = frozenset() if temporal else frozenset(stem(w) for w in hint.split())
        steps = None if temporal else _steps(frame, i + 1)
        found.append(Extreme(i, frame.group_of(i), direction, words, temporal, rank, steps))
    return found


_STEPS = {
    **dict.fromkeys((stem(w) for w in words("step swing move")), 0),
    **dict.fromkeys((stem(w) for w in words("jump rise increase climb leap surge")), 1),
    **dict.fromkeys((stem(w) for w in words("drop fall decrease decline plunge slump dip")), -1),
}


def _steps(frame: Frame, after: int) -> int | None:
    """Whether the next word is a change, and no column or set is called so."""
    word = frame.tokens[after].stem if after < len(frame.tokens) else ""
    return None if word in frame.index.column_words or word in frame.index.set_words else _STEPS.get(word)


def _meaning(frame: Frame, i: int) -> tuple[int, str] | None:
    tokens = frame.tokens
    low = tokens[i].low
    before = tokens[i - 1].low if i else ""
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    if is_name(frame, i):
        return None  # `latest_on`, told as "latest on"
    if low in EXTREMES:
        if low in {"peak", "maximum"} and after in {"hours", "season", "time", "load"}:
            return None
        if low == "latest" and before == "at":
            return None
        return EXTREMES[low]
    if low in {"most", "least"} and after in MOST:
        direction, hint = MOST[after]
        return (direction if low == "most" else -direction), hint
    if low == "record" and after in {"high", "low"}:
        return (1 if after == "high" else -1), ""
    if low in {"first", "last"} and any(c.first == i + 1 for c in frame.claims):
        return None  # "the first 9 months": a stretch, no single row
    if low in {"first", "last"} and before in {"the", "its", "his", "her", "their", "very"} and _set_noun(frame, i):
        return (1 if low == "last" else -1), "time"
    if low in {"most", "least", "fewest"} and before == "the" and after not in {"of", "part", "recent"}:
        return (1 if low == "most" else -1), ""
    return None


def _set_noun(frame: Frame, i: int) -> bool:
    near = frame.tokens[i + 1 : i + 1 + _WORDS_AFTER]
    return any(t.stem in frame.index.set_words for t in near if t.is_word)


def targets(frame: Frame, extreme: Extreme, facts: SetFacts) -> list[Column] | None:
    """The columns the superlative may be about in this set; None when it is about another set."""
    near = range(extreme.place + 1, min(extreme.place + 1 + _WORDS_AFTER, len(frame.tokens)))
    sets = {s for s, hits in frame.set_hits.items() for hit in hits if hit.place in near and hit.weight >= 0.5}
    plain = [c for c in facts.columns if c.is_number and not c.marks & HARD_MARKS]
    named = [
        (hit.weight, c)
        for c in frame.index.numbers
        for hit in frame.column_hits.get(id(c), ())
        if hit.place in near or (extreme.place - 2 <= hit.place < extreme.place)
    ]
    if extreme.temporal:
        if sets and facts.index not in sets:
            return None
        return facts.times or None
    if named:
        best = max(weight for weight, _ in named)
        columns = [c for weight, c in named if weight >= best - 0.1]
        own = [c for c in columns if c.set_index == facts.index]
        if own:
            return own
        if not (sets and facts.index in sets):
            return None
    if sets and facts.index not in sets:
        return None
    if extreme.hint:
        hinted = [c for c in plain if _is_hinted(c, extreme)]
        hinted = hinted or [c for c in facts.columns if c.is_number and _is_hinted(c, extreme)]
        if hinted:
            return hinted
        if "age" in extreme.hint:
            return plain + facts.times
    if frame.tokens[extreme.place].low in _GOODNESS and (money := [c for c in plain if c.dimension is Dimension.MONEY]):
        return money
    if frame.tokens[extreme.place].low in _SIZE and (sizes := [c for c in plain if not c.rates]):
        return sizes  # the largest order is not the one of the highest price per piece
    return plain or None


def _is_hinted(column: Column, extreme: Extreme) -> bool:
    return bool(extreme.hint & set(column.stems)) or (
        column.dimension is not None and column.dimension.value in extreme.hint
    )


_SIZE = words("largest biggest greatest smallest")
_GOODNESS = words("best worst top strongest weakest")


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
    group = frame.group_of(claim.first)
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
        for base in _bases(frame, scope):
            for column in columns:
                if extreme.steps is not None:
                    left |= at_step(scope.facts, column, base, extreme.steps) & scope.mask
                    continue
                left |= at_extreme(column, base, way_of(frame, extreme, column), extreme.rank) & scope.mask
        result = left if result is None else result & left
    return result


def way_of(frame: Frame, extreme: Extreme, column: Column) -> int:
    """The best time is the shortest; the fastest run took least; else as the word says."""
    low = frame.tokens[extreme.place].low
    timed = column.dimension is Dimension.TIME
    if low in {"best", "worst", "fastest", "slowest"} and timed:
        return -1 if low in {"best", "fastest"} else 1
    return extreme.direction


def _names_column(frame: Frame, extreme: Extreme) -> bool:
    near = range(extreme.place + 1, extreme.place + 1 + _WORDS_AFTER)
    return any(hit.place in near for c in frame.index.numbers for hit in frame.column_hits.get(id(c), ()))


def _bases(frame: Frame, scope: Scope) -> list[int]:
    """What the superlative ranges over: the scope without its subject ("O-1 is the largest"), and, where a
    preposition says so ("the largest in May"), with it."""
    kept = scope.facts.all
    optional = scope.facts.all
    stretches: list[int] = []
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

"""Two named things against each other, and one against the average of all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from statistics import median

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.operands.pair import Name, Pair, Term, aggregate
from core.evidence.support import MOST_CELLS


def things(frame: Frame, facts: SetFacts) -> list[Mention]:
    return [
        m
        for m in frame.mentions
        if m.sort is Sort.VALUE and facts.index in m.options and not m.context and m.strength >= 2
    ]


def between_things(frame: Frame, claim: Claim, column: Column | None, facts: SetFacts) -> Iterator[Pair]:
    """Two named things: "O-1 is 100 more than O-2"; one named thing against the average of all."""
    things = [m for m in frame.mentions if m.sort is Sort.VALUE and facts.index in m.options and not m.context]
    asks_average = column is not None and not frame.word_stems.isdisjoint(_ASKS_AVERAGE)
    several = len({m.slot for m in things}) < len(things)
    few = column is not None and facts.size <= _FEW
    if not several and not asks_average and not (things and few):
        return
    terms: list[tuple[Mention, Term]] = []
    for mention in things[:6]:
        for mask in _picked(frame, facts, mention):
            for scoped in _with_time(frame, claim, facts, mask):
                term = aggregate(facts, column, scoped, Name(" of {}", (mention.text,)))
                if term is not None and scoped:
                    terms.append((mention, term))
    for i, (one, new) in enumerate(terms):
        for other, old in terms[i + 1 :]:
            if one.slot == other.slot and one is not other:
                first, then = (old, new) if _leads_from(frame, one, other) else (new, old)
                yield Pair(first, then, True, True, counted=column is None)
                yield Pair(old, new, False, True, counted=column is None, ratio=True)
    if few and len(terms) == 1 and _is_compared_with(frame, terms[0][0]):
        mention, old = terms[0]
        rows = set(mention.options[facts.index])
        for row in range(facts.size):
            if 1 << row not in rows and (
                new := aggregate(facts, column, 1 << row, Name(", {} row {}", (facts.name, row + 1)))
            ):
                yield Pair(new, old, True, True)
    if column is None or not asks_average:
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
        if scope.mask.bit_count() == 1 and (term := aggregate(facts, column, scope.mask, scope))
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


def between_extremes(frame: Frame, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "the gap between the best and the weakest margin": the greatest of all against the least."""
    if {extreme.direction for extreme in frame.extremes} != {1, -1}:
        return
    rows, _ = column.filled(facts.all)
    if len(rows) > 1:
        numbers = [(column.numbers[row] or 0.0, row) for row in rows]
        (most, high), (least, low) = max(numbers), min(numbers)
        new = Term(most, column.unit, f"highest {column.name}", (facts.cell(high, column),))
        yield Pair(new, Term(least, column.unit, f"lowest {column.name}", (facts.cell(low, column),)), True)


def between_ends(frame: Frame, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "rose from W-3 to W-6": the second named thing against the first."""
    for one, other in pairwise(things(frame, facts)):
        if not _leads_from(frame, one, other):
            continue
        for a, b in product(one.options[facts.index][:2], other.options[facts.index][:2]):
            old, new = (
                aggregate(facts, column, a, Name(" of {}", (one.text,))),
                aggregate(facts, column, b, Name(" of {}", (other.text,))),
            )
            if old is not None and new is not None:
                yield Pair(new, old, True, True)


def _leads_from(frame: Frame, one: Mention, other: Mention) -> bool:
    """ "fell from W-3 to W-6": the second is the later one."""
    before = frame.tokens[one.first - 1].low if one.first else ""
    return before == "from" and frame.tokens[other.first - 1].low == "to"


_FEW = 4
_COMPARED = words("than against versus vs from with")


def _is_compared_with(frame: Frame, mention: Mention) -> bool:
    """ "less than the 12 months before": what is compared is the other row of a set of few."""
    before = {t.low for t in frame.tokens[max(0, mention.first - 3) : mention.first]}
    alike = "as" in {t.low for t in frame.tokens[max(0, mention.first - 6) : mention.first]}
    return (mention.strength >= 2.5 and bool(_COMPARED & before)) or (mention.strength >= 2 and alike)


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

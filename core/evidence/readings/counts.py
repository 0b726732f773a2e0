"""Figures that count: rows of a set, rows that fit a filter, different values of a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import rows_of
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.stems import fold
from core.evidence.match import fit
from core.evidence.mentions.mention import Mention
from core.evidence.readings.by_period import sets_by_period
from core.evidence.readings.measured import measured
from core.evidence.readings.nouns import Noun
from core.evidence.readings.thresholds import within_bounds
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived
from core.evidence.verdict import Cell


def read(frame: Frame, claim: Claim, noun: Noun) -> Support | None:
    best: tuple[Fit, Support] | None = None
    for value, why, cells in _counts(frame, claim, noun):
        quality = fit(claim, value, named=True)
        if quality is not Fit.NO and (best is None or quality > best[0]):
            best = (quality, derived(quality, why, cells))
            if quality is Fit.EXACT:
                break
    return best[1] if best else None


def _counts(frame: Frame, claim: Claim, noun: Noun) -> Iterator[tuple[float, str, Iterable[Cell]]]:
    for facts, _ in noun.sets:
        if facts.summary and any(c.is_number for c, _ in noun.columns):
            continue
        for scope in count_scopes(frame, facts, claim, noun):
            if claim.form is Form.NONE and any(_is_apart(frame, claim, m) or _means_more(m, scope) for m in scope.used):
                continue
            for mask, said in within_bounds(frame, claim, scope, noun.of_total):
                yield float(mask.bit_count()), _why(facts, mask, scope, said), _cells(facts, mask, scope)
    near = frame.related(claim) or {facts.index for facts in sets_by_period(frame)}
    if noun.times and not noun.sets:
        for facts in [f for f in frame.index.sets if not near or f.index in near]:
            for mask, said in measured(frame, claim, Scope(facts, facts.all, ())) if facts.size > 1 else ():
                if mask:
                    yield float(mask.bit_count()), _why(facts, mask, Scope(facts, facts.all, ()), said), ()
    named = {s for s, hits in frame.set_hits.items() if any(h.weight == 1.0 and h.place != noun.place for h in hits)}
    for column, _ in noun.columns:
        facts = frame.index.sets[column.set_index]
        if named and facts.index not in named and any(c.set_index in named for c, _ in noun.columns):
            continue  # "three suppliers have open orders": those of the orders
        if column.is_number:
            yield from _sums(frame, claim, column, facts, noun)
        elif column.role in (Role.LABEL, Role.CODE) and facts.size > 1 and not _is_of_rows(frame, noun):
            yield from _distinct(frame, claim, column, facts, noun)
    if noun.is_bare:
        for facts in [f for f in frame.index.sets if not near or f.index in near]:
            for scope in count_scopes(frame, facts, claim, noun):
                for mask, said in within_bounds(frame, claim, scope, total=False) if noun.part else ():
                    if said and mask:
                        yield float(mask.bit_count()), _why(facts, mask, scope, said), _cells(facts, mask, scope)
                if (scope.restricted or noun.of_total) and scope.mask:
                    yield (
                        float(scope.mask.bit_count()),
                        _why(facts, scope.mask, scope, ""),
                        _cells(facts, scope.mask, scope),
                    )


def _is_apart(frame: Frame, claim: Claim, mention: Mention) -> bool:
    """ "no medication, but seen on 3 May": told of something else; with enough conditions there is none of anything."""
    return not mention.context and mention.first > claim.last and frame.turns_between(claim.last, mention.first)


def _means_more(mention: Mention, scope: Scope) -> bool:
    """ "no visit since 2019" is of all years since: that there is none in 2019 does not carry it."""
    return mention.open_end and any(
        scope.mask | mask == mask != scope.mask for mask in mention.options[scope.facts.index]
    )


def _is_of_rows(frame: Frame, noun: Noun) -> bool:
    """Whether the word is what a row is called, and not only a column of it ("four species" of six trees)."""
    return bool(noun.sets) and frame.tokens[noun.place].stem in frame.index.set_words


def count_scopes(frame: Frame, facts: SetFacts, claim: Claim, noun: Noun) -> Sequence[Scope]:
    """The row sets that may be counted. What stands after "of the" may be counted without the predicate's filter."""
    return scopes(frame, facts, claim, union=True, free=noun.of_total, strict=not noun.of_total)


def _why(facts: SetFacts, mask: int, scope: Scope, said: str) -> str:
    count = mask.bit_count()
    words = " and ".join(f"“{m.text}”" if not m.negated else f"not “{m.text}”" for m in scope.used)
    rows = "row" if count == 1 else "rows"
    return f"count of {count:,} {rows} in {facts.name}{' for ' + words if words else ''}{said}"


def _cells(facts: SetFacts, mask: int, scope: Scope) -> Iterable[Cell]:
    if not facts.columns:
        return []
    column = next(
        (e.column for m in scope.used for e in m.entries if e.column.set_index == facts.index), facts.columns[0]
    )
    return CellsOf(facts, column, mask)


def _sums(
    frame: Frame, claim: Claim, column: Column, facts: SetFacts, noun: Noun
) -> Iterator[tuple[float, str, Iterable[Cell]]]:
    """A column that counts already ("items", "orders" of a monthly summary)."""
    if claim.form is Form.NONE and column.rates:
        return
    for scope in count_scopes(frame, facts, claim, noun):
        numbers = [(row, n) for row in rows_of(scope.mask) if (n := column.numbers[row]) is not None]
        if len(numbers) > 1 and not column.rates:
            cells = [facts.cell(row, column) for row, _ in numbers[:MOST_CELLS]]
            yield sum(n for _, n in numbers), f"sum of {len(numbers)} values of {column.name} in {facts.name}", cells


def _distinct(
    frame: Frame, claim: Claim, column: Column, facts: SetFacts, noun: Noun
) -> Iterator[tuple[float, str, Iterable[Cell]]]:
    for scope in count_scopes(frame, facts, claim, noun):
        seen: dict[str, int] = {}
        for row in rows_of(scope.mask):
            text = column.texts[row]
            if text:
                seen.setdefault(fold(text), row)
        cells = CellsOf(facts, column, list(seen.values()))
        yield float(len(seen)), f"{len(seen)} different values of {column.name} in {facts.name}", cells

"""Figures that count: rows of a set, rows that fit a filter, different values of a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.columns import Column, Role
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.match import Fit, fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import HARD_MARKS, candidates, factor_for
from core.evidence.readings.nouns import Noun
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived, rows_of
from core.evidence.verdict import Cell


def read(frame: Frame, claim: Claim, noun: Noun) -> Support | None:
    best: tuple[Fit, Support] | None = None
    for value, why, cells in _counts(frame, claim, noun):
        quality = fit(claim, value, named=True)
        if quality is not Fit.NO and (best is None or quality > best[0]):
            best = (quality, derived(quality, why, cells))
            if quality is Fit.EXACT:
                break
    if best is None and noun.sets and not noun.of_total:
        return _unnamed_condition(frame, claim, noun)
    return best[1] if best else None


def _unnamed_condition(frame: Frame, claim: Claim, noun: Noun) -> Support | None:
    """ "three parcels with cash on delivery": the words name no value, but a flag, or a field that only some rows
    have, has that many rows. Only where the sentence has words that are not understood otherwise."""
    group = frame.group_of(claim.first)
    known = {i for m in frame.mentions for i in range(m.first, m.last + 1)} | {
        i for c in frame.claims for i in range(c.first, c.last + 1)
    }
    unknown = [
        t.low
        for i, t in enumerate(frame.tokens)
        if t.is_word
        and frame.group_of(i) == group
        and i not in known
        and len(t.low) > 3
        and t.stem not in frame.index.set_words
        and t.stem not in frame.index.column_words
        and t.low not in _PLAIN
    ]
    if not unknown or any(not m.context and m.sort is Sort.VALUE and m.strength >= 1.5 for m in frame.mentions):
        return None
    for facts, _ in noun.sets:
        for column in facts.columns:
            filled = [row for row in range(facts.size) if not column.is_empty_at(row)]
            if column.role is Role.FLAG:
                filled = [row for row in filled if column.texts[row] == "true"]
            if 0 < len(filled) < facts.size and fit(claim, float(len(filled))) is Fit.EXACT:
                why = f"{len(filled)} rows of {facts.name} have {column.name}"
                return derived(Fit.EXACT, why, [facts.cell(row, column) for row in filled[:MOST_CELLS]])
    return None


_PLAIN = words("were have been with that this from there their also which recorded placed made total still only just")


def _counts(frame: Frame, claim: Claim, noun: Noun) -> Iterator[tuple[float, str, Iterable[Cell]]]:
    for facts, _ in noun.sets:
        if facts.summary and any(c.is_number for c, _ in noun.columns):
            continue
        for scope in count_scopes(frame, facts, claim, noun):
            for mask, said in _thresholds(frame, claim, scope, noun.of_total):
                yield float(mask.bit_count()), _why(facts, mask, scope, said), _cells(facts, mask, scope)
    for column, _ in noun.columns:
        facts = frame.index.sets[column.set_index]
        if column.is_number:
            yield from _sums(frame, claim, column, facts, noun)
        elif column.role in (Role.LABEL, Role.CODE) and facts.size > 1 and not noun.sets:
            yield from _distinct(frame, claim, column, facts, noun)
    if noun.is_bare:
        for facts in frame.index.sets:
            for scope in count_scopes(frame, facts, claim, noun):
                if (scope.restricted or noun.of_total) and scope.mask:
                    yield (
                        float(scope.mask.bit_count()),
                        _why(facts, scope.mask, scope, ""),
                        _cells(facts, scope.mask, scope),
                    )


def beside(frame: Frame, claim: Claim) -> Support | None:
    """What is counted stands beside the figure in a way of its own."""
    return of_sets(frame, claim) or tallied(frame, claim) or repeated(frame, claim) or lacking(frame, claim)


_SETS = words("sets tables")


def of_sets(frame: Frame, claim: Claim) -> Support | None:
    """ "these 6 sets": of the record itself."""
    after = frame.tokens[claim.last + 1].low if claim.last + 1 < len(frame.tokens) else ""
    if after not in _SETS or claim.unit is not None or claim.value != len(frame.index.sets):
        return None
    return derived(Fit.EXACT, f"the record has {len(frame.index.sets)} sets", [])


def tallied(frame: Frame, claim: Claim) -> Support | None:
    """ "open 4, closed 1": how many rows have the label that stands before the figure."""
    if claim.unit is not None or claim.form is not Form.DIGITS:
        return None
    for mention in frame.mentions:
        between = frame.tokens[mention.last + 1 : claim.first]
        if mention.sort is not Sort.VALUE or mention.last >= claim.first or any(t.text not in ":=(×" for t in between):
            continue
        for entry in mention.entries:
            if entry.whole and entry.column.role is Role.LABEL and len(entry.rows) == claim.value and len(between) <= 1:
                facts = frame.index.sets[entry.column.set_index]
                why = f"count of {len(entry.rows)} rows in {facts.name} with {entry.column.name} {entry.text}"
                return derived(Fit.EXACT, why, [facts.cell(row, entry.column) for row in entry.rows[:MOST_CELLS]])
    return None


def lacking(frame: Frame, claim: Claim) -> Support | None:
    """ "no owner or date for 2 of 5 orders": how many rows leave a column empty that is named, and of how many."""
    for none, few, of in zip(frame.claims, frame.claims[1:], frame.claims[2:], strict=False):
        if claim not in (few, of) or none.form is not Form.NONE or not is_of_some(frame, few, of):
            continue
        named = range(none.last + 1, few.first)
        for column in frame.index.columns:
            if not any(hit.place in named for hit in frame.column_hits.get(id(column), ())):
                continue
            facts = frame.index.sets[column.set_index]
            rows = [row for row in range(facts.size) if column.is_empty_at(row)]
            if len(rows) == few.value and facts.size == of.value:
                why = f"{len(rows)} of {facts.size} rows of {facts.name} have no {column.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def is_of_some(frame: Frame, few: Claim, of: Claim) -> bool:
    """ "… for 2 of 5"."""
    return (
        frame.tokens[few.first - 1].low in {"for", "in", "on"}
        and frame.tokens[few.last + 1].low == "of"
        and of.first == few.last + 2
    )


def repeated(frame: Frame, claim: Claim) -> Support | None:
    """ "EUR 0.00 in 14 of 18 months": how many rows have the figure told just before; and that figure."""
    for figure in frame.claims:
        if figure.kind is not Kind.NUMBER or figure.form is not Form.DIGITS:
            continue
        count = next((c for c in frame.claims if c.first == figure.last + 2 and c.kind is Kind.NUMBER), None)
        if count is None or claim not in (figure, count) or count.unit is not None:
            continue
        if frame.tokens[figure.last + 1].low != "in":
            continue
        for column in candidates(frame, figure):
            rows = column.rows_between(figure.value, figure.value)
            if rows and len(rows) == count.value:
                facts = frame.index.sets[column.set_index]
                why = f"{len(rows)} rows of {facts.name} have {column.name} {figure.text}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def count_scopes(frame: Frame, facts: SetFacts, claim: Claim, noun: Noun) -> list[Scope]:
    """The row sets that may be counted. What stands after "of the" may be counted without the predicate's filter."""
    return scopes(frame, facts, claim, union=True, free=noun.of_total, strict=not noun.of_total)


def _thresholds(frame: Frame, claim: Claim, scope: Scope, total: bool) -> Iterator[tuple[int, str]]:
    """The scope's rows, and those beyond a bound in the same stretch: "5 orders above EUR 1,000"."""
    group = frame.group_of(claim.first)
    bounds = [
        c
        for c in frame.claims
        if c is not claim
        and c.kind is Kind.NUMBER
        and c.bound in (Bound.OVER, Bound.UNDER, Bound.AT_LEAST, Bound.AT_MOST)
        and frame.group_of(c.first) == group
        and c.first > claim.last
    ]
    compared = list(_compared(frame, claim, scope))
    if compared:
        yield from compared
        if total:
            yield scope.mask, ""
        return
    if not bounds:
        yield scope.mask, ""
        return
    bound = bounds[0]
    for column in candidates(frame, bound):
        if column.set_index == scope.facts.index:
            mask = _beyond(column, bound, scope.mask)
            yield mask, f" with {column.name} {bound.bound.value} {bound.text}"


_ABOVE = words("above over exceed exceeded exceeds exceeding beyond higher outperformed overspent")
_BELOW = words("below under lower beneath underspent")


def _compared(frame: Frame, claim: Claim, scope: Scope) -> Iterator[tuple[int, str]]:
    """ "above the class average in five subjects", "over budget": rows where a column is beyond a marked one."""
    group = frame.group_of(claim.first)
    places = [
        i for i, t in enumerate(frame.tokens) if (t.low in _ABOVE or t.low in _BELOW) and frame.group_of(i) == group
    ]
    if not places:
        return
    place = places[0]
    above = frame.tokens[place].low in _ABOVE
    near = range(place + 1, place + 5)
    marked = [
        c
        for c in scope.facts.columns
        if c.is_number and c.marks & HARD_MARKS and any(h.place in near for h in frame.column_hits.get(id(c), ()))
    ]
    for other in marked:
        for column in scope.facts.columns:
            if not column.is_number or column.marks & HARD_MARKS or column.dimension is not other.dimension:
                continue
            mask = 0
            for row in rows_of(scope.mask):
                a, b = column.numbers[row], other.numbers[row]
                if a is not None and b is not None and (a > b if above else a < b):
                    mask |= 1 << row
            yield mask, f" with {column.name} {'above' if above else 'below'} {other.name}"


def _beyond(column: Column, bound: Claim, mask: int) -> int:
    result = 0
    factor = factor_for(bound, column) or 1.0
    for row in rows_of(mask):
        number = column.numbers[row]
        if number is None:
            continue
        value = number * factor
        match bound.bound:
            case Bound.OVER:
                inside = value > bound.value
            case Bound.UNDER:
                inside = value < bound.value
            case Bound.AT_LEAST:
                inside = value >= bound.value
            case _:
                inside = value <= bound.value
        result |= inside << row
    return result


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

"""Sums, averages, medians and extremes over the rows the words mean, and the same by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns import Column, Role
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index import SetFacts
from core.evidence.language.cues import AVERAGE, MEDIAN, PER, TOTAL, TOTAL_PHRASES
from core.evidence.language.stems import fold, stem
from core.evidence.language.units import Dimension
from core.evidence.match import Fit, fit
from core.evidence.readings.cells import sign_holds
from core.evidence.readings.choice import HARD_MARKS, candidates, factor_for
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.readings.nouns import Noun
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived, rows_of, show
from core.evidence.verdict import Cell


@dataclass(frozen=True, slots=True)
class Value:
    """A derived value in the claim's unit."""

    number: float
    why: str
    cells: Iterable[Cell]


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
            meant.append(Scope(facts, facts.all, ()))  # one row against what is usual of all
        for scope in meant:
            if scope.mask in seen or scope.mask == 0:
                continue
            seen.add(scope.mask)
            for value in _of_scope(frame, claim, column, scope, cue):
                yield Value(value.number * factor, value.why, value.cells)
    if cue in ("average", "per", ""):
        yield from _counts_per(frame, claim, noun)


def _may_add(frame: Frame, claim: Claim, column: Column, cue: str) -> bool:
    """Lengths of time are told of many things: their sums need a word for it, or one for the column."""
    if claim.dimension is not Dimension.TIME or cue or frame.score(column, claim) > 0:
        return True
    if any(h.weight == 1.0 for h in frame.set_hits.get(column.set_index, ())):
        return True
    return bool(TOTAL_PHRASES.search(frame.sentence.text)) or bool({t.stem for t in frame.tokens} & TOTAL)


def _one_unit(column: Column) -> bool:
    return len({u.name for u in column.units or [] if u}) <= 1


def cue_of(frame: Frame, claim: Claim) -> str:
    """Which statistic the words near the figure ask for: average, median, per, extreme, or none in particular."""
    group = frame.group_of(claim.first)
    for i, token in enumerate(frame.tokens):
        if not token.is_word or frame.group_of(i) != group:
            continue
        if token.stem in MEDIAN:
            return "median"
        if token.stem in AVERAGE and _is_nearest(frame, claim, i):
            return "average"
    if extremes_of(frame, claim):
        return "extreme"
    if _per_unit(frame, claim):
        return "per"
    return ""


def _is_nearest(frame: Frame, claim: Claim, place: int) -> bool:
    """Whether "average" belongs to this figure and not to another one of its kind."""

    def distance(c: Claim) -> int:
        return min(abs(place - c.first), abs(place - c.last)) + (2 if place > c.last else 0)

    rivals = [c for c in frame.claims if c is not claim and c.readings and c.dimension == claim.dimension]
    return all(distance(claim) <= distance(other) for other in rivals)


def _per_unit(frame: Frame, claim: Claim) -> str:
    text = frame.sentence.text[claim.end - frame.sentence.start :]
    match = PER.match(text.lstrip()[:40]) or PER.search(text[:32])
    if match:
        return stem(match["unit"])
    adjectives = {t.low for t in frame.tokens[max(0, claim.first - 6) : claim.first]}
    for word in ("monthly", "weekly", "daily", "yearly", "annual", "quarterly"):
        if word in adjectives:
            return stem(word) if word != "quarterly" else "quarter"
    return ""


def _of_scope(frame: Frame, claim: Claim, column: Column, scope: Scope, cue: str) -> Iterator[Value]:
    facts = scope.facts
    rows = [row for row in rows_of(scope.mask) if column.numbers[row] is not None]
    if not rows:
        return
    numbers = [column.numbers[row] or 0.0 for row in rows]
    cells = CellsOf(facts, column, rows)
    said = _said(scope)
    if cue == "median":
        yield Value(median(numbers), f"median of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        return
    per = _per_unit(frame, claim)
    if cue in ("average", "per") or per:
        total = sum(numbers)
        if cue == "average" and (len(rows) < 2 or _average_is_told(frame, claim, column)):
            return
        if "average" in column.marks and "total" in frame.lows(frame.group_of(claim.first)):
            yield Value(total, f"sum of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        if cue == "average":
            yield Value(
                total / len(rows), f"average of {len(rows)} values of {column.name} in {facts.name}{said}", cells
            )
            if "average" in column.marks:
                return
        if not column.rates:
            for count, unit in _divisors(frame, scope, per):
                yield Value(
                    total / count, f"{show(total)} ({column.name} in {facts.name}{said}) over {count:g} {unit}", cells
                )
        if cue == "average":
            return
    if cue == "extreme":
        yield from _group_extremes(frame, claim, column, scope)
        return
    if len(rows) > 1 and (not column.rates or _adds_limits(frame, column)):
        yield Value(sum(numbers), f"sum of {len(rows)} values of {column.name} in {facts.name}{said}", cells)
        yield from _of_compared(frame, column, rows, facts)
    for extreme, name in ((max, "highest"), (min, "lowest")):
        if len(rows) > 1 and _ranges(frame, claim):
            value = extreme(numbers)
            row = rows[numbers.index(value)]
            yield Value(
                value, f"{name} of {len(rows)} values of {column.name} in {facts.name}{said}", [facts.cell(row, column)]
            )


def _of_compared(frame: Frame, column: Column, rows: Sequence[int], facts: SetFacts) -> Iterator[Value]:
    """Set against what is usual or planned, the rows that have both are added."""
    for other in facts.columns:
        if other is column or not other.marks & HARD_MARKS or id(other) not in frame.column_hits:
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
    return named and bool(column.marks & {"high", "limit"}) and bool(TOTAL_PHRASES.search(frame.sentence.text))


def _average_is_told(frame: Frame, claim: Claim, column: Column) -> bool:
    """Whether the set has a column for it: "the usual price" is `usual_price_eur`, no average of prices."""
    group = frame.group_of(claim.first)
    stems = {t.stem for i, t in enumerate(frame.tokens) if t.is_word and frame.group_of(i) == group}
    return any(
        "average" in c.marks and set(c.stems) <= stems and frame.score(c, claim) > frame.score(column, claim)
        for c in frame.index.sets[column.set_index].columns
        if c is not column and c.is_number and c.dimension is column.dimension
    )


def _ranges(frame: Frame, claim: Claim) -> bool:
    return claim.partner is not None


def _said(scope: Scope) -> str:
    return "".join(f" for “{m.text}”" for m in scope.used)


_DAYS = {"day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def _divisors(frame: Frame, scope: Scope, per: str) -> Iterator[tuple[float, str]]:
    """How many months, orders, customers … the rows spread over."""
    facts = scope.facts
    if per in _DAYS:
        for column in facts.times[:3]:
            starts = [span[0] for row in rows_of(scope.mask) if (span := column.spans[row])]
            if not starts:
                continue
            match per:
                case "day":
                    keys = {d.toordinal() for d in starts}
                case "week":
                    keys = {d.toordinal() // 7 for d in starts}
                case "month":
                    keys = {d.year * 12 + d.month for d in starts}
                case "quarter":
                    keys = {d.year * 4 + (d.month - 1) // 3 for d in starts}
                case _:
                    keys = {d.year for d in starts}
            yield float(len(keys)), f"{per}s with rows"
            whole = max(keys) - min(keys) + 1
            if whole != len(keys):
                yield float(whole), f"{per}s from first to last"
        return
    if not per:
        return
    for other, weight in frame.index.set_words.get(per, ()):
        if weight < 1.0:
            continue
        if other is facts:
            yield float(scope.mask.bit_count()), f"rows of {facts.name}"
        elif other.size:
            yield float(other.size), f"rows of {other.name}"
    for column, weight in frame.index.column_words.get(per, ()):
        if weight >= 0.5 and column.set_index == facts.index and column.role in (Role.LABEL, Role.CODE):
            different = {fold(t) for row in rows_of(scope.mask) if (t := column.texts[row])}
            if different:
                yield float(len(different)), f"different values of {column.name}"


def _counts_per(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[Value]:
    """ "3.2 orders per month", "on average two items per order"."""
    per = _per_unit(frame, claim)
    place = claim.last + 1
    word = frame.tokens[place].stem if place < len(frame.tokens) else ""
    sets = noun.sets if noun else frame.index.set_words.get(word, [])
    for facts, _ in sets:
        for scope in scopes(frame, facts, claim, union=True):
            for count, unit in _divisors(frame, scope, per):
                rows = scope.mask.bit_count()
                cells = CellsOf(facts, facts.columns[0], scope.mask)
                yield Value(rows / count, f"{rows} rows of {facts.name} over {count:g} {unit}", cells)


def group_keys(frame: Frame, scope: Scope, word: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Ways to group the scope's rows by what a word names: (name of the grouping, key → mask)."""
    facts = scope.facts
    if word in _DAYS:
        for column in facts.times[:3]:
            groups: dict[str, int] = {}
            for row in rows_of(scope.mask):
                if span := column.spans[row]:
                    key = _period_key(span[0], word)
                    groups[key] = groups.get(key, 0) | 1 << row
            if len(groups) > 1:
                yield f"{word} of {column.name}", groups
    for column, weight in frame.index.column_words.get(word, ()):
        if weight >= 0.5 and column.set_index == facts.index and column.role in (Role.LABEL, Role.CODE):
            groups = {}
            for row in rows_of(scope.mask):
                if text := column.texts[row]:
                    groups[fold(text)] = groups.get(fold(text), 0) | 1 << row
            if 1 < len(groups) < facts.size:
                yield column.name, groups


def _period_key(day: date, word: str) -> str:
    match word:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        case "week":
            return f"{day:%G-W%V}"
        case "year":
            return str(day.year)
        case _:
            return day.isoformat()


def _group_extremes(frame: Frame, claim: Claim, column: Column, scope: Scope) -> Iterator[Value]:
    """ "the strongest month brought EUR 3,400": the greatest of the groups' sums; and the plain extreme."""
    facts = scope.facts
    left = narrow(frame, claim, scope, column)
    if left is not None and left:
        numbers = [(row, n) for row in rows_of(left) if (n := column.numbers[row]) is not None]
        if len(numbers) > 1 and not column.rates:
            yield Value(
                sum(n for _, n in numbers),
                f"sum of {len(numbers)} values of {column.name} in {facts.name}",
                [facts.cell(row, column) for row, _ in numbers[:MOST_CELLS]],
            )
    if column.rates:
        return
    pick: dict[int, Callable[[list[float]], float]] = {1: max, -1: min}
    for extreme in extremes_of(frame, claim):
        if extreme.temporal:
            continue
        near = [t.stem for t in frame.tokens[extreme.place + 1 : extreme.place + 5] if t.is_word]
        for word in near:
            for name, groups in group_keys(frame, Scope(facts, _base(scope), ()), word):
                sums = {key: sum(column.numbers[row] or 0.0 for row in rows_of(mask)) for key, mask in groups.items()}
                for sign in (1, -1) if extreme.direction == 0 else (extreme.direction,):
                    value = pick[sign](list(sums.values()))
                    key = next(k for k, v in sums.items() if v == value)
                    if groups[key] & scope.mask:
                        cells = CellsOf(facts, column, groups[key])
                        yield Value(
                            value,
                            f"{'highest' if sign > 0 else 'lowest'} sum of {column.name} by {name} in "
                            f"{facts.name}: {key}",
                            cells,
                        )


def _base(scope: Scope) -> int:
    return scope.facts.all

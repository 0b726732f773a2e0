"""Two columns about the same thing: budget and actual, usual and this time, promised and delivered, ordered and
shipped, old and new, a value and its reference range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .figures import is_number, percent, shorten, times, to_date, to_number
from .finding import Finding, Place
from .profile import Column, Kind, Table
from .words import (
    BASE_WORDS,
    CURRENCIES,
    DETAIL_COLUMNS,
    HIGH_NAMES,
    LOW_NAMES,
    NOW_WORDS,
    RANGE_NAMES,
    TIME_ENDS,
    UNITS,
    VALUE_NAMES,
    capital,
    tokens,
)

_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?:-|–|to|\.\.)\s*(-?\d+(?:\.\d+)?)\D*")
_BOUND = re.compile(r"\s*(<|<=|≤|>|>=|≥)\s*(-?\d+(?:\.\d+)?)\D*")
_TOLD = 3
_NEUTRAL = CURRENCIES | set(UNITS) | TIME_ENDS | {"unit"}


def column_pairs(table: Table) -> list[tuple[Column, Column]]:
    """(what it should be or was, what it is), of the same kind, matched by what is left of their names."""
    found: list[tuple[Column, Column]] = []
    taken: set[int] = set()
    for base in table.columns:
        if not base.words & BASE_WORDS or base.kind is Kind.EMPTY:
            continue
        for now in table.columns:
            if now.index in taken or now is base or not _same_kind(base, now) or now.words & BASE_WORDS:
                continue
            if _same_subject(base, now):
                found.append((base, now))
                taken.add(now.index)
                break
    return found or _lone_pair(table)


def _lone_pair(table: Table) -> list[tuple[Column, Column]]:
    """`expected_kwh` beside `consumption_kwh`, or an average beside a score: one baseline, one figure, one unit."""
    figures = [c for c in table.columns if c.is_number]
    bases = [c for c in figures if c.words & BASE_WORDS]
    if len(bases) != 1 or len(bases[0].words - BASE_WORDS - _NEUTRAL) > 1:
        return []
    base = bases[0]
    same = [c for c in figures if c is not base and _same_kind(base, c) and not c.words & (LOW_NAMES | HIGH_NAMES)]
    if len(same) != 1 or not (base.suffix or base.prefix or (len(figures) == 2 and not same[0].additive)):
        return []
    return [(base, same[0])]


def _same_kind(a: Column, b: Column) -> bool:
    if a.is_number and b.is_number:
        return a.suffix == b.suffix and (a.prefix == b.prefix or not a.prefix or not b.prefix)
    dated = (Kind.DATE, Kind.TIMESTAMP)
    texts = (Kind.NAME, Kind.TEXT, Kind.CATEGORY)
    return (a.kind in dated and b.kind in dated) or (a.kind in texts and b.kind in texts)


def _same_subject(base: Column, now: Column) -> bool:
    left = base.words - BASE_WORDS - _NEUTRAL
    right = now.words - NOW_WORDS - _NEUTRAL
    if now.words & NOW_WORDS:
        return left == right
    return left == right and bool(left)


def find(table: Table) -> Iterator[Finding]:
    for base, now in column_pairs(table):
        if base.is_number:
            yield from _figures(table, base, now)
        elif base.is_time:
            yield from _lateness(table, base, now)
        else:
            yield from _texts(table, base, now)
    yield from _out_of_range(table)


def _figures(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    """The widest differences first by what they weigh, with the reason the row gives."""
    differing: list[tuple[Decimal, int]] = []
    for row in range(table.size):
        before, after = base.numbers[row], now.numbers[row]
        if before is not None and after is not None and before != after and not _is_total(table, row):
            differing.append((abs(after - before), row))
    yield from _pair_totals(table, base, now)
    differing.sort(key=lambda item: (-item[0], item[1]))
    for position, (_, row) in enumerate(differing[:_TOLD]):
        before, after = base.numbers[row], now.numbers[row]
        if before is None or after is None:
            continue
        told = _difference(base, now, before, after)
        reason = _reason(table, row)
        name = f"{capital(table.row_name(row))}: " if table.size > 1 else ""
        share = float(abs(after - before) / abs(before)) if before else 1.0
        weight = (58 if table.size == 1 else 56) + min(share, 3) * 8 - position
        text = f"{name}{told if name else capital(told)}.{reason} {table.cite(row)}"
        action = f"Ask why {now.label} of {table.row_name(row)} differs from {base.label}. {table.cite(row)}"
        topics = frozenset({"trend", "variance"})
        yield Finding(
            Place.FINDING, weight, text, table.name, f"{name}{told}", topics, action if share >= 0.2 and name else ""
        )


def _pair_totals(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    both = [
        (b, n)
        for row, (b, n) in enumerate(zip(base.numbers, now.numbers, strict=True))
        if b is not None and n is not None and not _is_total(table, row)
    ]
    if len(both) > 1 and now.additive and not table.is_cut and len(both) == table.size:
        before, after = sum((b for b, _ in both), Decimal()), sum((n for _, n in both), Decimal())
        told = _difference(base, now, before, after, "total ")
        text = f"{capital(told)}, over {table.count(len(both))}. [{table.name}]"
        yield Finding(Place.FINDING, 66, text, table.name, told, frozenset({"trend"}))


def _is_total(table: Table, row: int) -> bool:
    return any(
        c.cells[row].lower() in ("total", "grand total", "sum", "all") for c in table.of_kind(Kind.NAME, Kind.CATEGORY)
    )


def _difference(base: Column, now: Column, before: Decimal, after: Decimal, prefix: str = "") -> str:
    """ "actual EUR 12.00 against budget EUR 10.00, EUR 2.00 (20.0%) above"."""
    change = after - before
    side = "above" if change > 0 else "below"
    told = f"{prefix}{now.label} {now.format(after)} against {base.label} {base.format(before)}"
    if not change:
        return f"{told}, no difference"
    ratio = ""
    if before > 0 and after >= before * 3:
        ratio = f" ({times(after, before)})"
    elif before > 0 and now.suffix != "%":
        ratio = f" ({percent(change, before)})"
    return f"{told}, {_amount(now, abs(change))}{ratio} {side}"


def _amount(column: Column, value: Decimal) -> str:
    return f"{column.format(value)[:-1]} percentage points" if column.suffix == "%" else column.format(value)


def _reason(table: Table, row: int) -> str:
    for column in table.columns:
        prose = column.kind is Kind.TEXT or (column.kind is Kind.NAME and column.words & DETAIL_COLUMNS)
        if prose and column.cells[row]:
            return f" {capital(column.label)}: {shorten(column.cells[row], 200).rstrip('.')}."
    return ""


def _lateness(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    late: list[tuple[int, int]] = []
    both = 0
    for row in range(table.size):
        due, done = to_date(base.cells[row]), to_date(now.cells[row])
        if due and done:
            both += 1
            if done > due:
                late.append(((done - due).days, row))
    if not late:
        return
    late.sort(key=lambda item: (-item[0], item[1]))
    names = "; ".join(
        f"{table.row_name(row)}: {base.label} {base.cells[row][:10]}, {now.label} {now.cells[row][:10]},"
        f" {days:,} {'day' if days == 1 else 'days'} later"
        for days, row in late[:_TOLD]
    )
    rows = table.cite(*(row for _, row in late[:_TOLD]))
    count = f"{len(late):,} of {table.count(both)} late. " if both > 1 else ""
    yield Finding(
        Place.RISK, 60 + min(late[0][0], 30) / 6, f"{count}{capital(names)}. {rows}", table.name,
        f"{count}{capital(names.split(';')[0])}", frozenset({"late"}),
        f"Ask why {table.row_name(late[0][1])} was late. {table.cite(late[0][1])}",
    )  # fmt: skip


def _texts(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    changed = [r for r in range(table.size) if base.cells[r] and now.cells[r] and base.cells[r] != now.cells[r]]
    for row in changed[:8]:
        name = f"**{capital(table.row_name(row))}**: " if table.size > 1 else ""
        text = f'{name}{base.label} "{shorten(base.cells[row], 160)}", {now.label} "{shorten(now.cells[row], 160)}".'
        lead = text.replace("**", "").rstrip(".")
        yield Finding(Place.FINDING, 62, f"{text} {table.cite(row)}", table.name, lead, frozenset({"change"}))


def _out_of_range(table: Table) -> Iterator[Finding]:
    """Values outside the low and high the row itself gives; the latest of each name first."""
    value = _value_column(table)
    if value is None:
        return
    time = table.time()
    out: list[tuple[str, int, str, str]] = []
    for row in range(table.size):
        number = value.numbers[row]
        low, high = _bounds(table, row)
        if number is None or (low is None and high is None):
            continue
        if low is not None and number < low:
            out.append((time.cells[row] if time else "", row, "below", _limits(low, high)))
        elif high is not None and number > high:
            out.append((time.cells[row] if time else "", row, "above", _limits(low, high)))
    out.sort(key=lambda item: (item[0], -item[1]), reverse=True)
    seen: dict[str, tuple[str, int, str, str]] = {}
    for item in out:
        seen.setdefault(_group_name(table, item[1]), item)
    for position, (name, (when, row, side, limits)) in enumerate(list(seen.items())[:6]):
        history = _history(table, value, name, row)
        dated = f" on {when[:10]}" if when else ""
        shown = f"{value.format(value.numbers[row] or Decimal())}{table.unit(row)}"
        told = f"{capital(name)} {shown}{dated}, {side} the reference {limits}"
        yield Finding(
            Place.RISK, 72 - position, f"{told}{history}. {table.cite(row)}", table.name, told, frozenset({"range"}),
            f"Have {name} looked at: {shown}, {side} the reference. {table.cite(row)}",
        )  # fmt: skip


def _value_column(table: Table) -> Column | None:
    numbers = [c for c in table.columns if c.is_number]
    for word in VALUE_NAMES:
        for column in numbers:
            if word in column.words and not column.words & (LOW_NAMES | HIGH_NAMES | RANGE_NAMES):
                return column
    return None


def _bounds(table: Table, row: int) -> tuple[Decimal | None, Decimal | None]:
    low = high = None
    for column in table.columns:
        cell = column.cells[row]
        if column.is_number and column.words & LOW_NAMES:
            low = column.numbers[row]
        elif column.is_number and column.words & HIGH_NAMES:
            high = column.numbers[row]
        elif column.words & RANGE_NAMES and not column.is_number and cell:
            if match := _RANGE.fullmatch(cell[:60]):
                low, high = to_number(match.group(1)), to_number(match.group(2))
            elif (match := _BOUND.fullmatch(cell[:60])) and is_number(match.group(2)):
                bound = to_number(match.group(2))
                low, high = (None, bound) if match.group(1) in "<=≤" else (bound, None)
    return low, high


def _limits(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"range {low:f} to {high:f}"
    return f"limit {low if low is not None else high:f}"


def _group_name(table: Table, row: int) -> str:
    subject = table.subject()
    return shorten(subject.cells[row], 70) if subject and subject.cells[row] else table.row_name(row)


def _history(table: Table, value: Column, name: str, last: int) -> str:
    """Earlier values of the same name: "; earlier 5.0 (2026-01-02), 5.6 (2026-05-02)"."""
    time = table.time()
    if time is None:
        return ""
    rows = [r for r in range(table.size) if r != last and value.cells[r] and _group_name(table, r) == name]
    rows = sorted((r for r in rows if time.cells[r] < time.cells[last]), key=lambda r: time.cells[r])[-3:]
    told = ", ".join(f"{value.show(r)} on {time.cells[r][:10]}" for r in rows)
    return f"; before that {told}" if told else ""


def is_reference_column(column: Column) -> bool:
    """Bounds are there to compare with: they are no measures of their own."""
    return bool(set(tokens(column.name)) & (LOW_NAMES | HIGH_NAMES)) or bool(column.words & {"ref", "reference"})

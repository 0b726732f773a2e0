"""Sets of things that happened or exist: orders, tickets, readings, people. How many, how much, which stand out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .figures import decimals, percent, shorten, times
from .finding import Finding, Place
from .pairs import column_pairs, is_reference
from .profile import Column, Kind, Table, counts
from .series import measures
from .words import (
    BAD,
    BAD_FLAGS,
    DONE,
    OPEN,
    SEVERITY_NAMES,
    STATUS_NAMES,
    TIME_UNITS,
    capital,
    severity_rank,
    timed,
    tokens,
)

_SMALL = 5  # sets up to this size are told row by row
_FEW = 8  # and up to this size by name with a word or two
_OVERDUE = frozenset({"overdue", "late", "delay", "arrears"})
_NAMES = 4  # rows named in one bullet


def find(table: Table) -> Iterator[Finding]:
    if table.size > _FEW:
        yield extent(table)
    yield from _attention(table)
    yield from _flags(table)
    yield from _overdue(table)
    yield from outliers(table)
    yield from _duplicates(table)
    yield from _shares(table)
    yield from _latest(table)


def describe(table: Table, row: int, most: int = 5, skip: frozenset[int] = frozenset()) -> str:
    """A row in one line: its name, then its cells by label; prose last and short."""
    naming = {c.index for c in (table.identifier, table.subject) if c is not None}
    plain = [
        c
        for c in table.columns
        if c.index not in naming | skip
        and c.cells[row]
        and c.kind is not Kind.TEXT
        and not is_reference(c)
        and not c.is_unit
    ]
    prose = [c for c in table.columns if c.index not in skip and c.cells[row] and c.kind is Kind.TEXT]
    plain.sort(key=lambda c: (not c.is_time, c.kind is Kind.IDENTIFIER, c.index))
    parts = [_labelled(c, row) + (table.unit(row) if c.kind is Kind.DECIMAL else "") for c in plain[:most]]
    parts += [f'"{shorten(c.cells[row], 120)}"' for c in prose[:1]]
    name = table.row_name(row) if naming else ""
    return f"{name} ({', '.join(parts)})" if name and parts else name or ", ".join(parts)


def _labelled(column: Column, row: int) -> str:
    shown = column.show(row, 60)
    if column.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.PERIOD):
        return f"{column.label} {shown}" if len(column.words) > 1 else shown
    return shown if column.is_money and column.label in ("amount", "total") else f"{column.label} {shown}"


def extent(table: Table) -> Finding:
    """How many, from when to when, totals of what can be added, the largest and the smallest."""
    parts = _extent(table)
    text = ", ".join(parts)
    money = [c for c in measures(table) if c.additive]
    if money and table.size > 3:
        column = money[0]
        rows = [r for r in range(table.size) if column.numbers[r] is not None]
        high = max(rows, key=lambda r: (column.numbers[r] or Decimal(), -r))
        low = min(rows, key=lambda r: (column.numbers[r] or Decimal(), r))
        if column.numbers[high] != column.numbers[low]:
            text += (
                f"; largest {column.label} {column.show(high)} ({table.short_name(high)}), smallest {column.show(low)}"
                f" ({table.short_name(low)})"
            )
    lead = ", ".join(parts[:3])
    return Finding(Place.FINDING, 45, f"{capital(text)}. [{table.name}]", table.name, lead, frozenset({"history"}))


def _extent(table: Table) -> list[str]:
    time = table.time
    parts = [table.count(table.size) + (f" shown of {table.of:,}" if table.is_cut else "")]
    if time is not None and table.size > _SMALL:
        dated = sorted(cell for cell in time.cells if cell)
        parts.append(timed(time.label, dated[0][:10], dated[-1][:10]))
    for column in [c for c in measures(table) if c.additive][:2]:
        known = [n for n in column.numbers if n is not None]
        if len(known) > 1:
            part = " of the rows shown" if table.is_cut else ""
            parts.append(f"{_total_label(column)}{part} {column.format(sum(known, Decimal()))}")
    return parts


def _total_label(column: Column) -> str:
    return column.label if "total" in column.words else f"total {column.label}"


def _attention(table: Table) -> Iterator[Finding]:
    """Rows whose status says that something went wrong or is not done yet."""
    for column in table.columns:
        if not column.words & STATUS_NAMES or column.kind not in (Kind.CATEGORY, Kind.NAME):
            continue
        for words, weight in ((BAD, 58), (OPEN - BAD, 48)):
            values = [v for v, _ in counts(column) if set(tokens(v)) & words and not set(tokens(v)) & DONE]
            rows = [r for r in range(table.size) if column.cells[r] in values]
            if not rows or (len(rows) == table.size and table.size > 3):
                continue
            yield from _status(table, column, rows, values, weight)


def _status(table: Table, column: Column, rows: list[int], values: list[str], weight: float) -> Iterator[Finding]:
    time, severity = table.time, table.named(SEVERITY_NAMES, Kind.CATEGORY, Kind.NAME)
    rows = sorted(rows, key=lambda r: time.cells[r], reverse=True) if time else rows
    if severity is not None:
        rows = sorted(rows, key=lambda r: severity_rank(severity.cells[r]))
    named = "; ".join(describe(table, r, 3, frozenset({column.index})) for r in rows[:_NAMES])
    shown = " or ".join(values[:3])
    more = f"; and {len(rows) - _NAMES:,} more" if len(rows) > _NAMES else ""
    told = f"{len(rows):,} of {table.count(table.size)} with {column.label} {shown}"
    cite = table.cite(*rows[:_NAMES])
    action = f"Follow up {table.row_name(rows[0])}, {column.label} {column.show(rows[0])}. {table.cite(rows[0])}"
    text = f"{capital(told)}: {named}{more}. {cite}"
    yield Finding(Place.RISK, weight, text, table.name, told, action=action)


def _flags(table: Table) -> Iterator[Finding]:
    for column in table.of_kind(Kind.BOOLEAN):
        rows = [r for r in range(table.size) if column.cells[r] == "true"]
        if rows and column.words & BAD_FLAGS:
            named = ", ".join(table.row_name(r) for r in rows[:_NAMES])
            more = f" and {len(rows) - _NAMES:,} more" if len(rows) > _NAMES else ""
            told = f"{len(rows):,} of {table.count(table.size)} marked {column.label}: {named}{more}"
            yield Finding(Place.RISK, 57, f"{capital(told)}. {table.cite(*rows[:_NAMES])}", table.name, told)


def _overdue(table: Table) -> Iterator[Finding]:
    """Days overdue above nothing, the most first."""
    for column in [c for c in table.columns if c.is_number and c.words & _OVERDUE and c.words & TIME_UNITS]:
        rows = [r for r in range(table.size) if (n := column.numbers[r]) is not None and n > 0]
        if not rows:
            continue
        rows.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
        told = "; ".join(describe(table, r, 6) for r in rows[:3])
        text = f"{len(rows):,} of {table.count(table.size)} with {column.label}: {told}. {table.cite(*rows[:3])}"
        action = f"Follow up {table.row_name(rows[0])}: {column.label} {column.show(rows[0])}. {table.cite(rows[0])}"
        lead = f"{table.row_name(rows[0])}: {column.label} {column.show(rows[0])}"
        yield Finding(Place.RISK, 57, text, table.name, lead, action=action)


def outliers(table: Table) -> Iterator[Finding]:
    """Far from the median by the robust measure (median absolute deviation), and several times it."""
    if table.size < 6:
        return
    told = 0
    baselines = {base.index for base, _ in column_pairs(table)}
    for column in table.columns:
        if not column.is_number or column.index in baselines or is_reference(column) or told >= 2:
            continue
        known = sorted(n for n in column.numbers if n is not None)
        if len(known) < 6 or len(set(known)) < 4 or known[0] < 0:
            continue
        median = _median(known)
        spread = _median(sorted(abs(n - median) for n in known))
        high = [r for r in range(table.size) if (n := column.numbers[r]) is not None and _is_far(n, median, spread)]
        if not high or len(high) * 10 > len(known) + 9:
            continue
        high.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
        row = high[0]
        value = column.numbers[row] or Decimal()
        said = (
            f"{table.row_name(row)}: {column.label} {column.format(value)}, {times(value, median)} the median"
            f" {_rounded(column, median)} of {table.count(len(known))}"
        )
        told += 1
        others = f" Also high: {', '.join(table.row_name(r) for r in high[1:4])}." if len(high) > 1 else ""
        yield Finding(
            Place.RISK, 54 + min(float(value / median), 20) / 4, f"{capital(said)}.{others} {table.cite(row)}",
            table.name, said, action=f"Check {table.row_name(row)}: {column.label} {column.format(value)}."
            f" {table.cite(row)}",
        )  # fmt: skip


def _rounded(column: Column, value: Decimal) -> str:
    """A median may lie between two values: at most one place more than the column has, two for money."""
    places = column.places if column.is_money else column.places + 1
    return column.format(
        value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if decimals(value) > places else value
    )


def _median(ordered: list[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _is_far(value: Decimal, median: Decimal, spread: Decimal) -> bool:
    return median > 0 and value >= 3 * median and (value - median) * Decimal("0.6745") > 5 * spread


def _duplicates(table: Table) -> Iterator[Finding]:
    """Rows that are the same in everything but their own identifier and position."""
    identifier = table.identifier
    unique = identifier is not None and len(set(identifier.cells)) == table.size
    own = {identifier.index} if identifier is not None and unique else set[int]()
    compared = [c for c in table.columns if c.index not in own and c.kind is not Kind.EMPTY]
    telling = [c for c in compared if c.is_time or c.is_number or c.kind is Kind.IDENTIFIER]
    if not telling or len(compared) < 3:
        return
    seen: dict[tuple[str, ...], int] = {}
    found: list[tuple[int, int]] = []
    for row in range(table.size):
        key = tuple(c.cells[row] for c in compared)
        first = seen.setdefault(key, row)
        if first != row:
            found.append((first, row))
    if found:
        first, row = found[0]
        same = ", ".join(_labelled(c, row) for c in compared[:4] if c.cells[row])
        more = f" {len(found) - 1:,} more such rows." if len(found) > 1 else ""
        told = f"{table.row_name(first)} and {table.row_name(row)} look like duplicates: same {same}"
        cite = table.cite(first, row)
        action = f"Check whether {table.row_name(first)} and {table.row_name(row)} are the same. {cite}"
        yield Finding(Place.RISK, 59, f"{told}.{more} {cite}", table.name, told, action=action)


def _shares(table: Table) -> Iterator[Finding]:
    """How the rows spread over the values of a status or category."""
    columns = [c for c in table.of_kind(Kind.CATEGORY) if 1 < len(set(c.cells) - {""}) <= 12 and not c.is_unit]
    columns.sort(key=lambda c: (not c.words & STATUS_NAMES, c.index))
    if table.size < 5:
        return
    for column in columns[:2]:
        spread = counts(column)
        named = ", ".join(
            f"{shorten(value, 40)} {number:,}{_share(number, table.size) if i == 0 else ''}"
            for i, (value, number) in enumerate(spread[:5])
        )
        rest = sum(number for _, number in spread[5:])
        text = f"{capital(table.nouns[1])} by {column.label}: {named}{f', others {rest:,}' if rest else ''}."
        yield Finding(Place.FINDING, 34, f"{text} [{table.name}]", table.name)


def _share(number: int, size: int) -> str:
    return f" ({percent(Decimal(number), Decimal(size))})" if size >= 20 else ""


def _latest(table: Table) -> Iterator[Finding]:
    """Small sets row by row in the record's order; of larger ones the names, the newest row or the highest."""
    time = table.time
    if table.of_kind(Kind.TEXT):
        return  # told by its texts
    if 1 < table.size <= _FEW:
        most = 4 if table.size <= _SMALL else 2
        told = "; ".join(describe(table, r, most) for r in range(table.size))
        lead = ", ".join(_extent(table))
        text = f"{capital(lead)}: {told}. {table.cite(*range(table.size))}"
        yield Finding(Place.FINDING, 40, text, table.name, lead, frozenset({"latest"}))
    elif time is not None and time.filled:
        row = max(range(table.size), key=lambda r: (time.cells[r], -r))
        text = f"Latest: {describe(table, row)}. {table.cite(row)}"
        yield Finding(Place.FINDING, 38, text, table.name, topics=frozenset({"latest"}))
    elif table.size > _FEW:
        yield from _ranking(table)


def _ranking(table: Table) -> Iterator[Finding]:
    columns = [c for c in measures(table) if c.additive or c.is_money]
    if not columns:
        told = ", ".join(table.row_name(r, 40) for r in range(min(table.size, _FEW)))
        text = f"{capital(told)}; and {table.size - _FEW:,} more. [{table.name}]"
        yield Finding(Place.FINDING, 30, text, table.name)
        return
    column = columns[0]
    rows = [r for r in range(table.size) if column.numbers[r] is not None]
    rows.sort(key=lambda r: (-(column.numbers[r] or Decimal()), r))
    told = ", ".join(f"{table.row_name(r)} {column.show(r)}" for r in rows[:3])
    yield Finding(Place.FINDING, 36, f"Highest {column.label}: {told}. {table.cite(*rows[:3])}", table.name)

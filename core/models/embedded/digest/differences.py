"""What pairs of columns say: how far from budget, how late, which wording became which."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .columns import Column, Kind
from .figures import percent, shorten, times, to_date
from .finding import Finding, Place
from .pairs import column_pairs
from .tables import Table
from .words import CHANGE_SETS, DETAIL_COLUMNS, SIGNAL_SETS, capital, human, tokens

_TOLD = 3
_ALL = 6  # rows told of a set that exists to tell them: variances, deviations
_SMALL_SHARE = 0.05  # differences below this are noise in a set of many rows,
_FEW = 2  # and so is a piece or two more or less of many
_LARGE_SHARE = 0.25
_TOTALS = frozenset({"total", "grand total", "sum", "all"})


def find(table: Table) -> Iterator[Finding]:
    said: set[int] = set()
    for order, (base, now) in enumerate(column_pairs(table)):
        if base.is_number:
            yield from _figures(table, base, now, said, order)
        elif base.is_time:
            yield from _lateness(table, base, now)
        else:
            yield from texts(table, base, now)


def _figures(table: Table, base: Column, now: Column, said: set[int], order: int) -> Iterator[Finding]:
    """The widest differences first, with the reason the row gives; each row by its first pair only."""
    yield from _totals(table, base, now)
    sums = _total_rows(table)
    differing: list[tuple[Decimal, int]] = []
    for row in range(table.size):
        before, after = base.numbers[row], now.numbers[row]
        if before is None or after is None or row in said or row in sums:
            continue
        if table.size == 1 or _matters(now, before, after):
            differing.append((abs(after - before), row))
    differing.sort(key=lambda item: (-item[0], item[1]))
    told = _ALL if set(tokens(table.name)) & SIGNAL_SETS else _TOLD
    for position, (_, row) in enumerate(differing[:told]):
        if table.size > 1:
            said.add(row)
        yield _row(table, row, base, now, position + 2 * order)


def _row(table: Table, row: int, base: Column, now: Column, later: int) -> Finding:
    before, after = base.numbers[row] or Decimal(), now.numbers[row] or Decimal()
    told = _difference(base, now, before, after)
    share = _share(now, before, after)
    name = capital(table.row_name(row)) if table.size > 1 else capital(human(table.name))
    reason = _reason(table, row) if table.size > 1 else ""
    text = f"{name}: {told}.{reason} {table.cite(row)}"
    meant = 6 if set(tokens(table.name)) & SIGNAL_SETS else 0
    weight = (60 if table.size == 1 else 54 + meant) + share * 6 - later
    action = f"Ask why {now.label} of {name} differs from {base.label}. {table.cite(row)}" if share >= 0.2 else ""
    topics = frozenset({"trend", "variance", "usual"})
    return Finding(Place.FINDING, weight, text, table.name, f"{name}: {told}", topics, action)


def _share(now: Column, before: Decimal, after: Decimal) -> float:
    """How far apart, as a share of the baseline, at most 2; percentages by their points."""
    if now.suffix == "%":
        return min(float(abs(after - before)) / 100, 2.0)
    if not before:
        return float(after != before)
    return min(float(abs(after - before) / abs(before)), 2.0)


def _matters(now: Column, before: Decimal, after: Decimal) -> bool:
    few = now.kind is Kind.INTEGER and not now.is_money and abs(after - before) <= _FEW
    return _share(now, before, after) >= (_LARGE_SHARE if few else _SMALL_SHARE)


def _totals(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    sums = _total_rows(table)
    both = [
        (b, n)
        for row, (b, n) in enumerate(zip(base.numbers, now.numbers, strict=True))
        if b is not None and n is not None and row not in sums
    ]
    if set(tokens(table.name)) & SIGNAL_SETS:
        return  # such a set holds chosen rows, not all of them
    if len(both) < 2 or not now.additive or table.is_cut or len(both) < table.size - 1:
        return
    before, after = sum((b for b, _ in both), Decimal()), sum((n for _, n in both), Decimal())
    told = _difference(base, now, before, after, now.total_label)
    share = min(_share(now, before, after), 1.0)
    text = f"{capital(told)}, over {table.count(len(both))}. [{table.name}]"
    yield Finding(Place.FINDING, 56 + share * 10, text, table.name, told, frozenset({"trend"}))


def _total_rows(table: Table) -> frozenset[int]:
    """Rows that already are the sum of the others."""
    named = table.of_kind(Kind.NAME, Kind.CATEGORY)
    return frozenset(r for c in named for r, cell in enumerate(c.cells) if cell.lower() in _TOTALS)


def _difference(base: Column, now: Column, before: Decimal, after: Decimal, label: str = "") -> str:
    """ "actual EUR 12.00 against budget EUR 10.00, EUR 2.00 (20.0%) above"."""
    change = after - before
    told = f"{label or now.label} {now.format(after)} against {base.label} {base.format(before)}"
    if not change:
        return f"{told}, no difference"
    ratio = ""
    if before > 0 and after >= before * 3:
        ratio = f" ({times(after, before)})"
    elif before > 0 and now.suffix != "%":
        ratio = f" ({percent(change, before)})"
    amount = now.format(abs(change))
    if now.suffix == "%":
        amount = f"{amount[:-1]} percentage points"
    return f"{told}, {amount}{ratio} {'above' if change > 0 else 'below'}"


def _reason(table: Table, row: int) -> str:
    """The row's own words; in a set of variances also a plain text that is no name of the row."""
    naming = {c.index for c in (table.subject, table.identifier) if c is not None}
    telling = bool(set(tokens(table.name)) & (SIGNAL_SETS | CHANGE_SETS))
    for column in table.columns:
        worded = column.kind is Kind.NAME and (telling or bool(column.words & DETAIL_COLUMNS))
        if (column.kind is Kind.TEXT or worded) and column.index not in naming and column.cells[row]:
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
    told = [
        f"{table.row_name(row)}: {base.label} {base.cells[row][:10]}, {now.label} {now.cells[row][:10]},"
        f" {days:,} {'day' if days == 1 else 'days'} later"
        for days, row in late[:_TOLD]
    ]
    cite = table.cite(*(row for _, row in late[:_TOLD]))
    count = f"{len(late):,} of {table.count(both)} late. " if both > 1 else ""
    worst = late[0][1]
    yield Finding(
        Place.RISK,
        56 + min(late[0][0], 30) / 6,
        f"{count}{capital('; '.join(told))}. {cite}",
        table.name,
        f"{count}{capital(told[0])}",
        frozenset({"late", "delivery"}),
        f"Ask why {table.row_name(worst)} was late. {table.cite(worst)}",
    )


def texts(table: Table, base: Column, now: Column) -> Iterator[Finding]:
    changed = [r for r in range(table.size) if base.cells[r] and now.cells[r] and base.cells[r] != now.cells[r]]
    for row in changed[:8]:
        name = f"{capital(table.row_name(row))}: " if table.size > 1 else ""
        text = f'{name}{base.label} "{shorten(base.cells[row], 160)}", {now.label} "{shorten(now.cells[row], 160)}"'
        yield Finding(Place.FINDING, 62, f"{text}. {table.cite(row)}", table.name, text, frozenset({"change"}))

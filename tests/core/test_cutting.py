"""What is cut from a record, and that every line about it is true, whatever the record holds."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cutting import fit
from core.errors import PromptTooLong
from core.records.record import Column, ColumnType, ResultSet

COLUMNS = (
    Column("on", ColumnType.DATE),
    Column("amount", ColumnType.DECIMAL),
    Column("count", ColumnType.INTEGER),
    Column("note"),
)
HEAD = re.compile(
    r"^\[(?P<name>\w+)\] (?P<kept>\d+) rows of (?P<total>\d+); left out: "
    r"rows (?P<first>\d+)-(?P<last>\d+)(?: \((?P<out>[^)]*)\))?; all (?P<all>\d+) rows(?: \((?P<whole>[^)]*)\))?$"
)

amounts = st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
rows = st.tuples(days, amounts, st.none() | st.integers(-(10**20), 10**20), st.none() | st.text(max_size=30))
sets = st.lists(rows, min_size=1, max_size=60)


def said_of(rows: list) -> dict[str, str]:
    """What a line must say of these rows, computed here another way."""
    said: dict[str, str] = {}
    dates = sorted(row[0] for row in rows if row[0] is not None)
    if dates:
        said["on"] = f"{dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}"
    for name, index in (("amount", 1), ("count", 2)):
        numbers = [Decimal(row[index]) for row in rows if row[index] is not None]
        if numbers:
            total = Decimal(0)
            with localcontext(Context(prec=500)):
                for number in numbers:
                    total += number
            said[name] = f"sum {total:f}"
    return said


def parsed(text: str | None) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in text.split("; ")) if text else {}


def same(one: dict[str, str], other: dict[str, str]) -> bool:
    def value(text: str) -> object:
        return Decimal(text.removeprefix("sum ")) if text.startswith("sum ") else text

    return {k: value(v) for k, v in one.items()} == {k: value(v) for k, v in other.items()}


@settings(max_examples=150, deadline=None)
@given(st.lists(sets, min_size=1, max_size=3), st.integers(100, 6_000))
def test_every_line_about_what_is_left_out_is_true(contents: list, room: int) -> None:
    result_sets = [ResultSet(f"set_{n}", COLUMNS, tuple(rows)) for n, rows in enumerate(contents)]
    try:
        text, notes = fit(result_sets, len, room)
    except PromptTooLong:
        return
    assert len(text) <= room
    lines = text.splitlines()
    heads = [place for place, line in enumerate(lines) if line.startswith("[set_")]
    assert len(heads) == len(result_sets)
    cut = 0
    for result_set, start, end in zip(result_sets, heads, [*heads[1:], len(lines)], strict=True):
        numbers = [int(next(csv.reader([line]))[0]) for line in lines[start + 2 : end]]
        head = HEAD.match(lines[start])
        if head is None:
            assert lines[start].startswith(f"[{result_set.name}] {len(result_set.rows)} row")
            assert numbers == list(range(1, len(result_set.rows) + 1))
            continue
        cut += 1
        first, last = int(head["first"]), int(head["last"])
        out = [row for number, row in enumerate(result_set.rows, 1) if number not in numbers]
        assert [number for number in range(1, len(result_set.rows) + 1) if number not in numbers] == list(
            range(first, last + 1)
        )
        assert (int(head["kept"]), int(head["total"])) == (len(numbers), len(result_set.rows))
        assert same(parsed(head["out"]), said_of(out))
        assert same(parsed(head["whole"]), said_of(list(result_set.rows)))
        assert any(note == f"{result_set.name}: {lines[start].partition('left out: ')[2]}" for note in notes)
    assert cut == sum(note.startswith("set_") for note in notes)


@given(st.lists(st.text(max_size=3_000), min_size=1, max_size=8), st.integers(300, 3_000))
@settings(max_examples=60, deadline=None)
def test_a_shortened_text_says_how_much_of_it_is_missing(texts: list[str], room: int) -> None:
    try:
        shown, notes = fit([ResultSet("notes", (Column("note"),), tuple((text,) for text in texts))], len, room)
    except PromptTooLong:
        return
    for line in shown.splitlines()[2:]:
        number, *cells = next(csv.reader([line]))
        if match := re.fullmatch(r"(.*) … \(([\d,]+) more characters left out\)", cells[0], re.DOTALL):
            kept, missing = match[1], int(match[2].replace(",", ""))
            whole = re.sub(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*", " / ", texts[int(number) - 1].strip())
            assert whole.startswith(kept)
            assert len(kept) + missing == len(whole)
            assert any("were shortened" in note for note in notes)


def test_free_text_goes_before_rows_and_the_oldest_rows_before_newer_ones() -> None:
    rows = [(date(2024, 1, 1) + timedelta(days=n), Decimal(n), n, "long text " * 100) for n in range(100)]
    text, notes = fit([ResultSet("orders", COLUMNS, tuple(rows))], len, 12_000)
    assert notes == ("Texts longer than 60 characters were shortened.",)
    text, notes = fit([ResultSet("orders", COLUMNS, tuple(rows))], len, 5_000)
    assert "\n100,2024-04-09" in text
    assert "\n1,2024-01-01" not in text
    text, _ = fit([ResultSet("orders", COLUMNS, tuple(reversed(rows)))], len, 5_000)
    assert "\n1,2024-04-09" in text


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (Column("v", ColumnType.DECIMAL), [Decimal("NaN"), Decimal(1)]),
        (Column("v", ColumnType.DECIMAL), [Decimal("Infinity"), Decimal("-Infinity")]),
        (Column("v", ColumnType.FLOAT), [0.1, 0.2]),
        (Column("v", ColumnType.TIMESTAMP), [datetime.fromisoformat("2024-01-01"), datetime(2024, 1, 1, tzinfo=UTC)]),
    ],
)
def test_what_has_no_exact_sum_or_order_is_not_given_one(column: Column, values: list) -> None:
    result_set = ResultSet("set", (column, Column("text")), tuple((v, "x" * 50) for v in values * 30))
    text, _ = fit([result_set], len, 1_500)
    assert "sum" not in text.splitlines()[0]
    assert re.search(r"all 60 rows$", text.splitlines()[0])


def test_a_record_of_single_rows_that_does_not_fit_is_refused() -> None:
    with pytest.raises(PromptTooLong):
        fit([ResultSet("one", (Column("a" * 500),), (("x",),))], len, 100)

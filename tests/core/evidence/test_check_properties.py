"""What holds of every text: the check never raises, ends, gives marks in order, and the same marks each time."""

from __future__ import annotations

import random
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.evidence.statements import HERE, read_statements
from core.evidence import check
from core.evidence.check import Checker
from core.evidence.record_file import read_record
from core.evidence.text import sentences
from core.evidence.verdict import CheckedClaim
from core.records.record import Column, ColumnType, Record, ResultSet

PIECES = (
    "Sales", "rose", "fell", "by", "from", "to", "in", "June 2025", "August", "H-02", "HV-303", "H-99", "strong",
    "EUR", "1,204.50", "1.204,50 €", "21.7 kg", "12 %", "(1,250)", "three of five", "a third", "doubled", "twice",
    "2 hours and", "30 minutes", "percentage points", "the largest", "latest", "harvest", "hives", "weeks",
    "[harvests 3]", "|", "\n", "\n\n", "## ", "- ", "1. ", ".", ",", ":", "(", ")", "**", "no", "half", "Q3 2026",
    "2024/25", "last September", "about", "over", "0", "-", "–", "1e99", "9" * 400, "\u200b", "\u202e", "٣", "½",
    "\x00", "🐝",
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=24).map(" ".join)


@pytest.fixture(scope="module")
def checker(apiary: Record) -> Checker:
    return Checker(apiary)


@given(answer=texts)
@settings(max_examples=120, deadline=None)
def test_any_text_gets_marks_that_are_in_order_and_tell_their_places(checker: Checker, answer: str) -> None:
    claims = checker.check(answer).claims
    assert all(answer[claim.start : claim.end] == claim.text for claim in claims)
    assert all(one.end <= other.start for one, other in pairwise(claims))
    assert all(claim.start < claim.end and claim.why for claim in claims)


@given(answer=texts)
@settings(max_examples=40, deadline=None)
def test_the_same_text_gets_the_same_marks(checker: Checker, apiary: Record, answer: str) -> None:
    assert checker.check(answer) == checker.check(answer) == Checker(apiary).check(answer)


@given(answer=texts)
@settings(max_examples=60, deadline=None)
def test_lines_checked_as_they_come_get_the_marks_of_the_whole(checker: Checker, answer: str) -> None:
    """As the pipeline does it: each time a line ends, what is new is checked."""
    paragraphs = [f"{part.strip()}\n" for part in answer.split("\n") if part.strip()]
    claims: list[CheckedClaim] = []
    so_far = ""
    for paragraph in paragraphs:
        judged, so_far = len(so_far), so_far + paragraph + "\n"
        claims += checker.check_from(so_far, judged).claims
    assert tuple(claims) == checker.check(so_far).claims


values = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(-(10**14), 10**14),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.dates(),
    st.datetimes(),
    st.booleans(),
)
result_sets = st.builds(
    lambda name, columns, rows: ResultSet(
        name, tuple(Column(column) for column in columns), tuple(tuple(row[: len(columns)]) for row in rows)
    ),
    st.text(min_size=1, max_size=12),
    st.lists(st.text(min_size=1, max_size=14), min_size=1, max_size=5, unique=True),
    st.lists(st.lists(values, min_size=5, max_size=5), max_size=6),
)


@given(sets=st.lists(result_sets, max_size=3), answer=texts)
@settings(max_examples=60, deadline=None)
def test_any_record_can_be_checked_against(sets: list[ResultSet], answer: str) -> None:
    checker = Checker(Record("R-1", tuple(sets)))
    cells = {(s.name, row, c.name) for s in sets for row in range(len(s.rows)) for c in s.columns}
    for claim in checker.check(answer).claims:
        assert all((cell.set, cell.row, cell.column) in cells for cell in claim.cells)


def test_whole_answers_are_checked_against_their_own_record_and_another() -> None:
    """Sentences of a paragraph tell the next ones what they are about, and so do headings."""
    told: dict[str, list[str]] = {}
    for statement in (*read_statements("tuning.jsonl"), *read_statements("reported.jsonl")):
        told.setdefault(statement.record, []).append(statement.answer)
    checkers = [Checker(read_record(HERE / record)) for record in told]
    for place, answers in enumerate(every[:6] for every in told.values()):
        paragraphs = [" ".join(answers[at : at + 3]) for at in range(0, len(answers), 3)]
        text = "\n\n".join(f"## {answers[at]}\n{paragraph}" for at, paragraph in enumerate(paragraphs))
        own, other = checkers[place], checkers[place - 1]
        for claims in (own.check(text).claims, other.check(text[:500]).claims):
            assert claims
            assert all(one.end <= another.start for one, another in pairwise(claims))


@pytest.mark.parametrize("piece", ["1 ", "1,", "EUR 1 ", "from 1 to 2 ", "June ", "H-02 ", "the largest ", "(", "| 1 "])
def test_work_grows_with_the_text_not_with_its_square(
    checker: Checker, piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "LONGEST", 80)  # work may grow faster within a sentence, whose length is bounded
    short, long = (_calls(checker, piece * (n // len(piece))) for n in (160, 640))
    assert long < 6 * short


def test_no_more_claims_than_anybody_reads(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1_000 < check.MOST_CLAIMS < 10_000
    monkeypatch.setattr(check, "MOST_CLAIMS", 20)
    assert len(checker.check("- Sales were EUR 17.\n" * 200).claims) <= 30


def test_ten_thousand_rows_can_be_checked_against() -> None:
    chance = random.Random(5)
    rows = tuple((f"R-{i}", chance.choice(("open", "shut")), chance.randrange(1000)) for i in range(10_000))
    columns = (Column("run_no"), Column("state"), Column("parts", ColumnType.INTEGER))
    checker = Checker(Record("R", (ResultSet("runs", columns, rows),)))
    opened = sum(row[1] == "open" for row in rows)
    (claim,) = [c for c in checker.check(f"{opened:,} runs are open.").claims if c.text == f"{opened:,}"]
    assert claim.why == f"Count of {opened:,} rows in runs for “open”."


def _calls(checker: Checker, text: str) -> int:
    """How many functions a check calls: the same on every machine."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        checker.check(text)
    finally:
        sys.setprofile(None)
    return count

"""The invented business is the same everywhere and hangs together."""

from __future__ import annotations

import re
from datetime import date

import pytest

from samples.business import build
from samples.business.tables import AS_OF, FIRST_DAY, Table

PERSONAL = {"name", "ssn", "phone", "email", "street", "insurance_number"}


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return {table.name: table for table in build()}


def column(table: Table, name: str) -> list[object]:
    return [row[table.columns.index(name)] for row in table.rows]


def test_the_same_seed_makes_the_same_rows(tables: dict[str, Table]) -> None:
    assert {table.name: table for table in build()} == tables


def test_another_seed_makes_other_rows(tables: dict[str, Table]) -> None:
    other = {table.name: table for table in build(7)}
    assert other.keys() == tables.keys()
    assert other["orders"].rows != tables["orders"].rows


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("customers", 500, 500),
        ("orders", 8_000, 10_000),
        ("order_lines", 16_000, 30_000),
        ("shipments", 8_000, 11_000),
        ("tickets", 2_500, 2_500),
        ("ticket_messages", 7_500, 13_000),
        ("cost_centres", 12, 12),
        ("patients", 300, 300),
        ("visits", 1_200, 2_400),
        ("labs", 2_000, 4_000),
        ("documents", 120, 120),
        ("clauses", 1_200, 4_000),
    ],
)
def test_a_table_is_as_large_as_promised(tables: dict[str, Table], name: str, least: int, most: int) -> None:
    assert least <= len(tables[name].rows) <= most


def test_every_cost_centre_has_a_budget_in_24_months(tables: dict[str, Table]) -> None:
    budgets = tables["budgets"]
    pairs = set(zip(column(budgets, "cost_centre_id"), column(budgets, "month"), strict=True))
    assert len(pairs) == 12 * 24


@pytest.mark.parametrize(
    ("table", "name"),
    [("orders", "ordered_on"), ("shipments", "shipped_on"), ("postings", "posted_on"), ("visits", "visited_on")],
)
def test_history_begins_24_months_ago_and_ends_today(tables: dict[str, Table], table: str, name: str) -> None:
    days = [day for day in column(tables[table], name) if isinstance(day, date)]
    assert min(days) >= FIRST_DAY
    assert max(days) <= AS_OF


def test_an_order_is_worth_what_its_lines_are_worth(tables: dict[str, Table]) -> None:
    lines = tables["order_lines"]
    sums: dict[object, object] = {}
    for order_id, amount in zip(column(lines, "order_id"), column(lines, "line_total_eur"), strict=True):
        sums[order_id] = sums.get(order_id, 0) + amount
    orders = tables["orders"]
    assert sums == dict(zip(column(orders, "order_id"), column(orders, "total_eur"), strict=True))


def test_no_ticket_holds_a_gap_left_by_its_template(tables: dict[str, Table]) -> None:
    texts = [*column(tables["ticket_messages"], "message"), *column(tables["visits"], "note")]
    assert not [text for text in texts if re.search(r"[{}]", str(text))]


def test_messages_of_a_ticket_follow_each_other(tables: dict[str, Table]) -> None:
    messages = tables["ticket_messages"]
    order = list(zip(column(messages, "ticket_id"), column(messages, "message_no"), strict=True))
    assert order == sorted(order)
    times = list(zip(column(messages, "ticket_id"), column(messages, "written_at"), strict=True))
    assert times == sorted(times)


def test_nobody_real_can_be_reached(tables: dict[str, Table]) -> None:
    """Addresses end where no mail is delivered; telephone numbers are those kept free for fiction."""
    mails = [*column(tables["customers"], "email"), *column(tables["patients"], "email")]
    assert all(re.fullmatch(r"[^@]+@[a-z0-9-]+(\.example|\.example\.com)", str(mail)) for mail in mails)
    phones = [*column(tables["customers"], "phone"), *column(tables["patients"], "phone")]
    assert all(re.fullmatch(r"\+1 \d{3} 555 01\d\d", str(phone)) for phone in phones)


def test_every_patient_has_personal_data_in_a_note(tables: dict[str, Table]) -> None:
    """Masking has something to do: own data from other columns, or a relative's telephone number."""
    visits, patients = tables["visits"], tables["patients"]
    notes: dict[object, str] = {}
    for patient_id, note in zip(column(visits, "patient_id"), column(visits, "note"), strict=True):
        notes[patient_id] = f"{notes.get(patient_id, '')} {note}"
    kinds: set[str] = set()
    for row in patients.rows:
        patient = dict(zip(patients.columns, row, strict=True))
        told = notes[patient["patient_id"]]
        here = {name for name in PERSONAL if str(patient[name]) in told}
        assert here or re.search(r"phone \+1 \d{3} 555", told), patient["patient_id"]
        kinds |= here
    assert kinds == PERSONAL

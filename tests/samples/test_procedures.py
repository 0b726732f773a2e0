"""The contract of the six procedures."""

from __future__ import annotations

import csv
import io

import psycopg
import pytest

from core.use_cases import UseCases
from samples import PROCEDURES
from samples.business.contracts import BEHIND_A_BARRIER
from tests.samples.result_sets import Fetch, Sets

ROOM = 9_000  # characters of CSV: about 4,000 tokens of figures would be too much for a small model's window

NOBODY = (
    "CUST-9999",
    "ORD-99999",
    "TKT-9999",
    "FIN-2031-01",
    "PAT-9999",
    "DOC-9999",
    "",
    " ",
    "' OR '1'='1",
    "CUST-0142' --",
    "CUST-0142'; DROP TABLE business.orders; --",
    "%",
    "_" * 9,
    "CUST-014_",
    "cust-0142",
    "CUST-0142 ",
    "=CUST-0142",
    "CUST-0142\n",
    "ＣＵＳＴ-0142",
    "x" * 10_000,
    "$$; SELECT 1; $$",
    "\\",
)


def as_csv(sets: Sets) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for name, (columns, rows) in sets.items():
        writer.writerows([[name, len(rows)], columns, *rows])
    return text.getvalue()


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_it_returns_the_sets_its_use_case_names(fetch: Fetch, use_cases: UseCases, use_case: str) -> None:
    contract = use_cases.get(use_case)
    sets = fetch(use_case, contract.record_id.example)
    assert tuple(sets) == contract.result_sets
    assert contract.procedure == f"business.{use_case}"
    assert sets[contract.result_sets[0]][1]


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_the_parameter_has_the_name_its_use_case_says(
    owner: psycopg.Connection, use_cases: UseCases, use_case: str
) -> None:
    names = owner.execute(
        "SELECT proargnames FROM pg_proc WHERE oid = to_regproc(%s)", [f"business.{use_case}"]
    ).fetchone()
    one = use_cases.get(use_case)
    assert names == ([one.parameter, *one.parameters],)


def test_who_is_behind_an_information_barrier_finds_no_such_document(fetch: Fetch, analyst: psycopg.Connection) -> None:
    analyst.execute("SELECT set_config('app.user', 'analyst', false)")
    assert all(rows == [] for _, rows in fetch("document_review", BEHIND_A_BARRIER).values())
    assert fetch("document_review", "DOC-0042")["document"][1]
    analyst.execute("SELECT set_config('app.user', 'manager', false)")
    assert fetch("document_review", BEHIND_A_BARRIER)["document"][1]


@pytest.mark.parametrize("record_id", NOBODY, ids=lambda record_id: repr(record_id[:24]))
@pytest.mark.parametrize("use_case", PROCEDURES)
def test_an_id_that_does_not_exist_finds_nothing(fetch: Fetch, use_case: str, record_id: str) -> None:
    assert {name: rows for name, (_, rows) in fetch(use_case, record_id).items() if rows} == {}


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_no_id_at_all_finds_nothing(analyst: psycopg.Connection, use_case: str) -> None:
    with analyst.transaction():
        names = [row[0] for row in analyst.execute(f"SELECT * FROM business.{use_case}(NULL)")]
        assert [name for name in names if analyst.execute(f'FETCH ALL FROM "{name}"').fetchall()] == []


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_an_example_fits_a_small_window_and_always_reads_the_same(
    fetch: Fetch, use_cases: UseCases, use_case: str
) -> None:
    example = use_cases.get(use_case).record_id.example
    first = as_csv(fetch(use_case, example))
    assert len(first) < ROOM
    assert first == as_csv(fetch(use_case, example))


def test_every_column_of_the_patient_record_has_a_policy(fetch: Fetch, use_cases: UseCases) -> None:
    """Restricted records drop what is not named, so a column without a policy would vanish unseen."""
    contract = use_cases.get("patient_record")
    columns = {name for names, _ in fetch("patient_record", contract.record_id.example).values() for name in names}
    assert columns == set(contract.columns)


@pytest.mark.parametrize("use_case", PROCEDURES)
def test_a_policy_names_a_column_that_exists(fetch: Fetch, use_cases: UseCases, use_case: str) -> None:
    contract = use_cases.get(use_case)
    columns = {name for names, _ in fetch(use_case, contract.record_id.example).values() for name in names}
    assert set(contract.columns) <= columns


def test_the_totals_of_a_customer_are_those_of_its_orders(fetch: Fetch, owner: psycopg.Connection) -> None:
    columns, rows = fetch("customer_insight", "CUST-0142")["periods"]
    last = dict(zip(columns, rows[0], strict=True))
    direct = owner.execute(
        "SELECT count(*), sum(total_eur) FROM business.orders WHERE customer_id = 'CUST-0142'"
        " AND status <> 'Cancelled' AND ordered_on BETWEEN '2025-11-01' AND '2026-10-31'"
    ).fetchone()
    assert (last["orders"], last["total_eur"]) == direct


def test_the_variances_of_a_month_add_up(fetch: Fetch) -> None:
    sets = fetch("financial_report", "FIN-2026-09")
    report = dict(zip(sets["report"][0], sets["report"][1][0], strict=True))
    columns, rows = sets["cost_centres"]
    by_centre = [dict(zip(columns, row, strict=True)) for row in rows]
    for name in ("budget_eur", "actual_eur", "variance_eur"):
        assert sum(centre[name] for centre in by_centre) == report[name]

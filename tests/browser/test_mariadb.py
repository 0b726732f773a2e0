"""The six use cases on MariaDB, in a browser: one line of settings, and nothing else is different."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import URL

from benchmarks.startup import free_port
from core.use_cases import UseCase, UseCases
from tests.browser.product import WIDE, Product, note_problems, sign_in
from tests.mariadb import Mariadbd
from tests.parts import ROOT

USE_CASES = UseCases(ROOT / "prompts").all()


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory: pytest.TempPathFactory, sample_on_mariadb: URL) -> Iterator[Product]:
    databases = {"crm": {"url": sample_on_mariadb.render_as_string(hide_password=False)}}
    product = Product(
        tmp_path_factory.mktemp("on_mariadb"),
        free_port(),
        {"DATABASES": json.dumps(databases), "USE_CASE_DATABASES": '{"sample": "crm"}'},
    )
    (product.var / "models").mkdir()  # the digest answers
    product.start()
    yield product
    product.stop()


def calls(server: Mariadbd) -> int:
    """How many procedures the server has run."""
    with server.owner() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_call_procedure'")
        ((_, count),) = cursor.fetchall()
        return int(count)


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.name)
def test_a_use_case_of_each_kind_is_answered_from_mariadb(
    on_mariadb: Product, mariadbd: Mariadbd, browser: Browser, use_case: UseCase
) -> None:
    problems: list[str] = []
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    note_problems(context, problems)
    page = context.new_page()
    page.goto(on_mariadb.url)
    sign_in(page, "analyst")
    chooser = page.get_by_role("combobox", name="Use case")
    chooser.click()
    page.get_by_role("option", name=use_case.title, exact=True).click()
    before = calls(mariadbd)
    record_id = page.get_by_label(use_case.record_id.label, exact=True)
    expect(record_id).to_be_visible()
    if use_case.purpose == "required":
        page.get_by_label("Purpose", exact=True).fill("Preparing a visit")
    record_id.fill(use_case.record_id.example)
    page.get_by_role("button", name="Analyze", exact=True).click()
    expect(page.get_by_role("button", name="New analysis")).to_be_visible()
    expect(page.get_by_role("heading", name=use_case.record_id.example)).to_be_visible()
    expect(page.get_by_role("heading", name="Headline")).to_be_visible()
    assert calls(mariadbd) == before + 1
    context.close()
    assert problems == []

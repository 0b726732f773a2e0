"""The six use cases on MariaDB, in a browser: one line of settings, and nothing else is different."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from benchmarks.startup import free_port
from core.use_cases import UseCase, UseCases
from tests.browser.acts import ask, choose, see_finished
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


@pytest.fixture(scope="module")
def page(on_mariadb: Product, browser: Browser) -> Iterator[Page]:
    """Of an analyst who asks one thing after another."""
    problems: list[str] = []
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    note_problems(context, problems)
    page = context.new_page()
    page.goto(on_mariadb.url)
    sign_in(page, "analyst")
    expect(page.get_by_role("heading", name="Analyze a record")).to_be_visible()
    yield page
    context.close()
    assert problems == []


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.name)
def test_a_use_case_of_each_kind_is_answered_from_mariadb(page: Page, mariadbd: Mariadbd, use_case: UseCase) -> None:
    if (again := page.get_by_role("button", name="New analysis")).is_visible():
        again.click()
    choose(page, "Use case", use_case.title)
    before = calls(mariadbd)
    record_id = page.get_by_role("textbox", name=use_case.record_id.label)
    expect(record_id).to_have_attribute("placeholder", use_case.record_id.example)
    if use_case.purpose == "required":
        page.get_by_role("textbox", name="Purpose").fill("Preparing a visit")
    ask(page, use_case.record_id.example)
    see_finished(page)
    expect(page.get_by_role("heading", name=use_case.record_id.example)).to_be_visible()
    expect(page.get_by_role("heading", name="Headline")).to_be_visible()
    assert calls(mariadbd) == before + 1

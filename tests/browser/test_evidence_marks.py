"""Marks of an answer: a found figure opens its cells, a derived one its arithmetic."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from pages.parts.formats import human
from tests.browser.product import OpenPage

WRITES = 60_000  # milliseconds an answer may take


@pytest.fixture
def ask(open_page: OpenPage):
    """Asks about the example customer and waits for the finished answer."""

    def run(model: str | None = None) -> Page:
        page = open_page("analyst", "/")
        page.get_by_role("button", name=re.compile("^Try ")).wait_for()
        if model:
            page.get_by_role("combobox", name="Model").click()
            page.get_by_role("option", name=re.compile(model)).click()
            expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile(model))
        page.get_by_role("button", name=re.compile("^Try ")).click()
        expect(page.locator(".st-key-evidence")).to_be_visible(timeout=WRITES)
        return page

    return run


def marks(page: Page, verdict: str) -> Locator:
    return page.locator(f".st-key-answer [data-figure][data-verdict='{verdict}']")


def open_figure(page: Page, mark: Locator) -> Locator:
    text = (mark.text_content() or "").removeprefix("⚠").strip()
    mark.click()
    panel = page.locator(".st-key-figure")
    expect(panel.locator("p").first).to_have_text(text.replace("\u00a0", " ").replace("\u2011", "-"))
    expect(mark).to_have_attribute("aria-pressed", "true")
    return panel


def test_figures_of_digest_open_their_cells_and_their_arithmetic(ask) -> None:
    page = ask()
    expect(marks(page, "found").first).to_be_visible()
    assert marks(page, "unsupported").count() + marks(page, "contradicted").count() == 0
    panel = open_figure(page, marks(page, "found").first)
    expect(panel.get_by_text("In the record")).to_be_visible()
    expect(panel.get_by_test_id("stDataFrame").first).to_be_visible()
    panel = open_figure(page, marks(page, "derived").first)
    expect(panel.get_by_text("Follows from the record")).to_be_visible()
    expect(
        panel.get_by_text(re.compile("sum|count|average|less|share|change|from", re.IGNORECASE)).first
    ).to_be_visible()


def test_a_citation_leads_to_its_row(ask) -> None:
    page = ask()
    link = page.locator(".st-key-answer a[data-citation]").first
    told = re.fullmatch(r"\[(\w+) (\d+)\]", link.text_content() or "")
    assert told
    link.focus()
    page.keyboard.press("Enter")
    panel = page.locator(".st-key-figure")
    expect(panel.locator("p").first).to_have_text(f"{human(told[1])}, row {told[2]}")
    expect(panel.get_by_test_id("stDataFrame")).to_be_visible()
    expect(link).to_have_attribute("aria-current", "true")
    assert "#" not in page.url


def test_marks_can_be_reached_and_opened_by_keyboard(ask) -> None:
    page = ask()
    mark = marks(page, "found").first
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-figure")).to_be_visible()
    expect(mark).to_have_attribute("role", "button")
    assert mark.get_attribute("title")

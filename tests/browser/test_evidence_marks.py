"""Marks of an answer: an invented figure needs a look, a found one opens its cells, a derived one its arithmetic."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from pages.parts.formats import human
from tests.browser.acts import ask as ask_about
from tests.browser.product import OpenPage
from tests.parts import small_model

WRITES = 120_000  # milliseconds an answer may take; the small model is loaded and reads the record on a busy machine


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
    expect(panel.locator("p").first).to_have_text(text)
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
    link = page.locator(".st-key-answer a[data-citation]").filter(has_text=re.compile(r" \d+\]$")).first
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


OPENS = {"found": "In the record", "derived": "Follows from the record", "unsupported": "Not in the record"}
QUESTIONS = (
    "How many orders did this customer place, and what did they spend?",
    "How many rows are in each set of the record?",
    "What did the customer order in each period, and what is the difference between the periods?",
    "Name each set of the record with its number of rows.",
    "List the months with orders and spend.",
    "Which products were bought, for how much, and when last?",
    "Add up the orders of the months.",
    "Which tickets are there, when were they opened, and how long were they open?",
)
"""What the model writes of each differs from installation to installation. Most answers have a figure that follows and
one that is invented, every third one that is found; the next question is asked only while a kind is missing."""


@pytest.mark.timeout(300)
@pytest.mark.skipif(small_model() is None, reason="the small language model has not been fetched")
def test_of_the_small_model_s_figures_some_are_found_some_follow_and_some_are_invented(open_page: OpenPage) -> None:
    """It is asked about one customer until a figure of each kind has been met, and opened."""
    page = open_page("analyst", "/analyze")
    left = dict(OPENS)
    for question in QUESTIONS:
        ask_the_small_model(page, "CUST-0150", question)
        for kind in [kind for kind in OPENS if kind in left and marks(page, kind).count()]:
            panel = open_figure(page, marks(page, kind).first)
            expect(panel.get_by_text(left.pop(kind))).to_be_visible()
            if kind == "found":
                expect(panel.get_by_test_id("stDataFrame").first).to_be_visible()
            elif kind == "unsupported":
                see_what_needs_a_look(page)
        if not left:
            break
    assert not left


def ask_the_small_model(page: Page, customer: str, question: str) -> None:
    page.goto(f"{page.url.split('?')[0]}?use_case=in_brief")
    page.get_by_text("More: question, purpose").click()
    page.get_by_role("textbox", name="Question").fill(question)
    ask_about(page, customer, model="SmolLM2")
    expect(page.get_by_role("button", name="New analysis")).to_be_visible(timeout=WRITES)
    figures = page.locator(".st-key-answer [data-figure]")
    expect(figures.or_(page.get_by_text("No figures to check")).first).to_be_visible()


def see_what_needs_a_look(page: Page) -> None:
    """The filter leaves its lines alone, each with a sign that needs no colour; and gives the others back."""
    before = page.locator(".st-key-answer [data-figure]").count()
    page.get_by_text("Show only what needs a look").click()
    expect(page.get_by_role("switch", name="Show only what needs a look")).to_be_checked()
    lines = page.locator(".st-key-answer li")
    expect(lines.first).to_contain_text("⚠")
    assert all("⚠" in text for text in lines.all_text_contents())
    page.get_by_text("Show only what needs a look").click()
    expect(page.locator(".st-key-answer [data-figure]")).to_have_count(before)

"""What a person does and sees, by the words on the screen."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from playwright.sync_api import Locator, Page, TimeoutError, expect

ROW = 35  # pixels of a table's line, and of its header


def choose(page: Page, label: str, option: str) -> None:
    """The first choice of a list that holds these words. A list that is open closes when the page is drawn anew;
    whoever sits there opens it again."""
    wanted = page.get_by_role("option").filter(has_text=option).first
    for _ in range(10):
        page.get_by_role("combobox", name=label).last.click()
        try:
            wanted.click(timeout=5_000)
        except TimeoutError:
            page.keyboard.press("Escape")
        else:
            return
    expect(wanted).to_be_visible()


def settle(page: Page) -> None:
    """The page is drawn: what is filled in or clicked before that may be lost to what comes after it."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def record_field(page: Page) -> Locator:
    """The one field whose label is of the kind “Customer ID”."""
    return page.get_by_role("textbox", name=re.compile(r" ID$|^Report"))


def ask(page: Page, record_id: str, *, model: str | None = None) -> None:
    """In the form of Analyze."""
    if model is not None:
        choose(page, "Model", model)
        settle(page)
    field = record_field(page)
    field.fill(record_id)
    page.get_by_role("button", name="Analyze", exact=True).click()


def see_running(page: Page) -> None:
    """The answer of the slow model has begun."""
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_text("The story begins.")).to_be_visible()


def see_finished(page: Page, outcome: str = "Completed") -> None:
    expect(page.get_by_role("button", name="New analysis")).to_be_visible()
    badge = page.get_by_role("main").get_by_text(re.compile(rf"{outcome}$"))  # after the name of its icon
    expect(badge.first).to_be_visible()


def request_of(page: Page) -> UUID:
    """The request that the address names."""
    page.wait_for_url("**request=*")
    return UUID(parse_qs(urlsplit(page.url).query)["request"][0])


def see_problem(page: Page, text: str) -> None:
    expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()


def cell(page: Page, text: str) -> Locator:
    """The first cell of the first table that holds this text. Tables are painted; this is what stands in them for
    those who listen, and it cannot be clicked."""
    return page.get_by_test_id("stDataFrame").first.locator("canvas td").filter(has_text=text).first


def select_row(page: Page, text: str) -> None:
    """The first line of the first table that holds a cell with this text, by the box at its left."""
    found = cell(page, text)
    found.wait_for(state="attached")
    row = int(found.locator("xpath=..").get_attribute("aria-rowindex") or 0)  # the header is line 1
    click_row(page, row - 2)


def click_row(page: Page, row: int) -> None:
    """Line `row` of the first table, from 0, by the box at its left."""
    page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": ROW * (row + 1) + ROW // 2})


def see_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

"""A running product and a browser in front of it. Any request that would leave this machine fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.startup import free_port
from tests.browser.product import WIDE, OpenPage, Product, launch, note_problems, sign_in

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def product(var: Path) -> Iterator[Product]:
    product = Product(var, free_port())
    product.start()
    yield product
    assert product.process is not None
    if product.process.poll() is None:
        product.stop()


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = launch(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture
def open_page(product: Product, browser: Browser) -> Iterator[OpenPage]:
    """Signs somebody in, in a browser of their own, and opens a page there."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(
        username: str = "analyst",
        path: str = "/",
        *,
        password: str | None = None,
        size: dict[str, int] = WIDE,
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        note_problems(context, problems)
        page = context.new_page()
        page.goto(f"{product.url}{path}")
        sign_in(page, username, password)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []

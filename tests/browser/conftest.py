"""A running product and a browser in front of it. Any request that would leave this machine fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.startup import free_port
from tests.brief import OF_A_CUSTOMER, brief
from tests.browser.behind import Behind, behind
from tests.browser.product import SLOW, WIDE, OpenPage, Product, launch, note_problems, sign_in
from tests.core.models.misbehaving import MisbehavingServer
from tests.parts import ROOT

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def slow_server() -> Iterator[MisbehavingServer]:
    """A model server whose answers go on until they are told to end."""
    with MisbehavingServer(faults=["until_told"], models=[{"name": SLOW, "digest": "d1", "size": 10}]) as server:
        yield server


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own use cases, and one that the small model answers in seconds: In brief, of a customer."""
    folder = tmp_path_factory.mktemp("prompts")
    for file in (ROOT / "prompts").glob("*.md"):
        shutil.copy(file, folder)
    in_brief = brief("customer_insight", OF_A_CUSTOMER, rows=2, tokens=60, title="In brief")
    (folder / "in_brief.md").write_text(in_brief, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def product(var: Path, prompts: Path, slow_server: MisbehavingServer) -> Iterator[Product]:
    product = Product(var, free_port(), {"PROMPTS": str(prompts)})
    product.environment |= {"MODELS__SLOW__KIND": "ollama", "MODELS__SLOW__LOCAL": "true"}
    product.environment |= {"MODELS__SLOW__URL": slow_server.url, "LIMITS__REQUESTS_PER_MINUTE": "1000"}
    product.start()
    yield product
    assert product.process is not None
    if product.process.poll() is None:
        product.stop()


@pytest.fixture(scope="session")
def house(product: Product) -> Iterator[Behind]:
    with behind(product.var) as opened:
        yield opened


@pytest.fixture
def slow(slow_server: MisbehavingServer) -> Iterator[MisbehavingServer]:
    for event in (slow_server.finish, slow_server.closed, slow_server.reached):
        event.clear()
    slow_server.faults[:] = ["until_told"]
    yield slow_server
    slow_server.finish.set()


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = launch(playwright_driver)
    yield browser
    browser.close()


@dataclass(frozen=True)
class Windows:
    """Browser windows that are kept from test to test, each with a page, so that the app's own files are fetched and
    compiled once: that is a third of what drawing costs. `problems` is what went wrong in any of them."""

    browser: Browser
    free: dict[tuple[int, str], list[BrowserContext]]  # by width and colour scheme; nobody is signed in there
    problems: list[str]

    def take(self, size: dict[str, int], scheme: str) -> BrowserContext:
        kept = self.free.get((size["width"], scheme))
        return kept.pop() if kept else self.new(size, scheme)

    def give_back(self, context: BrowserContext, size: dict[str, int], scheme: str, address: str) -> None:
        """`address` is where its page waits, on the same host."""
        first, *others = context.pages
        for page in reversed(others):
            page.close()
        context.clear_cookies()
        first.goto(address)
        self.free.setdefault((size["width"], scheme), []).append(context)

    def new(self, size: dict[str, int], scheme: str = "light") -> BrowserContext:
        context = self.browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        note_problems(context, self.problems)
        return context


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser, {}, [])


@pytest.fixture
def open_page(product: Product, house: Behind, windows: Windows) -> Iterator[OpenPage]:
    """Opens a page as somebody who is signed in already; as nobody when there is no `username`; in the sign-in form's
    own way when there is a `password`."""
    closing: list[BrowserContext] = []
    waiting: dict[BrowserContext, Page] = {}
    taken: dict[tuple[str, int, str], tuple[BrowserContext, dict[str, int]]] = {}
    windows.problems.clear()

    def open_page(
        username: str | None = "analyst",
        path: str = "/",
        *,
        password: str | None = None,
        size: dict[str, int] = WIDE,
        scheme: str = "light",
    ) -> Page:
        if username is None or password is not None:
            context = windows.new(size, scheme)
            closing.append(context)
        else:
            key = (username, size["width"], scheme)
            if key not in taken:
                context = windows.take(size, scheme)
                taken[key] = context, size
                if context.pages:
                    waiting[context] = context.pages[0]
            context, _ = taken[key]
            token = house.token(username)
            cookie = {"name": product.cookie, "value": token, "url": product.url, "httpOnly": True}
            context.add_cookies([cookie | {"sameSite": "Strict"}])  # type: ignore[list-item]
        page = waiting.pop(context, None) or context.new_page()
        page.goto(f"{product.url}{path}")
        if username is not None and password is not None:
            sign_in(page, username, password)
        return page

    yield open_page
    for context in closing:
        context.close()
    for (_, _, scheme), (context, size) in taken.items():
        windows.give_back(context, size, scheme, f"{product.url}/sign-in")
    assert windows.problems == []

"""A running product and a browser in front of it. Any request that would leave this machine fails the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.startup import answers, free_port
from core.accounts.demo import DEMO_ACCOUNTS
from core.settings import PREFIX
from tests.parts import ROOT, find_browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORDS = {demo.user.username: demo.password for demo in DEMO_ACCOUNTS}
expect.set_options(timeout=20_000)


@dataclass
class Product:
    """`python -m core serve` in a folder of its own."""

    var: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {**os.environ, f"{PREFIX}VAR": str(self.var), f"{PREFIX}FIND_OLLAMA": "false", **self.environment}
        command = [sys.executable, "-m", "core", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while not answers(f"{self.url}/sign-in"):
            if self.process.poll() is not None:
                raise AssertionError(self.process.stdout.read() if self.process.stdout else "")

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)


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
    executable = find_browser()
    assert executable is not None, "no browser; tests.prepare says what to install"
    browser = playwright_driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def sign_in(product: Product, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Signs a demo account in, in a browser of its own, and opens a page."""
    contexts: list[BrowserContext] = []
    left: list[str] = []

    def open_page(username: str = "analyst", path: str = "/", *, size: dict[str, int] = WIDE, scheme: str = "light") -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("request", lambda request: _note(request.url, left))
        page = context.new_page()
        page.goto(f"{product.url}{path}")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORDS[username])
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert left == [], "requests that would leave this machine"


def _note(url: str, left: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
        left.append(url)

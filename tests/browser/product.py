"""A running product in a folder of its own, and a browser that talks to nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from benchmarks.startup import answers
from core.accounts.demo import DEMO_ACCOUNTS
from core.settings import PREFIX, Settings
from core.web.cookie import session_cookie
from tests.parts import ROOT, find_browser

SLOW = "slow"  # the model of `slow_server`
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PASSWORDS = {demo.user.username: demo.password for demo in DEMO_ACCOUNTS}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Product:
    """`make run`, as in a terminal of its own. What it prints is in `log`; `environment` are settings without their
    prefix."""

    var: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return session_cookie(Settings(port=self.port)).name

    @property
    def log(self) -> Path:
        return self.var / "serve.txt"

    def start(self) -> None:
        settings = {"VAR": str(self.var), "FIND_OLLAMA": "false", **self.environment}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        environment |= {f"{PREFIX}{name}": value for name, value in settings.items()}
        command = ["make", "run", f"PORT={self.port}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        while not answers(f"{self.url}/sign-in"):
            if self.process.poll() is not None:
                raise RuntimeError(f"The product did not start: {self.log.read_text()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """A terminal's Ctrl-C reaches everything that runs in it, `make` too; so does kill -9 here."""
        assert self.process is not None
        os.killpg(self.process.pid, how)
        self.process.wait(30)


def launch(driver: Playwright) -> Browser:
    executable = find_browser()
    if executable is None:
        raise RuntimeError("There is no browser; `python -m tests.prepare` says what to install.")
    return driver.chromium.launch(executable_path=executable, args=ARGUMENTS)


def sign_in(page: Page, username: str, password: str | None = None) -> None:
    """On the sign-in page."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password or PASSWORDS[username])
    page.get_by_role("button", name="Sign in", exact=True).click()


def note_problems(context: BrowserContext, problems: list[str]) -> None:
    """Collects requests that would leave this machine, and what the browser refuses or complains about."""
    context.on("request", lambda request: _note_address(request.url, problems))
    context.on("console", lambda message: _note_message(message, problems))
    context.on("weberror", lambda error: problems.append(f"script error: {error.error}"))


def _note_address(url: str, problems: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
        problems.append(f"leaves this machine: {url}")


def _note_message(message: ConsoleMessage, problems: list[str]) -> None:
    if "Content Security Policy" in message.text:
        problems.append(f"{message.type}: {message.text}")


OpenPage = Callable[..., Page]

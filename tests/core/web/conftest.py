"""The real app.py in a process of its own, over a database that the tests share with it."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.accounts.user import User
from core.settings import PREFIX, ROOT
from core.web.cookie import session_cookie
from tests.core.accounts.house import PASSWORD, House, open_house

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: httpx would read all certificates for each client
STAND_IN = Path(__file__).parent / "stand_in"


@dataclass(frozen=True)
class Served:
    """The running server, and the house it is built on."""

    house: House
    url: str
    output: Path

    @property
    def port(self) -> int:
        return self.house.settings.port

    @property
    def cookie(self) -> str:
        return session_cookie(self.house.settings).name

    def browser(self, token: str | None = None) -> httpx.Client:
        """A client that behaves as a browser's address bar does."""
        headers = {"accept": "text/html,*/*", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}
        cookies = {self.cookie: token} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, cookies=cookies, timeout=20, verify=NO_TLS)

    def signed_in(self, user: User, password: str = PASSWORD) -> httpx.Client:
        return self.browser(self.house.sign_in(user, password))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), free_port()) as served:
        yield served


@contextmanager
def serving(folder: Path, port: int, **settings: str) -> Generator[Served]:
    """app.py in a copy of its folder; `settings` are named without their prefix."""
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit", ignore=shutil.ignore_patterns("secrets.toml"))
    shutil.copytree(STAND_IN / "pages", folder / "pages")
    output = folder / "output.txt"
    environment = {f"{PREFIX}{name}": value for name, value in settings.items()}
    with open_house(folder / "var", port) as house, output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(STAND_IN / "serve.py"), str(folder / "var"), str(port)],
            cwd=folder,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT), "FORWARDED_ALLOW_IPS": ""},  # as `serve` sets it
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(timeout=60) as client:
                _wait(client, url, process, output)
            yield Served(house, url, output)
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="package")
def member(served: Served) -> str:
    """The token of somebody who stays signed in."""
    return served.house.sign_in(served.house.person().user)


def _wait(client: httpx.Client, url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    """Until the server answers; its end is not waited for in vain."""
    while process.poll() is None:
        try:
            assert client.get(f"{url}/_stcore/health").status_code == 200
            return
        except httpx.ConnectError:
            continue
    raise AssertionError(output.read_text(encoding="utf-8", errors="replace"))

"""Runs the real app.py with real Streamlit and a real database, but with a page of its own and without models.

Called as: serve.py VAR PORT. The folder of app.py is a copy, so that `pages/` beside it are the ones here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from streamlit.web.cli import main

from core.accounts import passwords
from core.accounts.demo import settle_demo_accounts
from tests.core.accounts.house import House, open_house

passwords.ROUNDS = 4


class Opened:
    """What core.bootstrap.application() gives, as far as the shell uses it."""

    def __init__(self, var: Path, port: int) -> None:
        self._opened = open_house(var, port)
        self.house: House = self._opened.__enter__()
        settle_demo_accounts(self.house.users, exist=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.house, name)

    def close(self) -> None:
        self._opened.__exit__(None, None, None)


var, port = Path(sys.argv[1]), int(sys.argv[2])
opened: list[Opened] = []


def application() -> Opened:
    if not opened:
        opened.append(Opened(var, port))
    return opened[0]


bootstrap = ModuleType("core.bootstrap")
bootstrap.application = application  # type: ignore[attr-defined]
sys.modules["core.bootstrap"] = bootstrap
sys.argv = ["streamlit", "run", "app.py", f"--server.port={port}"]
main()

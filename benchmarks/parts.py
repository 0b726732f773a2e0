"""What the benchmarks share: an application in a folder of its own, and one way to print a figure beside its limit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from core.accounts.user import Actor, Role, User
from core.bootstrap import Application, open_application
from core.settings import ROOT, LimitSettings, Settings

ENOUGH = LimitSettings(requests_per_minute=100_000, requests_per_use_case_per_hour=1_000_000, running_per_user=100)
ANALYST = Actor(User("bench", "Bench", Role.ANALYST), source="cli", signed_in_by="cli")


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A data folder with the small language model in it when `make run` or `make test` has fetched that."""
    with tempfile.TemporaryDirectory(prefix="record-analyst-bench-") as folder:
        var = Path(folder) / "var"
        models = var / "models"
        models.mkdir(parents=True)
        for file in sorted((ROOT / "var" / "models").glob("*.gguf")):
            (models / file.name).symlink_to(file)
        yield var


@contextmanager
def running_application() -> Iterator[Application]:
    with fresh_folder() as var:
        os.environ.pop("OLLAMA_HOST", None)
        application = open_application(Settings(var=var, find_ollama=False, limits=ENOUGH))
        try:
            yield application
        finally:
            application.close()


def show(name: str, ours: float, unit: str, *, peer: float | None = None, what: str = "", aim: str = "") -> None:
    """One line: the figure, the peer's or limit's figure of this run, their ratio, and what we aim at."""
    line = f"{name:<58} {ours:>10.2f} {unit:<10}"
    if peer is not None:
        line += f" {what} {peer:.2f} {unit}, ratio {ours / peer if peer else 0:.2f}"
    print(f"{line}{f'  (aim {aim})' if aim else ''}", flush=True)


def p50(values: list[float]) -> float:
    return median(values)

"""What the benchmarks share: an application in a folder of its own, and one way to print a figure beside its limit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import URL

from core.accounts.user import Actor, Role, User
from core.bootstrap import Application, open_application
from core.settings import ROOT, LimitSettings, Settings
from core.web.server import attend

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
def running_application(prompts: Path = ROOT / "prompts") -> Iterator[Application]:
    with fresh_folder() as var:
        os.environ.pop("OLLAMA_HOST", None)
        application = open_application(Settings(var=var, find_ollama=False, limits=ENOUGH, prompts=prompts))
        attend()  # as the server's process does
        try:
            yield application
        finally:
            application.close()


def plain(url: URL) -> str:
    """The URL as psycopg takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def show(
    name: str,
    ours: float,
    unit: str,
    *,
    peer: float | None = None,
    what: str = "",
    at_most: float | None = None,
    at_least: float | None = None,
    of_peer: bool = False,
) -> bool:
    """One line: verdict, figure, the peer's figure of this run and the ratio, the aim. `of_peer`: the aim is for the
    ratio, not for the figure. Returns whether the aim is met; without one it is.
    """
    ratio = ours / peer if peer else None
    judged = ratio if of_peer and ratio is not None else ours
    met = (at_most is None or judged <= at_most) and (at_least is None or judged >= at_least)
    aimed = at_most is not None or at_least is not None
    line = f"{('ok' if met else 'MISSED') if aimed else '':<7}{name:<52}{ours:>10.2f} {unit:<9}"
    if peer is not None and ratio is not None:
        line += f" {what} {peer:.2f} {unit}, ratio {ratio:.2f}"
    if aimed:
        sign, aim = ("≤", at_most) if at_most is not None else ("≥", at_least)
        line += f"  (aim: {'ratio ' if of_peer else ''}{sign} {aim:g}{'' if of_peer else f' {unit}'})"
    print(line, flush=True)
    return met


def p50(values: list[float]) -> float:
    return median(values)

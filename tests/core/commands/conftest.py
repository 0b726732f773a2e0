"""The command line beside the application of these tests, on the same data: in a process of its own as people run it,
or within the test's, which is quicker."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from benchmarks.steady_server import steady_server
from core.__main__ import main
from core.audit.query import AuditRow, Filter, page
from core.bootstrap import Application
from core.settings import PREFIX
from tests.parts import ROOT

HANDLED = (signal.SIGINT, signal.SIGTERM)  # by commands


@dataclass(frozen=True)
class Ended:
    code: int | str | None
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def environment(application: Application) -> dict[str, str]:
    settings = application.settings
    inherited = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "OLLAMA"))}
    return {
        **inherited,
        f"{PREFIX}VAR": str(settings.var),
        f"{PREFIX}FIND_OLLAMA": "false",
        f"{PREFIX}LIMITS__REQUESTS_PER_MINUTE": "1000",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "core", *arguments]
        more = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, env=environment | more, text=True, stdout=pipe, stderr=pipe)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run_process(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., Ended]:
    def run(*arguments: str, **settings: str) -> Ended:
        process = start(*arguments, **settings)
        out, err = process.communicate(timeout=180)
        assert "Traceback" not in err, err
        return Ended(process.returncode, out, err)

    return run


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """The same without the process. An error that would end that with a stack trace is raised here."""

    def run(*arguments: str, **settings: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        more = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
        with _surroundings(environment | more), redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(list(arguments))
            except SystemExit as ended:  # argparse's
                code = ended.code
        return Ended(code, out.getvalue(), err.getvalue())

    monkeypatch.setattr(os, "execv", _refuse)
    return run


@contextmanager
def _surroundings(environment: dict[str, str]) -> Generator[None]:
    """This environment and no other; afterwards what was there before, and its handlers of signals."""
    inherited, handlers = os.environ.copy(), {number: signal.getsignal(number) for number in HANDLED}
    _become(environment)
    try:
        yield
    finally:
        _become(inherited)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _become(environment: dict[str, str]) -> None:
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


def _refuse(*_: object) -> None:
    pytest.fail("It became the server.")


@pytest.fixture
def steady() -> Iterator[Callable[..., dict[str, str]]]:
    """Settings for a model server that writes at a steady rate, `steady`."""
    with steady_server(tokens=2_000, per_second=20) as url:
        yield lambda: {
            "models__steady__kind": "ollama",
            "models__steady__url": url,
            "models__steady__local": "true",
        }


@pytest.fixture
def events_of(application: Application) -> Callable[[str], list[AuditRow]]:
    """The audit rows of one request, in their order."""

    def events_of(request_id: str) -> list[AuditRow]:
        found = page(application.audit.engine, Filter(request_id=UUID(request_id)))
        return sorted(found.rows, key=lambda row: row.seq)

    return events_of


@pytest.fixture
def newest(application: Application) -> Callable[..., AuditRow]:
    return lambda: page(application.audit.engine, Filter(), limit=1).rows[0]

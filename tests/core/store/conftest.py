"""Folders with an embedded PostgreSQL in them: made once, then copied, so that each test has one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.store.embedded import EmbeddedPostgres

HOLDER = """
import sys
from pathlib import Path
from core.store import embedded_cluster
from core.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres.start(Path(sys.argv[1]))
print(embedded_cluster.find(server.data).pid, flush=True)
sys.stdin.read()
server.close()
print("closed", flush=True)
"""


class Holder:
    """Another process that holds the server of a folder until it is told to let go, or killed."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )

    def server_pid(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def let_go(self) -> None:
        output, _ = self.process.communicate("")
        assert output == "closed\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose server has been created and stopped."""
    var = tmp_path_factory.mktemp("pristine") / "var"
    EmbeddedPostgres.start(var).close()
    return var


@pytest.fixture
def var(pristine: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "var"
    subprocess.run(["cp", "-a", str(pristine), str(copy)], check=True)
    return copy


@pytest.fixture(scope="module")
def running(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running server, for tests that only knock at its door."""
    copy = tmp_path_factory.mktemp("running") / "var"
    subprocess.run(["cp", "-a", str(pristine), str(copy)], check=True)
    with EmbeddedPostgres.start(copy) as server:
        yield server


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Callable[[Path], Holder]]:
    """Starts other processes that hold a server; none of them outlives the test."""
    holders: list[Holder] = []

    def start(var: Path) -> Holder:
        holders.append(Holder(var))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()

"""Real servers for the contract suite. Each one is made once and offers the same few handles."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol

import psycopg
import pytest
from sqlalchemy import URL

from core.records.procedures import Database
from core.records.record import Value
from core.store import embedded_cluster
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres

HERE = Path(__file__).parent


class Server(Protocol):
    """A database server with the procedures of contract_*.sql in it."""

    name: str
    schema: str
    many: int  # rows: more than memory would hold, as many as the server makes in a few seconds
    own_types: dict[str, Value]  # columns of `types` that only this server has
    procedures: list[str]  # all that the login may execute
    unreachable: URL

    @property
    def url(self) -> URL:
        """The login that may EXECUTE and nothing else."""
        ...

    def running(self) -> list[str]:
        """The statements that the login's sessions run right now, as the server tells."""
        ...

    def kill_sessions(self) -> None: ...

    def restart(self) -> None: ...

    def lock_items(self) -> AbstractContextManager[None]:
        """A context in which another session keeps the table `items` to itself."""
        ...

    def too_many_rights(self) -> AbstractContextManager[None]:
        """A context in which the login may read and write the table `items`."""
        ...

    def close(self) -> None: ...


def procedures_in(file: str) -> list[str]:
    """The names of the procedures that a script makes."""
    return re.findall(r"CREATE (?:FUNCTION|PROCEDURE) ([\w.]+)", (HERE / file).read_text())


class PostgreSQLServer:
    name = "postgresql"
    schema = "contract"
    many = 10_000_000
    procedures = procedures_in("contract_postgresql.sql")
    unreachable = URL.create("postgresql+psycopg", "analyst", "x", "127.0.0.1", 1, "sample_business")
    own_types: ClassVar[dict[str, Value]] = {
        "zoned": datetime(2024, 2, 29, 21, 59, 59, tzinfo=UTC),
        "array": "[1.10,null,3]",
        "nested": '[["a","b \\"c\\""],["d","é"]]',
        "interval": "1 day 02:00:00",
        "endless": "infinity",
        "uuid": "550e8400-e29b-41d4-a716-446655440000",
        "inet": "10.0.0.1/8",
        "range": "[1,2)",
    }

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedPostgres.start(folder)
        try:
            with self._connect("business_owner") as owner:
                owner.execute((HERE / "contract_postgresql.sql").read_text())
        except BaseException:
            self.embedded.close()
            raise

    @property
    def url(self) -> URL:
        return self.embedded.url("analyst", SAMPLE_DATABASE)

    def running(self) -> list[str]:
        with self._connect("analyst") as login:
            rows = login.execute(
                "SELECT query FROM pg_stat_activity"
                " WHERE usename = 'analyst' AND state = 'active' AND pid <> pg_backend_pid()"
            )
            return [query for (query,) in rows]

    def kill_sessions(self) -> None:
        with self._connect("analyst") as login:
            login.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE usename = 'analyst' AND pid <> pg_backend_pid()"
            )

    def restart(self) -> None:
        embedded_cluster.stop(self.embedded.data)
        self.embedded.ensure_running()

    @contextmanager
    def lock_items(self) -> Iterator[None]:
        with self._connect("business_owner") as owner:
            owner.autocommit = False
            owner.execute("LOCK TABLE contract.items IN ACCESS EXCLUSIVE MODE")
            yield

    @contextmanager
    def too_many_rights(self) -> Iterator[None]:
        with self._connect("business_owner") as owner:
            owner.execute("GRANT SELECT, UPDATE ON contract.items TO analyst")
            yield
            owner.execute("REVOKE SELECT, UPDATE ON contract.items FROM analyst")

    def close(self) -> None:
        self.embedded.close()

    def _connect(self, role: str) -> psycopg.Connection[tuple[str, ...]]:
        url = self.embedded.url(role, SAMPLE_DATABASE).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


SERVERS: dict[str, Callable[[Path], Server]] = {"postgresql": PostgreSQLServer}


@pytest.fixture(scope="session", params=list(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = SERVERS[request.param](tmp_path_factory.mktemp(request.param))
    yield started
    started.close()


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A pool of one, so that every call gets the connection of the one before."""
    made = Database("business", server.url, pool_size=1)
    yield made
    made.close()


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()

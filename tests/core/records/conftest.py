"""Real servers for the contract suite. Each one is made once and offers the same few handles."""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

import psycopg
import pymysql
import pytest
from pymysql.cursors import Cursor
from sqlalchemy import URL, make_url

from core.records.procedures import Database
from core.records.record import Value
from core.records.sqlserver import SQLServer
from core.store import embedded_cluster
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from tests.core.records.oracle_server import OracleServer
from tests.mariadb import Mariadbd
from tests.parts import ENGINES_BY_URL

HERE = Path(__file__).parent


class Server(Protocol):
    """A database server with the procedures of contract_*.sql in it."""

    name: str
    schema: str
    many: int  # rows: more than memory would hold, as many as the server makes in a few seconds
    procedures: Sequence[str]  # all that the login may execute
    unreachable: URL
    empty: Value  # what an empty text comes back as
    tells_out: bool  # does it tell OUT from INOUT parameters, and which ones have a default?

    @property
    def url(self) -> URL:
        """The login that may EXECUTE and nothing else."""
        ...

    @property
    def own_types(self) -> Mapping[str, Value]:
        """Columns of `types` that only this server has, or has otherwise."""
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
    return re.findall(r"CREATE (?:FUNCTION|PROCEDURE) ([\w.\[\]]+)", (HERE / file).read_text())


class PostgreSQLServer:
    name = "postgresql"
    tells_out = True
    empty = ""
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


class MySQLFamilyServer:
    """The contract's procedures on a MariaDB or MySQL, reached through one driver."""

    tells_out = True
    empty = ""
    schema = "contract"
    many = 250_000  # a truncated set must be read to its end here to reach the next one
    procedures = tuple(f"contract.{name}" for name in procedures_in("contract_mariadb.sql") if name != "not_granted")

    def __init__(
        self, name: str, owner: Callable[[], pymysql.Connection[Cursor]], url: URL, restart: Callable[[], None] | None
    ) -> None:
        """`url` reaches the server; the login and its password are made here."""
        self.name = name
        self._owner = owner
        self._restart = restart
        password = secrets.token_urlsafe(8) + "{};'"
        self.login = f"login_{secrets.token_hex(4)}"
        self.url = url.set(username=self.login, password=password, database="contract")
        self.unreachable = self.url.set(host="127.0.0.1", port=1, query={})
        with closing(owner()) as connection, connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS contract")
            for statement in (HERE / "contract_mariadb.sql").read_text().split("\n//\n"):
                cursor.execute(statement)
            cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (self.login, password))
            for procedure in self.procedures:
                kind = "FUNCTION" if procedure.endswith("scalar") else "PROCEDURE"
                cursor.execute(f"GRANT EXECUTE ON {kind} {procedure} TO %s@'%%'", (self.login,))

    @property
    def own_types(self) -> dict[str, Value]:
        """What differs, and why, from the other databases."""
        is_odbc = "pyodbc" in self.url.drivername
        return {
            "json": '{"b": [1.10, 2], "a": "x  y"}',  # MariaDB's JSON is a text to its drivers
            "unsigned": 18446744073709551615,
            "duration": "-30:00:01",
            "year": 2024,
            "choice": "bad",
            "choices": "a,c",
            "text": "é" * 5000,
            "blob": "5,000 bytes",
        } | ({"boolean": 1} if is_odbc else {})

    def running(self) -> list[str]:
        """By database: in a procedure the list shows its definer instead of the login."""
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT info FROM information_schema.processlist"
                " WHERE db = 'contract' AND command IN ('Query', 'Execute')"
            )
            return [info for (info,) in cursor.fetchall()]

    def kill_sessions(self) -> None:
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            listed = "SELECT id FROM information_schema.processlist WHERE db = 'contract'"
            cursor.execute(listed)
            for (number,) in cursor.fetchall():
                with suppress(pymysql.err.OperationalError):  # it may have ended by itself
                    cursor.execute("KILL %s", (number,))
            while cursor.execute(listed):
                time.sleep(0.01)

    def restart(self) -> None:
        (self._restart or self.kill_sessions)()

    @contextmanager
    def lock_items(self) -> Iterator[None]:
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute("LOCK TABLES contract.items WRITE")
            yield

    @contextmanager
    def too_many_rights(self) -> Iterator[None]:
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute("GRANT SELECT, UPDATE ON contract.items TO %s@'%%'", (self.login,))
            yield
            cursor.execute("REVOKE SELECT, UPDATE ON contract.items FROM %s@'%%'", (self.login,))

    def close(self) -> None:
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute("DROP USER %s@'%%'", (self.login,))
            cursor.execute("DROP DATABASE contract")


class SQLServerServer:
    """The contract's procedures on a SQL Server, in a database of their own."""

    name = "sqlserver-url"
    tells_out = False
    empty = ""
    schema = "contract"
    many = 1_000_000
    procedures = tuple(
        name.replace("[", "").replace("]", "")
        for name in procedures_in("contract_sqlserver.sql")
        if name != "contract.not_granted"
    )
    home = "record_analyst_contract"
    own_types: ClassVar[dict[str, Value]] = {
        "zoned": datetime(2024, 2, 29, 21, 59, 59, tzinfo=UTC),
        "uuid": "550E8400-E29B-41D4-A716-446655440000",
    }

    def __init__(self, administrator: URL) -> None:
        """`administrator` may create databases and logins."""
        self._administrator = administrator
        self.login = f"login_{secrets.token_hex(4)}"
        password = secrets.token_urlsafe(12) + "aA1{};"
        self.url = administrator.set(username=self.login, password=password, database=self.home)
        self.unreachable = self.url.set(host="127.0.0.1", port=1)
        self.close()
        self._run(f"CREATE DATABASE {self.home}", database="master")
        for statement in re.split(r"^GO$", (HERE / "contract_sqlserver.sql").read_text(), flags=re.MULTILINE):
            if re.sub(r"--.*", "", statement).strip():
                self._run(statement)
        self._run(f"CREATE LOGIN {self.login} WITH PASSWORD = '{password}'")
        self._run(f"CREATE USER {self.login} FOR LOGIN {self.login}")
        for procedure in self.procedures:
            self._run(f"GRANT EXECUTE ON contract.[{procedure.split('.')[1]}] TO {self.login}")

    def running(self) -> list[str]:
        listed = (
            "SELECT t.text FROM sys.dm_exec_requests r JOIN sys.dm_exec_sessions s ON s.session_id = r.session_id"
            " CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t WHERE s.login_name = ?"
        )
        return [text for (text,) in self._run(listed, self.login)]

    def kill_sessions(self) -> None:
        listed = "SELECT session_id FROM sys.dm_exec_sessions WHERE login_name = ?"
        for (number,) in self._run(listed, self.login):
            self._run(f"KILL {number}")
        while self._run(listed, self.login):
            time.sleep(0.01)

    def restart(self) -> None:
        self.kill_sessions()

    @contextmanager
    def lock_items(self) -> Iterator[None]:
        with closing(self._connect(self.home)) as connection:
            connection.autocommit = False
            connection.execute("SELECT COUNT(*) FROM contract.items WITH (TABLOCKX, HOLDLOCK)").fetchall()
            yield

    @contextmanager
    def too_many_rights(self) -> Iterator[None]:
        self._run(f"GRANT SELECT, UPDATE ON contract.items TO {self.login}")
        yield
        self._run(f"REVOKE SELECT, UPDATE ON contract.items FROM {self.login}")

    def close(self) -> None:
        alone = f"ALTER DATABASE {self.home} SET SINGLE_USER WITH ROLLBACK IMMEDIATE"
        gone = f"BEGIN {alone}; DROP DATABASE {self.home}; END"
        self._run(f"IF DB_ID('{self.home}') IS NOT NULL {gone}", database="master")
        self._run(f"IF SUSER_ID('{self.login}') IS NOT NULL DROP LOGIN {self.login}", database="master")

    def _run(self, statement: str, *values: str, database: str = home) -> list[Any]:
        with closing(self._connect(database)) as connection:
            cursor = connection.execute(statement, *values)
            return cursor.fetchall() if cursor.description else []

    def _connect(self, database: str) -> Any:
        raw = SQLServer().connect(self._administrator.set(database=database)).raw
        raw.autocommit = True
        return raw


def start_server(name: str, request: pytest.FixtureRequest) -> Server:
    if name == "postgresql":
        return PostgreSQLServer(request.getfixturevalue("tmp_path_factory").mktemp("postgresql"))
    if name == "mysql-url":
        url = make_url(os.environ[ENGINES_BY_URL["mysql-url"]])
        given = url.translate_connect_args(username="user")
        return MySQLFamilyServer(name, lambda: pymysql.connect(**given, autocommit=True), url, None)
    if name == "sqlserver-url":
        return SQLServerServer(make_url(os.environ[ENGINES_BY_URL["sqlserver-url"]]))
    if name == "oracle-url":
        return OracleServer(make_url(os.environ[ENGINES_BY_URL["oracle-url"]]))
    own: Mariadbd = request.getfixturevalue("mariadbd")

    def restart() -> None:
        own.stop()
        own.start()

    url = URL.create("mysql+pymysql", query={"unix_socket": str(own.socket)})
    if name == "mariadb-pyodbc":
        url = URL.create("mariadb+pyodbc", host="127.0.0.1", port=own.port)
    return MySQLFamilyServer(name, own.owner, url, restart)


SERVERS = [
    "postgresql",
    "mariadb-pymysql",
    "mariadb-pyodbc",
    *(name for name, key in ENGINES_BY_URL.items() if os.environ.get(key)),
]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    started = start_server(request.param, request)
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

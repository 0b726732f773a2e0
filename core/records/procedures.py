"""The only way to a business database: call one stored procedure for one person, within limits.

Each call has a connection of the pool to itself, is ended in the server when it is stopped or late, and gives the
connection back before it returns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import URL, QueuePool
from sqlalchemy.exc import SQLAlchemyError

from core.errors import DatabaseUnavailable, ProcedureTimedOut, RecordAnalystError, SettingsError
from core.records.ceilings import Ceilings
from core.records.contract import (
    Call,
    CallStopped,
    Dialect,
    Finding,
    Identity,
    Limits,
    Mode,
    Parameter,
    Signature,
    check_arguments,
    mismatch,
)
from core.records.mariadb import MariaDB
from core.records.mariadb_odbc import ODBC
from core.records.mariadb_pymysql import PyMySQL
from core.records.oracle import Oracle
from core.records.postgresql import PostgreSQL
from core.records.record import Record, Value
from core.records.sqlserver import SQLServer
from core.records.watch import Watch, watch_call
from core.watchdog import TICK

__all__ = [
    "CallStopped",
    "Database",
    "Finding",
    "Identity",
    "Limits",
    "Mode",
    "Parameter",
    "Signature",
    "call",
    "check_rights",
    "mismatch",
    "signature",
]

Result = TypeVar("Result")
DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "postgresql+psycopg": PostgreSQL,
    "mysql+pymysql": lambda: MariaDB(PyMySQL()),
    "mariadb+pymysql": lambda: MariaDB(PyMySQL()),
    "mysql+pyodbc": lambda: MariaDB(ODBC()),
    "mariadb+pyodbc": lambda: MariaDB(ODBC()),
    "mssql+pyodbc": SQLServer,
    "oracle+oracledb": Oracle,
}
PATIENCE = 10.0  # seconds to wait for a free connection, and for doctor's questions
_nobody = Identity("", "", "")


class _Stale(Exception):
    """The connection was dead before anything of the procedure was sent: another one may do."""


class Database:
    """A business database: a pool of connections and the dialect to speak there. Nothing connects until a call."""

    def __init__(self, name: str, url: URL, *, pool_size: int = 5) -> None:
        """Raises SettingsError for a URL whose kind of database is not known."""
        if url.drivername not in DIALECTS:
            known = ", ".join(sorted(DIALECTS))
            raise SettingsError(f"The URL of database {name} begins with {url.drivername}; known are {known}.")
        self.name = name
        self.dialect = DIALECTS[url.drivername]()
        self.pool_size = pool_size
        self._url = url
        self._pool = QueuePool(
            lambda: self.dialect.connect(url), pool_size=pool_size, max_overflow=0, timeout=PATIENCE, recycle=1800
        )
        self._free = threading.Semaphore(pool_size)

    def __repr__(self) -> str:
        return f"Database({self.name!r}, {self._url!r})"  # a URL hides its password

    def close(self) -> None:
        """Close the connections that nobody uses; a later call opens new ones."""
        self._pool.dispose()
        self._pool = self._pool.recreate()

    def work(self, call: Call, stop: threading.Event | None, do: Callable[[Any, Ceilings], Result]) -> Result:
        """Do something on a connection in the call's transaction. Raises CallStopped and core.errors."""
        deadline = time.monotonic() + call.limits.seconds
        with self._translated(call.procedure), self._place(deadline, stop):
            while True:
                with suppress(_Stale):
                    return self._work_once(call, deadline, stop, do)

    def _work_once(
        self, call: Call, deadline: float, stop: threading.Event | None, do: Callable[[Any, Ceilings], Result]
    ) -> Result:
        connection = self._pool.connect()
        raw: Any = connection.driver_connection
        is_fresh = not connection.info.get("used")
        connection.info["used"] = True
        watch: Watch | None = None
        try:
            with watch_call(deadline, stop, lambda: self.dialect.cancel(raw), lambda: self.dialect.abort(raw)) as watch:
                try:
                    self.dialect.begin(raw, call)
                except Exception as error:
                    if is_fresh or watch.ended or not self.dialect.is_disconnect(error):
                        raise
                    raise _Stale from error  # the server went away while the connection lay in the pool
                return do(raw, Ceilings(call.limits.rows, call.limits.bytes, watch.check))
        except Exception as error:
            known = isinstance(error, RecordAnalystError) or self.dialect.translate(error, "") is not None
            if not known or self.dialect.is_disconnect(error):
                connection.invalidate()  # dead, or in a state that nobody foresaw
            if watch is not None and watch.stopped:
                raise CallStopped from error
            if watch is not None and watch.late:
                raise ProcedureTimedOut(f"The procedure {call.procedure} took too long and was stopped.") from error
            raise
        finally:
            is_cancelled = watch is not None and watch.ended  # the cancel may still be under way to it
            if (is_cancelled or not self.dialect.reusable) and connection.is_valid:
                connection.invalidate()
            connection.close()

    @contextmanager
    def _place(self, deadline: float, stop: threading.Event | None) -> Generator[None]:
        """Wait for a free connection, but not longer than is left, and not after Stop."""
        give_up = min(deadline, time.monotonic() + PATIENCE)
        while not self._free.acquire(timeout=TICK):
            if stop is not None and stop.is_set():
                raise CallStopped
            if time.monotonic() > give_up:
                raise DatabaseUnavailable(
                    f"All {self.pool_size} connections to the database are in use.", "Try again in a minute."
                )
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def _translated(self, procedure: str) -> Generator[None]:
        """The one place where a driver's errors become ours."""
        try:
            yield
        except (CallStopped, RecordAnalystError):
            raise
        except Exception as error:
            translated = self.dialect.translate(error, procedure)
            if translated is None and isinstance(error, SQLAlchemyError):
                translated = DatabaseUnavailable("The database cannot be reached.")
            if translated is None:
                raise
            raise translated from error


def call(
    database: Database,
    procedure: str,
    arguments: Mapping[str, Value],
    identity: Identity,
    limits: Limits,
    *,
    record_id: str,
    result_sets: Sequence[str] = (),
    stop: threading.Event | None = None,
) -> Record:
    """Call a stored procedure and fetch its result sets, in order, empty ones included.

    `result_sets` names sets that the database leaves nameless. Raises CallStopped when `stop` was set, InvalidRequest
    for names and values that cannot be, and DatabaseError. No set with a row means that there is no such record; that
    is for the caller to judge.
    """
    begin = time.perf_counter()
    check_arguments(arguments)
    wanted = Call(procedure, arguments, identity, limits, tuple(result_sets))
    sets = database.work(wanted, stop, lambda connection, ceilings: database.dialect.run(connection, wanted, ceilings))
    return Record(record_id, sets, (time.perf_counter() - begin) * 1000)


def signature(database: Database, procedure: str) -> Signature:
    """The procedure's own parameters. Raises ProcedureMissing and the other DatabaseErrors."""
    question = Call(procedure, {}, _nobody, Limits(PATIENCE))
    return database.work(question, None, lambda connection, _: database.dialect.signature(connection, procedure))


def check_rights(database: Database, expected: Sequence[str] = ()) -> list[Finding]:
    """What the login may do besides executing the `expected` procedures. Raises DatabaseError."""
    question = Call("", {}, _nobody, Limits(PATIENCE))
    return database.work(question, None, lambda connection, _: database.dialect.check_rights(connection, expected))

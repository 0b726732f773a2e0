"""Which processes of the product are alive.

Each holds an advisory lock on its number while it lives. The database lets go of it the moment the process, or the
machine under it, is gone: no clocks, no host names, no heartbeats. (A pooler in front of the state database must
therefore keep sessions, not transactions.)
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.store.engine import store_errors
from core.store.tables import processes

LOCK_SPACE = 7_340_002


class Presence:
    """This process's place in `processes`. `keep` renews the lock after the connection was lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        with store_errors(), engine.begin() as connection:
            row = insert(processes).values(host=socket.gethostname(), pid=os.getpid()).returning(processes.c.process_id)
            self.process_id: int = connection.execute(row).scalar_one()
        self._connection = self._hold()

    def _hold(self) -> Connection:
        with store_errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(select(func.pg_advisory_lock(LOCK_SPACE, self.process_id)))
            return connection

    def keep(self) -> None:
        """Raises StoreUnavailable."""
        with self._lock:
            try:
                self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = self._hold()

    def close(self) -> None:
        with self._lock:
            with suppress(SQLAlchemyError):  # gone already, and the lock with it
                self._connection.execute(select(func.pg_advisory_unlock(LOCK_SPACE, self.process_id)))
            self._connection.invalidate()
            self._connection.close()


def is_gone(connection: Connection, process_id: int) -> bool:
    """Whether that process has ended. Its lock, when free, is held until this transaction ends."""
    return connection.execute(select(func.pg_try_advisory_xact_lock(LOCK_SPACE, process_id))).scalar_one()

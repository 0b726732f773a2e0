"""The connection on which this process writes the audit log.

Writers take turns, so one does for all of them. It stays open, and whatever has to be known under the lock is asked in
one message: a message there and back takes longer than what it asks.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine

from core.store.engine import driver

Found = tuple[Any, ...] | None
"""The first row of what a question finds."""


@dataclass(frozen=True, slots=True)
class Question:
    """In psycopg's words; the statement is prepared once per connection."""

    statement: bytes
    values: Mapping[str, object] = field(default_factory=dict[str, object])


class Line:
    """For one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self, questions: Sequence[Question]) -> Generator[tuple[Connection, list[Found]]]:
        """A transaction that ends with the block, with the answers to what is asked, in order, at its beginning.

        Raises what psycopg and SQLAlchemy raise.
        """
        connection, found = self._begin(questions)
        try:
            with connection.begin():
                yield connection, found
        finally:
            if not _is_idle(connection):
                self.close()

    def close(self) -> None:
        """It is opened again when it is needed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _begin(self, questions: Sequence[Question]) -> tuple[Connection, list[Found]]:
        while True:
            was_open = self._connection is not None
            connection = self._connection = self._connection or self._engine.connect()
            try:
                return connection, _ask(driver(connection), questions)
            except BaseException as error:
                is_gone = driver(connection).closed
                self.close()
                if not (was_open and is_gone and isinstance(error, psycopg.Error)):
                    raise  # else the server ended it while it lay idle: another one may do


def _ask(connection: psycopg.Connection[Any], questions: Sequence[Question]) -> list[Found]:
    with connection.pipeline():  # psycopg's BEGIN goes with it
        asked = [connection.execute(one.statement, one.values, prepare=True) for one in questions]
    return [cursor.fetchone() for cursor in asked]


def _is_idle(connection: Connection) -> bool:
    return not connection.invalidated and driver(connection).info.transaction_status is TransactionStatus.IDLE

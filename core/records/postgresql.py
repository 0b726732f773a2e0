"""PostgreSQL: functions that return tables, values or refcursors, and procedures with INOUT parameters.

Everything happens in one read-only transaction that is rolled back, so identity, timeouts and cursors are gone
before the connection is given to somebody else.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.pq import Escaping
from sqlalchemy import URL

from core.errors import ProcedureFailed, RecordAnalystError
from core.records.ceilings import Ceilings
from core.records.contract import (
    OUTPUT,
    Call,
    Finding,
    Mode,
    Signature,
    match_arguments,
    mismatch,
)
from core.records.failures import Failure, explain
from core.records.postgresql_rights import find_rights
from core.records.postgresql_routine import REFCURSOR, Connection, Routine, find_routines, quoted
from core.records.postgresql_types import adapters, columns, load_rows
from core.records.record import Column, ResultSet, Row
from core.records.remembered import Remembered

VOID = 2278
DEFAULTS: dict[str, Any] = {
    "application_name": "record-analyst",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
}
BEGIN = """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT set_config('app.user', {}, true), set_config('app.role', {}, true),
       set_config('app.request_id', {}, true), set_config('statement_timeout', '{statement}', true),
       set_config('lock_timeout', '{lock}', true), set_config('idle_in_transaction_session_timeout', '{idle}', true)
"""  # all sets of a record are from one moment
AHEAD = 8  # cursors whose first rows are fetched in one round trip


class PostgreSQL:
    """See contract.Dialect."""

    reusable = True

    def __init__(self) -> None:
        self._routines = Remembered[list[Routine]]()

    def connect(self, url: URL) -> Connection:
        query: dict[str, Any] = {
            key: value if isinstance(value, str) else ",".join(value) for key, value in url.query.items()
        }
        given = url.translate_connect_args(username="user", database="dbname")
        return psycopg.connect(
            **(DEFAULTS | given | query),
            context=adapters(),
            prepare_threshold=None,  # prepared statements break pgbouncer
            autocommit=True,  # begin() starts the transaction and sets it up in one round trip
        )

    def begin(self, connection: Connection, call: Call) -> None:
        milliseconds = max(1, int(call.limits.seconds * 1000))
        quote = Escaping(connection.pgconn).escape_literal
        who = call.identity
        text = BEGIN.format(
            *(quote(one.encode()).decode() for one in (who.user, who.role, who.request_id)),
            statement=milliseconds,
            lock=max(1, milliseconds * 9 // 10),
            idle=milliseconds + 5_000,
        )
        connection.execute(text.encode())

    def run(self, connection: Connection, call: Call, ceilings: Ceilings) -> tuple[ResultSet, ...]:
        routine = self._routine(connection, call)
        arguments = match_arguments(routine.signature, call.arguments)
        types = {one.name: one.type for one in routine.signature.parameters}
        given = [f"{quoted(name)} => %s::{types[name]}" for name in arguments]
        values = tuple(arguments.values())
        with connection.cursor() as cursor:
            if routine.is_procedure:
                outputs = [one for one in routine.signature.parameters if one.mode is not Mode.IN]
                given += [
                    f"{quoted(one.name)} => NULL::{one.type}"
                    for one in outputs
                    if one.name not in arguments and not one.has_default
                ]
                cursor.execute(f"CALL {routine.name}({', '.join(given)})".encode(), values)
                return self._outputs(cursor, call, ceilings, OUTPUT) if outputs else ()
            select = " ".join(["SELECT * FROM", f"{routine.name}({', '.join(given)})"])
            if routine.gives_cursors:
                cursor.execute(select.encode(), values)
                return self._outputs(cursor, call, ceilings, OUTPUT)
            cursor.execute(f"DECLARE record_rows NO SCROLL CURSOR FOR {select}".encode(), values)
            otherwise = routine.signature.name.rsplit(".", 1)[-1] if routine.returns_set else OUTPUT
            return tuple(_fetch(cursor, [("record_rows", call.set_name(0, otherwise))], ceilings))

    def cancel(self, connection: Connection) -> None:
        connection.cancel_safe(timeout=2)

    def abort(self, connection: Connection) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def is_disconnect(self, error: BaseException) -> bool:
        if not isinstance(error, psycopg.OperationalError):
            return False
        state = error.sqlstate or "08"
        return state.startswith(("08", "57P"))

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        if not isinstance(error, psycopg.Error):
            return None
        self._routines.forget(procedure)
        return _translate(error, procedure, is_disconnect=self.is_disconnect(error))

    def signature(self, connection: Connection, procedure: str) -> Signature:
        return find_routines(connection, procedure)[0].signature

    def check_rights(self, connection: Connection, expected: Sequence[str]) -> list[Finding]:
        return find_rights(connection, expected)

    def _routine(self, connection: Connection, call: Call) -> Routine:
        """The overload that takes these arguments; the first one, for its error, when none does."""
        candidates = self._routines.get(call.procedure, lambda: find_routines(connection, call.procedure))
        if len(candidates) == 1:
            return candidates[0]
        fitting = [one for one in candidates if mismatch(one.signature, call.arguments) is None]
        return (fitting or candidates)[0]

    def _outputs(
        self, cursor: psycopg.Cursor[tuple[Any, ...]], call: Call, ceilings: Ceilings, name: str
    ) -> tuple[ResultSet, ...]:
        """What a routine handed out: each refcursor is a set of its own, the values together are one more."""
        description, described = cursor.description or [], columns(cursor)
        cursors = [place for place, one in enumerate(description) if one.type_code == REFCURSOR]
        values = [place for place in range(len(description)) if place not in cursors]
        rows = load_rows(cursor)[:1_000]
        portals: list[tuple[str, str]] = []
        for row in rows:
            for place in cursors:
                portal = row[place]
                if portal is None:
                    continue
                nameless = portal.startswith("<unnamed portal")
                otherwise = None if len(cursors) == 1 else description[place].name
                portals.append((portal, call.set_name(len(portals), otherwise) if nameless else portal))
        sets = _fetch(cursor, portals, ceilings)
        if values:
            given = iter([[tuple(row[place] for place in values) for row in rows], []])
            sets.append(ceilings.take(name, tuple(described[place] for place in values), lambda _: next(given)))
        return tuple(sets)


def _translate(error: psycopg.Error, procedure: str, *, is_disconnect: bool) -> RecordAnalystError:
    state = error.sqlstate or ""
    if state == "55P03":
        return explain(Failure.LOCKED, procedure)
    if state in ("57014", "25P03", "25P04"):
        return explain(Failure.LATE, procedure)
    if state.startswith("28") or _asked_for_password(error):
        return explain(Failure.LOGIN_REFUSED, procedure)
    if state == "53300":
        return explain(Failure.BUSY, procedure)
    if state.startswith("53"):
        return ProcedureFailed("The database is out of memory or disk space.")
    if is_disconnect:
        return explain(Failure.GONE, procedure)
    if state == "25006":
        return explain(Failure.READ_ONLY, procedure)
    return explain(Failure.BAD_VALUE if state.startswith("22") else Failure.OTHER, procedure)


def _asked_for_password(error: psycopg.Error) -> bool:
    """A connection that failed after the server had asked who we are: libpq tells no code then."""
    failed = error.pgconn
    return not error.sqlstate and failed is not None and bool(failed.used_password or failed.needs_password)


def _fetch(
    cursor: psycopg.Cursor[tuple[Any, ...]], portals: Sequence[tuple[str, str]], ceilings: Ceilings
) -> list[ResultSet]:
    """The sets of open cursors, each given with its set's name. What has no columns, as nothing has, is no set."""
    sets: list[ResultSet] = []
    for start in range(0, len(portals), AHEAD):
        some = portals[start : start + AHEAD]
        ceilings.check()
        cursor.execute("; ".join(_fetch_text(portal, ceilings.first_batch) for portal, _ in some).encode())
        first: list[tuple[bool, tuple[Column, ...], list[Row]]] = []
        for _ in some:
            first.append((_is_void(cursor), columns(cursor), load_rows(cursor)))
            cursor.nextset()
        for (portal, name), (is_void, described, rows) in zip(some, first, strict=True):
            if not is_void:
                sets.append(ceilings.take(name, described, _Portal(cursor, portal, rows).fetch))
    return sets


class _Portal:
    """An open cursor whose first rows are here already."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]], name: str, first: list[Row]) -> None:
        self._cursor = cursor
        self._name = name
        self._first: list[Row] | None = first

    def fetch(self, count: int) -> list[Row]:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return load_rows(self._cursor.execute(_fetch_text(self._name, count).encode()))


def _is_void(cursor: psycopg.Cursor[Any]) -> bool:
    result = cursor.pgresult
    return result is not None and result.nfields == 1 and result.ftype(0) == VOID


def _fetch_text(portal: str, count: int) -> str:
    return f"FETCH FORWARD {count} FROM " + '"' + portal.replace('"', '""') + '"'

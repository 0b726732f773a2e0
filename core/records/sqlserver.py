"""SQL Server through pyodbc and Microsoft's ODBC driver, which comes as a wheel and is loaded by its path.

A connection serves one call only: the identity is a read-only key of its session context, which can be set once.
SQL Server has no read-only transactions; everything is rolled back.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from core.errors import ProcedureMissing, RecordAnalystError
from core.records import odbc, sqlserver_errors
from core.records.ceilings import Ceilings
from core.records.contract import (
    OUTPUT,
    Call,
    Finding,
    Mode,
    Parameter,
    Signature,
    match_arguments,
    split_name,
)
from core.records.record import ResultSet, Value
from core.records.remembered import Remembered
from core.records.rights import summarise
from core.records.sqlserver_url import connection_string

CONNECT_SECONDS = 10
RETURNED = "record_analyst_returned"  # column of our own that carries the return value
DATETIMEOFFSET = -155
BEGIN = """
SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT {milliseconds};
EXEC sp_set_session_context @key = N'app.user', @value = ?, @read_only = 1;
EXEC sp_set_session_context @key = N'app.role', @value = ?, @read_only = 1;
EXEC sp_set_session_context @key = N'app.request_id', @value = ?, @read_only = 1;
"""
PROBLEMS = {
    "server role": ("The login is a member of the server roles {names}.", "ALTER SERVER ROLE … DROP MEMBER."),
    "database role": ("The login is a member of the database roles {names}.", "ALTER ROLE … DROP MEMBER."),
    "database right": ("The login has {names} on the database.", "REVOKE them; EXECUTE on the procedures is enough."),
    "read": (
        "The login may read {count} tables or views directly: {names}.",
        "REVOKE SELECT; procedures do not need it.",
    ),
    "write": ("The login may change {count} tables directly: {names}.", "REVOKE INSERT, UPDATE, DELETE."),
    "execute": ("The login may execute {count} routines that no use case names: {names}.", "REVOKE EXECUTE on them."),
}


@dataclass(eq=False)
class Session:
    """A connection with the cursor that is at work, which another thread may cancel."""

    raw: Any
    cursor: Any = None

    def rollback(self) -> None:
        self.raw.rollback()

    def commit(self) -> None:
        self.raw.commit()

    def close(self) -> None:
        with suppress(Exception):  # the server may be gone already
            self.raw.close()


@dataclass(frozen=True, slots=True)
class Routine:
    signature: Signature
    kind: str  # P procedure, IF and TF functions that return tables, FN that return a value


class SQLServer:
    """See contract.Dialect."""

    reusable = False

    def __init__(self) -> None:
        self._routines = Remembered[Routine]()

    def connect(self, url: URL) -> Session:
        pyodbc = odbc.load()
        raw = pyodbc.connect(connection_string(url), timeout=CONNECT_SECONDS, autocommit=False)
        raw.add_output_converter(DATETIMEOFFSET, read_datetimeoffset)
        return Session(raw)

    def begin(self, connection: Session, call: Call) -> None:
        seconds = max(1, math.ceil(call.limits.seconds))
        connection.raw.timeout = seconds  # the driver itself cancels in the server then
        who = call.identity
        text = BEGIN.format(milliseconds=max(1, int(call.limits.seconds * 900)))
        self._execute(connection, text, (who.user, who.role, who.request_id)).close()

    def run(self, connection: Session, call: Call, ceilings: Ceilings) -> tuple[ResultSet, ...]:
        routine = self._routines.get(call.procedure, lambda: self._routine(connection, call.procedure))
        arguments = match_arguments(routine.signature, call.arguments)
        text, values = write_statement(routine, arguments)
        cursor = self._execute(connection, text, values)
        sets: list[ResultSet] = []
        while True:
            if cursor.description:
                columns = tuple(odbc.column(one) for one in cursor.description)
                fetch = odbc.reader(cursor)
                if columns[-1].name == RETURNED:
                    sets += outputs(ceilings.take(OUTPUT, columns, fetch))
                else:
                    otherwise = OUTPUT if routine.kind == "FN" else None
                    sets.append(ceilings.take(call.set_name(len(sets), otherwise), columns, fetch))
            if not cursor.nextset():
                return tuple(sets)

    def cancel(self, connection: Session) -> None:
        if connection.cursor is not None:
            connection.cursor.cancel()

    def abort(self, connection: Session) -> None:
        """Nothing is stronger than the driver's own cancel, which has its own timeout."""

    def is_disconnect(self, error: BaseException) -> bool:
        return sqlserver_errors.is_disconnect(error)

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        if not odbc.is_error(error):
            return None
        self._routines.forget(procedure)
        return sqlserver_errors.translate(error, procedure)

    def signature(self, connection: Session, procedure: str) -> Signature:
        return self._routine(connection, procedure).signature

    def check_rights(self, connection: Session, expected: Sequence[str]) -> list[Finding]:
        rows = self._execute(connection, _text("sqlserver_rights.sql")).fetchall()
        wanted = {name.lower() for name in expected} | {f"dbo.{name.lower()}" for name in expected}
        return summarise([row for row in rows if row[0] != "execute" or row[1].lower() not in wanted], PROBLEMS)

    def _routine(self, connection: Session, procedure: str) -> Routine:
        name = ".".join(f"[{part}]" for part in split_name(procedure, 3))
        rows = self._execute(connection, _text("sqlserver_parameters.sql"), (name,)).fetchall()
        if not rows:
            raise ProcedureMissing(f"The database has no procedure {procedure} that the login may execute.")
        return read_routine(rows)

    def _execute(self, connection: Session, text: str, values: Sequence[Any] = ()) -> Any:
        connection.cursor = connection.raw.cursor()
        return connection.cursor.execute(text, *values)


def write_statement(routine: Routine, arguments: dict[str, Value]) -> tuple[str, list[Value]]:
    """The batch that calls a routine. Only names from the database's own catalogue are in it, never a value."""
    name = ".".join(f"[{part.replace(']', ']]')}]" for part in routine.signature.name.split(".", 1))
    parameters = routine.signature.parameters
    if routine.kind != "P":
        marks = ", ".join("?" if one.name in arguments else "DEFAULT" for one in parameters)
        values = [arguments[one.name] for one in parameters if one.name in arguments]
        column = routine.signature.name.rsplit(".", 1)[-1].replace("]", "]]")
        select = ["SELECT", f"{name}({marks})", f"AS [{column}]"]
        return " ".join(select if routine.kind == "FN" else ["SELECT * FROM", select[1]]), values
    outs = [one for one in parameters if one.mode is not Mode.IN]
    inputs = [one for one in parameters if one.mode is Mode.IN and one.name in arguments]
    declared = ["@record_analyst_returned int"]
    declared += [f"@record_analyst_{place} {one.type} = ?" for place, one in enumerate(outs)]
    given = [f"{one.name} = ?" for one in inputs]
    given += [f"{one.name} = @record_analyst_{place} OUTPUT" for place, one in enumerate(outs)]
    told = [f"@record_analyst_{place} AS [{one.name.lstrip('@')}]" for place, one in enumerate(outs)]
    text = (
        f"SET NOCOUNT ON; DECLARE {', '.join(declared)}; "
        f"EXEC @record_analyst_returned = {name} {', '.join(given)}; "
        f"SELECT {', '.join([*told, f'@record_analyst_returned AS {RETURNED}'])};"
    )
    return text, [*(arguments.get(one.name) for one in outs), *(arguments[one.name] for one in inputs)]


def read_routine(rows: Sequence[Sequence[Any]]) -> Routine:
    """SQL Server does not tell which parameters have a default, so all may be left out; it complains itself."""
    schema, name, kind = rows[0][:3]
    parameters = [
        Parameter(parameter, type_, Mode.INOUT if is_output else Mode.IN, has_default=True)
        for _, _, _, parameter, type_, is_output in rows
        if parameter
    ]
    return Routine(Signature(f"{schema}.{name}", tuple(parameters)), "P" if kind in ("P", "PC", "X") else kind)


def outputs(found: ResultSet) -> list[ResultSet]:
    """Without the return value when it is 0, as it is for nearly all procedures; no set at all when nothing is left."""
    returned = found.rows[0][-1] if found.rows else 0
    if returned:
        columns = (*found.columns[:-1], type(found.columns[-1])("return_value", found.columns[-1].type))
        return [ResultSet(OUTPUT, columns, found.rows)]
    columns, rows = found.columns[:-1], tuple(row[:-1] for row in found.rows)
    return [ResultSet(OUTPUT, columns, rows)] if columns else []


def read_datetimeoffset(raw: bytes | None) -> datetime | str | None:
    if raw is None:
        return None
    year, month, day, hour, minute, second, nanoseconds, hours, minutes = struct.unpack("<6hI2h", raw)
    zone = timezone(timedelta(hours=hours, minutes=minutes))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1000, zone)


def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text()

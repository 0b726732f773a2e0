"""Oracle through python-oracledb in thin mode: REF CURSOR parameters, implicit results, OUT values, functions.

The identity is the session's client identifier, client info and action; the transaction is read-only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from core.errors import ProcedureMissing, RecordAnalystError
from core.records import oracle_errors
from core.records.ceilings import Ceilings
from core.records.contract import (
    OUTPUT,
    Call,
    Finding,
    Mode,
    Parameter,
    Signature,
    match_arguments,
    mismatch,
    split_name,
)
from core.records.failures import explain
from core.records.oracle_connect import connect
from core.records.oracle_types import (
    READY,
    bind_type,
    bind_type_name,
    choose_type,
    column_name,
    column_type,
    is_whole,
    read_out,
)
from core.records.record import Column, ColumnType, ResultSet, Value
from core.records.remembered import Remembered
from core.records.rights import summarise
from core.records.values import row_reader, to_value

RETURNED = "return_value"
PROBLEMS = {
    "system": ("The login has the system privileges {names}.", "REVOKE all but CREATE SESSION."),
    "role": ("The login has the roles {names}.", "REVOKE them; EXECUTE on the procedures is enough."),
    "read": (
        "The login may read {count} tables or views directly: {names}.",
        "REVOKE SELECT; procedures do not need it.",
    ),
    "write": ("The login may change {count} tables directly: {names}.", "REVOKE INSERT, UPDATE, DELETE."),
    "execute": ("The login may execute {count} routines that no use case names: {names}.", "REVOKE EXECUTE on them."),
    "own": ("The login owns {count} objects: {names}.", "Let another account own them."),
}


@dataclass(frozen=True, slots=True)
class Routine:
    signature: Signature
    returns: str | None = None  # the type that a function returns


class Oracle:
    """See contract.Dialect."""

    reusable = True

    def __init__(self) -> None:
        self._remembered = Remembered[list[Routine]]()

    def connect(self, url: URL) -> Any:
        connection = connect(url)
        connection.outputtypehandler = choose_type
        return connection

    def begin(self, connection: Any, call: Call) -> None:
        connection.rollback()
        connection.call_timeout = max(1, int(call.limits.seconds * 1000))
        connection.module = "record-analyst"
        connection.client_identifier = call.identity.user[:64]
        connection.clientinfo = call.identity.role[:64]
        connection.action = call.identity.request_id[:64]
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

    def run(self, connection: Any, call: Call, ceilings: Ceilings) -> tuple[ResultSet, ...]:
        candidates = self._remembered.get(call.procedure, lambda: self._routines(connection, call.procedure))
        fitting = [one for one in candidates if mismatch(one.signature, call.arguments) is None]
        routine = (fitting or candidates)[0]
        arguments = match_arguments(routine.signature, call.arguments)
        with connection.cursor() as cursor:
            binds: dict[str, Any] = {}
            outs: dict[str, tuple[Parameter, Any]] = {}
            for place, one in enumerate(routine.signature.parameters):
                if one.mode is Mode.IN:
                    if one.name in arguments:
                        binds[f"b{place}"] = arguments[one.name]
                    continue
                variable = cursor.var(bind_type(one.type))
                if one.mode is Mode.INOUT:
                    variable.setvalue(0, arguments.get(one.name))
                binds[f"b{place}"] = variable
                outs[one.name] = (one, variable)
            if routine.returns:
                binds["returned"] = cursor.var(bind_type(routine.returns))
                outs[RETURNED] = (Parameter(RETURNED, routine.returns, Mode.OUT), binds["returned"])
            cursor.execute(write_block(routine, arguments), binds)
            sets: list[ResultSet] = []
            values: list[tuple[Column, Value]] = []
            for name, (one, variable) in outs.items():
                value = variable.getvalue()
                if one.type == "REF CURSOR":
                    set_name = call.set_name(len(sets), RETURNED) if name == RETURNED else name.lower()
                    sets += [_take(value, set_name, ceilings)] if value is not None else []
                else:
                    values.append((Column(name.lower(), column_type(bind_type_name(one.type), value)), read_out(value)))
            for implicit in cursor.getimplicitresults():
                sets.append(_take(implicit, call.set_name(len(sets)), ceilings))
        if values:
            name = call.set_name(0, OUTPUT) if routine.returns and not sets else OUTPUT
            rows = iter([[tuple(value for _, value in values)], []])
            sets.append(ceilings.take(name, tuple(column for column, _ in values), lambda _: next(rows)))
        return tuple(sets)

    def cancel(self, connection: Any) -> None:
        connection.cancel()

    def abort(self, connection: Any) -> None:
        """call_timeout closes a connection whose server does not answer."""

    def is_disconnect(self, error: BaseException) -> bool:
        return oracle_errors.is_disconnect(error)

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        failure = oracle_errors.failure_of(error)
        if failure is None:
            return None
        self._remembered.forget(procedure)
        return explain(failure, procedure)

    def signature(self, connection: Any, procedure: str) -> Signature:
        return self._routines(connection, procedure)[0].signature

    def check_rights(self, connection: Any, expected: Sequence[str]) -> list[Finding]:
        """A package is granted as a whole, so it is expected when one of its procedures is."""
        wanted = {name.lower() for name in expected} | {name.lower().rsplit(".", 1)[0] for name in expected}
        with connection.cursor() as cursor:
            rows = cursor.execute(_text("oracle_rights.sql")).fetchall()
        return summarise([row for row in rows if row[0] != "execute" or row[1].lower() not in wanted], PROBLEMS)

    def _routines(self, connection: Any, procedure: str) -> list[Routine]:
        """Every overload. `a.b` may be a schema and its procedure, or a package and its procedure."""
        parts = [part.upper() for part in split_name(procedure, 3)]
        readings = {
            1: [(None, None)],
            2: [(parts[0], None), (None, parts[0])],
            3: [(parts[0], parts[1] if len(parts) > 2 else None)],
        }
        with connection.cursor() as cursor:
            for owner, package in readings[len(parts)]:
                given = {"owner": owner, "package": package, "name": parts[-1]}
                rows = cursor.execute(_text("oracle_arguments.sql"), given).fetchall()
                if rows:
                    return read_routines(rows)
        raise ProcedureMissing(f"The database has no procedure {procedure} that the login may execute.")


def read_routines(rows: Sequence[Sequence[Any]]) -> list[Routine]:
    overloads: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        overloads.setdefault(row[4], []).append(row)
    return [_read_routine(found) for found in overloads.values()]


def write_block(routine: Routine, arguments: Mapping[str, Value]) -> str:
    """The PL/SQL block that calls a routine. Only names from the database's own catalogue are in it, never a value."""
    given = [
        f'"{one.name}" => :b{place}'
        for place, one in enumerate(routine.signature.parameters)
        if one.mode is not Mode.IN or one.name in arguments
    ]
    name = ".".join(f'"{part}"' for part in routine.signature.name.split("."))
    target = ":returned := " if routine.returns else ""
    return f"BEGIN {target}{name}({', '.join(given)}); END;" if given else f"BEGIN {target}{name}; END;"


def _read_routine(rows: Sequence[Sequence[Any]]) -> Routine:
    owner, _, first, second = rows[0][:4]
    name = f"{owner}.{first}.{second}" if second else f"{owner}.{first}"
    parameters: list[Parameter] = []
    returns: str | None = None
    for *_, position, argument, direction, type_, defaulted in rows:
        if position == 0:
            returns = type_
        elif argument:
            mode = {"IN": Mode.IN, "OUT": Mode.OUT}.get(direction, Mode.INOUT)
            parameters.append(Parameter(argument, type_, mode, defaulted == "Y"))
    return Routine(Signature(name, tuple(parameters)), returns)


def _take(cursor: Any, name: str, ceilings: Ceilings) -> ResultSet:
    columns = tuple(
        Column(column_name(one.name), ColumnType.INTEGER if is_whole(one) else column_type(one.type_code.name))
        for one in cursor.description
    )
    try:
        read = row_reader([None if one.type_code.name in READY else to_value for one in cursor.description])
        return ceilings.take(name, columns, lambda count: read(cursor.fetchmany(count)))
    finally:
        with suppress(Exception):  # it may have been cut off in the middle
            cursor.close()


def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text()

"""Oracle through python-oracledb in thin mode: REF CURSOR parameters, implicit results, OUT values, functions.

The identity is the session's client identifier, client info and action; the transaction is read-only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from core.errors import (
    DatabaseUnavailable,
    DriverMissing,
    ProcedureFailed,
    ProcedureMissing,
    ProcedureTimedOut,
    RecordAnalystError,
)
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
from core.records.record import Column, ColumnType, ResultSet, Value
from core.records.remembered import Remembered
from core.records.rights import summarise
from core.records.values import row_reader, to_value

CONNECT_SECONDS = 10
RETURNED = "return_value"
COLUMN_TYPES = {
    "DB_TYPE_NUMBER": ColumnType.DECIMAL,
    "DB_TYPE_BINARY_INTEGER": ColumnType.INTEGER,
    "DB_TYPE_BINARY_FLOAT": ColumnType.FLOAT,
    "DB_TYPE_BINARY_DOUBLE": ColumnType.FLOAT,
    "DB_TYPE_DATE": ColumnType.TIMESTAMP,  # Oracle's DATE has a time of day
    "DB_TYPE_TIMESTAMP": ColumnType.TIMESTAMP,
    "DB_TYPE_TIMESTAMP_TZ": ColumnType.TIMESTAMP,
    "DB_TYPE_TIMESTAMP_LTZ": ColumnType.TIMESTAMP,
    "DB_TYPE_BOOLEAN": ColumnType.BOOLEAN,
}
READY = {*COLUMN_TYPES, "DB_TYPE_VARCHAR", "DB_TYPE_NVARCHAR", "DB_TYPE_CHAR", "DB_TYPE_NCHAR"}  # values as they come
BIND_TYPES = {  # the declared type of an OUT parameter → how it is bound
    "REF CURSOR": "DB_TYPE_CURSOR",
    "NUMBER": "DB_TYPE_NUMBER",
    "INTEGER": "DB_TYPE_NUMBER",
    "FLOAT": "DB_TYPE_NUMBER",
    "BINARY_INTEGER": "DB_TYPE_NUMBER",
    "PLS_INTEGER": "DB_TYPE_NUMBER",
    "BINARY_DOUBLE": "DB_TYPE_BINARY_DOUBLE",
    "BINARY_FLOAT": "DB_TYPE_BINARY_FLOAT",
    "DATE": "DB_TYPE_DATE",
    "TIMESTAMP": "DB_TYPE_TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "DB_TYPE_TIMESTAMP_TZ",
    "TIMESTAMP WITH LOCAL TIME ZONE": "DB_TYPE_TIMESTAMP_LTZ",
    "BOOLEAN": "DB_TYPE_BOOLEAN",
    "PL/SQL BOOLEAN": "DB_TYPE_BOOLEAN",
    "RAW": "DB_TYPE_RAW",
    "CLOB": "DB_TYPE_CLOB",
    "BLOB": "DB_TYPE_BLOB",
}
GONE = {
    "ORA-00028", "ORA-01012", "ORA-01033", "ORA-01034", "ORA-01089", "ORA-02396", "ORA-03113", "ORA-03114", "ORA-03135",
    "ORA-12153", "ORA-12170", "ORA-12514", "ORA-12528", "ORA-12537", "ORA-12541", "ORA-12545", "ORA-12547", "ORA-12571",
    "DPY-1001", "DPY-4011", "DPY-6000", "DPY-6001", "DPY-6003", "DPY-6005",
}  # fmt: skip
REFUSED = {"ORA-01005", "ORA-01017", "ORA-01045", "ORA-28000", "ORA-28001", "ORA-28002", "ORA-28009"}
BUSY = {"ORA-00018", "ORA-00020", "ORA-12516", "ORA-12518", "ORA-12519", "ORA-12520"}
LATE = {"ORA-01013", "ORA-03136", "ORA-02049", "DPY-4024"}
LOCKED = {"ORA-00054", "ORA-00060", "ORA-04021", "ORA-30006"}
READ_ONLY = {"ORA-01456", "ORA-16000"}
BAD_VALUE = {"ORA-01722", "ORA-01830", "ORA-01840", "ORA-01843", "ORA-01858", "ORA-01861", "ORA-06502", "ORA-12899"}
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


class ConnectTimeout(Exception):
    """Something took the connection and never answered."""


class Oracle:
    """See contract.Dialect."""

    reusable = True

    def __init__(self) -> None:
        self._remembered = Remembered[list[Routine]]()

    def connect(self, url: URL) -> Any:
        oracledb = load()
        query = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
        service = query.pop("service_name", None) or url.database
        params = oracledb.ConnectParams(
            host=url.host or "localhost",
            port=url.port or 1521,
            service_name=service,
            tcp_connect_timeout=CONNECT_SECONDS,
            **query,
        )
        connection = _connect_in_time(lambda: oracledb.connect(user=url.username, password=url.password, params=params))
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
                    values.append((Column(name.lower(), column_type(bind_type_name(one.type), value)), _read(value)))
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
        return is_error(error) and code_of(error) in GONE

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        if isinstance(error, ConnectTimeout):
            return DatabaseUnavailable("The database cannot be reached.")
        if not is_error(error):
            return None
        self._remembered.forget(procedure)
        code = code_of(error)
        if code in REFUSED:
            return DatabaseUnavailable(
                "The database refuses the login.", "An administrator must correct its URL; Health says which."
            )
        if code in BUSY:
            return DatabaseUnavailable("The database has no connection left for us.")
        if code in LATE:
            return ProcedureTimedOut(f"The procedure {procedure} took too long and was stopped.")
        if code in LOCKED:
            return ProcedureTimedOut(f"The procedure {procedure} waited too long for somebody else's lock.")
        if code in GONE:
            return DatabaseUnavailable("The database cannot be reached.")
        if code in READ_ONLY:
            return ProcedureFailed(
                f"The procedure {procedure} tries to change data, and calls are read-only.",
                "An administrator must take the change out of the procedure.",
            )
        if code in BAD_VALUE:
            return ProcedureFailed(
                f"The procedure {procedure} cannot work with this value.", "Check the ID and ask again."
            )
        return ProcedureFailed(f"The procedure {procedure} failed.")

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


def load() -> Any:
    try:
        return import_module("oracledb")
    except ImportError as error:
        raise DriverMissing(
            "The driver for Oracle is not installed.", "Install requirements.txt (oracledb)."
        ) from error


def _connect_in_time(connect: Callable[[], Any]) -> Any:
    """The driver's own timeout ends with the TCP connection; a server that never answers would hold us for ever."""
    attempt: Future[Any] = Future()

    def run() -> None:
        try:
            connection = connect()
        except BaseException as error:
            attempt.set_exception(error)
        else:
            attempt.set_result(connection)

    threading.Thread(target=run, name="oracle-connect", daemon=True).start()
    try:
        return attempt.result(CONNECT_SECONDS)
    except FutureTimeout as error:
        attempt.add_done_callback(lambda late: late.exception() or late.result().close())
        raise ConnectTimeout from error


def is_error(error: BaseException) -> bool:
    return any(kind.__module__.startswith("oracledb") for kind in type(error).__mro__)


def code_of(error: BaseException) -> str:
    """Such as ORA-01017."""
    return str(getattr(error.args[0], "full_code", "")) if error.args else ""


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


def choose_type(cursor: Any, described: Any) -> Any:
    """Numbers arrive as Decimal or int, never through float; large texts as text, without a locator each."""
    kind = described.type_code.name
    if kind == "DB_TYPE_NUMBER":
        return cursor.var(int if _is_whole(described) else Decimal, arraysize=cursor.arraysize)
    if kind in ("DB_TYPE_CLOB", "DB_TYPE_NCLOB"):
        return cursor.var(load().DB_TYPE_LONG, arraysize=cursor.arraysize)
    if kind == "DB_TYPE_BLOB":
        return cursor.var(load().DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None


def column_name(name: str) -> str:
    """Oracle writes names that nobody quoted in capitals; everywhere else they are small."""
    return name.lower() if name == name.upper() else name


def column_type(kind: str, value: Any = None) -> ColumnType:
    if kind == "DB_TYPE_NUMBER" and isinstance(value, int):
        return ColumnType.INTEGER
    return COLUMN_TYPES.get(kind, ColumnType.TEXT)


def bind_type_name(declared: str) -> str:
    return BIND_TYPES.get(declared, "DB_TYPE_VARCHAR")


def bind_type(declared: str) -> Any:
    return Decimal if bind_type_name(declared) == "DB_TYPE_NUMBER" else getattr(load(), bind_type_name(declared))


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
        Column(column_name(one.name), ColumnType.INTEGER if _is_whole(one) else column_type(one.type_code.name))
        for one in cursor.description
    )
    try:
        read = row_reader([None if one.type_code.name in READY else to_value for one in cursor.description])
        return ceilings.take(name, columns, lambda count: read(cursor.fetchmany(count)))
    finally:
        with suppress(Exception):  # it may have been cut off in the middle
            cursor.close()


def _is_whole(described: Any) -> bool:
    return described.type_code.name == "DB_TYPE_NUMBER" and described.scale == 0 and bool(described.precision)


def _read(value: Any) -> Value:
    """OUT values: a locator of a large text is read here."""
    return to_value(value.read() if hasattr(value, "read") else value)


def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text()

"""MariaDB and MySQL, through PyMySQL or ODBC: all sets of a CALL, OUT parameters by session variables.

The session itself is read-only. A call is ended by KILL QUERY from a second connection of the same login. While a
procedure runs with the rights of its definer the server does not let its own login do that; a small procedure of
the database's owner, `record_analyst_cancel`, does it then. Where there is none, Stop closes the connection and the
statement ends in the server at its time limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from core.errors import ProcedureMissing, RecordAnalystError
from core.records import mariadb_errors
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
from core.records.mariadb_casts import cast_type
from core.records.mariadb_driver import Driver, text_literal
from core.records.mariadb_rights import find_rights
from core.records.record import ResultSet, Value
from core.records.remembered import Remembered

CANCEL = "record_analyst_cancel"
MARK = "SELECT GET_LOCK(CONCAT('record_analyst.', LEFT(MD5(USER()), 16), '.', CONNECTION_ID()), 0)"
NOT_OWNER = 1095
MOST_PREPARED = 8


@dataclass(eq=False)
class Session:
    """A driver's connection with what is needed to end what it runs."""

    raw: Any
    url: URL
    number: int
    is_mariadb: bool
    prepared: dict[str, tuple[str, Any]] = field(default_factory=dict[str, tuple[str, Any]])

    def keep(self, statement: str, cursor: Any) -> None:
        """For the next call: it then needs no round trip to prepare. The statement that waited longest gives way.

        With the statement itself: pyodbc prepares again for an equal text that is another object.
        """
        if len(self.prepared) >= MOST_PREPARED:
            self.prepared.pop(next(iter(self.prepared)))[1].close()
        self.prepared[statement] = (statement, cursor)

    def rollback(self) -> None:
        self.raw.rollback()

    def commit(self) -> None:
        self.raw.commit()

    def close(self) -> None:
        with suppress(Exception):  # the server may be gone already
            self.raw.close()


@dataclass(frozen=True, slots=True)
class _Routine:
    signature: Signature
    is_function: bool


class MariaDB:
    """See contract.Dialect."""

    reusable = True

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._routines = Remembered[_Routine]()

    def connect(self, url: URL) -> Session:
        raw = self._driver.connect(url)
        ((number, version),) = self._query(raw, "SELECT CONNECTION_ID(), VERSION()")
        with suppress(Exception):  # some clusters have no such locks; Stop then waits for the time limit
            self._query(raw, MARK)  # record_analyst_cancel ends sessions with this mark, and no others
        self._execute(raw, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").close()
        return Session(raw, url, int(number), "mariadb" in str(version).lower())

    def begin(self, connection: Session, call: Call) -> None:
        who, seconds = call.identity, max(1, int(call.limits.seconds))
        limit = f"max_statement_time = {call.limits.seconds:f}"
        if not connection.is_mariadb:
            limit = f"max_execution_time = {int(call.limits.seconds * 1000)}"
        given = {"@app_user": who.user, "@app_role": who.role, "@app_request_id": who.request_id}
        settings = [f"{name} = {text_literal(value)}" for name, value in given.items()]
        settings += [f"SESSION {limit}", f"SESSION lock_wait_timeout = {seconds}"]
        settings += [f"SESSION innodb_lock_wait_timeout = {seconds}"]
        self._execute(connection.raw, f"SET {', '.join(settings)}").close()

    def run(self, connection: Session, call: Call, ceilings: Ceilings) -> tuple[ResultSet, ...]:
        routine = self._routines.get(call.procedure, lambda: self._routine(connection.raw, call.procedure))
        arguments = match_arguments(routine.signature, call.arguments)
        name = ".".join(f"`{part}`" for part in routine.signature.name.split("."))
        outputs = [one for one in routine.signature.parameters if one.mode is not Mode.IN]
        variables = {one.name: f"@record_analyst_{place}" for place, one in enumerate(outputs)}
        if variables:
            marks, values = self._bind([arguments.get(one.name) for one in outputs])
            pairs = [f"{variable} = {mark}" for variable, mark in zip(variables.values(), marks, strict=True)]
            self._execute(connection.raw, f"SET {', '.join(pairs)}", values).close()
        inputs = {one.name: arguments[one.name] for one in routine.signature.parameters if one.mode is Mode.IN}
        marks, values = self._bind(list(inputs.values()))
        places = variables | dict(zip(inputs, marks, strict=True))
        given = ", ".join(places[one.name] for one in routine.signature.parameters)
        if routine.is_function:
            column = routine.signature.name.rsplit(".", 1)[-1]
            statement = f"SELECT {name}({given}) AS `{column}`"
            return tuple(
                self._sets(connection, statement, values, ceilings, lambda place: call.set_name(place, OUTPUT))
            )
        sets = self._sets(connection, f"CALL {name}({given})", values, ceilings, call.set_name)
        if variables:
            columns = [f"CAST({variables[one.name]} AS {cast_type(one.type)}) AS `{one.name}`" for one in outputs]
            sets += self._sets(connection, f"SELECT {', '.join(columns)}", (), ceilings, lambda _: OUTPUT)
            cleared = ", ".join(f"{variable} = NULL" for variable in variables.values())
            self._execute(connection.raw, f"SET {cleared}").close()
        return tuple(sets)

    def cancel(self, connection: Session) -> None:
        with closing(self._driver.connect(connection.url)) as other:
            try:
                self._execute(other, f"KILL QUERY {connection.number}").close()
            except Exception as error:
                if self._driver.code(error) != NOT_OWNER:
                    raise
                self._execute(other, f"CALL {CANCEL}({connection.number})").close()

    def abort(self, connection: Session) -> None:
        self._driver.abort(connection.raw)

    def is_disconnect(self, error: BaseException) -> bool:
        return mariadb_errors.is_disconnect(self._driver, error)

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        if not self._driver.is_error(error):
            return None
        self._routines.forget(procedure)
        return mariadb_errors.translate(self._driver, error, procedure)

    def signature(self, connection: Session, procedure: str) -> Signature:
        return self._routine(connection.raw, procedure).signature

    def check_rights(self, connection: Session, expected: Sequence[str]) -> list[Finding]:
        grants = [str(row[0]) for row in self._query(connection.raw, "SHOW GRANTS")]
        ((database,),) = self._query(connection.raw, "SELECT DATABASE()")
        return find_rights(grants, [*expected, CANCEL], str(database))

    def _routine(self, raw: Any, procedure: str) -> _Routine:
        *schema, name = split_name(procedure)
        marks, values = self._bind((schema[0] if schema else None, name))
        statement = Path(__file__).with_name("mariadb_parameters.sql").read_text()
        rows = self._query(raw, statement.format(schema=marks[0], name=marks[1]), values)
        if not rows:
            raise ProcedureMissing(f"The database has no procedure {procedure} that the login may execute.")
        parameters = [
            Parameter(str(parameter), _text(type_), Mode(str(mode).lower()))
            for _, _, _, place, mode, parameter, type_ in rows
            if place
        ]
        return _Routine(Signature(f"{rows[0][0]}.{rows[0][1]}", tuple(parameters)), rows[0][2] == "FUNCTION")

    def _sets(
        self, connection: Session, statement: str, values: Sequence[Any], ceilings: Ceilings, name: Callable[[int], str]
    ) -> list[ResultSet]:
        """Every set of a statement, the empty ones too. What has no columns (a row count) is no set."""
        sets: list[ResultSet] = []
        statement, prepared = connection.prepared.pop(statement, (statement, None))
        cursor = self._execute(connection.raw, statement, values, prepared)
        try:
            while True:
                if cursor.description:
                    columns = self._driver.columns(cursor)
                    sets.append(ceilings.take(name(len(sets)), columns, self._driver.reader(cursor)))
                if not self._driver.next_set(cursor, ceilings.check):
                    break
        except BaseException as error:
            if not self._driver.is_error(error):  # rows are left that nobody will read
                self._driver.drop(connection.raw, cursor)
            with suppress(Exception):
                cursor.close()
            raise
        if self._driver.prepares:
            connection.keep(statement, cursor)
        else:
            cursor.close()
        return sets

    def _bind(self, values: Sequence[Value]) -> tuple[list[str], list[Any]]:
        bound = [self._driver.bind(value) for value in values]
        return [mark for mark, _ in bound], [one for _, passed in bound for one in passed]

    def _execute(self, raw: Any, statement: str, values: Sequence[Any] = (), prepared: Any = None) -> Any:
        cursor = prepared or self._driver.cursor(raw)
        try:
            if values:
                cursor.execute(statement, *values)
            else:
                cursor.execute(statement)
        except BaseException:
            with suppress(Exception):
                cursor.close()
            raise
        return cursor

    def _query(self, raw: Any, statement: str, values: Sequence[Any] = ()) -> list[Sequence[Any]]:
        with closing(self._execute(raw, statement, values)) as cursor:
            return list(cursor.fetchall())


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)

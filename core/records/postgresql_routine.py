"""A routine of PostgreSQL as its catalogue tells of it: every overload that the login may execute."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from core.errors import ProcedureMissing
from core.records.contract import Mode, Parameter, Signature, split_name

REFCURSOR = 1790
MODES = {"i": Mode.IN, "o": Mode.OUT, "b": Mode.INOUT, "t": Mode.OUT}
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Routine:
    signature: Signature
    name: str  # quoted, for a statement
    is_procedure: bool
    returns_set: bool
    gives_cursors: bool


def find_routines(connection: Connection, procedure: str) -> list[Routine]:
    """Every overload of a name. Raises ProcedureMissing."""
    *schema, name = split_name(procedure)
    rows = connection.execute(
        statement("postgresql_routine.sql"), {"schema": schema[0] if schema else "", "name": name}
    ).fetchall()
    if not rows:
        raise ProcedureMissing(f"The database has no procedure {procedure}.")
    granted = [_read(row) for row in rows if row[-1]]
    if not granted:
        raise ProcedureMissing(f"The login may not execute the procedure {procedure}.")
    return granted


def _read(row: Sequence[Any]) -> Routine:
    schema, name, kind, returns_set, return_type, *arrays, defaults, _ = row
    names, modes, types = map(json.loads, arrays)  # our own connections give arrays as JSON
    inputs = sum(mode in ("i", "b") for mode in modes)
    parameters: list[Parameter] = []
    place = 0
    for number, (mode, type_) in enumerate(zip(modes, types, strict=True)):
        if mode == "v":
            continue
        is_input = mode in ("i", "b")
        place += is_input
        has_default = is_input and place > inputs - defaults
        given_name = names[number] if number < len(names) else ""
        parameters.append(Parameter(given_name, type_.replace("%", "%%"), MODES[mode], has_default))
    outputs = [one.type for one in parameters if one.mode is not Mode.IN]
    signature = Signature(f"{schema}.{name}", tuple(parameters))
    return Routine(
        signature,
        f"{quoted(schema)}.{quoted(name)}",
        kind == "p",
        returns_set,
        return_type == REFCURSOR or "refcursor" in outputs,
    )


def quoted(name: str) -> str:
    """A name from the server's own catalogue, in a statement that carries values as well."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def statement(file: str) -> sql.SQL:
    """The text of one of the files beside this one."""
    return sql.SQL(cast(LiteralString, Path(__file__).with_name(file).read_text()))

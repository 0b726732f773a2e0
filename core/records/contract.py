"""What every dialect of a business database keeps to, and the plain values that go in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import URL

from core.errors import InvalidRequest, ProcedureFailed, RecordAnalystError
from core.records.ceilings import Ceilings
from core.records.record import ResultSet, Value

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
UNHOLDABLE = re.compile("[\0\ud800-\udfff]")
OUTPUT = "output"  # the set that carries OUT and INOUT parameters and return values


class CallStopped(Exception):
    """The person pressed Stop. The statement no longer runs in the database."""


@dataclass(frozen=True, slots=True)
class Identity:
    """For whom the call is made; the procedure can read all three."""

    user: str
    role: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 120.0  # for the whole call
    rows: int = 5_000  # per result set
    bytes: int = 5 * 1024 * 1024  # per record


class Mode(StrEnum):
    IN = "in"
    OUT = "out"
    INOUT = "inout"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str  # as the database writes it
    mode: Mode = Mode.IN
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A procedure as the database knows it. `name` is its full name, spelt as there."""

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def inputs(self) -> tuple[Parameter, ...]:
        return tuple(one for one in self.parameters if one.mode is not Mode.OUT)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the login may do beyond calling procedures, and what to do about it."""

    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Call:
    procedure: str
    arguments: Mapping[str, Value]
    identity: Identity
    limits: Limits
    result_sets: Sequence[str] = ()  # names for sets that the database leaves nameless, in order

    def set_name(self, index: int, otherwise: str | None = None) -> str:
        """What the set at this place is called."""
        if index < len(self.result_sets):
            return self.result_sets[index]
        return otherwise or f"result_{index + 1}"


class Dialect(Protocol):
    """One kind of database. `connection` is the driver's own; errors come out as the driver raised them."""

    reusable: bool  # may a connection serve another call?

    def connect(self, url: URL) -> Any:
        """A new connection. Raises DriverMissing."""
        ...

    def begin(self, connection: Any, call: Call) -> None:
        """Start a read-only transaction with timeouts and identity. Nothing of the procedure is sent yet."""
        ...

    def run(self, connection: Any, call: Call, ceilings: Ceilings) -> tuple[ResultSet, ...]: ...

    def cancel(self, connection: Any) -> None:
        """From another thread: end in the server what the connection runs. Harmless when it runs nothing."""
        ...

    def abort(self, connection: Any) -> None:
        """From another thread, when the server does not answer any more: wake up who waits for it."""
        ...

    def is_disconnect(self, error: BaseException) -> bool: ...

    def translate(self, error: BaseException, procedure: str) -> RecordAnalystError | None:
        """The error of our tree for a driver's error; None for errors that are none of the driver's."""
        ...

    def signature(self, connection: Any, procedure: str) -> Signature:
        """Raises ProcedureMissing."""
        ...

    def check_rights(self, connection: Any, expected: Sequence[str]) -> list[Finding]:
        """What the login may do besides executing the `expected` procedures."""
        ...


def split_name(procedure: str, parts: int = 2) -> tuple[str, ...]:
    """`schema.name` in its parts. Raises InvalidRequest for anything that is not a plain name."""
    found = tuple(procedure.split("."))
    if not 1 <= len(found) <= parts or not all(IDENTIFIER.fullmatch(part) for part in found):
        raise InvalidRequest(
            "The use case names a procedure that cannot be one.", "Write schema.name, with letters, digits and _."
        )
    return found


def check_arguments(arguments: Mapping[str, Value]) -> None:
    """Raises InvalidRequest for names that are none, and for text that no database can hold."""
    for name, value in arguments.items():
        if not IDENTIFIER.fullmatch(name):
            raise InvalidRequest("The use case names a parameter that cannot be one.")
        if isinstance(value, str) and UNHOLDABLE.search(value):
            raise InvalidRequest("The value holds a character that no database can hold.")


def match_arguments(signature: Signature, arguments: Mapping[str, Value]) -> dict[str, Value]:
    """The arguments under the names that the procedure itself uses. Raises ProcedureFailed naming what is wrong."""
    problem = mismatch(signature, arguments)
    if problem:
        raise ProcedureFailed(problem, "An administrator must correct the use case, or the procedure.")
    own = {plain(one.name): one.name for one in signature.inputs}
    return {own[plain(name)]: value for name, value in arguments.items()}


def mismatch(signature: Signature, names: Mapping[str, Value] | Sequence[str]) -> str | None:
    """Why the procedure cannot be called with these parameters, naming the nearest right one; None when it can."""
    own = {plain(one.name): one for one in signature.inputs}
    asked = [plain(name) for name in names]
    for name, asked_name in zip(names, asked, strict=True):
        if asked_name not in own:
            near = get_close_matches(asked_name, own, n=1) or list(own)[:1]
            known = f"; the nearest is {own[near[0]].name}" if near else "; it has none"
            return f"The procedure {signature.name} has no parameter {name}{known}."
    missing = [one.name for key, one in own.items() if key not in asked and _is_required(one)]
    if missing:
        return f"The procedure {signature.name} also needs {', '.join(missing)}."
    return None


def plain(name: str) -> str:
    """Parameter names are compared without @ and in lower case, as the databases do."""
    return name.removeprefix("@").lower()


def _is_required(parameter: Parameter) -> bool:
    return parameter.mode is Mode.IN and not parameter.has_default

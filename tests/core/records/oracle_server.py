"""An Oracle by URL for the contract suite. It has met no server yet."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import oracledb
from sqlalchemy import URL

from core.records.oracle_connect import connect
from core.records.record import Value

SCRIPT = Path(__file__).with_name("contract_oracle.sql").read_text(encoding="utf-8")
GONE = 1918  # there is no such user


def statements() -> list[str]:
    """Of the script, in order. PL/SQL keeps the semicolon at its end."""
    return [part.strip() for part in re.split(r"^/$", SCRIPT, flags=re.MULTILINE) if part.strip()]


class OracleServer:
    """The contract's procedures in a schema of their own."""

    name = "oracle-url"
    tells_out = True
    empty = None  # an empty text is NULL here
    schema = "contract"
    many = 1_000_000
    procedures = tuple(
        name.lower()
        for name in re.findall(r"CREATE (?:FUNCTION|PROCEDURE) ([\w.]+)", SCRIPT)
        if name != "contract.not_granted"
    )
    own_types: ClassVar[dict[str, Value]] = {
        "date": datetime(2024, 2, 29),  # noqa: DTZ001 Oracle's DATE has a time of day, and no zone
        "time": "23:59:59.5",
        "boolean": 1,
        "empty": None,
    }

    def __init__(self, administrator: URL) -> None:
        """`administrator` may create users, and anything in their schemas, in one pluggable database."""
        self._administrator = administrator
        self.login = f"LOGIN_{secrets.token_hex(4).upper()}"
        password = f"aA1_{secrets.token_hex(8)}"
        self.url = administrator.set(username=self.login, password=password)
        self.unreachable = self.url.set(host="127.0.0.1", port=1)
        self.close()
        self._run(f'CREATE USER contract IDENTIFIED BY "{password}"')
        self._run("GRANT UNLIMITED TABLESPACE TO contract")
        for statement in statements():
            self._run(statement)
        self._run(f'CREATE USER {self.login} IDENTIFIED BY "{password}"')
        self._run(f"GRANT CREATE SESSION TO {self.login}")
        for procedure in self.procedures:
            self._run(f"GRANT EXECUTE ON {procedure} TO {self.login}")

    def running(self) -> list[str]:
        return [text for (text,) in self._run(f"{SESSIONS} AND status = 'ACTIVE'", self.login)]

    def kill_sessions(self) -> None:
        for (number,) in self._run(f"{SESSIONS} AND status <> 'KILLED'", self.login):
            self._run(f"ALTER SYSTEM KILL SESSION '{number}' IMMEDIATE")
        while self._run(SESSIONS, self.login):
            time.sleep(0.01)

    def restart(self) -> None:
        self.kill_sessions()

    @contextmanager
    def lock_items(self) -> Iterator[None]:
        with closing(connect(self._administrator)) as connection, connection.cursor() as cursor:
            cursor.execute("LOCK TABLE contract.items IN EXCLUSIVE MODE")
            yield

    @contextmanager
    def too_many_rights(self) -> Iterator[None]:
        self._run(f"GRANT SELECT, UPDATE ON contract.items TO {self.login}")
        yield
        self._run(f"REVOKE SELECT, UPDATE ON contract.items FROM {self.login}")

    def close(self) -> None:
        for user in ("contract", self.login):
            with suppress(_NoSuchUser):
                self._run(f"DROP USER {user} CASCADE")

    def _run(self, statement: str, *values: str) -> list[Any]:
        with closing(connect(self._administrator)) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(statement, values)
            except oracledb.DatabaseError as error:
                if error.args[0].code == GONE:
                    raise _NoSuchUser from error
                raise
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
            return found


class _NoSuchUser(Exception):
    pass


SESSIONS = "SELECT sid || ',' || serial# FROM v$session WHERE username = :1"

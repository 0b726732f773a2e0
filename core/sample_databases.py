"""The sample business in a database of your own: tables, data, procedures, and a login that may execute those six.

The scripts in samples/ are to be read, and copied from, as well. Those for SQL Server and Oracle have met none yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from core.errors import SettingsError
from samples import FOLDER, PROCEDURES, SCHEMA, settle_samples, version
from samples.business.tables import Cell, Table

BATCH = 1_000  # rows
CANCEL = "record_analyst_cancel"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """What differs from one kind of database to the next."""

    folder: str  # of samples/
    separator: str  # the line between two statements of a script
    quotes: tuple[str, str]
    mark: Callable[[int], str]  # stands for the bound value at a place
    connect: Callable[[URL], Any]
    prepare: Callable[[Any, str], None]  # an empty home for the sample; Raises SettingsError when it is somebody else's
    grant: Callable[[Any, URL], None]  # the login, made unless it exists, may execute the six and nothing else
    cell: Callable[[Cell], Any] = lambda value: value  # as its driver takes it


def load_samples(owner: URL, login: URL, tell: Tell) -> None:
    """Replace the sample business in the database of `owner`; `login` may then execute its procedures.

    `tell` hears what is being done. Raises SettingsError, and what the driver raises.
    """
    kind = owner.get_backend_name()
    if not login.username:
        raise SettingsError("The database's url has no user name, so no login can be given its rights.")
    if kind == "postgresql":
        tell("Tables, data and procedures")
        _make_postgresql_login(owner, login)
        settle_samples(owner, login.username)
        return
    if kind not in SERVERS:
        raise SettingsError(
            f"There is no sample business for {kind} databases.",
            "docs/connect-a-database.md has a procedure to copy for each kind.",
        )
    server = SERVERS[kind]
    from samples.business import build

    with closing(server.connect(owner)) as connection:
        server.prepare(connection, SCHEMA)
        _run(connection, server, "tables")
        for table in build():
            tell(f"{table.name}, {len(table.rows):,} rows")
            _insert(connection, server, table)
        connection.commit()
        tell("Norms and procedures")
        for script in ("norms", *PROCEDURES):
            _run(connection, server, script)
        _execute(connection, f"INSERT INTO {_name(server, 'sample_version')} VALUES ('{version()}')")  # noqa: S608 all ours
        server.grant(connection, login)
        connection.commit()


def statements(server: Server, script: str) -> list[str]:
    """The statements of a script in samples/, in order."""
    text = (FOLDER / server.folder / f"{script}.sql").read_text(encoding="utf-8")
    parts = re.split(rf"^{re.escape(server.separator)}[ \t]*$", text, flags=re.MULTILINE)
    found = [re.sub(r"\A(\s*--.*\n)+", "", part).strip() for part in parts]  # a driver looks at the first word
    return [part for part in found if part]


def _run(connection: Any, server: Server, script: str) -> None:
    for statement in statements(server, script):
        _execute(connection, statement)


def _execute(connection: Any, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement, values) if values else cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def _insert(connection: Any, server: Server, table: Table) -> None:
    left, right = server.quotes
    columns = ", ".join(f"{left}{name}{right}" for name in table.columns)
    marks = ", ".join(server.mark(place) for place in range(len(table.columns)))
    statement = f"INSERT INTO {_name(server, table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 our own names
    rows = [tuple(map(server.cell, row)) for row in table.rows]
    with closing(connection.cursor()) as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.executemany(statement, rows[start : start + BATCH])


def _name(server: Server, table: str) -> str:
    return f"{SCHEMA}.{table}"


def _refuse(where: str) -> SettingsError:
    return SettingsError(
        f"There is a {where} “{SCHEMA}” already, and it is not the sample business. Nothing was changed.",
        "Give an owner_url of another server or database.",
    )


# PostgreSQL ----------------------------------------------------------------------------------------------------------


def _make_postgresql_login(owner: URL, login: URL) -> None:
    address = owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login.username]).fetchone():
            role, password = sql.Identifier(str(login.username)), sql.Literal(str(login.password or ""))
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))


# MariaDB and MySQL ---------------------------------------------------------------------------------------------------


def _connect_mysql(owner: URL) -> Any:
    from core.records.mariadb_pymysql import PyMySQL

    if not owner.drivername.endswith("pymysql"):
        owner = owner.set(query={})  # they are another driver's
    return PyMySQL().connect(owner.set(database=None))


def _prepare_mysql(connection: Any, schema: str) -> None:
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
    found = {str(name).lower() for (name,) in _execute(connection, tables, [schema])}
    if found and "sample_version" not in found:
        raise _refuse("database")
    _execute(connection, f"DROP DATABASE IF EXISTS {schema}")
    _execute(connection, f"CREATE DATABASE {schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    _execute(connection, f"USE {schema}")


def _grant_mysql(connection: Any, login: URL) -> None:
    _execute(connection, "CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY %s", [login.username, login.password or ""])
    for procedure in (*PROCEDURES, CANCEL):
        _execute(connection, f"GRANT EXECUTE ON PROCEDURE {SCHEMA}.{procedure} TO %s@'%%'", [login.username])


_mysql = Server("mariadb", "//", ("`", "`"), lambda _: "%s", _connect_mysql, _prepare_mysql, _grant_mysql)

# SQL Server ----------------------------------------------------------------------------------------------------------

DROPS = f"""
SELECT drops.statement FROM (
    SELECT 1 AS place, N'ALTER TABLE {SCHEMA}.' + QUOTENAME(OBJECT_NAME(k.parent_object_id)) + N' DROP CONSTRAINT '
                       + QUOTENAME(k.name) AS statement
    FROM sys.foreign_keys k WHERE k.schema_id = SCHEMA_ID(N'{SCHEMA}')
    UNION ALL
    SELECT CASE o.type WHEN 'P' THEN 2 WHEN 'U' THEN 4 ELSE 3 END,
           CASE o.type WHEN 'P' THEN N'DROP PROCEDURE' WHEN 'U' THEN N'DROP TABLE' ELSE N'DROP FUNCTION' END
           + N' {SCHEMA}.' + QUOTENAME(o.name)
    FROM sys.objects o WHERE o.schema_id = SCHEMA_ID(N'{SCHEMA}') AND o.type IN ('P', 'U', 'FN', 'IF', 'TF')
) drops ORDER BY drops.place
"""  # noqa: S608 our own name


def _connect_sqlserver(owner: URL) -> Any:
    from core.records.sqlserver import SQLServer

    return SQLServer().connect(owner).raw


def _prepare_sqlserver(connection: Any, schema: str) -> None:
    """All of it is one transaction: when anything fails, the database is as it was."""
    state = f"SELECT SCHEMA_ID(N'{schema}'), OBJECT_ID(N'{schema}.sample_version'), "
    state += "CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))"
    ((there, ours, collation),) = _execute(connection, state)
    if there and not ours:
        raise _refuse("schema")
    if "_BIN" not in collation:
        raise SettingsError(
            f"The database's collation is {collation}; the sample business compares texts character by character.",
            "Make a database for it: CREATE DATABASE sample COLLATE Latin1_General_100_BIN2.",
        )
    if there:
        for (statement,) in _execute(connection, DROPS):
            _execute(connection, statement)
        _execute(connection, f"DROP SCHEMA {schema}")


def _grant_sqlserver(connection: Any, login: URL) -> None:
    name = "[" + str(login.username).replace("]", "]]") + "]"
    password = "N'" + str(login.password or "").replace("'", "''") + "'"
    ((has_login, has_user),) = _execute(connection, "SELECT SUSER_ID(?), USER_ID(?)", [login.username] * 2)
    if not has_login:
        _execute(connection, f"CREATE LOGIN {name} WITH PASSWORD = {password}")
    if not has_user:
        _execute(connection, f"CREATE USER {name} FOR LOGIN {name}")
    for procedure in PROCEDURES:
        _execute(connection, f"GRANT EXECUTE ON {SCHEMA}.{procedure} TO {name}")


_sqlserver = Server(
    "sqlserver", "GO", ("[", "]"), lambda _: "?", _connect_sqlserver, _prepare_sqlserver, _grant_sqlserver
)

# Oracle --------------------------------------------------------------------------------------------------------------

OWNED = """
SELECT (SELECT COUNT(*) FROM all_users WHERE username = :name),
       (SELECT COUNT(*) FROM all_objects WHERE owner = :name),
       (SELECT COUNT(*) FROM all_tables WHERE owner = :name AND table_name = 'SAMPLE_VERSION')
FROM dual
"""
BROKEN = "SELECT name, line, text FROM all_errors WHERE owner = :1 AND attribute = 'ERROR' ORDER BY name, sequence"


def _connect_oracle(owner: URL) -> Any:
    from core.records.oracle import Oracle

    return Oracle().connect(owner)


def _prepare_oracle(connection: Any, schema: str) -> None:
    """A schema is a user here, one that nobody can sign in as. Nothing of it can be undone."""
    ((there, objects, ours),) = _execute(connection, OWNED, {"name": schema.upper()})
    if objects and not ours:
        raise _refuse("schema")
    if there:
        _execute(connection, f"DROP USER {schema} CASCADE")
    _execute(connection, f"CREATE USER {schema} NO AUTHENTICATION")
    _execute(connection, f"GRANT UNLIMITED TABLESPACE TO {schema}")


def _grant_oracle(connection: Any, login: URL) -> None:
    """Raises SettingsError when a procedure did not compile, which the server takes for a success."""
    for name, line, text in _execute(connection, BROKEN, [SCHEMA.upper()])[:1]:
        raise SettingsError(f"{SCHEMA}.{name.lower()} was not understood in line {line}: {text.strip()}")
    user, password = str(login.username), str(login.password or "")
    if not re.fullmatch(r"\w[\w$#]*", user) or '"' in password:
        raise SettingsError(
            "The url's user name must be of letters, digits, _, $ and #, and its password without a double quote."
        )
    if not _execute(connection, "SELECT 1 FROM all_users WHERE username = :1", [user.upper()]):
        _execute(connection, f'CREATE USER {user} IDENTIFIED BY "{password}"')
    _execute(connection, f"GRANT CREATE SESSION TO {user}")
    for procedure in PROCEDURES:
        _execute(connection, f"GRANT EXECUTE ON {SCHEMA}.{procedure} TO {user}")


_oracle = Server(
    "oracle",
    "/",
    ("", ""),
    lambda place: f":{place + 1}",
    _connect_oracle,
    _prepare_oracle,
    _grant_oracle,
    cell=lambda value: int(value) if isinstance(value, bool) else value,
)
SERVERS: Mapping[str, Server] = {"mysql": _mysql, "mariadb": _mysql, "mssql": _sqlserver, "oracle": _oracle}

"""Backup and restore of what cannot be made again: the state database, the audit log's keys and its checkpoints.

The three belong apart: whoever holds the keys and the database together can write another history. One folder with
all three is therefore a secret; docs/security.md says how to keep them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import LiteralString, cast

from sqlalchemy import URL, NullPool, create_engine, inspect, text

from core.audit.checkpoints import FILE as CHECKPOINTS
from core.audit.keys import FILE as KEYS
from core.errors import Conflict, InvalidRequest, StoreUnavailable
from core.store.embedded_cluster import programs
from core.store.engine import MIGRATIONS, grant, store_errors

DUMP = "state.dump"


def back_up(database: URL, var: Path, folder: Path) -> None:
    """Writes all three into `folder`, which must not exist. `database`: as its owner. A running product goes on
    meanwhile. Raises InvalidRequest, StoreUnavailable."""
    try:
        folder.mkdir(mode=0o700, parents=True)
        _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}")
        # After the database: checkpoints may be newer than it, never older.
        for file in (var / "secrets" / KEYS, var / "audit" / CHECKPOINTS):
            if file.exists():
                shutil.copy2(file, folder / file.name)
    except OSError as error:
        raise InvalidRequest(f"{folder} cannot be written: {error.strerror}.", "Choose a new folder.") from error


def restore(folder: Path, database: URL, app_role: str, var: Path) -> None:
    """Puts a backup into an empty database and folder. Checkpoints that are there already stay: they may be newer
    than the backup, and then verifying tells what was lost. Raises InvalidRequest, Conflict, StoreUnavailable."""
    if not (folder / DUMP).exists() or not (folder / KEYS).exists():
        raise InvalidRequest(f"{folder} holds no whole backup.", f"It needs {DUMP} and {KEYS}.")
    keys = var / "secrets" / KEYS
    if keys.exists() and keys.read_bytes() != (folder / KEYS).read_bytes():
        raise Conflict(
            "There are other keys here already.", "Restore into a new folder, or put these keys aside first."
        )
    engine = create_engine(database, poolclass=NullPool)
    with store_errors(), engine.connect() as connection:
        if inspect(connection).has_table("audit_log"):
            raise Conflict("The database is not empty.", "Restore into a new one.")
    _run("pg_restore", database, "--no-owner", "--no-privileges", "--single-transaction", str(folder / DUMP))
    statements = cast("LiteralString", (MIGRATIONS / "audit_log.sql").read_text(encoding="utf-8"))
    with store_errors(), engine.begin() as connection:
        connection.execute(text(statements.replace(":", r"\:")))
        grant(connection, app_role)
    engine.dispose()
    try:
        for file in (keys, var / "audit" / CHECKPOINTS):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists() and (folder / file.name).exists():
                shutil.copy2(folder / file.name, file)
    except OSError as error:
        raise InvalidRequest(f"{var} cannot be written: {error.strerror}.") from error


def _run(program: str, database: URL, *arguments: str) -> None:
    options = {**database.query}
    host = str(options.pop("host", database.host or "localhost"))
    port = str(options.pop("port", database.port or 5432))
    target = [f"--host={host}", f"--port={port}", f"--username={database.username}", f"--dbname={database.database}"]
    environment = {**os.environ, "PGPASSWORD": str(database.password or "")}
    try:
        done = subprocess.run(
            [str(programs() / program), *target, "--no-password", *arguments],
            env=environment,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise StoreUnavailable(f"{program} cannot be run.", "Install PostgreSQL's client programs.") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise StoreUnavailable(f"{program} failed: {' '.join(last)}", "Nothing was changed by it; try again.")

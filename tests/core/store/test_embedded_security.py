"""Who gets in: the four roles with their passwords, each into its own database, and nobody else."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from core.errors import SettingsError, StoreUnavailable
from core.store import embedded_account, embedded_cluster
from core.store.embedded import SAMPLE_DATABASE, STATE_DATABASE, EmbeddedPostgres

ROOT = os.geteuid() == 0
HOME = {"owner": STATE_DATABASE, "app": STATE_DATABASE, "business_owner": SAMPLE_DATABASE, "analyst": SAMPLE_DATABASE}


def run(server: EmbeddedPostgres, role: str, database: str, statement: str = "SELECT 1") -> None:
    engine = create_engine(server.url(role, database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))


def dsn(server: EmbeddedPostgres, user: str, database: str, password: str = "") -> str:
    url = server.url("app", STATE_DATABASE)
    return f"host={url.query['host']} port=5432 user={user} dbname={database} password='{password}'"


@pytest.mark.parametrize("role", HOME)
@pytest.mark.parametrize("database", [STATE_DATABASE, SAMPLE_DATABASE, "postgres", "template1"])
def test_each_role_enters_its_own_database_only(running: EmbeddedPostgres, role: str, database: str) -> None:
    if HOME[role] == database:
        run(running, role, database)
    else:
        with pytest.raises(DBAPIError, match="permission denied for database"):
            run(running, role, database)


@pytest.mark.parametrize("user", [*HOME, "postgres", "pgserver", "root", "nobody"])
@pytest.mark.parametrize("password", ["", "postgres", "wrong"])
def test_nobody_enters_without_the_password(running: EmbeddedPostgres, user: str, password: str) -> None:
    for database in (STATE_DATABASE, SAMPLE_DATABASE, "postgres"):
        with pytest.raises(psycopg.OperationalError, match=r"no password supplied|password authentication|pg_hba.conf"):
            psycopg.connect(dsn(running, user, database, password))


@pytest.mark.parametrize("role", ["app", "analyst"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "ALTER SYSTEM SET log_connections = on",
        "SET ROLE postgres",
    ],
)
def test_the_limited_roles_can_make_nothing_and_read_no_file(
    running: EmbeddedPostgres, role: str, statement: str
) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be superuser"):
        run(running, role, HOME[role], statement)


def test_new_functions_are_not_for_everybody(running: EmbeddedPostgres) -> None:
    engine = create_engine(running.url("business_owner", SAMPLE_DATABASE), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE FUNCTION public.secret() RETURNS int LANGUAGE sql AS 'SELECT 42'"))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO analyst"))
    with pytest.raises(DBAPIError, match="permission denied for function"):
        run(running, "analyst", SAMPLE_DATABASE, "SELECT public.secret()")


def test_the_server_listens_on_no_network_address(running: EmbeddedPostgres) -> None:
    found = embedded_cluster.find(running.data)
    assert found is not None
    listening = psutil.Process(found.pid).net_connections("all")
    assert [one.family for one in listening if one.laddr] == [socket.AF_UNIX]


def test_folders_are_private(running: EmbeddedPostgres) -> None:
    for folder in (running.data, Path(str(running.url("app", STATE_DATABASE).query["host"]))):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for folder in (running.var, running.run, running.log.parent, running.var / "secrets"):
        assert folder.stat().st_mode & 0o007 == 0, folder


def test_a_long_or_odd_path_gets_a_short_private_socket_folder(pristine: Path, tmp_path: Path) -> None:
    for name in ("long" * 30, "quote' and space"):
        var = tmp_path / name
        subprocess.run(["cp", "-a", str(pristine), str(var)], check=True)
        with EmbeddedPostgres.start(var) as server:
            run(server, "app", STATE_DATABASE)
            folder = Path(str(server.url("app", STATE_DATABASE).query["host"]))
            assert folder.parent == Path("/tmp")
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.rmdir()


@pytest.mark.parametrize("trap", ["open folder", "link", "file"])
def test_a_socket_folder_prepared_by_somebody_else_is_refused(tmp_path: Path, trap: str) -> None:
    run = tmp_path / ("long" * 30)
    account = embedded_account.choose_account(tmp_path / "none")
    folder = embedded_account.socket_folder(account, run)
    folder.rmdir()
    if trap == "open folder":
        folder.mkdir()
        folder.chmod(0o777)
    elif trap == "link":
        folder.symlink_to(tmp_path)
    else:
        folder.touch()
    try:
        with pytest.raises(StoreUnavailable, match="not private"):
            embedded_account.socket_folder(account, run)
    finally:
        folder.rmdir() if trap == "open folder" else folder.unlink()


AS_NOBODY = """
import os, pathlib, socket, sys
import psycopg, sqlalchemy.dialects.postgresql.psycopg
from core.store import embedded
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
"""
INTRUDER = """
sockets, secrets, data = sys.argv[1:4]
tried = 0
for user in ["owner", "app", "business_owner", "analyst", "postgres", "nobody", "root"]:
    for host in [sockets, "127.0.0.1", "::1"]:
        for password in ["", *sys.argv[4:]]:
            try:
                psycopg.connect(host=host, user=user, dbname="record_analyst", password=password, connect_timeout=5)
            except psycopg.OperationalError:
                tried += 1
            else:
                raise SystemExit(f"{user} came in over {host}")
for path in [secrets, data + "/PG_VERSION", data + "/global/pg_control"]:
    try:
        pathlib.Path(path).read_bytes()
    except PermissionError:
        tried += 1
    else:
        raise SystemExit(f"read {path}")
try:
    socket.socket(socket.AF_UNIX).connect(sockets + "/.s.PGSQL.5432")
except PermissionError:
    tried += 1
print(tried)
"""

if ROOT:  # only root can act as somebody else; as an ordinary account the folder modes above are what protects

    def as_nobody(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Imports first: the interpreter itself may live in the home of root."""
        command = [sys.executable, "-c", AS_NOBODY + code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])

    def test_another_account_of_the_machine_is_refused_even_with_the_passwords(running: EmbeddedPostgres) -> None:
        url = running.url("app", STATE_DATABASE)
        passwords = [str(running.url(role, STATE_DATABASE).password) for role in HOME]
        secrets = str(running.var / "secrets" / "postgres.json")
        tried = as_nobody(INTRUDER, str(url.query["host"]), secrets, str(running.data), *passwords)
        assert tried.stdout == f"{7 * 3 * 5 + 4}\n", tried.stdout + tried.stderr

    def test_below_a_private_home_only_the_account_of_the_server_may_pass(pristine: Path, tmp_path: Path) -> None:
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        var = home / "checkout" / "var"
        var.parent.mkdir()
        subprocess.run(["cp", "-a", str(pristine), str(var)], check=True)
        with EmbeddedPostgres.start(var) as server:
            run(server, "app", STATE_DATABASE)
        assert home.stat().st_mode & 0o007 == 0
        listed = as_nobody("os.listdir(sys.argv[1])", str(home))
        assert "PermissionError" in listed.stderr
        entered = as_nobody("os.stat(sys.argv[1])", str(home / "checkout"))
        assert "PermissionError" in entered.stderr

    def test_a_home_that_cannot_be_opened_is_told_with_the_remedy(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: Path, name: str, value: bytes) -> None:
            raise OSError(95, "Operation not supported")

        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        monkeypatch.setattr(os, "setxattr", refuse)
        with pytest.raises(SettingsError) as caught:
            embedded_account.let_pass(embedded_account.Account(65534, 65534), home / "var")
        assert "chmod o+x" in caught.value.hint

    def test_data_of_root_is_refused_because_postgresql_does_not_run_as_root(var: Path) -> None:
        os.chown(var / "postgres", 0, 0)
        with pytest.raises(SettingsError, match="belongs to root"):
            EmbeddedPostgres.start(var)

    def test_an_ordinary_account_runs_a_server_of_its_own_and_may_not_take_another_ones(
        running: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        code = "try: embedded.EmbeddedPostgres.start(pathlib.Path(sys.argv[1])).close(); print('ran')\n"
        code += "except Exception as error: print(type(error).__name__, error)"
        embedded_account.let_pass(embedded_account.Account(65534, 65534), running.var)
        assert as_nobody(code, str(running.var)).stdout.startswith("SettingsError The folder")
        own = tmp_path_factory.mktemp("nobody")
        embedded_account.let_pass(embedded_account.Account(65534, 65534), own / "var")
        os.chown(own, 65534, 65534)
        ran = as_nobody(code, str(own / "var"))
        assert ran.stdout == "ran\n", ran.stdout + ran.stderr
        with EmbeddedPostgres.start(own / "var") as server:  # root joins as the owner
            run(server, "app", STATE_DATABASE)

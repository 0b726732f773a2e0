"""When the server runs, who starts it, who stops it, and what is left after a kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from core.errors import RecordAnalystError, SettingsError, StoreUnavailable
from core.store import embedded_cluster as cluster
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres

if TYPE_CHECKING:
    from conftest import Holder


def run(server: EmbeddedPostgres, statement: str, role: str = "owner") -> object:
    engine = create_engine(server.url(role, STATE_DATABASE), poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return result.scalar() if result.returns_rows else None


def server_pid(server: EmbeddedPostgres) -> int:
    found = cluster.find(server.data)
    assert found is not None
    return found.pid


def wait_until_gone(pid: int) -> None:
    process = psutil.Process(pid)
    psutil.wait_procs([process], timeout=20)


def test_data_survives_a_stop_and_a_start(var: Path) -> None:
    with EmbeddedPostgres.start(var) as server:
        run(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert cluster.find(server.data) is None
    with EmbeddedPostgres.start(var) as server:
        assert run(server, "SELECT answer FROM kept") == 42


def test_two_processes_starting_at_once_on_an_empty_folder_share_one_server(
    tmp_path: Path, hold: Callable[[Path], Holder]
) -> None:
    first, second = hold(tmp_path / "var"), hold(tmp_path / "var")
    pid = first.server_pid()
    assert second.server_pid() == pid
    first.let_go()
    assert psutil.pid_exists(pid)
    assert cluster.find((tmp_path / "var" / "postgres").resolve()) is not None
    second.let_go()
    assert cluster.find((tmp_path / "var" / "postgres").resolve()) is None


def test_the_last_one_out_stops_the_server(var: Path, hold: Callable[[Path], Holder]) -> None:
    server = EmbeddedPostgres.start(var)
    other = hold(var)
    assert other.server_pid() == server_pid(server)
    server.close()
    server.close()
    assert cluster.find(server.data) is not None
    other.let_go()
    assert cluster.find(server.data) is None


def test_a_server_left_by_a_killed_process_is_joined_then_stopped(var: Path, hold: Callable[[Path], Holder]) -> None:
    killed = hold(var)
    pid = killed.server_pid()
    killed.kill()
    with EmbeddedPostgres.start(var) as server:
        assert server_pid(server) == pid
    assert cluster.find(server.data) is None


def test_after_a_killed_server_the_next_start_brings_the_data_back(var: Path) -> None:
    with EmbeddedPostgres.start(var) as first:
        run(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = server_pid(first)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        with EmbeddedPostgres.start(var) as second:
            assert run(second, "SELECT answer FROM kept") == 42
            assert server_pid(second) != pid
            assert run(first, "SELECT answer FROM kept") == 42, "the address stays the same"


def test_a_process_can_bring_back_a_server_that_died_under_it(var: Path) -> None:
    with EmbeddedPostgres.start(var) as server:
        pid = server_pid(server)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert server.revive()
        assert run(server, "SELECT 1") == 1
        assert not server.revive(), "it is there"


def test_a_leftover_process_number_that_now_belongs_to_another_program_does_no_harm(var: Path) -> None:
    lines = [str(os.getpid()), str(var / "postgres"), "1700000000", "5432", "/nowhere", "", "1 2", "ready   "]
    (var / "postgres" / "postmaster.pid").write_text("\n".join(lines))
    with EmbeddedPostgres.start(var) as server:
        assert run(server, "SELECT 1") == 1


def test_a_copy_of_a_running_folder_gets_a_server_of_its_own(var: Path, tmp_path: Path) -> None:
    with EmbeddedPostgres.start(var) as server:
        copy = tmp_path / "copy"
        subprocess.run(["cp", "-a", str(var), str(copy)], check=True)
        with EmbeddedPostgres.start(copy) as other:
            assert server_pid(other) != server_pid(server)
            run(other, "CREATE TABLE mine (x int)")
        assert run(server, "SELECT to_regclass('mine')") is None


def test_a_creation_killed_in_the_middle_is_done_again(tmp_path: Path, hold: Callable[[Path], Holder]) -> None:
    var = tmp_path / "var"
    killed = hold(var)
    while not list(var.glob("postgres.new-*/PG_VERSION")):
        assert killed.process.poll() is None
    killed.kill()
    assert not (var / "postgres").exists()
    with EmbeddedPostgres.start(var) as server:
        assert run(server, "SELECT 1") == 1


def test_the_server_is_in_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(var: Path) -> None:
    with EmbeddedPostgres.start(var) as server:
        assert os.getsid(server_pid(server)) != os.getsid(0)


def test_lost_passwords_are_made_again_while_the_server_is_stopped(var: Path) -> None:
    (var / "secrets" / "postgres.json").unlink()
    with EmbeddedPostgres.start(var) as server:
        assert {run(server, "SELECT 1", role) for role in ("owner", "app")} == {1}


def test_passwords_lost_while_the_server_runs_are_told(var: Path) -> None:
    with EmbeddedPostgres.start(var):
        (var / "secrets" / "postgres.json").write_text("{}")
        with pytest.raises(StoreUnavailable, match="passwords"):
            EmbeddedPostgres.start(var)


def test_a_loosened_door_is_closed_at_the_next_start(var: Path) -> None:
    for place in (var / "postgres", var / "run"):
        (place / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
    with EmbeddedPostgres.start(var) as server:
        assert "trust" not in (server.run / "pg_hba.conf").read_text()
        with pytest.raises(Exception, match="password authentication failed"):
            run(EmbeddedPostgresWithWrongPassword(server), "SELECT 1")


class EmbeddedPostgresWithWrongPassword:
    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server

    def url(self, role: str, database: str) -> object:
        return self.server.url(role, database).set(password="wrong")


def other_version(var: Path) -> None:
    (var / "postgres" / "PG_VERSION").write_text("16\n")


def no_version(var: Path) -> None:
    (var / "postgres" / "PG_VERSION").unlink()


def no_control_file(var: Path) -> None:
    (var / "postgres" / "global" / "pg_control").unlink()


def open_to_all(var: Path) -> None:
    (var / "postgres").chmod(0o777)


def file_for_folder(var: Path) -> None:
    (var / "log" / "postgres.log").unlink()
    (var / "log").rmdir()
    (var / "log").write_text("")


@pytest.mark.parametrize(
    ("break_it", "error", "words"),
    [
        (other_version, SettingsError, "was written by PostgreSQL 16"),
        (no_version, StoreUnavailable, "is incomplete"),
        (no_control_file, StoreUnavailable, "did not start"),
        (open_to_all, StoreUnavailable, "may not use its own files"),
        (file_for_folder, SettingsError, "cannot be used"),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_in_one_sentence_and_the_hold_is_let_go(
    var: Path, break_it: Callable[[Path], None], error: type[RecordAnalystError], words: str
) -> None:
    break_it(var)
    with pytest.raises(error, match=words) as caught:
        EmbeddedPostgres.start(var)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert not [file for file in psutil.Process().open_files() if str(var) in file.path]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('FATAL:  could not write lock file "postmaster.pid": No space left on device', "is full"),
        ("initdb: error: could not write file: Disk quota exceeded", "is full"),
        ('FATAL:  could not open file "pg_wal/0001": Read-only file system', "is read-only"),
        ("PANIC:  could not locate a valid checkpoint record at 0/1F00170", "are damaged"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little memory"),
        ("FATAL:  something new", "It failed."),
    ],
)
def test_the_reason_in_the_log_becomes_a_sentence(tmp_path: Path, written: str, words: str) -> None:
    log = tmp_path / "postgres.log"
    old = "an older start: No space left on device\n"
    log.write_text(old + written)
    error = cluster.explain(log, len(old), "It failed.")
    assert words in error.message
    assert error.hint


def test_passwords_are_for_us_alone_and_differ(var: Path) -> None:
    file = var / "secrets" / "postgres.json"
    file.chmod(0o644)
    with EmbeddedPostgres.start(var):
        assert file.stat().st_mode & 0o777 == 0o600
    passwords = json.loads(file.read_text())
    assert len(set(passwords.values())) == 4
    assert min(map(len, passwords.values())) >= 32

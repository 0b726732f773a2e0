"""One server for each folder of data, whoever starts it, and none when nobody is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from core.errors import ModelServerUnavailable
from core.models.embedded import launch
from core.models.embedded.launch import EmbeddedModels
from core.models.ollama import OllamaServer
from tests.core.models.conftest import SMALL
from tests.core.models.processes import alive, children, wait_until
from tests.parts import ROOT

USER = """
import sys
from pathlib import Path
from core.models.embedded.launch import EmbeddedModels
models = EmbeddedModels.start(Path(sys.argv[1]), [Path(sys.argv[2])])
print(models.pid, models.url, flush=True)
sys.stdin.read()
models.close()
"""


def user(var, folder) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(var), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def told(process: subprocess.Popen[str]) -> tuple[int, str]:
    pid, url = process.stdout.readline().split()
    return int(pid), url


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


def test_processes_that_start_at_once_share_one_server(tmp_path):
    users = [user(tmp_path, tmp_path) for _ in range(3)]
    servers = {told(process) for process in users}
    assert len(servers) == 1
    ((pid, url),) = servers
    leave(users[0])
    leave(users[1])
    assert httpx.get(f"{url}/api/version").json()["pid"] == pid
    leave(users[2])
    assert not alive(pid)


def test_no_process_stays_when_the_app_is_killed(tmp_path, model_folder):
    app = user(tmp_path, model_folder)
    pid, url = told(app)
    OllamaServer("embedded", url, local=True).load(SMALL)
    (runner,) = children(pid)
    app.kill()
    app.communicate()
    wait_until(lambda: not alive(pid))
    wait_until(lambda: not alive(runner))
    assert not (tmp_path / "models.json").exists()


def test_no_process_stays_when_the_folder_is_deleted(tmp_path):
    app = user(tmp_path / "var", tmp_path)
    pid, _ = told(app)
    app.kill()
    app.communicate()
    shutil.rmtree(tmp_path / "var")
    wait_until(lambda: not alive(pid))


def test_no_runner_stays_when_the_server_is_killed_and_a_new_one_takes_its_place(tmp_path, model_folder):
    models = EmbeddedModels.start(tmp_path, [model_folder])
    try:
        server = OllamaServer("embedded", models.url, local=True)
        server.load(SMALL)
        first = models.pid
        (runner,) = children(first)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not alive(runner))
        wait_until(lambda: models.pid not in (None, first))
        assert [model.name for model in server.list()] == ["digest", SMALL]  # at the same address
    finally:
        models.close()


def test_what_a_killed_server_left_behind_does_no_harm(tmp_path):
    (tmp_path / "models.json").write_text(json.dumps({"pid": os.getpid(), "url": "http://127.0.0.1:1"}))
    models = EmbeddedModels.start(tmp_path, [])
    assert models.pid != os.getpid()
    models.close()
    (tmp_path / "models.json").write_text("{ not JSON")
    models = EmbeddedModels.start(tmp_path, [])
    assert models.pid
    models.close()


def test_closing_twice_does_no_harm(tmp_path):
    models = EmbeddedModels.start(tmp_path, [])
    models.close()
    models.close()


def test_the_state_is_nobody_elses_business(tmp_path):
    models = EmbeddedModels.start(tmp_path, [])
    assert (tmp_path / "models.json").stat().st_mode & 0o077 == 0
    models.close()


def test_a_server_that_cannot_start_is_told_clearly(tmp_path, monkeypatch):
    before = {thread for thread in threading.enumerate() if thread.name == "embedded-models"}
    monkeypatch.setattr(launch.sys, "executable", "/bin/false")
    with pytest.raises(ModelServerUnavailable, match="could not be started") as caught:
        EmbeddedModels.start(tmp_path, [])
    assert "models.log" in caught.value.hint
    assert {thread for thread in threading.enumerate() if thread.name == "embedded-models"} <= before


def test_a_lock_that_is_never_released_is_told_clearly(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "LOCK_SECONDS", 0.1)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(flush=True);"
         " sys.stdin.read()", str(tmp_path / "models.users")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    holder.stdout.readline()
    with pytest.raises(ModelServerUnavailable, match="locked"):
        EmbeddedModels.start(tmp_path, [])
    holder.communicate()

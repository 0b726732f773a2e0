"""`make run`: what people see when it works, when it cannot, and what is left when it has ended. Real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import namedtuple

import pytest

from benchmarks.startup import answers, free_port
from core.commands import serve
from core.errors import SettingsError
from tests.browser.product import PASSWORDS, Product
from tests.core.models.processes import alive, children, wait_until
from tests.parts import ROOT

pytestmark = pytest.mark.timeout(300)
NO_WHEELS = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nonexistent"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("serve")


@pytest.fixture
def begin(home, monkeypatch):
    """Starts the product on the folder of this module, and ends it whatever happens."""
    for name, value in NO_WHEELS.items():
        monkeypatch.setenv(name, value)
    products: list[Product] = []

    def begin() -> Product:
        product = Product(home, free_port())
        products.append(product)
        product.start()
        return product

    yield begin
    for product in products:
        if product.process is not None and product.process.poll() is None:
            product.stop()


def everything(product: Product) -> set[int]:
    """The processes that the product started, and what those started."""
    assert product.process is not None
    database = int((product.var / "postgres" / "postmaster.pid").read_text().split()[0])
    models = json.loads((product.var / "models.json").read_text())["pid"]
    found, new = set[int](), {product.process.pid, database, models}
    while new:
        found |= new
        new = {child for pid in new for child in children(pid)} - found
    return found


def test_it_says_where_to_go_works_without_the_small_model_and_leaves_nothing_after_ctrl_c(begin):
    product = begin()
    wait_until(lambda: "Ctrl-C" in product.log.read_text())
    told = product.log.read_text()
    assert f"http://127.0.0.1:{product.port}" in told
    assert all(f"{username:<8} {password}" in told for username, password in PASSWORDS.items())
    assert str(product.var) in told
    assert "The small model was not fetched" in told
    assert "digest answers without it" in told
    processes = everything(product)
    assert len(processes) > 5
    with socket.create_connection(("127.0.0.1", product.port)) as slow:
        slow.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")
        product.stop()  # nobody who is connected holds that up
    wait_until(lambda: not any(alive(pid) for pid in processes))
    told = product.log.read_text()
    assert "Ended." in told
    assert "Traceback" not in told


def test_a_second_one_beside_the_first_and_a_start_after_kill_9_just_work(begin):
    first = begin()
    second = begin()
    assert answers(f"{first.url}/sign-in")
    first.stop(signal.SIGKILL)
    assert answers(f"{second.url}/sign-in"), "what one leaves the other keeps"
    processes = everything(second)
    second.stop(signal.SIGKILL)
    third = begin()
    processes |= everything(third)
    third.stop()
    wait_until(lambda: not any(alive(pid) for pid in processes))
    assert "Traceback" not in third.log.read_text()


def refused(run, *arguments: str, **settings: str) -> str:
    """What is told instead of a start, in one sentence and a hint."""
    ended = run("serve", *arguments, **settings)
    assert ended.code == 1
    assert len(ended.err.strip().splitlines()) == 1
    return ended.err


def test_a_taken_port_is_told_with_another_one_to_take(run_process):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = refused(run_process, "--port", str(port))
    assert f"port {port}: address already in use" in told
    assert "make run PORT=" in told


@pytest.mark.parametrize("folder", ["/sys/record-analyst", "/dev/null/var"])
def test_a_folder_that_cannot_be_written_is_named(run, folder):
    told = refused(run, "--port", str(free_port()), var=folder)
    assert f"The folder for all data, {folder}, cannot be written" in told
    assert "RECORD_ANALYST_VAR" in told


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"prot": "8600"}, "RECORD_ANALYST_PROT is not a setting"),
        ({"port": "many"}, "Setting port:"),
        ({"limits__rows": "-5"}, "Setting limits.rows:"),
        ({"models__gpu__kind": "magic"}, "Setting models.gpu."),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_the_reason(run, wrong, says):
    assert says in refused(run, **wrong)


def test_a_broken_settings_file_is_refused_with_its_line(run, tmp_path):
    (tmp_path / "secrets.toml").write_text("port = \n")
    told = refused(run, secrets=str(tmp_path / "secrets.toml"))
    assert "secrets.toml is not valid TOML" in told
    assert "line 1" in told


def test_a_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(serve.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 20 * 2**20))
    with pytest.raises(SettingsError, match="has 20 MB left") as caught:
        serve._check_folder(tmp_path)
    assert "Free some room" in caught.value.hint


@pytest.fixture
def checkout(tmp_path):
    """The Makefile and what it looks at, and a path with nothing on it but what is put there."""
    for file in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / file, tmp_path / file)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "sh", "touch", "rm", "echo"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)

    def make(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(programs), "HOME": str(tmp_path)}
        command = [str(programs / "make"), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return make


@pytest.mark.parametrize("python", [None, "#!/bin/sh\nexit 1\n"])
def test_a_missing_or_too_old_python_is_told_in_one_line(checkout, tmp_path, python):
    if python:
        (tmp_path / "bin" / "python3").write_text(python)
        (tmp_path / "bin" / "python3").chmod(0o755)
    ended = checkout("run")
    assert ended.returncode
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("make")]
    assert lines == ["Record Analyst needs Python 3.11 or newer, and there is none on the path."]
    assert not (tmp_path / ".venv").exists()


def test_a_warm_start_installs_nothing(checkout, tmp_path):
    (tmp_path / ".venv").mkdir()
    ready = tmp_path / ".venv" / "ready"
    ready.touch()
    os.utime(ready, (2**31, 2**31))
    told = checkout("-n", "run").stdout
    assert "core serve" in told
    assert "install" not in told
    os.utime(ready, (0, 0))  # requirements.txt is newer
    assert "pip install" in checkout("-n", "run").stdout


def test_the_lock_files_name_everything_that_a_library_needs():
    """They are installed without a look at what those need."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout

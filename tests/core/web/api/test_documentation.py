"""docs/http-api.md is run as it stands: every curl call, and both programs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.accounts.user import Role
from core.web.api.problems import types
from tests.core.web.api.conftest import Replicas
from tests.parts import ROOT

TEXT = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
CALLS = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)


def program(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)\n```", TEXT, re.DOTALL)
    return found


@pytest.fixture(scope="module")
def environment(replicas: Replicas) -> dict[str, str]:
    analyst, manager, admin = (replicas.person(role) for role in Role)
    with replicas.client(analyst.key) as client:
        analysis = str(replicas.analysis(client)["id"])
    return {
        **os.environ,
        "API": f"{replicas.urls[0]}/api/v1",
        "KEY": analyst.key,
        "MANAGER_KEY": manager.key,
        "ADMIN_KEY": admin.key,
        "ID": analysis,
        "PYTHONIOENCODING": "utf-8",
    }


@pytest.mark.parametrize("call", CALLS, ids=[call.split()[2].strip('"') for call in CALLS])
def test_every_call_works(environment: dict[str, str], call: str) -> None:
    done = subprocess.run(["bash", "-c", f"{call} -f"], env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_python_program_works(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(program("python"), encoding="utf-8")
    printed = run([sys.executable, str(tmp_path / "ask.py")], environment)
    assert re.search(r"\S.*\n\ncompleted: \d+ of \d+ found\n$", printed, re.DOTALL)


def test_the_javascript_program_works(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ask.mjs").write_text(program("js"), encoding="utf-8")
    printed = run(["node", str(tmp_path / "ask.mjs")], environment)
    assert re.search(r"\S.*\n\ncompleted: \d+ of \d+ found\n$", printed, re.DOTALL)


def test_both_programs_print_the_whole_answer(replicas: Replicas, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(program("python"), encoding="utf-8")
    printed = run([sys.executable, str(tmp_path / "ask.py")], environment)
    with replicas.client(environment["KEY"]) as client:
        newest = client.get("/analyses").json()["items"][0]["id"]
        answer = client.get(f"/analyses/{newest}").json()["answer"]
    assert printed.startswith(answer)


def test_every_type_of_error_is_listed() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.*) \|$", TEXT, re.MULTILINE)
    assert listed == [(code, str(status), meaning) for code, status, meaning, _ in types()]

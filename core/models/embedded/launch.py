"""Starts the embedded model server, or joins the one that runs already: there is one for each folder of data.

models.users   every process that uses the server holds a shared lock on it while it does
models.start   locked by the one process that is starting the server
models.json    where the server answers, written by the server
models.url     where clients of this folder have been told to find it: a restart takes the same port
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TextIO

import httpx

from core.errors import ModelServerUnavailable

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30.0
LOCK_SECONDS = 10.0  # an ending server keeps its users lock until it is gone
LOOK_SECONDS = 1.0  # between two looks whether the server still answers
END_SECONDS = 5.0
LOG_BYTES = 5 * 1024 * 1024

_LEFT: list[subprocess.Popen[bytes] | None] = []  # servers that others use still: Python warns of one that is dropped


class EmbeddedModels:
    """This process's share in the server. While it is open the server is started again should it end."""

    def __init__(self, var: Path, folders: Sequence[Path], memory_gb: float | None) -> None:
        self._var = var
        self._folders = tuple(folders)
        self._memory_gb = memory_gb
        self._state = var / "models.json"
        self._client = httpx.Client(trust_env=False, timeout=2.0, verify=False)  # loopback, plain HTTP
        self._process: subprocess.Popen[bytes] | None = None
        self._users: TextIO | None = None
        self._closed = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="embedded-models", daemon=True)
        self.url = ""

    @classmethod
    def start(cls, var: Path, folders: Sequence[Path], *, memory_gb: float | None = None) -> EmbeddedModels:
        """Returns when the server answers. `memory_gb`: for loaded models; 60 % of this machine's if not given.

        Raises ModelServerUnavailable when it cannot be started.
        """
        models = cls(var, [folder.resolve() for folder in folders], memory_gb)
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            models._users = _lock(var / "models.users", fcntl.LOCK_SH)
            models.url = models._ensure()
        except BaseException:
            models.close()
            raise
        models._keeper.start()
        return models

    @property
    def pid(self) -> int | None:
        """The server's process, while it answers."""
        answering = self._answering()
        return answering[0] if answering else None

    def close(self) -> None:
        """Ends the server when nobody else uses it. Closing twice does no harm."""
        self._closed.set()
        if self._keeper.is_alive():
            self._keeper.join()
        users, self._users = self._users, None
        if users is None:
            return
        with users, contextlib.closing(self._client):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # somebody else uses it
                _LEFT.append(self._process)
                return
            self._end()
            self._dismiss()

    def _ensure(self) -> str:
        """Where the server answers, started if it does not. Of several processes one starts it, the others wait."""
        with _lock(self._var / "models.start", fcntl.LOCK_EX):
            answering = self._answering()
            if answering is None:
                self._launch()
                answering = self._await()
            return answering[1]

    def _answering(self) -> tuple[int, str] | None:
        """Process and URL of the server, if it is there. One that is only slow is there too."""
        try:
            state = json.loads(self._state.read_text())
            pid, url = int(state["pid"]), str(state["url"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        try:
            there = self._client.get(f"{url}/api/version").json()["pid"] == pid
        except httpx.TimeoutException:
            there = _alive(pid, self._process)
        except (ValueError, KeyError, TypeError, httpx.HTTPError):
            there = False
        return (pid, url) if there else None

    def _dismiss(self) -> None:
        """Our own process ends, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _launch(self) -> None:
        self._dismiss()  # it does not answer any more
        command = [sys.executable, "-m", "core.models.embedded"]
        command += ["--state", str(self._state.resolve()), "--users-lock", str((self._var / "models.users").resolve())]
        command += ["--port", str(_port(self.url))]
        for folder in self._folders:
            command += ["--folder", str(folder)]
        if self._memory_gb is not None:
            command += ["--memory", str(self._memory_gb)]
        self._state.unlink(missing_ok=True)
        with _log_file(self._var / "log") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal is for the app, which then ends this
            )

    def _await(self) -> tuple[int, str]:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self._closed.is_set():
            if self._process.poll() is not None:
                break
            if self._state.exists() and (answering := self._answering()) is not None:
                return answering
            time.sleep(0.02)
        self._dismiss()
        raise ModelServerUnavailable(
            "The embedded model server could not be started.", "The last lines of models.log in the log folder say why."
        )

    def _keep(self) -> None:
        wait = LOOK_SECONDS
        while not self._closed.wait(wait):
            if self._process is not None:
                self._process.poll()  # takes note when it has ended
            if self._answering() is not None:
                wait = LOOK_SECONDS
                continue
            log.error("the embedded model server has ended; it is started again")
            try:
                url = self._ensure()
                if url != self.url:
                    log.error("the embedded model server could not take its port again")
                    self.url = url
            except ModelServerUnavailable as error:
                log.error("%s", error.message)
                wait = min(wait * 2, 60.0)

    def _end(self) -> None:
        answering = self._answering()
        if answering is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(answering[0], signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline and _alive(answering[0], self._process):
            time.sleep(0.02)


def _alive(pid: int, process: subprocess.Popen[bytes] | None) -> bool:
    if process is not None and process.pid == pid:
        return process.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _port(url: str) -> int:
    return httpx.URL(url).port or 0 if url else 0


@contextlib.contextmanager
def _log_file(folder: Path) -> Generator[TextIO]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "models.log"
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(folder / "models.log.1")
    with file.open("a") as output:
        yield output


def _lock(path: Path, kind: int) -> TextIO:
    """The open file that holds the lock. Raises ModelServerUnavailable when it is not to be had in time."""
    path.touch(mode=0o600)
    file = path.open("a")
    deadline = time.monotonic() + (LOCK_SECONDS if kind == fcntl.LOCK_SH else START_SECONDS + LOCK_SECONDS)
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > deadline:
                file.close()
                raise ModelServerUnavailable("Another process keeps the embedded model server locked.") from error
            time.sleep(0.02)
        else:
            return file

"""Seconds from the command to a page that answers: cold (database made, samples loaded) and warm."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.parts import fresh_folder, p50, show
from core.settings import PREFIX, ROOT

WARM_STARTS = 3
LIMIT_SECONDS = 5.0


def main() -> int:
    with fresh_folder() as var:
        cold = seconds_to_answer(var)
        warm = [seconds_to_answer(var) for _ in range(WARM_STARTS)]
    show("Cold start to the sign-in page", cold, "s")
    return 0 if show("Warm start to the sign-in page, p50", p50(warm), "s", at_most=LIMIT_SECONDS) else 1


def seconds_to_answer(var: Path) -> float:
    port = free_port()
    environment = {**os.environ, f"{PREFIX}VAR": str(var), f"{PREFIX}FIND_OLLAMA": "false"}
    command = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not answers(f"http://127.0.0.1:{port}/sign-in"):
            if process.poll() is not None or time.monotonic() - began > 120:
                raise SystemExit("the server did not come up")
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())

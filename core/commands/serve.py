"""`python -m core serve`: brings everything up to date, then becomes the app's server.

Preparing happens here, before the server starts, so that whatever is wrong is told in one sentence on the terminal.
The process then turns into Streamlit's (exec): one process to watch, one to stop.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
from pathlib import Path

from core.bootstrap import prepare
from core.errors import SettingsError
from core.models.embedded.small_model import fetch
from core.settings import PREFIX, ROOT, Settings, read_settings

FREE_BYTES = 300 * 1024 * 1024  # the databases and the small model take about this much


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port to listen on (default 8501)")
    parser.add_argument("--address", help="address to listen on (default 127.0.0.1)")


def run(args: argparse.Namespace) -> int:
    for name in ("port", "address"):
        if (given := getattr(args, name)) is not None:
            os.environ[f"{PREFIX}{name.upper()}"] = str(given)
    settings = read_settings()
    _check_port(settings)
    _check_folder(settings.var)
    models = settings.var / "models"
    if not models.exists():  # once; without it the digest answers, and any GGUF file can be put there later
        fetch(models)
        models.mkdir(exist_ok=True)
    prepare(settings)
    _become_server(settings)
    return 1


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {settings.address} port {settings.port}: {os.strerror(error.errno or 0).lower()}.",
                f"Record Analyst may already run there. Otherwise choose another: make run PORT={settings.port + 99}",
            ) from error


def _check_folder(var: Path) -> None:
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = var / ".writable"
        probe.touch()
        probe.unlink()
        free = shutil.disk_usage(var).free
    except OSError as error:
        raise SettingsError(
            f"The folder for all data, {var}, cannot be written: {os.strerror(error.errno or 0).lower()}.",
            f"Make it writable, or name another one in {PREFIX}VAR.",
        ) from error
    if free < FREE_BYTES and not (var / "postgres").exists():
        raise SettingsError(
            f"The disk that holds {var} has {free // 2**20} MB left; {FREE_BYTES // 2**20} MB are needed.",
            f"Free some room, or name a folder on another disk in {PREFIX}VAR.",
        )


def _become_server(settings: Settings) -> None:
    os.chdir(ROOT)
    sys.stdout.flush()
    options = {
        "server.address": settings.address,
        "server.port": str(settings.port),
        "server.headless": "true",
        "logger.level": "error",
    }
    arguments = [f"--{key}={value}" for key, value in options.items()]
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", "app.py", *arguments])

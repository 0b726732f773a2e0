"""The embedded model server's process: `python -m core.models.embedded --state FILE --users-lock FILE --folder DIR`.

It lives as long as somebody uses it. Users hold a shared lock on the lock file; when the server can take the lock for
itself alone, nobody is left, however they ended, and it ends too.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import logging
import os
import signal
import socket
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import FrameType

import uvicorn

from core.models.embedded.api import Api
from core.models.embedded.engine import Engine, EngineLimits
from core.models.embedded.library import Library

LOOK_SECONDS = 2.0  # between two looks for users; two in a row must find none
GRACE_SECONDS = 0  # for answers under way when it is told to end: whoever ends it wants it gone

log = logging.getLogger("core.models.embedded")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.models.embedded", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--folder", type=Path, action="append", default=[], help="folder of GGUF files; may be repeated"
    )
    parser.add_argument("--state", type=Path, required=True, help="file that tells the address once it answers")
    parser.add_argument("--users-lock", type=Path, help="end when nobody holds a shared lock on this file")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument(
        "--memory", type=float, help="GB that loaded models may take; 60 %% of this machine's if not given"
    )
    args = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    limits = EngineLimits() if args.memory is None else EngineLimits(memory_bytes=int(args.memory * 1e9))
    asyncio.run(_serve(args, limits))


async def _serve(args: argparse.Namespace, limits: EngineLimits) -> None:
    application = Api(Library(args.folder), Engine(limits)).application()
    listening = _listen(args.port)
    port: int = listening.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            application, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=GRACE_SECONDS
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn handles both, and raises them again when it is done
        signal.signal(number, _ignore)
    watching = asyncio.create_task(_watch(server, args.state, args.users_lock, port))
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        _withdraw(args.state)


async def _watch(server: uvicorn.Server, state: Path, users_lock: Path | None, port: int) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    _announce(state, port)
    log.info("answers on port %d", port)
    if users_lock is None:
        return
    try:
        with await _alone(users_lock):
            log.info("nobody uses this server any more")
            server.should_exit = True
            await asyncio.Event().wait()  # keeps the lock to the end
    finally:
        server.should_exit = True  # also when the lock cannot be looked at: nobody would ever end this server


async def _alone(users_lock: Path) -> AbstractContextManager[object]:
    """Waits until nobody uses the server, twice in a row. The lock that is returned keeps new users waiting."""
    unused = 0
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            file = users_lock.open("r+")
        except FileNotFoundError:  # the whole folder is gone
            return nullcontext()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            unused = 0
        else:
            unused += 1
        if unused == 2:
            return file
        file.close()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass


def _listen(port: int) -> socket.socket:
    """The wanted port if it is free (clients that survive a restart find us there again), else any."""
    for wanted in (port, 0):
        # With the protocol named asyncio sends each token at once; without it Nagle's algorithm holds tokens back.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", wanted))
        except OSError:
            listening.close()
            if wanted == 0:
                raise
        else:
            return listening
    raise OSError("no free port")


def _announce(state: Path, port: int) -> None:
    text = json.dumps({"pid": os.getpid(), "port": port, "url": f"http://127.0.0.1:{port}"})
    new = state.with_name(f"{state.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(state)


def _withdraw(state: Path) -> None:
    """Takes the state file away, if it is still ours."""
    try:
        if json.loads(state.read_text())["pid"] == os.getpid():
            state.unlink()
    except (OSError, ValueError, KeyError):
        pass


if __name__ == "__main__":
    main()

"""Which GGUF models are loaded: one process each, within a memory limit, the least recently used one out first."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import secrets
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from core.models.embedded.library import ModelFile

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
KEEP_ALIVE_SECONDS = 300.0  # Ollama's default
LOAD_SECONDS = 300.0
ASK_SECONDS = 3.0
BATCH_TOKENS = 256  # read between two looks at whether the client is still there
PROMPT_CACHE_MIB = 256  # so that a follow-up finds its prompt again when the slot was used in between
OVERHEAD_BYTES = 250 * 1024 * 1024  # of a runner beside weights and attention cache
CONTEXT_FALLBACK = 2_048  # for a file that does not say what it was trained with


class CannotLoad(Exception):
    """The message says why, for people."""


class RunnerGone(Exception):
    """The model's process does not answer any more. The message is for people."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    context_length: int = 8_192  # tokens of one answer with its prompt; less where the model was trained with less
    parallel: int = 2  # answers of one model at a time; further ones wait inside llama.cpp
    memory_bytes: int = field(
        default_factory=lambda: int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 0.6)
    )


@dataclass(slots=True, eq=False)
class Runner:
    """A loaded model. Times are of time.monotonic()."""

    model: ModelFile
    context_length: int
    memory_bytes: int  # estimated before loading
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient
    users: int = 0
    keep_alive: float | None = KEEP_ALIVE_SECONDS  # seconds after the last answer; None: for ever
    used_at: float = field(default_factory=time.monotonic)
    _running: int = 0
    _asked_at: float = -math.inf

    @property
    def expires_at(self) -> float | None:
        return None if self.keep_alive is None or self.users else self.used_at + self.keep_alive

    def resident_bytes(self) -> int:
        """Memory it really takes now, where the system tells."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return self.memory_bytes
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def running(self) -> int:
        """Answers llama.cpp works on, asked from itself, as it was within the last seconds.

        Not more often: every reply makes all its waiting answers wait anew, and only at the end of a wait do they look
        whether their client is still there.
        """
        if time.monotonic() - self._asked_at > ASK_SECONDS:
            self._asked_at = time.monotonic()
            try:
                slots = (await self.client.get("/slots", timeout=1.0)).json()
                self._running = sum(bool(slot["is_processing"]) for slot in slots)
            except (httpx.HTTPError, ValueError, TypeError, KeyError):
                self._running = self.users
        return self._running


class Engine:
    """For one event loop. Whoever opens it closes it."""

    def __init__(self, limits: EngineLimits | None = None) -> None:
        self.limits = limits or EngineLimits()
        self._runners: dict[str, Runner] = {}
        self._loading = asyncio.Lock()
        self._released = asyncio.Event()

    @property
    def loaded(self) -> list[Runner]:
        return [runner for runner in self._runners.values() if runner.process.returncode is None]

    def window(self, model: ModelFile) -> int:
        """Tokens of one answer together with its prompt."""
        return min(model.header.context_length or CONTEXT_FALLBACK, self.limits.context_length)

    @contextlib.asynccontextmanager
    async def use(self, model: ModelFile, keep_alive: float | None) -> AsyncGenerator[Runner]:
        """The runner of `model`, loaded if it is not; it stays loaded meanwhile, and `keep_alive` seconds longer.

        Raises CannotLoad. A RunnerGone from inside takes the runner out, so that the next one loads it anew.
        """
        runner = self._ready(model)
        if runner is None:
            async with self._loading:
                runner = self._ready(model) or await self._load(model)
                runner.users += 1
        else:
            runner.users += 1
        try:
            yield runner
        except RunnerGone:
            self._end(runner)
            raise
        finally:
            runner.users -= 1
            runner.used_at, runner.keep_alive = time.monotonic(), keep_alive
            self._released.set()
            if keep_alive is not None and keep_alive <= 0 and self._runners.get(model.name) is runner:
                self._end_if_idle(runner)

    def unload(self, model: ModelFile) -> None:
        """Now, or as soon as the last answer that is under way has ended."""
        runner = self._runners.get(model.name)
        if runner is not None:
            runner.keep_alive = 0
            self._end_if_idle(runner)

    def sweep(self) -> None:
        """Ends the runners whose time is over, and forgets those that ended by themselves."""
        now = time.monotonic()
        for runner in list(self._runners.values()):
            if runner.process.returncode is not None:
                log.error("the runner of %s ended by itself (%s)", runner.model.name, runner.process.returncode)
                self._forget(runner)
            elif runner.expires_at is not None and runner.expires_at <= now:
                self._end_if_idle(runner)

    def close(self) -> None:
        for runner in list(self._runners.values()):
            self._end(runner)

    def _ready(self, model: ModelFile) -> Runner | None:
        runner = self._runners.get(model.name)
        if runner is None or runner.process.returncode is not None:
            return None
        if runner.model == model:
            return runner
        return None if self._end_if_idle(runner) else runner  # the file was replaced since

    async def _load(self, model: ModelFile) -> Runner:
        window = self.window(model)
        needed = model.size + model.header.cache_bytes(window * self.limits.parallel) + OVERHEAD_BYTES
        await self._make_room(model, needed)
        began = time.monotonic()
        key = secrets.token_urlsafe(24)
        orders = {
            "file": str(model.file.resolve()),
            "context_length": window,
            "parallel": self.limits.parallel,
            "threads": threads(),
            "batch": BATCH_TOKENS,
            "cache_mib": PROMPT_CACHE_MIB,
            "key": key,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "core.models.embedded.runner",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        try:
            address = await asyncio.wait_for(_order(process, orders), LOAD_SECONDS)
        except BaseException:
            _kill(process)
            raise
        client = httpx.AsyncClient(
            base_url=address,
            headers={"authorization": f"Bearer {key}"},
            timeout=None,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
        )
        runner = self._runners[model.name] = Runner(model, window, needed, process, client)
        log.info("%s loaded in %.1f s, %d MB", model.name, time.monotonic() - began, runner.resident_bytes() >> 20)
        return runner

    async def _make_room(self, model: ModelFile, needed: int) -> None:
        limit = self.limits.memory_bytes
        if needed > limit:
            raise CannotLoad(
                f"{model.name} needs about {needed / 1e9:.1f} GB of memory, and {limit / 1e9:.1f} GB are set aside"
            )
        while sum(runner.memory_bytes for runner in self.loaded) + needed > limit:
            idle = [runner for runner in self.loaded if not runner.users]
            if idle:
                self._end(min(idle, key=lambda runner: runner.used_at))
            else:
                self._released.clear()
                await self._released.wait()

    def _end_if_idle(self, runner: Runner) -> bool:
        if runner.users:
            return False
        self._end(runner)
        return True

    def _end(self, runner: Runner) -> None:
        log.info("%s unloaded", runner.model.name)
        _kill(runner.process)
        self._forget(runner)

    def _forget(self, runner: Runner) -> None:
        if self._runners.get(runner.model.name) is runner:
            del self._runners[runner.model.name]
        self._released.set()


def threads() -> int:
    """All cores but one. llama.cpp's threads wait for each other after every step: measured on two busy cores, two
    threads wrote 1 to 11 tokens/s and one wrote 55 to 71. And the app must stay alive beside the model.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


async def _order(process: asyncio.subprocess.Process, orders: dict[str, str | int]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(orders).encode() + b"\n")
    with contextlib.suppress(ConnectionError):
        await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise CannotLoad("llama.cpp cannot load this file")
    return str(json.loads(line)["address"])


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()

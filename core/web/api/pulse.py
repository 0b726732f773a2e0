"""Whether the product is up, for load balancers: asked by anybody, often, and without a key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from core.store.engine import answers

FRESH_SECONDS = 1.0


class Pulse:
    """The state database is asked once a second at most, so that nobody can keep it busy from outside."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._asking = asyncio.Lock()
        self._asked: float | None = None  # time.monotonic()
        self._up = False

    async def is_up(self) -> bool:
        async with self._asking:
            if self._asked is None or time.monotonic() - self._asked > FRESH_SECONDS:
                self._up = await run_in_threadpool(lambda: answers(self._engine()))
                self._asked = time.monotonic()
        return self._up

"""POST once, however often it is sent: what stands between a request and core, for every POST of the API."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.accounts.user import Actor
from core.errors import Conflict
from core.limits import Standing
from core.web.api.parts import ApiParts

WAIT_SECONDS = 10.0  # for another request of the same key to be done
LOOK_SECONDS = 0.05


async def once(
    parts: ApiParts,
    actor: Actor,
    key: str | None,
    action: str,
    body: object,
    request_id: UUID,
    act: Callable[[UUID], Awaitable[None]],
) -> tuple[UUID, bool]:
    """Runs `act`, unless a request with this key did. Returns the analysis it is about, and whether it was a repeat.

    Raises Conflict when the key was used for something else, and whatever `act` raises: the key is free again then.
    """
    if key is None:
        await act(request_id)
        return request_id, False
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_SECONDS
    while True:
        claim = await run_in_threadpool(parts.idempotency.claim, actor, key, action, canonical, request_id)
        if claim is not None:
            break
        if loop.time() > deadline:
            raise Conflict("A request with this Idempotency-Key is being worked on.", "Send it again in a moment.")
        await asyncio.sleep(LOOK_SECONDS)
    if claim.settled:
        return claim.request_id, True

    async def act_and_settle() -> None:
        try:
            await act(request_id)
        except Exception:
            await run_in_threadpool(parts.idempotency.give_back, claim)
            raise
        await run_in_threadpool(parts.idempotency.settle, claim)

    await asyncio.shield(asyncio.ensure_future(act_and_settle()))  # whoever asked may be gone: it is done all the same
    return request_id, False


def add_rate_limits(response: Response, standings: list[Standing]) -> None:
    """The RateLimit header fields (draft-ietf-httpapi-ratelimit-headers): quota and window, what is left until when."""
    response.headers["ratelimit-policy"] = ", ".join(
        f'"{one.name}";q={one.limit};w={int(one.window.total_seconds())}' for one in standings
    )
    response.headers["ratelimit"] = ", ".join(
        f'"{one.name}";r={one.left};t={math.ceil(one.reset)}' for one in standings
    )

"""Answers as they go over the wire, and who may ask."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.models.embedded.answers import Refused
from core.models.embedded.engine import CannotLoad, RunnerGone
from core.models.embedded.protocol import Line, whole


class Stream(Response):
    """Sends what the generator yields, a line each or all in one, and ends the generator when the client is gone.

    Starlette's own response starts with status 200 before the first line is there, so that a refusal could not become
    an HTTP error; and nobody would watch for the client while the model is loaded.
    """

    def __init__(self, lines: AsyncGenerator[Line], *, stream: bool) -> None:
        super().__init__()
        self._lines = lines
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(watch)
            await (self._send_lines(scope, receive, send) if self._stream else self._send_whole(scope, receive, send))
            group.cancel_scope.cancel()

    async def _send_lines(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        try:
            async with aclosing(self._lines) as lines:
                async for line in lines:
                    if not begun:
                        begun = True
                        headers = [(b"content-type", b"application/x-ndjson")]
                        await send({"type": "http.response.start", "status": 200, "headers": headers})
                    await _send_line(send, line)
        except (Refused, CannotLoad, RunnerGone) as error:
            if not begun:
                await error_response(error)(scope, receive, send)
                return
            await _send_line(send, {"error": str(error)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._lines) as lines:
                response = JSONResponse(whole([line async for line in lines]))
        except (Refused, CannotLoad, RunnerGone) as error:
            response = error_response(error)
        await response(scope, receive, send)


class NoBrowsers:
    """Pages of other sites must not speak to this server: a browser names the page's origin, the product has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await JSONResponse({"error": "not for browsers"}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def error_response(error: Exception) -> JSONResponse:
    if isinstance(error, Refused):
        return JSONResponse({"error": error.message, **error.details}, error.status)
    return JSONResponse({"error": str(error)}, 500)


async def _send_line(send: Send, line: Line) -> None:
    data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
    await send({"type": "http.response.body", "body": data, "more_body": True})

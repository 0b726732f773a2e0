"""Ollama's HTTP API over the digest and the GGUF files: the part of it that the product needs."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.models.embedded.answers import DIGEST_CONTEXT, Piece, Question, Refused, ask_digest, ask_llama
from core.models.embedded.engine import Engine
from core.models.embedded.library import Library, ModelFile
from core.models.embedded.protocol import (
    DIGEST,
    Line,
    Shape,
    chat_shape,
    counters,
    digest_details,
    digest_entry,
    expiry,
    file_details,
    file_entry,
    generate_shape,
    nanoseconds,
    read_keep_alive,
    read_messages,
)
from core.models.embedded.stream import NoBrowsers, Stream, error_response

VERSION = "0.1.0"
SWEEP_SECONDS = 0.5


class Api:
    def __init__(self, library: Library, engine: Engine) -> None:
        self._library = library
        self._engine = engine
        self._hashing: set[str] = set()

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", _root),
                Route("/api/version", _version),
                Route("/api/tags", self.tags),
                Route("/api/ps", self.ps),
                Route("/api/show", self.show, methods=["POST"]),
                Route("/api/chat", self.chat, methods=["POST"]),
                Route("/api/generate", self.generate, methods=["POST"]),
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
                Middleware(NoBrowsers),
            ],
            exception_handlers={Refused: _refusal},
            lifespan=self._lifespan,
        )

    async def tags(self, _: Request) -> Response:
        files = await asyncio.to_thread(self._library.all)
        return JSONResponse({"models": [digest_entry(_program()), *(self._entry(model) for model in files)]})

    async def ps(self, _: Request) -> Response:
        models = [
            digest_entry(_program()) | {"context_length": DIGEST_CONTEXT, "expires_at": expiry(None), "running": 0}
        ]
        models += [
            self._entry(runner.model)
            | {
                "size": runner.resident_bytes(),
                "size_vram": 0,
                "context_length": runner.context_length,
                "expires_at": expiry(runner.expires_at),
                "running": await runner.running(),
            }
            for runner in self._engine.loaded
        ]
        return JSONResponse({"models": models})

    async def show(self, request: Request) -> Response:
        body = await _body(request)
        model = await self._find(body.get("model") or body.get("name"))
        if model is None:
            return JSONResponse(digest_details(_program()))
        return JSONResponse(file_details(model, self._digest(model), self._engine.window(model)))

    async def chat(self, request: Request) -> Response:
        body = await _body(request)
        return await self._answer(body, read_messages(body.get("messages") or []), chat_shape)

    async def generate(self, request: Request) -> Response:
        body = await _body(request)
        texts = {"system": body.get("system"), "user": body.get("prompt")}
        messages = read_messages([{"role": role, "content": text} for role, text in texts.items() if text])
        return await self._answer(body, messages if texts["user"] else [], generate_shape)

    async def _answer(self, body: Line, messages: list[dict[str, str]], shape: Shape) -> Response:
        model = await self._find(body.get("model"))
        keep_alive = read_keep_alive(body.get("keep_alive"))
        options: Any = body.get("options") or {}
        if not isinstance(options, dict):
            raise Refused(400, "options must be an object")
        say = functools.partial(shape, DIGEST if model is None else model.name)
        if not messages:
            return Stream(self._settle(model, keep_alive, say), stream=False)
        question = Question(messages, cast("Mapping[str, Any]", options))
        return Stream(self._lines(model, question, keep_alive, say), stream=body.get("stream") is not False)

    async def _settle(
        self, model: ModelFile | None, keep_alive: float | None, say: Callable[[Piece], Line]
    ) -> AsyncGenerator[Line]:
        """Loads, or unloads when nothing is to be kept: what Ollama does when it is asked nothing."""
        began = time.monotonic()
        unload = keep_alive == 0
        if model is not None and unload:
            self._engine.unload(model)
        elif model is not None:
            async with self._engine.use(model, keep_alive):
                pass
        load = nanoseconds(time.monotonic() - began)
        yield say(Piece()) | {"done": True, "done_reason": "unload" if unload else "load", "load_duration": load}

    async def _lines(
        self, model: ModelFile | None, question: Question, keep_alive: float | None, say: Callable[[Piece], Line]
    ) -> AsyncGenerator[Line]:
        began = time.monotonic()
        async with contextlib.AsyncExitStack() as stack:
            if model is None:
                answer = ask_digest(question)
            else:
                answer = ask_llama(await stack.enter_async_context(self._engine.use(model, keep_alive)), question)
            loaded = time.monotonic()
            async for part in await stack.enter_async_context(aclosing(answer)):
                if isinstance(part, Piece):
                    yield say(part) | {"done": False}
                else:
                    counts = counters(part, loaded - began, time.monotonic() - began)
                    yield say(Piece()) | {"done": True} | counts

    async def _find(self, name: object) -> ModelFile | None:
        """None: the digest. Raises Refused when there is no such model."""
        if not isinstance(name, str) or not name:
            raise Refused(400, "model is missing")
        if name.removesuffix(":latest") == DIGEST:
            return None
        model = await asyncio.to_thread(self._library.get, name)
        if model is None:
            raise Refused(404, f"model '{name[:200]}' not found")
        return model

    def _entry(self, model: ModelFile) -> Line:
        return file_entry(model, self._digest(model))

    def _digest(self, model: ModelFile) -> str:
        """Empty until it is known; the first look begins to compute it."""
        known = self._library.known_digest(model)
        if known is None and model.name not in self._hashing:
            self._hashing.add(model.name)
            future = asyncio.get_running_loop().run_in_executor(None, self._library.digest, model)
            future.add_done_callback(lambda _: self._hashing.discard(model.name))
        return known or ""

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None]:
        async def sweep() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                self._engine.sweep()

        sweeping = asyncio.create_task(sweep())
        try:
            yield
        finally:
            sweeping.cancel()
            self._engine.close()


async def _root(_: Request) -> Response:
    return PlainTextResponse("Record Analyst's model server is running")


async def _version(_: Request) -> Response:
    return JSONResponse({"version": VERSION, "pid": os.getpid()})


async def _refusal(_: Request, error: Exception) -> Response:
    return error_response(error)


async def _body(request: Request) -> Line:
    """Raises Refused."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Refused(400, "the request is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "the request must be a JSON object")
    return cast("Line", body)


@functools.cache
def _program() -> str:
    """SHA-256 over the source of the digest: which program wrote an answer can be told like any other model."""
    folder = Path(__file__).parent / DIGEST
    total = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()

"""The API's door: who asks, and what may come in at all. Everything behind it has a key and a small JSON body.

It stands in front of the framework, so that nothing of a request is read or parsed for somebody without a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import (
    HeadersTooLarge,
    InvalidRequest,
    NotSignedIn,
    RecordAnalystError,
    RequestTooLarge,
    UnsupportedMediaType,
)
from core.web.api.parts import ApiParts
from core.web.problem import API, problem
from core.web.request import address_of, bearer

ACTOR = "record_analyst.actor"  # in the scope
BODY = "record_analyst.body"  # in the scope: the whole of it, as bytes
OPEN = re.compile(rf"{API}/(health|openapi\.json|docs(/.*)?)")
BODY_LIMIT = 64 * 1024  # bytes
HEADER_LIMIT = 16 * 1024  # bytes, names and values together
DEPTH_LIMIT = 8  # nested objects and lists
JSON_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


class Door:
    """ASGI middleware around the API's routes."""

    def __init__(self, app: ASGIApp, application: Callable[[], ApiParts]) -> None:
        self.app = app
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_LIMIT:
                raise HeadersTooLarge(f"The headers are longer than {HEADER_LIMIT // 1024} KB.")
            if not OPEN.fullmatch(scope["path"]):
                parts = self._application()
                address = address_of(scope, parts.settings.trusted_proxy)
                scope[ACTOR] = await run_in_threadpool(parts.api_keys.find, _key(headers), address)
            body = await _read(headers, receive)
            _check(headers, body)
        except RecordAnalystError as error:
            await problem(error)(scope, receive, send)
            return
        scope[BODY] = body
        await self.app(scope, _replay(body, receive), send)


def _key(headers: Headers) -> str:
    """Raises NotSignedIn. What comes in a cookie or in the address is no key."""
    if not (key := bearer(headers)):
        raise NotSignedIn("There is no API key in this request.", "Send it in the header Authorization: Bearer ra_…")
    return key


async def _read(headers: Headers, receive: Receive) -> bytes:
    too_large = RequestTooLarge(f"The body is longer than {BODY_LIMIT // 1024} KB.")
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > BODY_LIMIT:
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidRequest("The request broke off.", "Send it again.")
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise too_large
        if not message.get("more_body"):
            return bytes(body)


def _check(headers: Headers, body: bytes) -> None:
    if not body:
        return
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise UnsupportedMediaType("The body is not JSON, or does not say so.")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise UnsupportedMediaType("JSON is UTF-8.")
    depth = 0
    for match in JSON_STRUCTURE.finditer(body):
        depth += (match[0] in (b"[", b"{")) - (match[0] in (b"]", b"}"))
        if depth > DEPTH_LIMIT:
            raise InvalidRequest(f"The body is nested more than {DEPTH_LIMIT} levels deep.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever the server has to say, which is that the client is gone."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again

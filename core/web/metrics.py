"""`GET /metrics` for a monitoring system that has the token. Without one in the settings there is no such address."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Protocol

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NotFound, NotSignedIn
from core.settings import Settings
from core.web.problem import problem
from core.web.request import METRICS, bearer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Protocol):
    def exposition(self) -> bytes: ...


class Measured(Protocol):
    """core.bootstrap.Application, as seen from here."""

    @property
    def settings(self) -> Settings: ...
    @property
    def metrics(self) -> Metrics | None: ...


def metrics_route(application: Callable[[], Measured]) -> Route:
    """The route for st.App. Gate lets requests for it pass without a session."""

    async def metrics(request: Request) -> Response:
        parts = application()
        token, measured = parts.settings.metrics_token, parts.metrics
        if token is None or measured is None:
            raise NotFound("There is nothing here.")
        if not _is_token(bearer(request.headers), token):
            return problem(NotSignedIn("This needs the token of the settings.", "Send it in Authorization: Bearer …"))
        return Response(await run_in_threadpool(measured.exposition), media_type=CONTENT_TYPE)

    return Route(METRICS, metrics, methods=["GET"])


def _is_token(given: str, wanted: SecretStr) -> bool:
    """In the same time for every wrong one, also of another length."""
    one, other = (hashlib.sha256(token.encode()).digest() for token in (given, wanted.get_secret_value()))
    return hmac.compare_digest(one, other)

"""HTTP clients that serve one exchange after another: making one takes longer than sending it a request.

What is used again is only the client. Its connections are not: each exchange makes its own and cuts it.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Generic, TypedDict, TypeVar

import httpx

from core.models.exchange import Exchange

Client = TypeVar("Client")


class ClientArguments(TypedDict):
    """What every httpx client of a model server is made with."""

    follow_redirects: bool
    verify: ssl.SSLContext
    trust_env: bool
    limits: httpx.Limits
    event_hooks: dict[str, list[Any]]


class Clients(Generic[Client]):
    """The clients of one model server, as many as were needed at once. Safe to share between threads."""

    def __init__(self, make: Callable[[ClientArguments], Client], *, url: str, local: bool) -> None:
        """A local server is spoken to directly: a proxy from the environment would carry records out of the house."""
        self._make = make
        self._url = url
        self._local = local
        self._spare: list[tuple[_Hooks, Client]] = []

    @contextmanager
    def lent_to(self, exchange: Exchange) -> Generator[Client]:
        """A client for all requests of this exchange. One that something went wrong with is not used again."""
        try:
            hooks, client = self._spare.pop()
        except IndexError:
            hooks, client = self._new()
        hooks.exchange = exchange
        yield client
        hooks.exchange = None
        self._spare.append((hooks, client))

    def _new(self) -> tuple[_Hooks, Client]:
        hooks = _Hooks()
        arguments = ClientArguments(
            follow_redirects=False,
            verify=_certificates() if self._url.startswith("https:") else _no_certificates(),
            trust_env=not self._local,
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"request": [hooks.before], "response": [hooks.after]},
        )
        return hooks, self._make(arguments)


class _Hooks:
    """Between a client and the exchange that it serves."""

    exchange: Exchange | None = None

    def before(self, request: httpx.Request) -> None:
        assert self.exchange is not None
        self.exchange.before(request)

    def after(self, response: httpx.Response) -> None:
        assert self.exchange is not None
        self.exchange.after(response)


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@functools.cache
def _no_certificates() -> ssl.SSLContext:
    """For plain HTTP, where it is never used: reading the certificates takes longer than a short exchange."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from core.models.clients import ClientArguments, Clients
from core.models.exchange import Exchange


@contextmanager
def lent(clients: Clients[httpx.Client]) -> Iterator[httpx.Client]:
    with Exchange(authorized=False, deadline=time.monotonic() + 10) as exchange, clients.lent_to(exchange) as client:
        yield client


@pytest.fixture
def clients() -> Clients[httpx.Client]:
    def make(arguments: ClientArguments) -> httpx.Client:
        return httpx.Client(**arguments)

    return Clients(make, url="http://127.0.0.1:1", local=True)


def test_one_exchange_after_another_has_the_same_client(clients: Clients[httpx.Client]) -> None:
    with lent(clients) as first:
        pass
    with lent(clients) as second:
        assert second is first


def test_exchanges_at_the_same_time_have_clients_of_their_own(clients: Clients[httpx.Client]) -> None:
    with lent(clients) as first, lent(clients) as second:
        assert second is not first
    with lent(clients) as one, lent(clients) as other:
        assert {id(one), id(other)} == {id(first), id(second)}


def test_a_client_that_something_went_wrong_with_is_not_used_again(clients: Clients[httpx.Client]) -> None:
    with pytest.raises(httpx.ConnectError), lent(clients) as first:
        first.get("http://127.0.0.1:1/")
    with lent(clients) as second:
        assert second is not first

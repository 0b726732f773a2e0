"""python-oracledb, loaded when a URL needs it, and a connection that is made in time or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from importlib import import_module
from typing import Any

from sqlalchemy import URL

from core.errors import DriverMissing

CONNECT_SECONDS = 10


class ConnectTimeout(Exception):
    """Something took the connection and never answered."""


def connect(url: URL) -> Any:
    """Raises DriverMissing, ConnectTimeout and what the driver raises."""
    oracledb = load()
    query = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    service = query.pop("service_name", None) or url.database
    params = oracledb.ConnectParams(
        host=url.host or "localhost",
        port=url.port or 1521,
        service_name=service,
        tcp_connect_timeout=CONNECT_SECONDS,
        **query,
    )
    return _in_time(lambda: oracledb.connect(user=url.username, password=url.password, params=params))


def load() -> Any:
    try:
        return import_module("oracledb")
    except ImportError as error:
        raise DriverMissing(
            "The driver for Oracle is not installed.", "Install requirements.txt (oracledb)."
        ) from error


def _in_time(connect: Callable[[], Any]) -> Any:
    """The driver's own timeout ends with the TCP connection; a server that never answers would hold us for ever."""
    attempt: Future[Any] = Future()

    def run() -> None:
        try:
            connection = connect()
        except BaseException as error:
            attempt.set_exception(error)
        else:
            attempt.set_result(connection)

    threading.Thread(target=run, name="oracle-connect", daemon=True).start()
    try:
        return attempt.result(CONNECT_SECONDS)
    except FutureTimeout as error:
        attempt.add_done_callback(lambda late: late.exception() or late.result().close())
        raise ConnectTimeout from error

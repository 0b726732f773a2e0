"""What the process of the server must be told, and Streamlit gives no way to tell it."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys

from uvicorn import Server

NEW_OBJECTS = 10_000  # between two collections; Python's own 700 make five of them for one request
SWITCH_SECONDS = 0.001  # a thread that computes gives way to the one that serves all after so long; usual are 5 ms
FINISHING_SECONDS = 3  # so long may those who are connected hold up the end of the process


def attend() -> None:
    """Once all is loaded: nobody waits for somebody else's computing, or for a collection of what stays anyway."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


def send_at_once() -> None:
    """Turns Nagle's algorithm off for everybody who connects to this process from now on.

    Streamlit listens on a socket that names no protocol, and for such a one asyncio leaves the algorithm on: every
    answer but the first of a connection then waits some 40 ms for the browser's delayed acknowledgement (uvicorn's
    issue 3149). Connections inherit the option from the socket that accepts them, which nobody hands out: so it is
    looked for.
    """
    for one in gc.get_objects():
        if type(one) is socket.socket and one.fileno() >= 0 and _listens(one):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end_soon() -> None:
    """Lets Ctrl-C end the process although somebody is connected: a browser that does not answer, a listener to an
    answer, half a request. Uvicorn waits for each of them, and for ever; its server is found by the signals it handles.
    """
    server = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    if isinstance(server, Server):
        server.config.timeout_graceful_shutdown = FINISHING_SECONDS
        logging.getLogger("uvicorn.error").addFilter(lambda record: not _tells_of_the_cut(record))


def _tells_of_the_cut(record: logging.LogRecord) -> bool:
    """Whether it only says that somebody was cut off at the end, which was meant."""
    raised = record.exc_info[1] if record.exc_info else None
    return isinstance(raised, asyncio.CancelledError) or str(record.msg).startswith("Cancel %s running task")


def _listens(one: socket.socket) -> bool:
    is_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
    return is_tcp and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))

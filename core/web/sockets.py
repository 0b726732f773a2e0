"""What the server's own sockets must be told."""

from __future__ import annotations

import gc
import socket


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


def _listens(one: socket.socket) -> bool:
    is_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
    return is_tcp and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))

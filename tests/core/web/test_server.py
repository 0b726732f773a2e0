import socket

from core.web.server import send_at_once


def test_what_connects_to_a_listening_socket_is_answered_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not accepted_without_delay(listening)
        send_at_once()
        assert accepted_without_delay(listening)


def accepted_without_delay(listening: socket.socket) -> bool:
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

"""One HTTP exchange with a model server that can be cut from outside, whatever the server does or does not do.

httpx waits inside a socket: its timeouts count from the last byte, and nobody can interrupt a silent read. So each
exchange keeps a second handle on its sockets, and the watchdog shuts them down when the deadline passes or somebody
presses Stop; the read then ends at once. The exchange also checks what arrives: text that is not UTF-8, or a line
without end.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any, Literal

import httpx

from core.errors import (
    ModelBusy,
    ModelError,
    ModelFailed,
    ModelMissing,
    ModelServerUnavailable,
    ModelTimedOut,
    PromptTooLong,
)
from core.watchdog import watchdog

CONNECT_SECONDS = 5.0
LINE_BYTES = 8 * 1024 * 1024  # the longest line a server may send
OF_THE_ENVIRONMENT = ("openai-organization", "openai-project")
TOO_LONG = ("context size", "context length", "context window", "prompt is too long", "exceed_context")


class Exchange:
    """Use as a context manager around everything that reads from the server. `cut` says why it was ended early."""

    def __init__(self, *, authorized: bool, deadline: float, stop: threading.Event | None = None) -> None:
        """`authorized`: the client's own key may be sent."""
        self._authorized = authorized
        self._deadline = deadline
        self._stop = stop
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.cut: Literal["stopped", "timed out"] | None = None
        self.answered = False  # the head of the latest response has arrived

    def __enter__(self) -> Exchange:
        watchdog.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        watchdog.remove(self)
        for one in self._sockets:
            one.close()

    def before(self, request: httpx.Request) -> None:
        """For the client, before it sends a request of this exchange."""
        self.answered = False
        # What the clients add from environment variables by themselves, whatever the server, is not for it. Nor is what
        # it told them to remember: that is from another exchange.
        for name in (*OF_THE_ENVIRONMENT, "cookie", *(() if self._authorized else ("authorization",))):
            request.headers.pop(name, None)
        request.headers["accept-encoding"] = "identity"
        left = max(0.01, self._deadline - time.monotonic())
        request.extensions["timeout"] = httpx.Timeout(left + 1.0, connect=min(CONNECT_SECONDS, left)).as_dict()
        request.extensions["trace"] = self._trace

    def after(self, response: httpx.Response) -> None:
        """For the client, when the head of a response has come."""
        self.answered = True
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Guarded(response.stream)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "connect_unix_socket.complete")):
            own: socket.socket = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(own.dup())  # a second handle survives TLS and httpx closing its own
                if self.cut:
                    self._shut()

    def tick(self) -> None:
        """Cuts it when it is time to."""
        stopped = self._stop is not None and self._stop.is_set()
        if self.cut is None and (stopped or time.monotonic() > self._deadline):
            with self._lock:
                self.cut = "stopped" if stopped else "timed out"
                self._shut()

    def _shut(self) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):  # closed by the other side already
                one.shutdown(socket.SHUT_RDWR)


class _Guarded(httpx.SyncByteStream):
    """Passes bytes on while they are UTF-8 and come in lines of bearable length."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        length = 0
        for data in self._stream:
            decoder.decode(data)
            end = data.rfind(b"\n")
            length = length + len(data) if end < 0 else len(data) - end
            if length > LINE_BYTES:
                raise ModelFailed("The model server sent a line without an end.")
            yield data
        decoder.decode(b"", final=True)

    def close(self) -> None:
        self._stream.close()


@contextlib.contextmanager
def translated(exchange: Exchange, *, quick: bool = False) -> Generator[None]:
    """Turns what httpx and the parsers raise into ModelError. `quick`: too slow an answer means a server that is down.

    Ends quietly when the exchange was stopped: whoever stopped it knows.
    """
    try:
        yield
    except ModelError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ConnectionError) as error:
        if exchange.cut != "stopped":
            raise transport_error(exchange, error, quick) from error
    except (json.JSONDecodeError, UnicodeError) as error:  # both are ValueErrors; one may be half of a cut line
        if exchange.cut == "timed out":
            raise _timed_out(quick) from error
        if exchange.cut is None:
            raise ModelFailed("The model server sent something that cannot be read.") from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelFailed("The model server sent something that its protocol does not allow.") from error


def transport_error(exchange: Exchange, error: Exception, quick: bool) -> ModelError:
    """The error for a connection that could not be made or did not last."""
    if exchange.cut == "timed out" or isinstance(error, httpx.ReadTimeout):
        return _timed_out(quick)
    if _caused_by(error, ssl.SSLCertVerificationError):
        return ModelServerUnavailable(
            "The model server's certificate is not valid, so nothing was sent.",
            "An administrator must install a valid certificate, or one this machine trusts.",
        )
    if exchange.answered:
        return ModelFailed("The connection to the model server broke before the answer was whole.")
    return ModelServerUnavailable("The model server does not answer.")


def _timed_out(quick: bool) -> ModelError:
    if quick:
        return ModelServerUnavailable("The model server did not answer in time.")
    return ModelTimedOut("The model did not finish in time.")


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def refusal(status: int, text: str) -> ModelError:
    """The error for an HTTP status that is not a success. `text` is only searched, never shown."""
    if status == 404:
        return ModelMissing("This model is not on its server any more.")
    if status in (429, 503):
        return ModelBusy("The model server has too many requests waiting.")
    if status in (400, 413) and any(words in text.lower() for words in TOO_LONG):
        return PromptTooLong("The prompt is longer than the model's context window.")
    if status in (401, 403, 407):
        return ModelServerUnavailable(
            "The model server refused our key.", "An administrator must correct the key in the settings."
        )
    if 300 <= status < 400:
        return ModelFailed("The model server wanted to send the request to another address; nothing was sent there.")
    return ModelFailed(f"The model server answered with error {status}.")

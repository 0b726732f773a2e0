"""How tests ask a model server."""

from __future__ import annotations

import threading
import time

import pytest

from core.models.model import Message, ModelServer

MESSAGES = [Message("system", "Be short."), Message("user", "Hello")]


def ask(server: ModelServer, seconds: float = 30, stop: threading.Event | None = None, options=None):
    deadline = time.monotonic() + seconds
    return server.chat("model", MESSAGES, context_length=4096, options=options, deadline=deadline, stop=stop)


def texts_until(error: type[Exception], answer) -> tuple[str, ...]:
    """The texts that came before `error` did."""
    texts: list[str] = []
    with pytest.raises(error):
        texts.extend(chunk.text for chunk in answer)
    return tuple(texts)

"""A busy server is asked again, with growing waits, for as long as the request may wait and nothing was answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_before_delay, wait_exponential_jitter

from core.errors import ModelBusy
from core.models.model import Chunk


def patiently(
    answer: Callable[[], Generator[Chunk]], *, deadline: float, patience: float, stop: threading.Event | None
) -> Generator[Chunk]:
    """The chunks of `answer()`, which is begun again on ModelBusy before the first one. Raises the last ModelBusy."""
    stop = stop or threading.Event()
    if stop.is_set():
        return
    begun: Generator[Chunk] | None = answer()
    try:
        first = next(begun, None)
    except ModelBusy as busy:
        seconds = min(patience, deadline - time.monotonic())
        begun, first = _again(answer, busy, seconds, stop)
    if begun is not None and first is not None:
        with closing(begun):
            yield first
            yield from begun


def _again(
    answer: Callable[[], Generator[Chunk]], busy: ModelBusy, seconds: float, stop: threading.Event
) -> tuple[Generator[Chunk] | None, Chunk | None]:
    """The stream of a later attempt and its first chunk, None after a stop. `busy` is what the first attempt raised."""
    attempted = [busy]
    for attempt in Retrying(
        retry=retry_if_exception_type(ModelBusy),
        wait=wait_exponential_jitter(multiplier=0.25, max=5.0, jitter=0.25),
        stop=stop_before_delay(seconds),
        sleep=sleep_using_event(stop),
        reraise=True,
    ):
        if stop.is_set():
            break
        with attempt:
            if attempted:
                raise attempted.pop()
            begun = answer()
            return begun, next(begun, None)
    return None, None

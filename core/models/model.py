"""What the product knows of a model and of the server it runs on. Every kind of server speaks through this."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Options = Mapping[str, float | int | str | bool]
"""Sampling options by Ollama's names: temperature, top_p, seed, num_predict …"""


class Feature(StrEnum):
    """What a server can do besides answering."""

    LOAD = "load"
    UNLOAD = "unload"
    PULL = "pull"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    name: str
    server: str
    local: bool  # the server is marked local: nothing leaves the house
    size_bytes: int | None
    parameters: str | None  # as the server writes it: "134.5M", "8B"
    quantisation: str | None
    context_length: int  # tokens of prompt and answer together, as we ask for them: constant per model
    loaded: bool
    digest: str | None  # SHA-256 of the model, hex
    language_model: bool = True  # False: a program that writes text by rule

    @property
    def id(self) -> str:
        return f"{self.server}/{self.name}"


@dataclass(frozen=True, slots=True)
class Message:
    role: str  # system, user, assistant
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The server's own counts, with the last chunk. None: the server did not say."""

    prompt_tokens: int | None
    answer_tokens: int | None
    load_ms: float | None
    done_reason: str | None  # "stop"; "length": the answer was cut off
    prompt_ms: float | None = None
    answer_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    text: str = ""
    thinking: str = ""
    usage: Usage | None = None  # set on the last chunk only


@dataclass(frozen=True, slots=True)
class PullProgress:
    status: str
    completed: int | None = None  # bytes of the layer that is being fetched
    total: int | None = None


class ModelServer(Protocol):
    """One server of models. Safe to share between threads. Every method raises ModelError and nothing else."""

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool: ...

    @property
    def features(self) -> frozenset[Feature]: ...

    def version(self) -> str: ...

    def list(self) -> list[ModelInfo]:
        """Models that can answer; embedding models are left out."""
        ...

    def load(self, model: str, keep_alive: str | None = None) -> float:
        """Load `model` and return when it is warm, with the milliseconds it took."""
        ...

    def unload(self, model: str) -> None: ...

    def pull(self, model: str, stop: threading.Event | None = None) -> Iterator[PullProgress]:
        """Fetch `model` to the server. Ends early, without an error, once `stop` is set."""
        ...

    def delete(self, model: str) -> None: ...

    def chat(
        self,
        model: str,
        messages: Sequence[Message],
        *,
        context_length: int,
        answer_tokens: int | None = None,
        options: Options | None = None,
        deadline: float,
        stop: threading.Event | None = None,
    ) -> Generator[Chunk]:
        """Stream one answer. A whole answer ends with exactly one chunk that carries `usage`.

        `answer_tokens`: what the window has left; a server that would otherwise push the prompt out of it is told.

        `deadline` is a value of time.monotonic(): absolute, so a server that trickles cannot stretch it; past it
        ModelTimedOut is raised. Once `stop` is set the iteration ends within 100 ms, without usage and without an
        error, also while the server says nothing. Closing the iterator or stopping it closes the HTTP stream, on
        which the server stops generating. Errors are raised from inside the iteration, a ModelFailed when the
        stream ends without its end mark.
        """
        ...

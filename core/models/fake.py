"""A model server without a model: it answers from a script and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import ModelError, ModelFailed, ModelMissing, ModelTimedOut
from core.models.model import Chunk, Feature, Message, ModelInfo, Options, PullProgress, Usage
from core.models.tokens import least


@dataclass(frozen=True, slots=True)
class Pause:
    """The server says nothing for so long, or until the deadline or a stop."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """The stream ends here without its end mark."""


Step = str | Chunk | Pause | End | ModelError
"""What a scripted answer is made of: text to stream, a chunk as it is, a pause, an early end, an error to raise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One chat as it reached the server."""

    model: str
    messages: tuple[Message, ...]
    context_length: int
    options: Mapping[str, float | int | str | bool]
    deadline: float


@dataclass
class FakeModelServer:
    """Answers each chat with the next script, the last one again and again. A list or load fails with `down` if set.

    Without a usage chunk of its own a script ends with counts made from its texts.
    """

    name: str = "fake"
    local: bool = True
    models: Sequence[str] = ("model",)
    scripts: list[Sequence[Step]] = field(default_factory=lambda: [("Hello", " there.")])
    context_length: int = 4096
    down: ModelError | None = None
    features: frozenset[Feature] = frozenset(Feature)
    asked: list[Asked] = field(default_factory=list[Asked])
    closed: list[str] = field(default_factory=list[str])  # whole, closed, stopped, timed_out or failed
    loaded: set[str] = field(default_factory=set[str])
    lists: int = 0  # how often the models were listed

    def version(self) -> str:
        self._up()
        return "0.0.0-fake"

    def list(self) -> list[ModelInfo]:
        self.lists += 1
        self._up()
        return [
            ModelInfo(
                name=name,
                server=self.name,
                local=self.local,
                size_bytes=1_000_000,
                parameters="1M",
                quantisation="F16",
                context_length=self.context_length,
                loaded=name in self.loaded,
                digest="0" * 64,
            )
            for name in self.models
        ]

    def load(self, model: str, keep_alive: str | None = None) -> float:
        self._find(model)
        self.loaded.add(model)
        return 0.0

    def unload(self, model: str) -> None:
        self._find(model)
        self.loaded.discard(model)

    def pull(self, model: str, stop: threading.Event | None = None) -> Iterator[PullProgress]:
        self._up()
        for completed in (0, 50, 100):
            if stop is not None and stop.is_set():
                return
            yield PullProgress("pulling", completed, 100)
        self.models = (*self.models, model)

    def delete(self, model: str) -> None:
        self._find(model)
        self.models = tuple(name for name in self.models if name != model)

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
        ended = "closed"
        try:
            for chunk in self._answer(model, messages, context_length, options or {}, deadline, stop):
                yield chunk
                if chunk.usage is not None:
                    ended = "whole"
            if ended != "whole":
                ended = "stopped"
        except ModelError as error:
            ended = "timed_out" if isinstance(error, ModelTimedOut) else "failed"
            raise
        finally:
            self.closed.append(ended)

    def _answer(
        self,
        model: str,
        messages: Sequence[Message],
        context_length: int,
        options: Options,
        deadline: float,
        stop: threading.Event | None,
    ) -> Iterator[Chunk]:
        self._find(model)
        script = self.scripts[min(len(self.asked), len(self.scripts) - 1)]
        self.asked.append(Asked(model, tuple(messages), context_length, dict(options), deadline))
        self.loaded.add(model)
        stop = stop or threading.Event()
        written = 0
        for step in script:
            if isinstance(step, Pause):
                stop.wait(max(0.0, min(step.seconds, deadline - time.monotonic())))
            if stop.is_set():
                return
            if time.monotonic() >= deadline:
                raise ModelTimedOut("The model did not finish in time.")
            match step:
                case str():
                    written += 1
                    yield Chunk(text=step)
                case Chunk():
                    yield step
                    if step.usage is not None:
                        return
                case ModelError():
                    raise step
                case End():
                    raise ModelFailed("The answer broke off before its end.")
                case Pause():
                    pass
        prompt_tokens = sum(least(message.content) for message in messages)
        yield Chunk(usage=Usage(prompt_tokens, written, 0.0, "stop"))

    def _up(self) -> None:
        if self.down is not None:
            raise self.down

    def _find(self, model: str) -> None:
        self._up()
        if model not in self.models:
            raise ModelMissing("This model is not on its server any more.")

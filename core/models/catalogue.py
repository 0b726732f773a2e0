"""Which models there are, on all servers together, and which of them a use case may use."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from core.errors import ModelError, ModelMissing, ModelServerUnavailable, NotAllowed
from core.models.model import ModelInfo, ModelServer
from core.use_cases import Sensitivity

WAIT_SECONDS = 2.0  # for the slowest server; the others are shown without it
REMEMBER_SECONDS = 60.0  # a list of models this old is good enough to send a request by
KEEP_SECONDS = 3.0  # a page asks several times while it draws


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """What all servers offer, in the order of the servers, and in one line each why a server offers nothing."""

    models: tuple[ModelInfo, ...]
    unavailable: tuple[tuple[str, str], ...] = ()  # server, message


@dataclass(frozen=True, slots=True)
class _Answer:
    at: float  # time.monotonic()
    models: tuple[ModelInfo, ...] = ()
    error: ModelError | None = None


class Catalogue:
    """Asks the servers when somebody wants to know, each in its own thread. Safe to share between threads."""

    def __init__(
        self, servers: Sequence[ModelServer], *, wait: float = WAIT_SECONDS, keep: float = KEEP_SECONDS
    ) -> None:
        self._servers = {server.name: server for server in servers}
        self._wait = wait
        self._keep = keep
        self._lock = threading.Lock()
        self._answers: dict[str, _Answer] = {}
        self._asking: dict[str, Future[_Answer]] = {}
        self._pool = ThreadPoolExecutor(max(1, len(self._servers)), thread_name_prefix="model-list")

    @property
    def servers(self) -> tuple[ModelServer, ...]:
        return tuple(self._servers.values())

    def list(self, *, fresh: bool = False) -> CatalogueView:
        """Raises nothing: a server that is down is a line of the view. `fresh`: do not answer from memory."""
        answers = self._ask(self._servers, fresh)
        return CatalogueView(
            tuple(model for name in self._servers for model in answers[name].models),
            tuple(
                (name, error.message)
                for name, server in self._servers.items()
                if (error := answers[name].error) is not None and not getattr(server, "optional", False)
            ),
        )

    def resolve(self, name_or_id: str, sensitivity: Sensitivity) -> tuple[ModelServer, ModelInfo]:
        """The first of `candidates`."""
        return self.candidates(name_or_id, sensitivity)[0]

    def candidates(self, name_or_id: str, sensitivity: Sensitivity) -> list[tuple[ModelServer, ModelInfo]]:
        """The servers that have the model `server/name`, or a bare name, and may be used: the one to ask first first.

        That is the server that the ID names; of several that share a name one that is local, then one that has the
        model loaded. The others stand in for it, but never one that is not local for one that is.
        Raises ModelMissing, NotAllowed when the sensitivity forbids it, or ModelServerUnavailable when the server
        that the ID names does not answer.
        """
        names = self._candidates(name_or_id)
        found = self._find(name_or_id, self._remembered(names))
        for fresh in (False, True) if not found else ():  # it may have been installed a second ago
            found = self._find(name_or_id, self._ask(names, fresh))
            if found:
                break
        found = found or self._elsewhere(name_or_id)
        if not found:
            raise self._not_found(name_or_id)
        allowed = [model for model in found if self.allowed(model, sensitivity) is None]
        if not allowed:
            raise NotAllowed(str(self.allowed(found[0], sensitivity)), "Choose a model that runs on a local server.")
        allowed.sort(key=lambda model: (not model.local, not model.loaded))
        first = allowed[0]
        if first.id == name_or_id:
            allowed += self._same(first)
        return [(self._servers[model.server], model) for model in allowed if model.local or not first.local]

    def allowed(self, model: ModelInfo, sensitivity: Sensitivity) -> str | None:
        """None when the model may see records of this sensitivity, else the reason, for people."""
        if sensitivity is Sensitivity.RESTRICTED and not model.local:
            return f"{model.name} does not run on a local server, and this use case's records must not leave the house."
        return None

    def default(self, wanted: str, sensitivity: Sensitivity) -> ModelInfo | None:
        """The model to offer first: `wanted` if it is there and allowed, else the first that is; None without any."""
        try:
            return self.resolve(wanted, sensitivity)[1]
        except (ModelError, NotAllowed):
            return next((model for model in self.list().models if self.allowed(model, sensitivity) is None), None)

    def forget(self) -> None:
        """Ask again at the next call: somebody loaded, unloaded, pulled or deleted a model."""
        with self._lock:
            self._answers.clear()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _candidates(self, name_or_id: str) -> list[str]:
        """Servers that may have it. A model's own name may hold a slash: `library/qwen3` on a server `box`."""
        named = [name for name in self._servers if name_or_id.startswith(f"{name}/")]
        return named or list(self._servers)

    def _find(self, name_or_id: str, answers: dict[str, _Answer]) -> list[ModelInfo]:
        models = [model for answer in answers.values() for model in answer.models]
        exact = [model for model in models if model.id == name_or_id]
        return exact or [model for model in models if name_or_id in (model.name, model.name.removesuffix(":latest"))]

    def _elsewhere(self, model_id: str) -> list[ModelInfo]:
        """The models of that name on other servers, when the one that the ID names does not answer."""
        for name in self._candidates(model_id):
            answer = self._answers.get(name)
            if answer and answer.error and model_id.startswith(f"{name}/"):
                found = self._find(model_id.removeprefix(f"{name}/"), self._ask(self._servers, False))
                return [model for model in found if model.local or not self._servers[name].local]
        return []

    def _same(self, model: ModelInfo) -> list[ModelInfo]:
        """The same model on other servers, as far as is known, those that have it loaded first."""
        others = [
            other
            for name, answer in self._answers.items()
            for other in answer.models
            if name != model.server
            and other.name == model.name
            and (None in (other.digest, model.digest) or other.digest == model.digest)
        ]
        return sorted(others, key=lambda other: not other.loaded)

    def _not_found(self, name_or_id: str) -> ModelError:
        for name in self._candidates(name_or_id):
            answer = self._answers.get(name)
            missed = name_or_id.startswith(f"{name}/") or not getattr(self._servers[name], "optional", False)
            if answer and answer.error and missed:
                return answer.error  # it may well be there
        return ModelMissing("This model is not on any of the model servers.")

    def _remembered(self, names: Iterable[str]) -> dict[str, _Answer]:
        """What is known if it is not too old, and asked again behind the back of whoever waits for an answer: should
        a model have gone meanwhile, its server says so itself.
        """
        now = time.monotonic()
        with self._lock:
            kept = {name: self._answers[name] for name in names if name in self._answers}
            for name, one in kept.items():
                running = self._asking.get(name)
                if now - one.at > self._keep and (running is None or running.done()):
                    self._asking[name] = self._pool.submit(self._ask_one, self._servers[name])
        return {name: one for name, one in kept.items() if now - one.at < REMEMBER_SECONDS}

    def _ask(self, names: Iterable[str], fresh: bool) -> dict[str, _Answer]:
        now = time.monotonic()
        names = list(names)
        with self._lock:
            asking: dict[str, Future[_Answer]] = {}
            for name in names:
                kept = self._answers.get(name)
                if fresh or kept is None or now - kept.at > self._keep:
                    running = self._asking.get(name)
                    if running is None or running.done():
                        running = self._asking[name] = self._pool.submit(self._ask_one, self._servers[name])
                    asking[name] = running
        wait(asking.values(), timeout=self._wait)
        answers: dict[str, _Answer] = {}
        for name in names:
            future = asking.get(name)
            if future is None:
                answers[name] = self._answers.get(name) or _Answer(now)
            elif future.done():
                answers[name] = future.result()
            else:
                answers[name] = _Answer(now, error=ModelServerUnavailable("The model server did not answer in time."))
        return answers

    def _ask_one(self, server: ModelServer) -> _Answer:
        try:
            answer = _Answer(time.monotonic(), tuple(server.list()))
        except ModelError as error:
            answer = _Answer(time.monotonic(), error=error)
        with self._lock:
            self._answers[server.name] = answer
        return answer

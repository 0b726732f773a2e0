"""What admins do to models: load, unload, pull, delete, choose defaults and keep-alive. All audited, failures too."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from core.accounts.permissions import may
from core.accounts.user import Actor
from core.audit.entry import Entry, Event, Outcome
from core.audit.log import AuditLog
from core.choices import Choices
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound, RecordAnalystError
from core.models.catalogue import Catalogue
from core.models.model import ModelInfo, ModelServer, PullProgress
from core.use_cases import UseCase

log = logging.getLogger(__name__)

KEEP_ALIVE = re.compile(r"-1|0|(\d{1,4}(ms|s|m|h)){1,3}")


@dataclass(slots=True)
class Pull:
    """One model on its way to a server. Goes on when the page that began it is left."""

    server: str
    model: str
    progress: PullProgress = field(default_factory=lambda: PullProgress("Asking the server"))
    ended: bool = False
    error: RecordAnalystError | None = None
    stop: threading.Event = field(default_factory=threading.Event)


class ModelAdministration:
    """Every method raises NotAllowed for who is no admin, and AuditUnavailable. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, audit: AuditLog, choices: Choices) -> None:
        self._catalogue = catalogue
        self._audit = audit
        self._choices = choices
        self._lock = threading.Lock()
        self._pulls: dict[str, Pull] = {}  # by server: one at a time

    def load(self, actor: Actor, info: ModelInfo) -> float:
        """Milliseconds until it was warm. Raises ModelError."""
        server = self._server(actor, info.server)
        with self._audited(actor, Event.MODEL_LOADED, info.server, info.name):
            return server.load(info.name)

    def unload(self, actor: Actor, info: ModelInfo) -> None:
        """Raises ModelError."""
        server = self._server(actor, info.server)
        with self._audited(actor, Event.MODEL_UNLOADED, info.server, info.name):
            server.unload(info.name)

    def delete(self, actor: Actor, info: ModelInfo) -> None:
        """Raises ModelError."""
        server = self._server(actor, info.server)
        with self._audited(actor, Event.MODEL_DELETED, info.server, info.name):
            server.delete(info.name)

    def pull(self, actor: Actor, server: str, model: str) -> Pull:
        """Begins to fetch `model` in the background. Raises Conflict while that server fetches another one."""
        if not model.strip() or len(model) > 200 or not model.isprintable():
            raise InvalidRequest("This is not the name of a model.", "Names look like qwen3:14b.")
        order = Pull(server, model.strip())
        fetching = self._server(actor, server)
        with self._lock:
            if (other := self._pulls.get(server)) and not other.ended:
                raise Conflict(f"{other.model} is being fetched to this server.", "Wait for its end, or cancel it.")
            self._pulls[server] = order
        threading.Thread(target=self._fetch, args=(actor, fetching, order), name="model-pull", daemon=True).start()
        return order

    def pull_of(self, server: str) -> Pull | None:
        """The pull that is under way on this server, or the last one."""
        with self._lock:
            return self._pulls.get(server)

    def choose_default(self, actor: Actor, use_case: UseCase, model_id: str | None) -> None:
        """None: back to what the use case's file or the settings say. Raises NotAllowed, ModelError."""
        self._check(actor)
        if model_id is not None:
            self._catalogue.resolve(model_id, use_case.sensitivity)
        self._choices.set(actor, f"default_model.{use_case.name}", model_id)

    def keep_alive(self, server: str) -> str | None:
        return self._choices.get(f"keep_alive.{server}")

    def choose_keep_alive(self, actor: Actor, server: str, value: str) -> None:
        """How long models stay loaded after an answer: 30m, 1h30m, 0 for not at all, -1 for ever; empty: as the
        server thinks best. Raises InvalidRequest.
        """
        self._server(actor, server)
        if value and not KEEP_ALIVE.fullmatch(value):
            raise InvalidRequest("This is not a time.", "Write 30m, 2h, 0 for not at all or -1 for ever.")
        self._choices.set(actor, f"keep_alive.{server}", value or None)

    def _fetch(self, actor: Actor, server: ModelServer, order: Pull) -> None:
        try:
            with self._audited(actor, Event.MODEL_PULLED, order.server, order.model, order.stop):
                for progress in server.pull(order.model, order.stop):
                    order.progress = progress
        except RecordAnalystError as error:
            log.warning("%s could not be fetched to %s: %s", order.model, order.server, error)
            order.error = error
        finally:
            order.ended = True

    def _check(self, actor: Actor) -> None:
        if not may(actor.user.role, "models"):
            raise NotAllowed("Only admins change models.")

    def _server(self, actor: Actor, name: str) -> ModelServer:
        self._check(actor)
        for server in self._catalogue.servers:
            if server.name == name:
                return server
        raise NotFound("There is no such model server.")

    @contextmanager
    def _audited(
        self, actor: Actor, event: Event, server: str, model: str, stop: threading.Event | None = None
    ) -> Generator[None]:
        outcome, reason, began = Outcome.FAILED, None, time.monotonic()
        try:
            yield
            outcome = Outcome.STOPPED if stop and stop.is_set() else Outcome.COMPLETED
        except RecordAnalystError as error:
            reason = error.code
            raise
        finally:
            self._catalogue.forget()
            took = (time.monotonic() - began) * 1000
            entry = Entry(event=event, actor=actor, server=server, model=model, outcome=outcome, reason=reason)
            self._audit.append(replace(entry, total_ms=took))

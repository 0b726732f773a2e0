"""What admins do to models: load, unload, pull, delete. Each is audited."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from core.accounts.permissions import may
from core.accounts.user import Actor
from core.audit.entry import Entry, Event
from core.audit.log import AuditLog
from core.errors import NotAllowed, NotFound
from core.models.catalogue import Catalogue
from core.models.model import ModelInfo, ModelServer, PullProgress


class ModelAdministration:
    def __init__(self, catalogue: Catalogue, audit: AuditLog) -> None:
        self._catalogue = catalogue
        self._audit = audit

    def load(self, actor: Actor, info: ModelInfo) -> float:
        """Milliseconds until it was warm. Raises NotAllowed, ModelError, AuditUnavailable."""
        took = self._server(actor, info.server).load(info.name)
        self._done(actor, Event.MODEL_LOADED, info.server, info.name, took)
        return took

    def unload(self, actor: Actor, info: ModelInfo) -> None:
        self._server(actor, info.server).unload(info.name)
        self._done(actor, Event.MODEL_UNLOADED, info.server, info.name)

    def pull(self, actor: Actor, server: str, model: str, stop: threading.Event) -> Iterator[PullProgress]:
        yield from self._server(actor, server).pull(model, stop)
        if not stop.is_set():
            self._done(actor, Event.MODEL_PULLED, server, model)

    def delete(self, actor: Actor, info: ModelInfo) -> None:
        self._server(actor, info.server).delete(info.name)
        self._done(actor, Event.MODEL_DELETED, info.server, info.name)

    def _server(self, actor: Actor, name: str) -> ModelServer:
        if not may(actor.user.role, "models"):
            raise NotAllowed("Only admins change models.")
        for server in self._catalogue.servers:
            if server.name == name:
                return server
        raise NotFound("There is no such model server.")

    def _done(self, actor: Actor, event: Event, server: str, model: str, took: float | None = None) -> None:
        self._catalogue.forget()
        self._audit.append(Entry(event=event, actor=actor, server=server, model=model, total_ms=took))

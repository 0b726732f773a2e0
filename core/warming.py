"""Loading a model while the person who chose it still types: at once, in the background, seen by all.

Loading shows no record to anybody, so it needs no use case; which model may be chosen does.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from core.accounts.user import Actor
from core.audit.entry import Entry, Event
from core.audit.log import AuditLog
from core.errors import RecordAnalystError
from core.models.catalogue import Catalogue
from core.models.model import Feature, ModelServer
from core.use_cases import Sensitivity

log = logging.getLogger(__name__)

SHOW_SECONDS = 20.0  # how long a load that has ended is still told of


@dataclass(frozen=True, slots=True)
class Loading:
    """One load. Times are of time.monotonic()."""

    began: float
    ended: float | None = None
    error: RecordAnalystError | None = None

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.began


class Warming:
    """The loads of this process. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, audit: AuditLog) -> None:
        self._catalogue = catalogue
        self._audit = audit
        self._lock = threading.Lock()
        self._loads: dict[str, Loading] = {}

    def choose(self, actor: Actor, model_id: str, sensitivity: Sensitivity) -> None:
        """Begins to load a model that is not loaded, on a server where that can be ordered, one at a time on each.

        Raises ModelError and NotAllowed as Catalogue.resolve does.
        """
        server, info = self._catalogue.resolve(model_id, sensitivity)
        if info.loaded or not info.language_model or Feature.LOAD not in server.features:
            return
        with self._lock:
            if any(load.ended is None for name, load in self._loads.items() if name.startswith(f"{server.name}/")):
                return
            self._loads[info.id] = began = Loading(time.monotonic())
        thread = threading.Thread(target=self._load, args=(actor, server, info.name, began), daemon=True)
        thread.start()

    def of(self, model_id: str) -> Loading | None:
        """The load of this model that is under way or has just ended."""
        with self._lock:
            load = self._loads.get(model_id)
        return load if load and (load.ended is None or time.monotonic() - load.ended < SHOW_SECONDS) else None

    def _load(self, actor: Actor, server: ModelServer, model: str, began: Loading) -> None:
        error: RecordAnalystError | None = None
        try:
            server.load(model)
            took = (time.monotonic() - began.began) * 1000
            details = {"because": "chosen for a request"}
            self._audit.append(
                Entry(
                    event=Event.MODEL_LOADED,
                    actor=actor,
                    server=server.name,
                    model=model,
                    total_ms=took,
                    details=dict(details),
                )
            )
        except RecordAnalystError as raised:
            log.warning("%s on %s could not be loaded: %s", model, server.name, raised)
            error = raised
        finally:
            self._catalogue.forget()
            with self._lock:
                self._loads[f"{server.name}/{model}"] = Loading(began.began, time.monotonic(), error)

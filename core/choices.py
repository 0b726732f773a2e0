"""What admins choose while the product runs, beside the settings: one row each, every change audited.

Read at every request, so it is kept in memory for a moment; another replica sees a change a few seconds later.
"""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from core.accounts.user import Actor
from core.audit.entry import Entry, Event
from core.audit.log import AuditLog
from core.store.tables import choices

log = logging.getLogger(__name__)

KEEP_SECONDS = 5.0


class Choices:
    """Safe to share between threads."""

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self._engine = engine
        self._audit = audit
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._read_at = -KEEP_SECONDS

    def get(self, name: str) -> str | None:
        """Raises nothing: when the database does not answer, what was known last counts."""
        with self._lock:
            if time.monotonic() - self._read_at >= KEEP_SECONDS:
                self._read_at = time.monotonic()
                try:
                    with self._engine.connect() as connection:
                        rows = connection.execute(select(choices.c.name, choices.c.value))
                        self._known = {row.name: row.value for row in rows}
                except SQLAlchemyError:
                    log.warning("what admins chose could not be read")
            return self._known.get(name)

    def set(self, actor: Actor, name: str, value: str | None) -> None:
        """None takes the choice back. Audited in the same transaction. Raises AuditUnavailable."""
        with self._audit.appending() as appending:
            before = appending.connection.execute(select(choices.c.value).where(choices.c.name == name)).scalar()
            if before == value:
                return
            if value is None:
                appending.connection.execute(delete(choices).where(choices.c.name == name))
            else:
                row = {"value": value, "changed_by": actor.user.username}
                appending.connection.execute(
                    insert(choices).values(name=name, **row).on_conflict_do_update(index_elements=["name"], set_=row)
                )
            details = {"setting": name, "before": before, "after": value}
            appending.append(Entry(event=Event.SETTINGS_CHANGED, actor=actor, details=details))
        with self._lock:
            self._read_at = -KEEP_SECONDS

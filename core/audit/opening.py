"""The audit log without the rest of the application, for commands: no model server, no sample business."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from sqlalchemy import make_url

from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.settings import Settings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine


@contextmanager
def opened_audit_log(settings: Settings) -> Generator[AuditLog]:
    """On the state database of the settings, brought up to date. Raises StoreUnavailable, AuditUnavailable."""
    with ExitStack() as closing:
        if settings.database_url is not None:
            app = make_url(settings.database_url.get_secret_value())
            owner = make_url((settings.database_owner_url or settings.database_url).get_secret_value())
        else:
            postgres = EmbeddedPostgres.start(settings.var)
            closing.callback(postgres.close)
            app, owner = postgres.url("app", STATE_DATABASE), postgres.url("owner", STATE_DATABASE)
        migrate(owner, str(app.username))
        engine = open_engine(app)
        closing.callback(engine.dispose)
        audit = AuditLog(
            engine,
            Keys.load(settings.var / "secrets"),
            settings.var / "audit",
            settings.audit_copy,
            settings.audit_webhook,
        )
        closing.callback(audit.close)
        yield audit

"""The part of the application that knows people: real database, real audit log, no models and no business data."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, select, text, update

from core.accounts.api_keys import ApiKeys
from core.accounts.sessions import Session, Sessions
from core.accounts.user import Actor, Role, User
from core.accounts.users import Users
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.settings import ROOT, Settings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine
from core.store.tables import audit_log, sessions, sign_in_failures

PASSWORD = "seven quiet harbours"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class House:
    settings: Settings
    engine: Engine
    owner: Engine
    audit: AuditLog
    keys: Keys
    users: Users
    sessions: Sessions
    api_keys: ApiKeys

    def person(self, role: Role = Role.ANALYST) -> Actor:
        """Somebody new, whose password is PASSWORD."""
        number = next(_numbers)
        name = f"{role.value}-{self.settings.port}-{number}"
        account = self.users.add(None, name, f"Person {number}", role, PASSWORD)
        return Actor(account.user)

    def sign_in(self, user: User, password: str = PASSWORD) -> str:
        return self.sessions.sign_in(user.username, password, "10.0.0.7", "a browser")[0]

    def session(self, token: str) -> Session:
        session = self.sessions.resolve(token)
        assert session is not None
        return session

    def last_event(self) -> dict[str, object]:
        with self.engine.connect() as connection:
            row = connection.execute(select(audit_log).order_by(audit_log.c.seq.desc()).limit(1)).mappings().one()
        return dict(row)

    def events(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM audit_log")).scalar_one()

    def age_sessions(self, user: User, by: timedelta, *, created: bool = False) -> None:
        """As if so much time had gone by since the sessions were last used, or since they began."""
        column = sessions.c.expires_at if created else sessions.c.last_seen_at
        with self.owner.begin() as connection:
            connection.execute(
                update(sessions).where(sessions.c.username == user.username).values({column: column - by})
            )

    def age_failures(self, username: str, by: timedelta) -> None:
        with self.owner.begin() as connection:
            connection.execute(
                update(sign_in_failures)
                .where(sign_in_failures.c.username == username)
                .values(
                    last_failure_at=sign_in_failures.c.last_failure_at - by,
                    locked_until=sign_in_failures.c.locked_until - by,
                )
            )


@contextmanager
def open_house(var: Path, port: int = 8501) -> Generator[House]:
    with EmbeddedPostgres.start(var) as postgres:
        owner_url, app_url = postgres.url("owner", STATE_DATABASE), postgres.url("app", STATE_DATABASE)
        migrate(owner_url, str(app_url.username))
        engine, owner = open_engine(app_url), create_engine(owner_url)
        keys = Keys.load(var / "secrets")
        audit = AuditLog(engine, keys, var / "audit")
        settings = Settings(var=var, prompts=ROOT / "prompts", port=port)
        try:
            yield House(
                settings,
                engine,
                owner,
                audit,
                keys,
                Users(engine, audit),
                Sessions(engine, audit, settings.sessions),
                ApiKeys(engine, audit),
            )
        finally:
            audit.close()
            engine.dispose()
            owner.dispose()

"""What stands behind the running product: its state database, opened beside it.

Stories begin with people who are signed in, and end with what the audit log holds; both are quicker here than by hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from core.accounts.sessions import Sessions
from core.accounts.user import Actor, Role
from core.accounts.users import Users
from core.analyses import Analyses, Analysis
from core.audit.log import AuditLog
from core.audit.opening import opened_audit_log
from core.audit.query import AuditRow, Filter, page, story
from core.settings import SessionSettings, Settings
from tests.browser.product import PASSWORDS


@dataclass
class Behind:
    audit: AuditLog
    users: Users
    sessions: Sessions
    analyses: Analyses
    _tokens: dict[str, str] = field(default_factory=dict)
    _passwords: dict[str, str] = field(default_factory=lambda: dict(PASSWORDS))

    def person(self, role: Role = Role.ANALYST) -> str:
        """The user name of somebody nobody else in these tests is."""
        username = f"{role}-{uuid4().hex[:8]}"
        self.add(username, f"{role.capitalize()} {username[-4:]}", role)
        return username

    def add(self, username: str, name: str, role: Role) -> None:
        self._passwords[username] = secrets.token_urlsafe(24)
        self.users.add(None, username, name, role, self._passwords[username])

    def password(self, username: str) -> str:
        return self._passwords[username]

    def token(self, username: str) -> str:
        """The value of the session cookie; the same session for every test that asks."""
        token = self._tokens.get(username)
        if token is None or self.sessions.resolve(token, seen=False) is None:
            token, _ = self.sessions.sign_in(username, self._passwords[username], "127.0.0.1", "tests")
            self._tokens[username] = token
        return token

    def end_sessions(self, username: str) -> None:
        user = self.users.get(username).user
        self.sessions.end_all(Actor(user), "ended by a test")

    def events(self, request_id: UUID) -> list[AuditRow]:
        return list(story(self.audit.engine, request_id))

    def asked_by(self, username: str) -> list[AuditRow]:
        """Every event of this person, the newest first."""
        return list(page(self.audit.engine, Filter(username=username), limit=200).rows)

    def analysis(self, request_id: UUID) -> Analysis:
        return self.analyses.get(request_id)


@contextmanager
def behind(var: Path) -> Generator[Behind]:
    settings = Settings(var=var)
    with opened_audit_log(settings) as audit:
        users = Users(audit.engine, audit)
        yield Behind(audit, users, Sessions(audit.engine, audit, SessionSettings()), Analyses(audit.engine))

"""Who is signed in, kept in the database, so that every process knows and an ended session is ended everywhere.

The browser holds a random token; the database holds its SHA-256. A session ends by signing out, by a change of
password or role, by disabling the account, after some time without use, and after a fixed time in any case.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, delete, func, insert, select, update

from core.accounts.lockout import clear_attempts, count_attempt, is_news
from core.accounts.passwords import is_password
from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event, Outcome
from core.audit.log import AuditLog
from core.errors import LimitReached, NotAllowed, NotFound
from core.settings import SessionSettings
from core.store.engine import store_errors
from core.store.tables import sessions, users

TOKEN_LENGTH = 43  # of token_urlsafe(32)
NAME_LIMIT = 64  # characters of what was typed as user name
USER_AGENT_LIMIT = 300
SEEN_EVERY = timedelta(minutes=1)  # last_seen_at is written no more often
KEEP_ENDED = timedelta(days=30)
NOBODY = User("(unknown)", "", Role.ANALYST)  # in the audit log; what was typed may be a password


@dataclass(frozen=True, slots=True)
class Session:
    session_id: UUID
    user: User
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None
    signed_in_by: str = "password"

    @property
    def actor(self) -> Actor:
        return Actor(self.user, signed_in_by=self.signed_in_by, address=self.address)


class Sessions:
    """Safe to share between threads. Every method raises StoreUnavailable, those that change something
    AuditUnavailable: then nothing was changed."""

    def __init__(self, engine: Engine, audit: AuditLog, settings: SessionSettings) -> None:
        self._engine = engine
        self._audit = audit
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._absolute = timedelta(hours=settings.absolute_hours)

    def sign_in(
        self,
        username: str,
        password: str,
        address: str | None = None,
        user_agent: str | None = None,
        *,
        replaces: str | None = None,
    ) -> tuple[str, User]:
        """A new token and whom it stands for; `replaces` is the token the browser had, which ends.

        Raises NotAllowed, in the same words and time for unknown and disabled users and wrong passwords, and
        LimitReached while there were too many of these. Either is audited.
        """
        name = username.strip().lower().replace("\0", "")[:NAME_LIMIT]
        with store_errors(), self._engine.connect() as connection:
            found = connection.execute(select(users).where(users.c.username == name)).mappings().first()
        actor = Actor(_user(found) if found else NOBODY, address=address)
        try:
            count_attempt(self._engine, name)
        except LimitReached:
            if is_news(self._engine, f"Locked {name}"):
                self._refused(actor, "locked")
            raise
        right = is_password(password, found["password_hash"] if found else None)
        if found is None or not right or found["disabled_at"] is not None:
            self._refused(actor, "unknown user" if found is None else "disabled" if right else "wrong password")
            raise _wrong()
        return self._open(name, found["password_hash"], actor, user_agent, replaces), actor.user

    def open_trusted(
        self, username: str, address: str | None = None, user_agent: str | None = None, *, by: str = "proxy"
    ) -> tuple[str, User]:
        """A new token for somebody whom a trusted proxy or provider has signed in. They need an account here that is
        not disabled.

        Raises NotAllowed, which is audited.
        """
        name = username.strip()
        # Outside ASCII, small letters of different names are the same: K, the sign of kelvin, becomes k.
        name = name.lower() if name.isascii() and name.isprintable() else ""
        with store_errors(), self._engine.connect() as connection:
            found = connection.execute(select(users).where(users.c.username == name)).mappings().first()
        actor = Actor(_user(found) if found else NOBODY, signed_in_by=by, address=address)
        if found is None or found["disabled_at"] is not None:
            self._refused(actor, "unknown user" if found is None else "disabled")
            raise NotAllowed("You have no account here.", "An administrator can add one for you.")
        return self._open(name, found["password_hash"], actor, user_agent, None), actor.user

    def refuse(self, address: str | None, reason: str, *, by: str) -> None:
        """Audits a sign-in elsewhere that came to nothing, ever more rarely from the same address."""
        if is_news(self._engine, f"Refused {by} {address}"):
            self._refused(Actor(NOBODY, signed_in_by=by, address=address), reason)

    def resolve(self, token: str | None, *, seen: bool = True) -> Session | None:
        """The session of a cookie's value, if it is one and has not ended. `seen`: this is its user's doing."""
        if not token or len(token) != TOKEN_LENGTH or not token.isascii():
            return None
        return self._find(sessions.c.token_hash == _hash(token), seen)

    def find(self, session_id: UUID, *, seen: bool = True) -> Session | None:
        """The session of this ID, if it has not ended."""
        return self._find(sessions.c.session_id == session_id, seen)

    def list(self, username: str) -> list[Session]:
        """Those that have not ended, the latest used first."""
        query = self._open_sessions().where(sessions.c.username == username).order_by(sessions.c.last_seen_at.desc())
        with store_errors(), self._engine.connect() as connection:
            return [_session(row) for row in connection.execute(query).mappings()]

    def end(self, actor: Actor, session_id: UUID) -> None:
        """Sign out, or end another session of one's own. Raises NotFound when there is no such session."""
        with self._audit.appending() as log:
            own = (sessions.c.session_id == session_id) & (sessions.c.username == actor.user.username)
            if not _end(log.connection, own, "signed out"):
                raise NotFound("There is no such session.", "It has ended already.")
            log.append(Entry(event=Event.SIGNED_OUT, actor=actor))

    def end_all(self, actor: Actor, why: str, *, except_session: UUID | None = None) -> int:
        """Ends the actor's own sessions and returns how many there were."""
        with self._audit.appending() as log:
            ended = end_sessions(log.connection, actor.user.username, why, except_session)
            if ended:
                log.append(Entry(event=Event.SESSION_ENDED, actor=actor, reason=why, details={"sessions": ended}))
        return ended

    def _open(
        self, username: str, checked_hash: str, actor: Actor, user_agent: str | None, replaces: str | None
    ) -> str:
        token = secrets.token_urlsafe(32)
        with self._audit.appending() as log:
            connection = log.connection
            still = (
                update(users)
                .where(
                    users.c.username == username, users.c.password_hash == checked_hash, users.c.disabled_at.is_(None)
                )
                .values(last_sign_in_at=func.now())
            )
            if not connection.execute(still).rowcount:  # disabled, or a new password, while this one was checked
                raise _wrong()
            clear_attempts(connection, username)
            if replaces:
                _end(connection, sessions.c.token_hash == _hash(replaces), "signed in again")
            connection.execute(
                delete(sessions).where(
                    sessions.c.username == username,
                    func.least(sessions.c.expires_at, sessions.c.ended_at) < func.now() - KEEP_ENDED,
                )
            )
            connection.execute(
                insert(sessions).values(
                    session_id=uuid4(),
                    token_hash=_hash(token),
                    username=username,
                    expires_at=func.now() + self._absolute,
                    address=actor.address,
                    signed_in_by=actor.signed_in_by,
                    user_agent=(user_agent or "").replace("\0", "")[:USER_AGENT_LIMIT] or None,
                )
            )
            log.append(Entry(event=Event.SIGNED_IN, actor=actor))
        return token

    def _refused(self, actor: Actor, reason: str) -> None:
        self._audit.append(Entry(event=Event.SIGN_IN_REFUSED, actor=actor, outcome=Outcome.REFUSED, reason=reason))

    def _open_sessions(self) -> Any:
        return (
            select(
                sessions,
                users.c.name,
                users.c.role,
                (sessions.c.last_seen_at < func.now() - SEEN_EVERY).label("write_seen"),
            )
            .join(users)
            .where(
                sessions.c.ended_at.is_(None),
                sessions.c.expires_at > func.now(),
                sessions.c.last_seen_at > func.now() - self._idle,
                users.c.disabled_at.is_(None),
            )
        )

    def _find(self, which: ColumnElement[bool], seen: bool) -> Session | None:
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(self._open_sessions().where(which)).mappings().first()
            if row is None:
                return None
            if seen and row["write_seen"]:
                connection.execute(
                    update(sessions).where(sessions.c.session_id == row["session_id"]).values(last_seen_at=func.now())
                )
                connection.commit()
        return _session(row)


def end_sessions(connection: Connection, username: str, why: str, except_session: UUID | None = None) -> int:
    """Ends all sessions of a user inside the caller's transaction; returns how many."""
    which = sessions.c.username == username
    if except_session is not None:
        which &= sessions.c.session_id != except_session
    return _end(connection, which, why)


def _end(connection: Connection, which: ColumnElement[bool], why: str) -> int:
    return connection.execute(
        update(sessions).where(which, sessions.c.ended_at.is_(None)).values(ended_at=func.now(), ended_why=why)
    ).rowcount


def _wrong() -> NotAllowed:
    return NotAllowed("The user name or the password is wrong.", "An administrator can set a new password for you.")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _user(row: RowMapping) -> User:
    return User(row["username"], row["name"], Role(row["role"]))


def _session(row: RowMapping) -> Session:
    return Session(
        row["session_id"],
        _user(row),
        row["created_at"],
        row["last_seen_at"],
        row["expires_at"],
        row["address"],
        row["user_agent"],
        row["signed_in_by"],
    )

"""Accounts. Every change is in one transaction with its audit row and with the end of the sessions it ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from core.accounts.api_keys import revoke_all
from core.accounts.lockout import clear_attempts, count_attempt
from core.accounts.passwords import check_new_password, hash_password, is_password
from core.accounts.permissions import may
from core.accounts.sessions import end_sessions
from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event
from core.audit.log import AuditLog
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound
from core.store.engine import store_errors
from core.store.tables import users

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
NAME_LIMIT = 100  # characters
NO_PASSWORD = "!"  # in place of a hash: no password fits


@dataclass(frozen=True, slots=True)
class Account:
    user: User
    demo: bool
    created_at: datetime
    password_changed_at: datetime
    disabled_at: datetime | None
    last_sign_in_at: datetime | None


class Users:
    """Safe to share between threads. `by` is who does it: an admin, or None for the system itself.

    Every method raises StoreUnavailable; those that change something raise NotAllowed when `by` may not,
    InvalidRequest, NotFound, Conflict and AuditUnavailable, and then nothing was changed.
    """

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self._engine = engine
        self._audit = audit

    def get(self, username: str) -> Account:
        """Raises NotFound."""
        with store_errors(), self._engine.connect() as connection:
            return _account(_row(connection, username))

    def list(self, search: str = "") -> list[Account]:
        """The accounts whose name or user name holds `search`, all when it is empty; the active ones first."""
        query = select(users).order_by(users.c.disabled_at.is_not(None), users.c.username)
        if wanted := " ".join(search.replace("\0", "").split()):
            query = query.where(
                users.c.username.icontains(wanted, autoescape=True) | users.c.name.icontains(wanted, autoescape=True)
            )
        with store_errors(), self._engine.connect() as connection:
            return [_account(row) for row in connection.execute(query).mappings()]

    def add(
        self, by: Actor | None, username: str, name: str, role: Role, password: str, *, demo: bool = False
    ) -> Account:
        _authorise(by)
        username, name = username.strip().lower(), " ".join(name.split())
        if not USERNAME.fullmatch(username):
            raise InvalidRequest(
                "This cannot be a user name.",
                "Use 2 to 64 of: letters a to z, digits and . _ @ -; begin with a letter.",
            )
        if not name or len(name) > NAME_LIMIT or not name.isprintable():
            raise InvalidRequest(f"Enter a name of at most {NAME_LIMIT} characters.")
        check_new_password(password, username, name)
        password_hash = hash_password(password)
        with self._audit.appending() as log:
            if log.connection.execute(select(users.c.username).where(users.c.username == username)).first():
                raise Conflict("There is a user of this name already.", "Choose another user name.")
            row = {"username": username, "name": name, "role": role.value, "password_hash": password_hash, "demo": demo}
            log.connection.execute(insert(users).values(row))
            log.append(Entry(event=Event.USER_ADDED, actor=by, details={"user": username, "role": role.value}))
        return self.get(username)

    def set_role(self, by: Actor | None, username: str, role: Role) -> None:
        """Ends the user's sessions: they sign in again with the new role."""
        _authorise(by, username)
        with self._audit.appending() as log:
            before = Role(_row(log.connection, username)["role"])
            if before is role:
                return
            if before is Role.ADMIN:
                _check_not_last_admin(log.connection, username)
            _change(log.connection, username, role=role.value)
            ended = end_sessions(log.connection, username, "role changed")
            log.append(_changed(by, username, "role", ended, before=before.value, after=role.value))

    def reset_password(self, by: Actor | None, username: str, password: str, *, revoke_keys: bool = True) -> None:
        """Sets a new password, ends the user's sessions and any lock on the name, and revokes their API keys: whoever
        had the old password may have made one."""
        _authorise(by)
        self._set_password(by, username, password, None, revoke_keys)

    def change_password(
        self, actor: Actor, old: str, new: str, keep_session: UUID | None = None, *, revoke_keys: bool = False
    ) -> None:
        """The own password. Ends all other sessions. Raises NotAllowed when `old` is wrong, and LimitReached when it
        was too often: a borrowed browser must not become a place to guess."""
        username = actor.user.username
        count_attempt(self._engine, username)
        with store_errors(), self._engine.connect() as connection:
            kept = _row(connection, username)["password_hash"]
        if not is_password(old, kept):
            raise NotAllowed("The current password is wrong.", "Type it again.")
        with store_errors(), self._engine.begin() as connection:
            clear_attempts(connection, username)
        if old == new:
            raise InvalidRequest("The new password is the current one.", "Choose another one.")
        self._set_password(actor, username, new, keep_session, revoke_keys)

    def disable(self, by: Actor | None, username: str) -> None:
        """Ends the user's sessions; what they did stays."""
        _authorise(by, username)
        with self._audit.appending() as log:
            row = _row(log.connection, username)
            if row["disabled_at"] is not None:
                return
            if row["role"] == Role.ADMIN:
                _check_not_last_admin(log.connection, username)
            _change(log.connection, username, disabled_at=func.now())
            ended = end_sessions(log.connection, username, "account disabled")
            log.append(_changed(by, username, "disabled", ended))

    def enable(self, by: Actor | None, username: str) -> None:
        _authorise(by)
        with self._audit.appending() as log:
            if _row(log.connection, username)["disabled_at"] is None:
                return
            _change(log.connection, username, disabled_at=None)
            log.append(_changed(by, username, "enabled", 0))

    def open_demo(self, username: str, password: str) -> None:
        """Opens a demo account that close_demo has shut; one that an admin has disabled stays so."""
        password_hash = hash_password(password)
        with self._audit.appending() as log:
            if _row(log.connection, username)["password_hash"] == NO_PASSWORD:
                _change(log.connection, username, password_hash=password_hash, disabled_at=None)
                log.append(_changed(None, username, "demo account opened", 0))

    def close_demo(self, username: str) -> None:
        """Disables a demo account and forgets its password, so that enabling it lets nobody in."""
        with self._audit.appending() as log:
            if _row(log.connection, username)["password_hash"] != NO_PASSWORD:
                _change(log.connection, username, password_hash=NO_PASSWORD, disabled_at=func.now())
                ended = end_sessions(log.connection, username, "demo account closed")
                log.append(_changed(None, username, "demo account closed", ended))

    def _set_password(
        self, by: Actor | None, username: str, password: str, keep_session: UUID | None, revoke_keys: bool
    ) -> None:
        user = self.get(username).user
        check_new_password(password, user.username, user.name)
        password_hash = hash_password(password)
        with self._audit.appending() as log:
            # An account whose password somebody chose is no longer one of the demonstration.
            _change(
                log.connection,
                username,
                password_hash=password_hash,
                password_changed_at=func.now(),
                demo=False,
            )
            clear_attempts(log.connection, username)
            ended = end_sessions(log.connection, username, "password changed", keep_session)
            details = {"user": username, "sessions": ended}
            if revoke_keys:
                details["keys"] = revoke_all(log, by, username)
            log.append(Entry(event=Event.PASSWORD_CHANGED, actor=by, details=details))


def _authorise(by: Actor | None, other: str | None = None) -> None:
    """`other`: must be somebody else than the one who does it, so that nobody locks themselves out."""
    if by is None:
        return
    if not may(by.user.role, "users"):
        raise NotAllowed("Only admins change accounts.")
    if by.user.username == other:
        raise Conflict("Nobody changes their own role or disables themselves.", "Another admin can do it.")


def _check_not_last_admin(connection: Connection, username: str) -> None:
    others = select(users.c.username).where(
        users.c.role == Role.ADMIN.value, users.c.disabled_at.is_(None), users.c.username != username
    )
    if not connection.execute(others.limit(1)).first():
        raise Conflict("This is the last admin.", "Make somebody else an admin first.")


def _row(connection: Connection, username: str) -> RowMapping:
    row = None
    if "\0" not in username:
        row = connection.execute(select(users).where(users.c.username == username)).mappings().first()
    if row is None:
        raise NotFound("There is no such user.", "See the list of users.")
    return row


def _change(connection: Connection, username: str, **values: object) -> None:
    connection.execute(update(users).where(users.c.username == username).values(**values))


def _changed(by: Actor | None, username: str, what: str, sessions: int, **values: str) -> Entry:
    details = {"user": username, "sessions": sessions, **values}
    return Entry(event=Event.USER_CHANGED, actor=by, reason=what, details=details)


def _account(row: RowMapping) -> Account:
    return Account(
        User(row["username"], row["name"], Role(row["role"])),
        row["demo"],
        row["created_at"],
        row["password_changed_at"],
        row["disabled_at"],
        row["last_sign_in_at"],
    )

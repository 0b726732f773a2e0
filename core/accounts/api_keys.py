"""API keys: how a program asks in the name of a user.

A key is shown once, when it is made; the database holds its SHA-256. It has a role of its own, which is its user's or
analyst, may be limited to use cases, and expires. It stops working when it is revoked, when its user is disabled, and
while its user's role is another one than the key was made for.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, func, insert, select, update

from core.accounts.lockout import is_news
from core.accounts.permissions import may
from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event, Outcome
from core.audit.log import Appending, AuditLog
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound, NotSignedIn
from core.store.engine import store_errors
from core.store.tables import api_keys, users

KEY = re.compile(r"ra_[a-z2-7]{8}_[A-Za-z0-9_-]{43}")
PREFIX_LENGTH = len("ra_") + 8
NAME_LIMIT = 60  # characters
DAYS_LIMIT = 366
KEYS_LIMIT = 20  # that work, per user
USED_EVERY = timedelta(minutes=1)  # last_used_at is written no more often
NOBODY = User("(unknown)", "", Role.ANALYST)


@dataclass(frozen=True, slots=True)
class ApiKey:
    key_id: UUID
    prefix: str  # the beginning of the key, to tell keys apart
    name: str
    username: str
    role: Role
    use_cases: tuple[str, ...] | None  # None: all that the role may use
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys:
    """Safe to share between threads. Every method raises StoreUnavailable, those that change something
    AuditUnavailable: then nothing was changed."""

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self._engine = engine
        self._audit = audit

    def create(
        self,
        by: Actor,
        username: str,
        name: str,
        role: Role = Role.ANALYST,
        use_cases: Collection[str] | None = None,
        days: int = 90,
    ) -> tuple[str, ApiKey]:
        """The key itself, which is kept nowhere, and what is kept of it. `by`: the user, or an admin.

        Raises NotAllowed, InvalidRequest, NotFound, and Conflict when the name is taken or there are too many.
        """
        _authorise(by, username)
        name = " ".join(name.split())
        if not name or len(name) > NAME_LIMIT or not name.isprintable():
            raise InvalidRequest(f"Enter a name of at most {NAME_LIMIT} characters.", "It tells what the key is for.")
        if not 1 <= days <= DAYS_LIMIT:
            raise InvalidRequest(f"A key lives for 1 to {DAYS_LIMIT} days.")
        if use_cases is not None and not use_cases:
            raise InvalidRequest("A key that may use nothing is of no use.", "Choose at least one use case, or all.")
        key = f"ra_{_letters(8)}_{secrets.token_urlsafe(32)}"
        key_id = uuid4()
        with self._audit.appending() as log:
            connection = log.connection
            owner = connection.execute(select(users).where(users.c.username == username)).mappings().first()
            if owner is None or owner["disabled_at"] is not None:
                raise NotFound("There is no such user who may sign in.", "See the list of users.")
            if role not in (Role.ANALYST, Role(owner["role"])):
                raise NotAllowed(f"A key of this user may act as analyst or {owner['role']}.")
            _check_room(connection, username, name)
            connection.execute(
                insert(api_keys).values(
                    key_id=key_id,
                    secret_hash=_hash(key),
                    prefix=key[:PREFIX_LENGTH],
                    name=name,
                    username=username,
                    role=role.value,
                    use_cases=sorted(use_cases) if use_cases is not None else None,
                    expires_at=func.now() + timedelta(days=days),
                )
            )
            details = {"user": username, "key": key[:PREFIX_LENGTH], "name": name, "role": role.value, "days": days}
            if use_cases is not None:
                details["use_cases"] = ", ".join(sorted(use_cases))
            log.append(Entry(event=Event.KEY_ADDED, actor=by, details=details))
            made = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).mappings().one()
        return key, _key(made)

    def find(self, bearer: str | None, address: str | None = None) -> Actor:
        """Whom a key stands for, with the key's role and use cases; `signed_in_by` carries the key's name.

        Raises NotSignedIn, in the same words whatever is wrong; what is wrong is audited, ever more rarely for the
        same key, and for unknown keys from the same address.
        """
        if not bearer or not KEY.fullmatch(bearer):
            raise _invalid()
        query = (
            select(
                api_keys,
                users.c.name.label("user_name"),
                users.c.role.label("user_role"),
                users.c.disabled_at,
                (api_keys.c.expires_at <= func.now()).label("expired"),
                func.coalesce(api_keys.c.last_used_at < func.now() - USED_EVERY, True).label("write_used"),
            )
            .join(users)
            .where(api_keys.c.secret_hash == _hash(bearer))
        )
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
            problem = _problem(row)
            if row is not None and problem is None and row["write_used"]:
                used = update(api_keys).where(api_keys.c.key_id == row["key_id"]).values(last_used_at=func.now())
                connection.execute(used)
                connection.commit()
        if row is None or problem is not None:
            user = User(row["username"], row["user_name"], Role(row["role"])) if row else NOBODY
            actor = Actor(user, f"api key {row['name']}" if row else "api key", "api", address)
            if is_news(self._engine, f"Key {row['prefix'] if row else address}"):
                refused = Entry(event=Event.SIGN_IN_REFUSED, actor=actor, outcome=Outcome.REFUSED, reason=problem)
                self._audit.append(refused)
            raise _invalid()
        return Actor(
            User(row["username"], row["user_name"], Role(row["role"])),
            signed_in_by=f"api key {row['name']}",
            source="api",
            address=address,
            use_cases=frozenset(row["use_cases"]) if row["use_cases"] is not None else None,
        )

    def list(self, username: str | None = None) -> list[ApiKey]:
        """The keys of a user, or of everybody; those that work first, the newest first."""
        works = and_(api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > func.now())
        query = select(api_keys).order_by(works.desc(), api_keys.c.created_at.desc())
        if username is not None:
            query = query.where(api_keys.c.username == username)
        with store_errors(), self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(query).mappings()]

    def working(self, username: str) -> Sequence[str]:
        """The names of a user's keys that have neither ended nor been revoked."""
        with store_errors(), self._engine.connect() as connection:
            return _working(connection, username)

    def revoke(self, by: Actor, key_id: UUID) -> ApiKey:
        """From the next request on it does not work. `by`: the user, or an admin. Raises NotFound, NotAllowed."""
        with self._audit.appending() as log:
            connection = log.connection
            row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).mappings().first()
            if row is None or row["revoked_at"] is not None:
                raise NotFound("There is no such key.", "It has been revoked already.")
            _authorise(by, row["username"])
            connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(revoked_at=func.now()))
            details = {"user": row["username"], "key": row["prefix"], "name": row["name"]}
            log.append(Entry(event=Event.KEY_REVOKED, actor=by, details=details))
            row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).mappings().one()
        return _key(row)


def _working(connection: Connection, username: str) -> list[str]:
    return list(connection.execute(select(api_keys.c.name).where(_works(username))).scalars())


def revoke_all(log: Appending, by: Actor | None, username: str) -> int:
    """Revokes the keys of a user inside the caller's transaction, each with its event; returns how many."""
    revoking = update(api_keys).where(_works(username)).values(revoked_at=func.now())
    revoked = log.connection.execute(revoking.returning(api_keys.c.prefix, api_keys.c.name)).all()
    for prefix, name in revoked:
        details = {"user": username, "key": prefix, "name": name}
        log.append(Entry(event=Event.KEY_REVOKED, actor=by, reason="new password", details=details))
    return len(revoked)


def _works(username: str) -> ColumnElement[bool]:
    return and_(api_keys.c.username == username, api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > func.now())


def _authorise(by: Actor, username: str) -> None:
    """A key makes no keys: whoever got hold of one must not outlive it."""
    if by.source == "api" or (by.user.username != username and not may(by.user.role, "users")):
        raise NotAllowed("Keys are made and revoked by their user, or by an admin.")


def _check_room(connection: Connection, username: str, name: str) -> None:
    names = _working(connection, username)
    if name in names:
        raise Conflict("There is a key of this name already.", "Choose another name, or revoke that one first.")
    if len(names) >= KEYS_LIMIT:
        raise Conflict(f"There are {KEYS_LIMIT} keys already.", "Revoke one that is not used any more.")


def _problem(row: RowMapping | None) -> str | None:
    if row is None:
        return "unknown key"
    if row["revoked_at"] is not None:
        return "key revoked"
    if row["expired"]:
        return "key expired"
    if row["disabled_at"] is not None:
        return "disabled"
    if row["role"] not in (Role.ANALYST, row["user_role"]):
        return "the user's role has changed"
    return None


def _invalid() -> NotSignedIn:
    return NotSignedIn("This API key is not valid.", "It may have expired or been revoked; make a new one.")


def _letters(length: int) -> str:
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(length))


def _hash(key: str) -> bytes:
    """Plain SHA-256: a key has 256 random bits, so there is nothing to slow down a guesser for."""
    return hashlib.sha256(key.encode()).digest()


def _key(row: RowMapping) -> ApiKey:
    values = {name: row[name] for name in ApiKey.__dataclass_fields__}
    values["role"] = Role(row["role"])
    values["use_cases"] = tuple(row["use_cases"]) if row["use_cases"] is not None else None
    return ApiKey(**values)

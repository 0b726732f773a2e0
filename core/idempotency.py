"""Asking the same thing twice, by accident or after a line broke, does it once.

Who sends a request names it with a key of their own. The first to come claims the name; everybody else gets what came
of that, from whatever process. A request that was turned away gives its name back. Kept are a hash of the name, a hash
of what was asked, and which analysis it came to: no content. The primary key decides every race.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.user import Actor
from core.errors import Conflict
from core.store.engine import store_errors
from core.store.tables import idempotency_keys

KEPT = timedelta(hours=24)
ABANDONED = timedelta(seconds=60)  # a claim this old without an end is of a process that is gone
COLUMNS = idempotency_keys.c


@dataclass(frozen=True, slots=True)
class Claim:
    """`settled`: it was done before, and `request_id` is the analysis it was about; otherwise it is ours to do."""

    key_hash: bytes
    request_id: UUID
    settled: bool


class IdempotencyKeys:
    """Safe to share between threads. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, actor: Actor, key: str, action: str, body: bytes, request_id: UUID) -> Claim | None:
        """None: somebody is doing it at this moment; ask again shortly.

        `action` is what is asked for and of what; a key belongs to one way of signing in and one action. Raises
        Conflict when it was used with another body.
        """
        parts = (actor.user.username, actor.signed_in_by, action, key)
        key_hash = hashlib.sha256("\0".join(parts).encode()).digest()
        body_hash = hashlib.sha256(body).digest()
        row = {"key_hash": key_hash, "body_hash": body_hash, "request_id": request_id}
        old = COLUMNS.created_at < func.now() - KEPT
        abandoned = and_(
            COLUMNS.settled.is_(False), COLUMNS.body_hash == body_hash, COLUMNS.created_at < func.now() - ABANDONED
        )
        claim = (
            insert(idempotency_keys)
            .values(row)
            .on_conflict_do_update(
                index_elements=[COLUMNS.key_hash],
                set_={**row, "settled": False, "created_at": func.now()},
                where=or_(old, abandoned),
            )
            .returning(COLUMNS.key_hash)
        )
        with store_errors(), self._engine.begin() as connection:
            if connection.execute(claim).first():
                return Claim(key_hash, request_id, settled=False)
            found = connection.execute(select(idempotency_keys).where(COLUMNS.key_hash == key_hash)).first()
        if found is None:  # given back in this moment
            return None
        if found.body_hash != body_hash:
            raise Conflict(
                "This Idempotency-Key was sent before, with another request.", "Make a new key for a new request."
            )
        return Claim(key_hash, found.request_id, settled=True) if found.settled else None

    def settle(self, claim: Claim) -> None:
        """It is done, and those who ask again get it. Forgets what is older than a day."""
        mine = (COLUMNS.key_hash == claim.key_hash) & (COLUMNS.request_id == claim.request_id)
        old = (
            select(COLUMNS.key_hash)
            .where(COLUMNS.created_at < func.now() - KEPT)
            .limit(100)
            .with_for_update(skip_locked=True)
        )
        with store_errors(), self._engine.begin() as connection:
            connection.execute(update(idempotency_keys).where(mine).values(settled=True))
            connection.execute(delete(idempotency_keys).where(COLUMNS.key_hash.in_(old)))

    def give_back(self, claim: Claim) -> None:
        """It was turned away: the same key may try again."""
        mine = (COLUMNS.key_hash == claim.key_hash) & (COLUMNS.request_id == claim.request_id)
        with store_errors(), self._engine.begin() as connection:
            connection.execute(delete(idempotency_keys).where(mine, COLUMNS.settled.is_(False)))

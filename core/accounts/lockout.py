"""Guessing passwords gets slower with every wrong one, for names that exist and names that do not.

The first wrong passwords are free, then the name is locked for a while that doubles up to a quarter of an hour. It
ends by itself; tries while it is locked neither count nor are looked at.

The same clock keeps refusals that cost a knocker nothing from filling the audit log (`is_news`).
"""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select, text

from core.errors import LimitReached
from core.store.engine import store_errors
from core.store.tables import sign_in_failures

COUNT = text((Path(__file__).parent / "count_attempt.sql").read_text(encoding="utf-8"))
FREE = 5  # the fifth wrong password locks
FIRST = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
FORGET = timedelta(hours=24)  # after this long without a wrong password, counting starts again


def count_attempt(engine: Engine, username: str) -> None:
    """Counts a sign-in that is about to be checked. Raises LimitReached while the name is locked, StoreUnavailable."""
    values = {"username": username, "free": FREE, "first": FIRST, "longest": LONGEST, "forget": FORGET}
    with store_errors(), engine.begin() as connection:
        if connection.execute(COUNT, values).first() is not None:
            _forget(connection)
            return
        left = sign_in_failures.c.locked_until - func.now()
        seconds = connection.execute(
            select(func.extract("epoch", left)).where(sign_in_failures.c.username == username)
        ).scalar()
    wait = max(1, math.ceil(seconds or 1))
    raise LimitReached(
        "Too many wrong passwords for this user name.", f"Try again in {_spoken(wait)}.", retry_after=wait
    )


def is_news(engine: Engine, what: str) -> bool:
    """Whether the audit log should hear of this refusal: the first ones, then ever more rarely, by the clock of wrong
    passwords. So nobody fills the log by knocking. `what` begins with a capital letter, as no user name does. Raises
    StoreUnavailable.
    """
    try:
        count_attempt(engine, what)
    except LimitReached:
        return False
    return True


def clear_attempts(connection: Connection, username: str) -> None:
    """After the right password, or when an admin sets a new one."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.username == username))


def _forget(connection: Connection) -> None:
    """Names that nobody has tried for long take no room."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.last_failure_at < func.now() - FORGET))


def _spoken(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{math.ceil(seconds / 60)} minutes"

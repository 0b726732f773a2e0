"""How often and how much at once a person may ask.

Counted in the state database inside the audit log's lock, in the transaction that appends "asked": so the numbers are
exact across threads, processes and machines, for every face of the product. Requests that were refused do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Engine, func, select

from core.accounts.user import Role
from core.audit.line import Found, Question
from core.errors import LimitReached
from core.settings import LimitSettings
from core.store.engine import store_errors
from core.store.tables import analyses

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RUNNING_RETRY_SECONDS = 5.0  # nobody knows when an answer ends
COUNTS = b"""
SELECT
  (SELECT count(*) FROM analyses WHERE username = %(username)s AND outcome IS NULL),
  (SELECT asked_at FROM analyses WHERE username = %(username)s AND asked_at > clock_timestamp() - %(minute)s
   ORDER BY asked_at DESC OFFSET %(per_minute)s LIMIT 1),
  (SELECT asked_at FROM analyses WHERE username = %(username)s AND asked_at > clock_timestamp() - %(hour)s
   AND use_case = %(use_case)s ORDER BY asked_at DESC OFFSET %(per_hour)s LIMIT 1)
"""


def counts(username: str, use_case: str, settings: LimitSettings) -> Question:
    """How many answers run, and the oldest request that must leave each window before another fits in (none: there is
    room). To be asked under the audit log's lock, so in one question: everybody waits for it."""
    values = {
        "username": username,
        "use_case": use_case,
        "minute": MINUTE,
        "hour": HOUR,
        "per_minute": settings.requests_per_minute - 1,
        "per_hour": settings.requests_per_use_case_per_hour - 1,
    }
    return Question(COUNTS, values)


def check(counted: Found, settings: LimitSettings, now: datetime) -> None:
    """Raises LimitReached when who was counted may not ask now. `now`: the clock that the row in `analyses` gets."""
    running, within_minute, within_hour = cast("tuple[int, datetime | None, datetime | None]", counted)
    per_minute, per_hour = settings.requests_per_minute, settings.requests_per_use_case_per_hour
    if running >= settings.running_per_user:
        raise LimitReached(
            f"You have {settings.running_per_user} answers running, which is as many as you may.",
            "Wait until one ends, or stop one.",
            retry_after=RUNNING_RETRY_SECONDS,
        )
    if within_minute is not None:
        wait = _seconds_until(within_minute + MINUTE, now)
        raise LimitReached(
            f"You have asked {per_minute} times within a minute, which is as often as you may.",
            f"Try again in {_words(wait)}.",
            retry_after=wait,
        )
    if within_hour is not None:
        wait = _seconds_until(within_hour + HOUR, now)
        raise LimitReached(
            f"You have asked this use case {per_hour} times within an hour, which is as often as you may.",
            f"Try again in {_words(wait)}.",
            retry_after=wait,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one limit stands for one person."""

    name: str
    limit: int
    window: timedelta
    left: int
    reset: float  # seconds until the oldest request that counts leaves the window; 0 when none does


def standings(
    engine: Engine, actor_username: str, role: Role, use_case: str, settings: LimitSettings
) -> list[Standing]:
    """What is left at this moment; only `check`, under its lock, decides. Raises StoreUnavailable."""
    settings = settings.for_role(role)
    wanted = (
        ("minute", settings.requests_per_minute, MINUTE, None),
        ("use-case-hour", settings.requests_per_use_case_per_hour, HOUR, use_case),
    )
    found: list[Standing] = []
    with store_errors(), engine.connect() as connection:
        for name, limit, window, only in wanted:
            asked_at, now = analyses.c.asked_at, func.clock_timestamp()
            age = func.extract("epoch", now - func.min(asked_at))
            mine = select(func.count(), age).where(analyses.c.username == actor_username, asked_at > now - window)
            if only is not None:
                mine = mine.where(analyses.c.use_case == only)
            used, oldest = connection.execute(mine).one()
            reset = max(0.0, window.total_seconds() - float(oldest)) if used else 0.0
            found.append(Standing(name, limit, window, max(0, limit - used), reset))
    return found


def _seconds_until(end: datetime, now: datetime) -> float:
    return max((end - now).total_seconds(), 0.001)


def _words(seconds: float) -> str:
    whole = max(1, round(seconds + 0.5))
    if whole < 120:
        return f"{whole} second{'' if whole == 1 else 's'}"
    return f"{(whole + 59) // 60} minutes"

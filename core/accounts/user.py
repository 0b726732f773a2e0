"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    ANALYST = "analyst"
    MANAGER = "manager"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    username: str  # lower case, unique
    name: str  # as shown
    role: Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A user on one occasion: how they signed in, through which face and from where. Goes into every audit row."""

    user: User
    signed_in_by: str = "password"  # password, api key and its name, cli …
    source: str = "page"  # page, api, cli, batch
    address: str | None = None
    use_cases: frozenset[str] | None = None  # names of those this occasion is limited to; None: no limit of its own

    def may_use(self, use_case: str) -> bool:
        """Whether this occasion reaches the use case; the role is asked apart from it."""
        return self.use_cases is None or use_case in self.use_cases

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
    signed_in_by: str = "password"  # password, api key, cli …
    source: str = "page"  # page, api, cli, batch
    address: str | None = None

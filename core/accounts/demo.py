"""Three accounts to look around with. They exist only while everything is embedded and the server listens on loopback.

Their passwords are no secret, so they are shown on the sign-in page then. An account whose password somebody has
changed is an ordinary one and stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.accounts.user import Role, User
from core.accounts.users import Users
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class DemoAccount:
    user: User
    password: str


DEMO_ACCOUNTS = (
    DemoAccount(User("analyst", "Alex Analyst", Role.ANALYST), "open-the-ledger"),
    DemoAccount(User("manager", "Mona Manager", Role.MANAGER), "second-opinion"),
    DemoAccount(User("admin", "Ada Admin", Role.ADMIN), "keys-to-the-house"),
)


def settle_demo_accounts(users: Users, *, exist: bool) -> None:
    """Makes them exist, or shuts them. Raises StoreUnavailable or AuditUnavailable."""
    for demo in DEMO_ACCOUNTS:
        try:
            account = users.get(demo.user.username)
        except NotFound:
            if exist:
                users.add(None, demo.user.username, demo.user.name, demo.user.role, demo.password, demo=True)
            continue
        if not account.demo:
            continue
        if not exist:
            users.close_demo(demo.user.username)
        elif account.disabled_at:
            users.open_demo(demo.user.username, demo.password)


def offered_demo_accounts(users: Users) -> tuple[DemoAccount, ...]:
    """Those that can be signed in to as they are shown here."""
    open_ones = {one.user.username for one in users.list() if one.demo and one.disabled_at is None}
    return tuple(demo for demo in DEMO_ACCOUNTS if demo.user.username in open_ones)

"""Who may do what: one table, and plain questions to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.accounts.user import Role, User

EVERYBODY = frozenset(Role)

ALLOWED: Mapping[str, frozenset[Role]] = {
    # pages, by the name of their file
    "analyze": EVERYBODY,
    "compare": EVERYBODY,
    "batch": EVERYBODY,
    "history": EVERYBODY,
    "account": EVERYBODY,
    "review": frozenset({Role.MANAGER}),
    "audit": frozenset({Role.ADMIN}),
    "users": frozenset({Role.ADMIN}),
    "models": frozenset({Role.ADMIN}),
    "health": frozenset({Role.ADMIN}),
    # what pages offer to some
    "history of all": frozenset({Role.MANAGER, Role.ADMIN}),
    "erase": frozenset({Role.ADMIN}),
}


def may(role: Role, action: str) -> bool:
    """An action that is not in the table is nobody's."""
    return role in ALLOWED.get(action, frozenset())


def may_see_analysis(user: User, owner: str, roles: Collection[Role]) -> bool:
    """`owner`: the user name of who asked; `roles`: those of the use case, empty when it is gone."""
    return user.username == owner or (may(user.role, "history of all") and user.role in roles)

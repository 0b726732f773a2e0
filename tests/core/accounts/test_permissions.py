from __future__ import annotations

import pytest

from core.accounts.permissions import ALLOWED, may, may_see_analysis
from core.accounts.user import Role, User
from core.settings import ROOT

ANALYST, MANAGER, ADMIN = Role
PAGES = {
    "analyze": {ANALYST, MANAGER, ADMIN},
    "history": {ANALYST, MANAGER, ADMIN},
    "account": {ANALYST, MANAGER, ADMIN},
    "review": {MANAGER},
    "audit": {ADMIN},
    "users": {ADMIN},
    "models": {ADMIN},
    "health": {ADMIN},
}


@pytest.mark.parametrize(("page", "roles"), PAGES.items())
def test_each_page_is_for_its_roles(page: str, roles: set[Role]) -> None:
    assert {role for role in Role if may(role, page)} == roles


def test_what_is_not_in_the_table_is_nobodys() -> None:
    assert not any(may(role, "no such action") for role in Role)


def test_every_page_is_in_the_table() -> None:
    pages = {file.stem for file in (ROOT / "pages").glob("*.py")} - {"navigation", "signed_out"}
    assert pages <= set(ALLOWED)


@pytest.mark.parametrize(
    ("role", "owner", "roles", "sees"),
    [
        (ANALYST, "me", {ANALYST}, True),
        (ANALYST, "me", set(), True),  # one's own, also when the use case is gone
        (ANALYST, "somebody", {ANALYST, MANAGER, ADMIN}, False),
        (MANAGER, "somebody", {ANALYST, MANAGER}, True),
        (MANAGER, "somebody", {ADMIN}, False),
        (ADMIN, "somebody", {ADMIN}, True),
        (ADMIN, "somebody", {ANALYST, MANAGER}, False),
        (ADMIN, "somebody", set(), False),
    ],
)
def test_an_analysis_is_seen_by_its_owner_and_by_superiors_of_its_use_case(
    role: Role, owner: str, roles: set[Role], sees: bool
) -> None:
    assert may_see_analysis(User("me", "Me", role), owner, roles) is sees

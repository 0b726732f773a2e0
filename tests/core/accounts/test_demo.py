from __future__ import annotations

import pytest
from sqlalchemy import delete

from core.accounts.demo import DEMO_ACCOUNTS, offered_demo_accounts, settle_demo_accounts
from core.accounts.user import Actor, Role, User
from core.errors import NotAllowed
from core.store.tables import sessions, users
from tests.core.accounts.house import House

OPERATOR = Actor(User("os:test", "test", Role.ADMIN))
ANALYST = DEMO_ACCOUNTS[0]


@pytest.fixture
def fresh(house: House) -> House:
    """A house where there has never been a demo account."""
    names = [demo.user.username for demo in DEMO_ACCOUNTS]
    with house.owner.begin() as connection:
        connection.execute(delete(sessions).where(sessions.c.username.in_(names)))
        connection.execute(delete(users).where(users.c.username.in_(names)))
    return house


def test_demo_accounts_come_and_go_with_the_embedded_default(fresh: House) -> None:
    settle_demo_accounts(fresh.users, exist=False)
    assert not [one for one in fresh.users.list() if one.demo]
    settle_demo_accounts(fresh.users, exist=True)
    assert offered_demo_accounts(fresh.users) == DEMO_ACCOUNTS
    tokens = [fresh.sign_in(demo.user, demo.password) for demo in DEMO_ACCOUNTS]
    assert [fresh.session(token).user for token in tokens] == [demo.user for demo in DEMO_ACCOUNTS]
    events = fresh.events()
    settle_demo_accounts(fresh.users, exist=True)
    assert fresh.events() == events  # a second start changes nothing

    settle_demo_accounts(fresh.users, exist=False)
    assert offered_demo_accounts(fresh.users) == ()
    assert [fresh.sessions.resolve(token) for token in tokens] == [None] * 3
    fresh.users.enable(OPERATOR, ANALYST.user.username)
    with pytest.raises(NotAllowed):  # enabling one by mistake lets nobody in
        fresh.sign_in(ANALYST.user, ANALYST.password)

    settle_demo_accounts(fresh.users, exist=True)
    assert [demo.user.username for demo in offered_demo_accounts(fresh.users)] == ["analyst", "manager", "admin"]


def test_what_people_did_to_demo_accounts_stays(fresh: House) -> None:
    settle_demo_accounts(fresh.users, exist=True)
    fresh.users.disable(OPERATOR, "analyst")
    fresh.users.reset_password(OPERATOR, "manager", "eight quiet harbours")
    settle_demo_accounts(fresh.users, exist=True)
    assert [demo.user.username for demo in offered_demo_accounts(fresh.users)] == ["admin"]
    settle_demo_accounts(fresh.users, exist=False)
    assert fresh.sign_in(DEMO_ACCOUNTS[1].user, "eight quiet harbours")  # an ordinary account now

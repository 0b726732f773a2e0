from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.accounts.user import Actor, Role
from core.accounts.users import Users
from core.errors import Conflict, InvalidRequest, LimitReached, NotAllowed, NotFound, NotSignedIn
from tests.core.accounts.house import PASSWORD, House

NEW = "eight quiet harbours"


@pytest.fixture
def admin(house: House) -> Actor:
    return house.person(Role.ADMIN)


def test_an_added_user_signs_in_and_is_audited(house: House, admin: Actor) -> None:
    account = house.users.add(admin, " Maria.Santos ", "Maria  Santos", Role.ANALYST, PASSWORD)
    assert (account.user.username, account.user.name, account.demo) == ("maria.santos", "Maria Santos", False)
    event = house.last_event()
    assert (event["event"], event["username"]) == ("user.added", admin.user.username)
    assert event["details"] == '{"role":"analyst","user":"maria.santos"}'
    assert house.sign_in(account.user)
    with pytest.raises(Conflict):
        house.users.add(admin, "MARIA.SANTOS", "Another Maria", Role.ADMIN, PASSWORD)


def test_one_among_many_is_found_by_a_part_of_either_name(house: House) -> None:
    house.users.add(None, "quentin.50_off", "Quentin Größe", Role.ANALYST, PASSWORD)
    for search in ("QUENTIN.5", " 50_off ", "quentin  größe", "größ"):
        assert [one.user.username for one in house.users.list(search)] == ["quentin.50_off"], search
    for search in ("quentin%off", "50%off", "quentin\\"):
        assert house.users.list(search) == [], search
    assert house.users.list(" \0 ") == house.users.list()


@pytest.mark.parametrize(
    "username", ["", "x", "-dash", "two words", "nul\0", "os:root", "ümlaut", "x" * 65, "a\nb", "<b>"]
)
def test_what_cannot_be_a_user_name_is_refused(house: House, username: str) -> None:
    with pytest.raises(InvalidRequest, match="user name"):
        house.users.add(None, username, "Somebody", Role.ANALYST, PASSWORD)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "nul\0"])
def test_what_cannot_be_a_name_is_refused(house: House, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        house.users.add(None, "somebody.else", name, Role.ANALYST, PASSWORD)


CHANGES: dict[str, Callable[[Users, Actor | None, str], object]] = {
    "set_role": lambda users, by, name: users.set_role(by, name, Role.MANAGER),
    "reset_password": lambda users, by, name: users.reset_password(by, name, NEW),
    "disable": lambda users, by, name: users.disable(by, name),
    "enable": lambda users, by, name: users.enable(by, name),
    "add": lambda users, by, name: users.add(by, f"{name}.2", "New", Role.ANALYST, PASSWORD),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_only_admins_change_accounts(house: House, change: str, role: Role) -> None:
    by, victim = house.person(role), house.person()
    before, events = house.users.get(victim.user.username), house.events()
    with pytest.raises(NotAllowed):
        CHANGES[change](house.users, by, victim.user.username)
    assert house.users.get(victim.user.username) == before
    assert house.events() == events


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "add"])
def test_a_user_that_does_not_exist_cannot_be_changed(house: House, admin: Actor, change: str) -> None:
    for name in ("no.such.user", "nul\0"):
        with pytest.raises(NotFound):
            CHANGES[change](house.users, admin, name)


@pytest.mark.parametrize(
    ("change", "event", "reason"),
    [
        ("set_role", "user.changed", "role"),
        ("reset_password", "user.password_changed", None),
        ("disable", "user.changed", "disabled"),
    ],
)
def test_a_change_is_audited_with_who_did_it(
    house: House, admin: Actor, change: str, event: str, reason: str | None
) -> None:
    victim = house.person()
    house.sign_in(victim.user)
    CHANGES[change](house.users, admin, victim.user.username)
    row = house.last_event()
    assert (row["event"], row["reason"], row["username"]) == (event, reason, admin.user.username)
    assert f'"user":"{victim.user.username}"' in str(row["details"])
    assert '"sessions":1' in str(row["details"])


def test_a_change_that_changes_nothing_is_not_audited(house: House, admin: Actor) -> None:
    victim = house.person(Role.MANAGER)
    events = house.events()
    house.users.set_role(admin, victim.user.username, Role.MANAGER)
    house.users.enable(admin, victim.user.username)
    assert house.events() == events


def test_disabled_and_enabled_again(house: House, admin: Actor) -> None:
    victim = house.person().user
    house.users.disable(admin, victim.username)
    with pytest.raises(NotAllowed):
        house.sign_in(victim)
    house.users.enable(admin, victim.username)
    assert house.sign_in(victim)


def test_nobody_locks_themselves_out(house: House, admin: Actor) -> None:
    with pytest.raises(Conflict, match="own role"):
        house.users.set_role(admin, admin.user.username, Role.ANALYST)
    with pytest.raises(Conflict, match="own role"):
        house.users.disable(admin, admin.user.username)


def test_the_last_admin_stays(house: House) -> None:
    keeper = house.person(Role.ADMIN)
    others = [one for one in house.users.list() if one.user.role is Role.ADMIN and one.user != keeper.user]
    for other in others:
        house.users.disable(None, other.user.username)
    with pytest.raises(Conflict, match="last admin"):
        house.users.set_role(None, keeper.user.username, Role.MANAGER)
    with pytest.raises(Conflict, match="last admin"):
        house.users.disable(None, keeper.user.username)
    house.users.reset_password(None, keeper.user.username, NEW)
    assert house.sign_in(keeper.user, NEW)


def test_a_new_password_ends_a_lock(house: House, admin: Actor) -> None:
    victim = house.person().user
    for _ in range(5):
        with pytest.raises(NotAllowed):
            house.sign_in(victim, "wrong")
    with pytest.raises(LimitReached):
        house.sign_in(victim)
    house.users.reset_password(admin, victim.username, NEW)
    assert house.sign_in(victim, NEW)


def test_the_own_password_needs_the_current_one(house: House) -> None:
    actor = house.person()
    with pytest.raises(NotAllowed, match="current password"):
        house.users.change_password(actor, "wrong", NEW)
    with pytest.raises(InvalidRequest, match="current one"):
        house.users.change_password(actor, PASSWORD, PASSWORD)
    with pytest.raises(InvalidRequest, match="first that are tried"):
        house.users.change_password(actor, PASSWORD, "Password2024!")
    house.users.change_password(actor, PASSWORD, NEW)
    assert house.last_event()["username"] == actor.user.username
    with pytest.raises(NotAllowed):
        house.sign_in(actor.user)
    assert house.sign_in(actor.user, NEW)


def test_a_reset_password_takes_the_api_keys_with_it(house: House, admin: Actor) -> None:
    actor = house.person()
    name = actor.user.username
    keys = [house.api_keys.create(actor, name, f"key {number}")[0] for number in range(2)]
    other = house.api_keys.create(admin, admin.user.username, "of somebody else")[0]
    house.users.reset_password(admin, name, NEW, revoke_keys=False)
    assert house.api_keys.find(keys[0])
    house.users.reset_password(admin, name, PASSWORD)
    assert '"keys":2' in str(house.last_event()["details"])
    assert house.api_keys.working(name) == []
    for key in keys:
        with pytest.raises(NotSignedIn):
            house.api_keys.find(key)
    assert house.api_keys.find(other)


def test_who_changes_their_password_decides_about_their_keys(house: House) -> None:
    actor = house.person()
    key, _ = house.api_keys.create(actor, actor.user.username, "mine")
    house.users.change_password(actor, PASSWORD, NEW)
    assert house.api_keys.find(key)
    house.users.change_password(actor, NEW, PASSWORD, revoke_keys=True)
    assert house.api_keys.working(actor.user.username) == []


def test_a_borrowed_browser_is_no_place_to_guess(house: House, hash_checks: list[str]) -> None:
    actor = house.person()
    for _ in range(5):
        with pytest.raises(NotAllowed):
            house.users.change_password(actor, "wrong", NEW)
    with pytest.raises(LimitReached):
        house.users.change_password(actor, PASSWORD, NEW)
    assert len(hash_checks) == 5


def test_the_apps_login_cannot_delete_users(house: House) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), house.engine.begin() as connection:
        connection.execute(text("DELETE FROM users"))

from __future__ import annotations

import argparse
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.accounts import command_keys
from core.accounts.api_keys import KEYS_LIMIT, ApiKeys
from core.accounts.lockout import FREE
from core.accounts.user import Actor, Role
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound, NotSignedIn, UnknownUseCase
from core.store.tables import api_keys
from tests.core.accounts.house import House


@pytest.fixture
def keys(house: House) -> ApiKeys:
    return house.api_keys


def make(keys: ApiKeys, actor: Actor, role: Role = Role.ANALYST, use_cases: list[str] | None = None) -> str:
    return keys.create(actor, actor.user.username, "nightly report", role, use_cases)[0]


def refusal(house: House, key: str) -> object:
    with pytest.raises(NotSignedIn, match="not valid"):
        house.api_keys.find(key, "192.0.2.9")
    event = house.last_event()
    assert (event["event"], event["source"], event["address"]) == ("session.refused", "api", "192.0.2.9")
    return event["reason"]


def test_a_key_stands_for_its_user_and_carries_its_name(house: House, keys: ApiKeys) -> None:
    owner = house.person(Role.MANAGER)
    actor = keys.find(make(keys, owner, Role.MANAGER), "192.0.2.9")
    assert actor.user == owner.user
    assert (actor.signed_in_by, actor.source, actor.address) == ("api key nightly report", "api", "192.0.2.9")
    assert actor.use_cases is None


def test_a_key_may_be_limited_to_a_lower_role_and_to_use_cases(house: House, keys: ApiKeys) -> None:
    owner = house.person(Role.MANAGER)
    actor = keys.find(make(keys, owner, Role.ANALYST, ["support_ticket"]))
    assert actor.user.role is Role.ANALYST
    assert actor.may_use("support_ticket")
    assert not actor.may_use("patient_record")


def test_the_key_itself_is_kept_nowhere(house: House, keys: ApiKeys) -> None:
    key = make(keys, house.person())
    with house.engine.connect() as connection:
        stored = repr([tuple(row) for row in connection.execute(select(api_keys))])
    assert key[12:] not in stored
    assert key[12:] not in repr(house.last_event())
    assert house.last_event()["event"] == "key.added"


def test_a_revoked_key_is_refused_and_audited(house: House, keys: ApiKeys) -> None:
    owner = house.person()
    key, made = keys.create(owner, owner.user.username, "once")
    keys.revoke(owner, made.key_id)
    assert house.last_event()["event"] == "key.revoked"
    assert refusal(house, key) == "key revoked"
    with pytest.raises(NotFound):
        keys.revoke(owner, made.key_id)


def test_an_expired_key_is_refused(house: House, keys: ApiKeys) -> None:
    key = make(keys, owner := house.person())
    with house.owner.begin() as connection:
        mine = api_keys.c.username == owner.user.username
        connection.execute(update(api_keys).where(mine).values(expires_at=api_keys.c.expires_at - timedelta(days=91)))
    assert refusal(house, key) == "key expired"


def test_a_key_ends_with_its_user(house: House, keys: ApiKeys) -> None:
    key = make(keys, owner := house.person())
    house.users.disable(house.person(Role.ADMIN), owner.user.username)
    assert refusal(house, key) == "disabled"


def test_a_key_does_not_outlive_the_role_it_was_made_for(house: House, keys: ApiKeys) -> None:
    key = make(keys, owner := house.person(Role.MANAGER), Role.MANAGER)
    house.users.set_role(house.person(Role.ADMIN), owner.user.username, Role.ANALYST)
    assert refusal(house, key) == "the user's role has changed"


@pytest.mark.parametrize("bearer", [None, "", "x", "ra_aaaaaaaa_short", "ra_aaaaaaaa_" + "é" * 43, "a\0b"])
def test_what_is_no_key_is_refused_without_asking_the_database(house: House, bearer: str | None) -> None:
    before = house.events()
    with pytest.raises(NotSignedIn):
        house.api_keys.find(bearer)
    assert house.events() == before


def test_an_invented_key_is_refused_and_audited(house: House) -> None:
    assert refusal(house, "ra_aaaaaaaa_" + "A" * 43) == "unknown key"


def test_knocking_with_keys_does_not_fill_the_audit_log(house: House, keys: ApiKeys) -> None:
    owner = house.person()
    expired, made = keys.create(owner, owner.user.username, "once")
    keys.revoke(owner, made.key_id)
    for address, guesses in (("203.0.113.5", None), ("203.0.113.6", expired)):
        before = house.events()
        for number in range(40):
            with pytest.raises(NotSignedIn):
                keys.find(guesses or f"ra_aaaaaaaa_{number:043}", address)
        assert house.events() - before == FREE
    assert keys.find(make(keys, owner), "203.0.113.5")


def test_nobody_makes_a_key_that_may_more_than_its_user(house: House, keys: ApiKeys) -> None:
    owner = house.person(Role.ANALYST)
    with pytest.raises(NotAllowed):
        make(keys, owner, Role.ADMIN)


def test_only_the_user_and_admins_make_and_revoke_keys(house: House, keys: ApiKeys) -> None:
    owner, other = house.person(), house.person(Role.MANAGER)
    _, made = keys.create(owner, owner.user.username, "mine")
    with pytest.raises(NotAllowed):
        keys.create(other, owner.user.username, "theirs")
    with pytest.raises(NotAllowed):
        keys.revoke(other, made.key_id)
    keys.revoke(house.person(Role.ADMIN), made.key_id)


def test_a_key_makes_no_keys(house: House, keys: ApiKeys) -> None:
    owner = house.person(Role.ADMIN)
    by_key = keys.find(make(keys, owner, Role.ADMIN))
    with pytest.raises(NotAllowed):
        keys.create(by_key, owner.user.username, "another")


@pytest.mark.parametrize(
    ("name", "days", "use_cases"),
    [("", 90, None), ("x" * 61, 90, None), ("a\x1b", 90, None), ("a", 0, None), ("a", 400, None), ("a", 90, [])],
)
def test_a_senseless_key_is_refused(
    house: House, keys: ApiKeys, name: str, days: int, use_cases: list[str] | None
) -> None:
    owner = house.person()
    with pytest.raises(InvalidRequest):
        keys.create(owner, owner.user.username, name, Role.ANALYST, use_cases, days)


def test_names_are_unique_and_keys_are_few(house: House, keys: ApiKeys) -> None:
    owner = house.person()
    for number in range(KEYS_LIMIT):
        keys.create(owner, owner.user.username, f"key {number}")
    with pytest.raises(Conflict, match="name"):
        keys.create(owner, owner.user.username, "key 0")
    with pytest.raises(Conflict, match="already"):
        keys.create(owner, owner.user.username, "one more")


def test_the_last_use_is_kept_once_a_minute(house: House, keys: ApiKeys) -> None:
    key = make(keys, owner := house.person())
    assert keys.list(owner.user.username)[0].last_used_at is None
    keys.find(key)
    first = keys.list(owner.user.username)[0].last_used_at
    keys.find(key)
    assert first is not None
    assert keys.list(owner.user.username)[0].last_used_at == first


def run(house: House, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command_keys.add_arguments(parser)
    return command_keys.run(parser.parse_args(arguments), house.api_keys)


def test_keys_are_made_and_revoked_from_the_terminal(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    name = house.person().user.username
    assert run(house, "add", name, "from the terminal", "--use-case", "support_ticket", "--days", "7") == 0
    key = capsys.readouterr().out.strip()
    assert house.api_keys.find(key).use_cases == {"support_ticket"}
    assert run(house, "list", "--json") == 0
    listed = [one for one in map(json.loads, capsys.readouterr().out.splitlines()) if one["username"] == name]
    assert [one["key"] for one in listed] == [key[:11]]
    assert run(house, "revoke", key[:11]) == 0
    assert refusal(house, key) == "key revoked"
    with pytest.raises(InvalidRequest):
        run(house, "revoke", key[:11])


def test_a_key_for_an_unknown_use_case_is_refused(house: House) -> None:
    with pytest.raises(UnknownUseCase):
        run(house, "add", house.person().user.username, "typo", "--use-case", "suport_ticket")

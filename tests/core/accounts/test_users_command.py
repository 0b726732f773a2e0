from __future__ import annotations

import argparse
import io
import json

import pytest

from core.accounts import command
from core.accounts.user import Role
from core.errors import InvalidRequest, NotFound
from tests.core.accounts.house import PASSWORD, House


def run(house: House, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments), house.users)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


@pytest.mark.usefixtures("typed")
def test_an_admin_is_added_from_the_terminal(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(house, "add", "first.admin", "--role", "admin", "--password-stdin") == 0
    assert "first.admin can sign in as admin" in capsys.readouterr().out
    event = house.last_event()
    assert (event["event"], event["source"], event["signed_in_by"]) == ("user.added", "cli", "cli")
    assert str(event["username"]).startswith("os:")
    assert house.session(house.sessions.sign_in("first.admin", PASSWORD)[0]).user.role is Role.ADMIN


def test_a_password_is_asked_for_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another one, typed badly"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    assert run(house, "add", "asked.user") == 0
    with pytest.raises(InvalidRequest, match="differ"):
        run(house, "reset-password", "asked.user")


@pytest.mark.usefixtures("typed")
def test_accounts_are_changed_from_the_terminal(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    actor = house.person()
    name = actor.user.username
    for arguments in (("set-role", name, "manager"), ("disable", name), ("enable", name)):
        assert run(house, *arguments) == 0
    assert run(house, "reset-password", name, "--password-stdin") == 0
    capsys.readouterr()
    assert run(house, "list", "--json") == 0
    listed = {one["username"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (listed[name]["role"], listed[name]["disabled_at"]) == ("manager", None)
    assert run(house, "list") == 0
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("action", [("set-role", "manager"), ("reset-password",), ("disable",), ("enable",)])
def test_an_unknown_user_is_told(house: House, action: tuple[str, ...]) -> None:
    with pytest.raises(NotFound):
        run(house, action[0], "no.such.user", *action[1:])

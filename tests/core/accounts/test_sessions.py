from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.accounts.user import Role
from core.errors import AuditUnavailable, LimitReached, NotAllowed, NotFound, RecordAnalystError
from core.store.tables import sessions, sign_in_failures
from tests.core.accounts.house import PASSWORD, House


def refusal(house: House, username: str, password: str) -> tuple[str, str]:
    with pytest.raises(RecordAnalystError) as caught:
        house.sessions.sign_in(username, password, "10.0.0.7", "a browser")
    assert isinstance(caught.value, NotAllowed | LimitReached)
    return caught.value.message, caught.value.hint


def test_the_right_password_opens_a_session(house: House) -> None:
    actor = house.person(Role.MANAGER)
    token, user = house.sessions.sign_in(f" {actor.user.username.upper()} ", PASSWORD, "10.0.0.7", "a browser")
    session = house.session(token)
    assert (user, session.user, session.address) == (actor.user, actor.user, "10.0.0.7")
    event = house.last_event()
    assert (event["event"], event["username"], event["role"], event["address"]) == (
        "session.signed_in",
        actor.user.username,
        "manager",
        "10.0.0.7",
    )


def test_only_the_hash_of_a_token_is_kept(house: House) -> None:
    token = house.sign_in(house.person().user)
    with house.engine.connect() as connection:
        kept = connection.execute(
            select(sessions.c.token_hash).where(sessions.c.session_id == house.session(token).session_id)
        ).scalar_one()
    assert kept == hashlib.sha256(token.encode()).digest()


def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_it_replaces(house: House) -> None:
    user = house.person().user
    first = house.sign_in(user)
    second, _ = house.sessions.sign_in(user.username, PASSWORD, replaces=first)
    assert first != second
    assert house.sessions.resolve(first) is None
    assert house.sessions.resolve(second) is not None


@pytest.mark.parametrize("token", [None, "", "x", "x" * 43, "ü" * 43, "\0" * 43, "x" * 10_000])
def test_what_is_not_a_token_is_nobody(house: House, token: str | None) -> None:
    assert house.sessions.resolve(token) is None


def test_unknown_disabled_and_wrong_look_and_cost_the_same(house: House, hash_checks: list[str]) -> None:
    known, disabled = house.person().user, house.person().user
    house.users.disable(None, disabled.username)
    answers: set[tuple[str, str]] = set()
    for username, password in (
        (known.username, "not the password"),
        (disabled.username, PASSWORD),
        (f"nobody-{uuid4().hex}", PASSWORD),
        ("', DROP TABLE users; --", PASSWORD),
        ("nul\0nul", PASSWORD),
        ("x" * 10_000, PASSWORD),
    ):
        hash_checks.clear()
        answers.add(refusal(house, username, password))
        assert len(hash_checks) == 1, username
        assert len({one[:7] for one in hash_checks}) == 1  # the same cost
    assert len(answers) == 1


@pytest.mark.parametrize("known", [True, False])
def test_after_five_wrong_passwords_the_right_one_waits(house: House, known: bool, hash_checks: list[str]) -> None:
    username = house.person().user.username if known else f"nobody-{uuid4().hex}"
    answers = [refusal(house, username, f"wrong password {number}") for number in range(50)]
    assert len(set(answers[:5])) == 1
    assert all(message == "Too many wrong passwords for this user name." for message, _ in answers[5:])
    assert len(hash_checks) == 5  # the other 45 were not even looked at
    message, hint = refusal(house, username, PASSWORD)
    assert message.startswith("Too many")
    assert "seconds" in hint
    house.age_failures(username, timedelta(seconds=31))
    if known:
        assert house.sessions.sign_in(username, PASSWORD)
        assert refusal(house, username, "wrong again")[0].startswith("The user name")  # counting begins anew
    else:
        assert refusal(house, username, PASSWORD)[0].startswith("The user name")


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten(house: House) -> None:
    username = house.person().user.username
    for _ in range(4):
        refusal(house, username, "wrong")
    waits: list[float] = []
    for _ in range(8):
        refusal(house, username, "wrong")
        with pytest.raises(LimitReached) as caught:
            house.sessions.sign_in(username, PASSWORD)
        waits.append(caught.value.retry_after)
        house.age_failures(username, timedelta(seconds=caught.value.retry_after + 1))
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    house.age_failures(username, timedelta(hours=25))
    assert refusal(house, username, "wrong")[0].startswith("The user name")
    assert house.sessions.sign_in(username, PASSWORD)


def test_many_guesses_at_once_get_no_more_tries(house: House, hash_checks: list[str]) -> None:
    username = house.person().user.username
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: refusal(house, username, f"guess {number}"), range(40)))
    assert len(hash_checks) == 5


def test_names_that_nobody_tries_any_more_take_no_room(house: House) -> None:
    old = f"nobody-{uuid4().hex}"
    refusal(house, old, "wrong")
    house.age_failures(old, timedelta(hours=25))
    refusal(house, f"nobody-{uuid4().hex}", "wrong")
    with house.engine.connect() as connection:
        assert not connection.execute(select(sign_in_failures).where(sign_in_failures.c.username == old)).all()


def test_a_refused_sign_in_is_audited_without_what_was_typed(house: House) -> None:
    user = house.person().user
    for username, password, name, reason in (
        (user.username, "my secret guess", user.username, "wrong password"),
        ("my secret guess", "x", "(unknown)", "unknown user"),
    ):
        refusal(house, username, password)
        event = house.last_event()
        assert (event["event"], event["outcome"], event["reason"], event["username"], event["address"]) == (
            "session.refused",
            "refused",
            reason,
            name,
            "10.0.0.7",
        )
        assert "secret" not in str(event)


def test_nobody_signs_in_when_it_cannot_be_audited(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    user = house.person().user

    def broken() -> None:
        raise AuditUnavailable("The audit log cannot be written.")

    monkeypatch.setattr(house.audit, "appending", broken)
    with pytest.raises(AuditUnavailable):
        house.sign_in(user)
    assert house.sessions.list(user.username) == []


def test_an_idle_session_ends(house: House) -> None:
    user = house.person().user
    token = house.sign_in(user)
    house.age_sessions(user, timedelta(minutes=59))
    assert house.sessions.resolve(token) is not None  # and that was use, so the time begins anew
    house.age_sessions(user, timedelta(minutes=59))
    assert house.sessions.resolve(token, seen=False) is not None  # that was not
    house.age_sessions(user, timedelta(minutes=2))
    assert house.sessions.resolve(token) is None
    assert house.sessions.list(user.username) == []


def test_a_session_ends_after_its_time_however_busy(house: House) -> None:
    user = house.person().user
    token = house.sign_in(user)
    house.age_sessions(user, timedelta(hours=12), created=True)
    assert house.sessions.resolve(token) is None


def test_use_is_written_once_a_minute(house: House) -> None:
    user = house.person().user
    token = house.sign_in(user)
    seen = [house.session(token).last_seen_at for _ in range(3)]
    assert len(set(seen)) == 1
    house.age_sessions(user, timedelta(seconds=61))
    house.session(token)
    assert house.session(token).last_seen_at >= seen[0]


def test_a_session_is_ended_by_its_owner_alone(house: House) -> None:
    owner, other = house.person(), house.person()
    token = house.sign_in(owner.user)
    session = house.session(token)
    with pytest.raises(NotFound):
        house.sessions.end(other, session.session_id)
    assert house.sessions.resolve(token) is not None
    house.sessions.end(session.actor, session.session_id)
    assert house.sessions.resolve(token) is None
    assert house.sessions.find(session.session_id) is None
    assert house.last_event()["event"] == "session.signed_out"
    with pytest.raises(NotFound):
        house.sessions.end(session.actor, session.session_id)


def test_all_sessions_but_this_one_are_ended(house: House) -> None:
    actor = house.person()
    tokens = [house.sign_in(actor.user) for _ in range(3)]
    bystander = house.sign_in(house.person().user)
    this = house.session(tokens[1])
    assert {one.session_id for one in house.sessions.list(actor.user.username)} == {
        house.session(token).session_id for token in tokens
    }
    assert house.sessions.end_all(actor, "ended by their owner", except_session=this.session_id) == 2
    assert [house.sessions.resolve(token) is not None for token in tokens] == [False, True, False]
    assert house.sessions.resolve(bystander) is not None
    assert house.last_event()["reason"] == "ended by their owner"


@pytest.mark.parametrize("change", ["role", "password", "disabled", "own password"])
def test_what_changes_an_account_ends_its_sessions(house: House, change: str) -> None:
    admin, actor = house.person(Role.ADMIN), house.person()
    username = actor.user.username
    kept, lost = house.sign_in(actor.user), house.sign_in(actor.user)
    match change:
        case "role":
            house.users.set_role(admin, username, Role.MANAGER)
        case "password":
            house.users.reset_password(admin, username, "eight quiet harbours")
        case "disabled":
            house.users.disable(admin, username)
        case _:
            house.users.change_password(
                actor, PASSWORD, "eight quiet harbours", keep_session=house.session(kept).session_id
            )
    assert house.sessions.resolve(lost) is None
    assert (house.sessions.resolve(kept) is not None) is (change == "own password")


def test_a_password_changed_while_the_old_one_is_checked_lets_nobody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = house.person().user
    from core.accounts import sessions as module

    real = module.is_password

    def slow(password: str, kept: str | None) -> bool:
        right = real(password, kept)
        house.users.reset_password(None, user.username, "eight quiet harbours")
        return right

    monkeypatch.setattr(module, "is_password", slow)
    with pytest.raises(NotAllowed):
        house.sign_in(user)
    assert house.sessions.list(user.username) == []


def test_whom_a_proxy_names_needs_an_account(house: House) -> None:
    user = house.person().user
    token, found = house.sessions.open_trusted(user.username, "10.0.0.7")
    assert (found, house.last_event()["signed_in_by"]) == (user, "proxy")
    assert house.session(token).actor.signed_in_by == "proxy"
    house.users.disable(house.person(Role.ADMIN), user.username)
    for username in (user.username, "nobody.at.all", "a\0b"):
        with pytest.raises(NotAllowed):
            house.sessions.open_trusted(username)
        assert house.last_event()["event"] == "session.refused"

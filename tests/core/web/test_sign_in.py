from __future__ import annotations

import html
import re
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest

from core.accounts.demo import DEMO_ACCOUNTS
from core.accounts.user import User
from tests.core.accounts.house import PASSWORD
from tests.core.web.conftest import Served


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def send(browser: httpx.Client, username: str, password: str, *, wanted: str = "/", **headers: str) -> httpx.Response:
    """As a person does: open the form, fill it, send it."""
    page = browser.get("/sign-in", params={"next": wanted}).text
    form = {name: hidden(page, name) for name in ("token", "next")}
    origin = {"origin": str(browser.base_url).rstrip("/"), **headers}
    return browser.post("/sign-in", data={**form, "username": username, "password": password}, headers=origin)


def token_of(served: Served, answer: httpx.Response) -> str | None:
    return answer.cookies.get(served.cookie)


@pytest.fixture
def user(served: Served) -> User:
    return served.house.person().user


def test_the_right_password_leads_where_one_wanted_to_be(served: Served, user: User) -> None:
    with served.browser() as browser:
        answer = send(browser, user.username, PASSWORD, wanted="/history?q=a%20b", **{"user-agent": "a browser"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/history?q=a%20b")
        assert browser.get("/history").status_code == 200
    token = token_of(served, answer)
    assert token
    session = served.house.session(token)
    assert (session.user, session.address, session.user_agent) == (user, "127.0.0.1", "a browser")


def test_the_cookie_is_for_this_server_alone_and_not_for_scripts(served: Served, user: User) -> None:
    with served.browser() as browser:
        answer = send(browser, user.username, PASSWORD)
    cookie = SimpleCookie(next(one for one in answer.headers.get_list("set-cookie") if one.startswith(served.cookie)))
    flags = cookie[served.cookie]
    assert (flags["httponly"], flags["samesite"], flags["path"], flags["domain"]) == (True, "strict", "/", "")
    assert (flags["max-age"], flags["expires"]) == ("", "")


@pytest.mark.parametrize(
    ("username", "password"), [("known", "wrong"), ("nobody", PASSWORD), ("", ""), ("nul\0", "\0")]
)
def test_a_wrong_sign_in_says_one_thing(served: Served, user: User, username: str, password: str) -> None:
    with served.browser() as browser:
        answer = send(browser, user.username if username == "known" else username, password)
    assert answer.status_code == 403
    assert 'role="alert" id="problem"><strong>The user name or the password is wrong.</strong>' in answer.text
    assert token_of(served, answer) is None
    assert password not in ("wrong", PASSWORD) or f'value="{password}"' not in answer.text


def test_known_and_unknown_users_get_the_same_page(served: Served, user: User) -> None:
    pages: set[str] = set()
    for username in (user.username, "nobody.at.all"):
        with served.browser() as browser:
            text = send(browser, username, "wrong").text
            pages.add(text.replace(username, "").replace(hidden(text, "token"), ""))
    assert len(pages) == 1


def test_fifty_wrong_passwords_then_the_right_one(served: Served, user: User) -> None:
    with served.browser() as browser:
        form = {"token": hidden(browser.get("/sign-in").text, "token"), "username": user.username, "password": "wrong"}
        answers = [browser.post("/sign-in", data=form, headers={"origin": served.url}) for _ in range(50)]
        assert [answer.status_code for answer in answers] == [403] * 5 + [429] * 45
        assert all(0 < int(answer.headers["retry-after"]) <= 30 for answer in answers[5:])
        locked = send(browser, user.username, PASSWORD)
        assert (locked.status_code, token_of(served, locked)) == (429, None)
        assert "Try again in" in locked.text
        served.house.age_failures(user.username, timedelta(seconds=31))
        assert send(browser, user.username, PASSWORD).status_code == 303


def test_what_was_typed_cannot_become_markup(served: Served) -> None:
    with served.browser() as browser:
        text = send(browser, '"><script>alert(1)</script>', "x", wanted='/a?"><script>').text
    assert "<script" not in text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
def test_signing_in_leads_nowhere_else(served: Served, user: User, wanted: str) -> None:
    with served.browser() as browser:
        token = hidden(browser.get("/sign-in").text, "token")
        form = {"token": token, "next": wanted, "username": user.username, "password": PASSWORD}
        answer = browser.post("/sign-in", data=form, headers={"origin": served.url})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert browser.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


@pytest.mark.parametrize(
    "fault", ["no token", "token of another", "no form cookie", "no origin", "cross-site", "same-site"]
)
def test_a_form_that_is_not_ours_signs_nobody_in(served: Served, user: User, fault: str) -> None:
    with served.browser() as browser, served.browser() as other:
        form = {"token": hidden(browser.get("/sign-in").text, "token"), "username": user.username, "password": PASSWORD}
        headers = {"origin": served.url}
        match fault:
            case "no token":
                del form["token"]
            case "token of another":
                form["token"] = hidden(other.get("/sign-in").text, "token")
            case "no form cookie":
                browser.cookies.clear()
            case "no origin":
                headers = {}
                del browser.headers["sec-fetch-site"]
            case site:
                headers["sec-fetch-site"] = site
        answer = browser.post("/sign-in", data=form, headers=headers)
    assert answer.status_code == 403
    assert "out of date" in answer.text
    assert token_of(served, answer) is None
    assert served.house.sessions.list(user.username) == []


@pytest.mark.parametrize("body", [b"x" * 9_000, b"\xff\xfe", b"&".join(b"a=b" for _ in range(50)), b""])
def test_a_body_that_is_no_form_is_refused(served: Served, body: bytes) -> None:
    with served.browser() as browser:
        answer = browser.post("/sign-in", content=body, headers={"origin": served.url})
    assert answer.status_code in (400, 403)
    assert token_of(served, answer) is None


def test_a_session_fixed_before_sign_in_is_worth_nothing(served: Served, user: User) -> None:
    with served.browser("f" * 43) as browser:
        answer = send(browser, user.username, PASSWORD)
    assert token_of(served, answer) not in (None, "f" * 43)
    assert served.house.sessions.resolve("f" * 43) is None


def test_signing_in_as_somebody_else_ends_the_first_session(served: Served, user: User) -> None:
    first = served.house.sign_in(served.house.person().user)
    with served.browser() as browser:
        form = {"token": hidden(browser.get("/sign-in").text, "token"), "username": user.username, "password": PASSWORD}
        browser.cookies.set(served.cookie, first)
        assert browser.post("/sign-in", data=form, headers={"origin": served.url}).status_code == 303
    assert served.house.sessions.resolve(first) is None


def test_an_address_that_the_client_invents_is_not_believed(served: Served, user: User) -> None:
    with served.browser() as browser:
        answer = send(browser, user.username, PASSWORD, **{"x-forwarded-for": "8.8.8.8"})
    assert served.house.session(token_of(served, answer) or "").address == "127.0.0.1"


def test_a_cookie_is_worth_nothing_after_signing_out(served: Served, user: User) -> None:
    token = served.house.sign_in(user)
    with served.browser(token) as browser:
        form = {"token": hidden(browser.get("/sign-out").text, "token")}
        answer = browser.post("/sign-out", data=form, headers={"origin": served.url})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "max-age=0" in answer.headers["set-cookie"].lower()
    with served.browser(token) as replayed:
        assert replayed.get("/analyze").status_code == 303
        assert replayed.get("/_stcore/host-config").status_code == 401
        assert "Your session has ended" in replayed.get("/sign-in").text


@pytest.mark.parametrize("fault", ["get", "no token", "token of another", "no origin", "cross-site", "same-site"])
def test_nobody_is_signed_out_from_elsewhere(served: Served, user: User, fault: str) -> None:
    token = served.house.sign_in(user)
    with served.browser(token) as browser, served.signed_in(served.house.person().user) as other:
        form, headers = {"token": hidden(browser.get("/sign-out").text, "token")}, {"origin": served.url}
        match fault:
            case "no token":
                form = {}
            case "token of another":
                form["token"] = hidden(other.get("/sign-out").text, "token")
            case "no origin":
                headers = {}
                del browser.headers["sec-fetch-site"]
            case site:
                headers["sec-fetch-site"] = site
        if fault == "get":
            assert browser.get("/sign-out", params=form).status_code == 200
            assert browser.get("/auth/logout").headers["location"] == "/sign-out"
        else:
            assert browser.post("/sign-out", data=form, headers=headers).status_code == 403
    assert served.house.sessions.resolve(token) is not None


def test_demo_accounts_are_shown_and_let_people_in(served: Served) -> None:
    with served.browser() as browser:
        text = browser.get("/sign-in").text
        for demo in DEMO_ACCOUNTS:
            assert f'name="password" value="{demo.password}"' in text
            assert send(browser, demo.user.username, demo.password).status_code == 303
            browser.cookies.delete(served.cookie)


def test_the_form_works_with_password_managers_and_without_script(served: Served) -> None:
    with served.browser() as browser:
        text = browser.get("/sign-in").text
    assert "<script" not in text
    assert 'autocomplete="username"' in text
    assert 'autocomplete="current-password"' in text
    for field in ("username", "password"):
        assert f'<label for="{field}">' in text
        assert f'id="{field}"' in text

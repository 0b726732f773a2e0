"""Signing in at a provider: the real app.py, a real provider on this machine, and everything that can be forged."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from core.accounts.user import Actor, User
from core.settings import AuthSettings, Settings
from core.web.cookie import away_cookie, form_cookie
from core.web.gate import Frames, Gate
from core.web.request import form_token
from core.web.sign_in import sign_in_routes
from core.web.single_sign_on import single_sign_on_routes
from tests.core.web.conftest import Served, free_port, serving
from tests.core.web.provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, provider_running
from tests.core.web.test_sign_in import send, token_of

FORGOTTEN = timedelta(days=2)  # so long ago that refusals are news again


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_running() as provider:
        yield provider


@pytest.fixture(scope="module")
def house(running: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = free_port()
    with serving(
        tmp_path_factory.mktemp("single-sign-on"),
        port,
        AUTH__CLIENT_ID=CLIENT_ID,
        AUTH__CLIENT_SECRET=CLIENT_SECRET,
        AUTH__SERVER_METADATA_URL=f"{running.url}/.well-known/openid-configuration",
        AUTH__REDIRECT_URI=f"http://127.0.0.1:{port}/oauth2callback",
        AUTH__NAME="Example Login",
    ) as served:
        yield served


@pytest.fixture
def maria(house: Served, running: Provider) -> Iterator[User]:
    """Somebody with an account, whom the provider knows by its name."""
    user = house.house.person().user
    running.claims, running.wrong = {"email": user.username.title(), "email_verified": True}, {}
    yield user
    running.signs_with, running.up = running.key, True


@pytest.fixture
def browser(house: Served, maria: User) -> Iterator[httpx.Client]:
    with house.browser() as browser:
        yield browser


def go_there(browser: httpx.Client, wanted: str = "/") -> str:
    """To the provider and through its page; returns the address it leads back to, from where that is on."""
    there = browser.get("/auth/login", params={"next": wanted})
    assert there.status_code == 302, there.text
    return httpx.get(there.headers["location"]).headers["location"]


def come_back(browser: httpx.Client, address: str) -> httpx.Response:
    return browser.get(address, headers={"sec-fetch-site": "cross-site"})


def is_refused(house: Served, answer: httpx.Response, status: int, says: str, reason: str) -> bool:
    """With a page that says so, no session, and a row in the audit log."""
    last = house.house.last_event()
    assert (answer.status_code, token_of(house, answer)) == (status, None)
    assert says in answer.text
    assert "Sign in with Example Login" in answer.text  # no dead end
    assert (last["event"], last["reason"], last["signed_in_by"]) == ("session.refused", reason, "oidc")
    return True


def test_whom_the_provider_knows_gets_a_session_and_is_where_they_wanted_to_be(
    house: Served, browser: httpx.Client, maria: User
) -> None:
    answer = come_back(browser, go_there(browser, "/history?q=a%20b"))
    assert answer.status_code == 200
    assert 'content="0; url=/history?q=a%20b"' in answer.text
    token = token_of(house, answer)
    assert token
    session = house.house.session(token)
    assert (session.user, session.signed_in_by, session.address) == (maria, "oidc", "127.0.0.1")
    assert browser.get("/history").status_code == 200
    assert browser.get("/auth/login", params={"next": "/history"}).headers["location"] == "/history"
    assert house.house.last_event()["event"] == "session.signed_in"


def test_the_session_ends_as_any_other(house: Served, browser: httpx.Client, maria: User) -> None:
    come_back(browser, go_there(browser))
    house.house.users.disable(None, maria.username)
    assert browser.get("/").headers["location"] == "/sign-in"
    assert is_refused(house, come_back(browser, go_there(browser)), 403, "You have no account here.", "disabled")


def test_the_question_goes_out_with_state_nonce_and_pkce(running: Provider, browser: httpx.Client) -> None:
    there = browser.get("/auth/login")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT_ID, "code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    flags = there.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    come_back(browser, httpx.get(there.headers["location"]).headers["location"])
    assert len(running.redeemed[-1]["code_verifier"]) >= 43


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"nonce": "of somebody else"}, "could not be verified"),
        ({"nonce": None}, "could not be verified"),
        ({"aud": "another-client"}, "could not be verified"),
        ({"aud": "another-client", "azp": CLIENT_ID}, "could not be verified"),
        ({"iss": "https://elsewhere.example"}, "could not be verified"),
        ({"exp": 1_700_000_000}, "could not be verified"),  # 2023
        ({"exp": None}, "could not be verified"),
        ({"iat": 4_000_000_000}, "could not be verified"),  # 2096
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    house: Served, running: Provider, browser: httpx.Client, wrong: Claims, says: str
) -> None:
    running.wrong = wrong
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    assert is_refused(house, come_back(browser, go_there(browser)), 403, says, "ID token")


@pytest.mark.parametrize("secret", ["another key", "the client's secret"])
def test_a_token_that_the_provider_has_not_signed_opens_nothing(
    house: Served, running: Provider, browser: httpx.Client, secret: str
) -> None:
    running.signs_with = {
        "another key": lambda: RSAKey.generate_key(2048, {"kid": "one"}),
        "the client's secret": lambda: OctKey.import_key(CLIENT_SECRET * 2, {"kid": "one"}),
    }[secret]()
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    assert is_refused(house, come_back(browser, go_there(browser)), 403, "could not be verified", "ID token")


@pytest.mark.parametrize(
    ("claims", "says", "reason"),
    [
        ({"email": "nobody@example.com", "email_verified": True}, "You have no account here.", "unknown user"),
        ({"email_verified": False}, "has not verified your address", "email not verified"),
        ({"email_verified": None}, "has not verified your address", "email not verified"),
        ({"email": None}, "did not say who you are", "no email"),
        ({"email": ["a", "b"]}, "did not say who you are", "no email"),
        ({"id_token": None}, "did not say who you are", "no email"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_whom_nobody_vouches_for_gets_nothing(
    house: Served, running: Provider, browser: httpx.Client, claims: Claims, says: str, reason: str
) -> None:
    running.wrong = claims
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    assert is_refused(house, come_back(browser, go_there(browser)), 403, says, reason)


def test_a_name_that_only_looks_the_same_is_another(house: Served, maria: User) -> None:
    """The sign of kelvin is a small k when it is made small."""
    house.house.users.add(None, "kim@example.com", "Kim", maria.role, "seven quiet harbours")
    for name in ("\N{KELVIN SIGN}im@example.com", "kim@example.com\0"):
        with pytest.raises(Exception, match="no account"):
            house.house.sessions.open_trusted(name, by="oidc")


@pytest.mark.parametrize("state", ["forged", None, ""])
def test_a_forged_state_opens_nothing(house: Served, browser: httpx.Client, state: str | None) -> None:
    address = urlsplit(go_there(browser))
    code = parse_qs(address.query)["code"][0]
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    forged = browser.get(address.path, params={"code": code, **({} if state is None else {"state": state})})
    assert is_refused(house, forged, 403, "was not completed", "state")


def test_what_began_in_another_browser_ends_nowhere(house: Served, browser: httpx.Client) -> None:
    """Somebody is sent a finished address of somebody else, to work in their account unknowingly."""
    address = go_there(browser)
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    with house.browser() as other:
        assert is_refused(house, come_back(other, address), 403, "did not begin in this browser", "state")
        state = parse_qs(urlsplit(address).query)["state"][0]
        away = {f"_state_oidc_{state}": {"data": {"nonce": "n", "code_verifier": "v"}, "exp": time.time() + 60}}
        forged = URLSafeTimedSerializer(b"guessed", salt="away").dumps([away, "/"])
        other.cookies.set(away_cookie(house.house.settings).name, str(forged))
        assert "did not begin in this browser" in come_back(other, address).text


def test_a_code_is_good_once(house: Served, browser: httpx.Client) -> None:
    there = browser.get("/auth/login")
    kept = dict(browser.cookies)
    address = httpx.get(there.headers["location"]).headers["location"]
    assert token_of(house, come_back(browser, address))
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    with house.browser() as thief:
        assert is_refused(house, come_back(thief, address), 403, "did not begin in this browser", "state")
        thief.cookies.update(kept)
        assert is_refused(house, come_back(thief, address), 403, "was not completed", "refused by the provider")


def test_who_declines_there_is_back_at_the_form(house: Served, browser: httpx.Client) -> None:
    state = parse_qs(urlsplit(go_there(browser)).query)["state"][0]
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    answer = browser.get(
        "/oauth2callback", params={"error": "access_denied", "error_description": "<b>", "state": state}
    )
    assert is_refused(house, answer, 403, "was not completed", "refused by the provider")
    assert "<b>" not in answer.text


def test_a_provider_that_is_down_is_told_of(house: Served, running: Provider, browser: httpx.Client) -> None:
    address = go_there(browser)
    running.up = False
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    assert is_refused(house, come_back(browser, address), 503, "does not answer as it should", "provider")


def test_knocking_does_not_fill_the_audit_log(house: Served, maria: User) -> None:
    house.house.age_failures("Refused oidc 127.0.0.1", FORGOTTEN)
    before = house.house.events()
    with house.browser() as stranger:
        assert {stranger.get("/oauth2callback?state=x&code=y").status_code for _ in range(20)} == {403}
    assert house.house.events() - before < 8


def test_passwords_still_sign_in_beside_it(house: Served, browser: httpx.Client, maria: User) -> None:
    page = browser.get("/sign-in", params={"next": "/history?a=b"}).text
    assert 'href="/auth/login?next=/history%3Fa%3Db"' in page
    assert token_of(house, send(browser, maria.username, "seven quiet harbours"))


def test_an_actor_is_named_with_how_they_signed_in(house: Served, browser: httpx.Client, maria: User) -> None:
    token = token_of(house, come_back(browser, go_there(browser)))
    assert token
    assert house.house.session(token).actor == Actor(maria, signed_in_by="oidc", address="127.0.0.1")


@contextmanager
def in_process(house: Served, **auth: object) -> Generator[tuple[TestClient, Settings]]:
    """The same doors with other settings."""
    known = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
        "redirect_uri": "http://127.0.0.1/oauth2callback",
        "name": "Example Login",
    }
    settings = Settings(var=house.house.settings.var, port=house.port, auth={**known, **auth})  # type: ignore[arg-type]
    parts = replace(house.house, settings=settings)
    app = Starlette(
        routes=[*sign_in_routes(lambda: parts), *single_sign_on_routes(lambda: parts)],
        middleware=[Middleware(Gate, application=lambda: parts, frames=Frames(b"", lambda _: True))],
    )
    with TestClient(app, "http://127.0.0.1", follow_redirects=False) as browser:
        yield browser, settings


def test_a_provider_that_nobody_reaches_is_told_of(house: Served, maria: User) -> None:
    house.house.age_failures("Refused oidc None", FORGOTTEN)
    with in_process(house) as (browser, _):
        answer = browser.get("/auth/login")
    assert (answer.status_code, "does not answer as it should" in answer.text) == (503, True)
    assert house.house.last_event()["reason"] == "provider"


def test_another_claim_can_be_the_user_name(house: Served, running: Provider, maria: User) -> None:
    running.wrong = {"email": None, "preferred_username": maria.username}
    with in_process(
        house,
        claim="preferred_username",
        server_metadata_url=f"{running.url}/.well-known/openid-configuration",
        redirect_uri=f"http://127.0.0.1:{house.port}/oauth2callback",
    ) as (browser, _):
        there = httpx.get(browser.get("/auth/login").headers["location"]).headers["location"]
        answer = browser.get(f"/oauth2callback?{urlsplit(there).query}")
    assert house.cookie in answer.cookies


def test_passwords_can_be_switched_off(house: Served, maria: User) -> None:
    with in_process(house, passwords=False) as (browser, settings):
        page = browser.get("/sign-in").text
        assert "Sign in with Example Login" in page
        assert "Password" not in page
        assert "Sign in as" not in page  # the demo accounts have passwords too
        form = {"token": form_token(browser.cookies[form_cookie(settings).name]), "next": "/"}
        given = {**form, "username": maria.username, "password": "seven quiet harbours"}
        answer = browser.post("/sign-in", data=given, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == 403
    assert "Passwords are switched off here." in answer.text
    assert house.cookie not in answer.cookies


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_metadata_url", "http://idp.example/.well-known/openid-configuration"),
        ("redirect_uri", "https://analyst.example/elsewhere"),
        ("google", "nested, as st.login takes several"),
        ("client_id", ""),
    ],
)
def test_settings_that_cannot_be_safe_are_refused(name: str, value: str) -> None:
    good = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "server_metadata_url": "https://idp.example/.well-known/openid-configuration",
        "redirect_uri": "https://analyst.example/oauth2callback",
        "cookie_secret": "as st.login wants it",
    }
    assert CLIENT_SECRET not in repr(AuthSettings(**good))  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=name):
        AuthSettings(**{**good, name: value})  # type: ignore[arg-type]

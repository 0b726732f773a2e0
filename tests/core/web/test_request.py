from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.datastructures import Headers

from core.web.request import address_of, form_token, is_foreign, is_form_token, is_ours, local_path, to_sign_in

LEADS_ASTRAY = [
    None,
    "",
    "https://evil.example",
    "https:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "?next=x",
    "/analyze\r\nSet-Cookie: a=b",
    "/ä",
    "/" + "x" * 2_000,
    "/sign-in",
    "/sign-in?next=/sign-in",
    "/sign-out",
    "/auth/logout",
    "/auth/login?next=/",
    "/oauth2callback?code=x",
    "/media/something.csv",
    "/_stcore/health",
]


@pytest.mark.parametrize("wanted", LEADS_ASTRAY)
def test_after_sign_in_nobody_is_led_elsewhere(wanted: str | None) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/analyze", "/analyze?request=1&x=%C3%A4", "/audit?since=2030-01-31T08:00"])
def test_after_sign_in_one_is_where_one_wanted_to_be(wanted: str) -> None:
    assert local_path(wanted) == wanted


def scope(path: str, query: bytes = b"") -> dict[str, object]:
    return {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}


def test_the_way_to_sign_in_remembers_where_from() -> None:
    assert to_sign_in(scope("/audit", b"user=a&x=%C3%A4")) == "/sign-in?next=/audit%3Fuser%3Da%26x%3D%25C3%25A4"
    assert to_sign_in(scope("/")) == to_sign_in(scope("/sign-out")) == "/sign-in"
    assert to_sign_in(scope("//evil.example")) == "/sign-in"
    assert to_sign_in(scope("/ä")) == "/sign-in?next=/%25C3%25A4"


HOST = {"host": "127.0.0.1:8501"}
ORIGINS: list[tuple[Mapping[str, str], bool, bool]] = [
    # headers, from elsewhere, a form of ours
    ({}, False, False),
    ({"origin": "http://127.0.0.1:8501"}, False, True),
    ({"sec-fetch-site": "same-origin"}, False, True),
    ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8501"}, False, True),
    ({"origin": "http://127.0.0.1:3000"}, True, False),
    ({"origin": "http://localhost:8501"}, True, False),
    ({"origin": "http://127.0.0.1:8501.evil.example"}, True, False),
    ({"origin": "https://evil.example"}, True, False),
    ({"origin": "null"}, True, False),
    ({"origin": ""}, True, False),
    ({"sec-fetch-site": "cross-site"}, False, False),
    ({"sec-fetch-site": "same-site"}, False, False),
    ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8501"}, False, False),
    ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True, False),
]


@pytest.mark.parametrize(("headers", "foreign", "ours"), ORIGINS)
def test_where_a_request_comes_from(headers: Mapping[str, str], foreign: bool, ours: bool) -> None:
    told = Headers({**HOST, **headers})
    assert (is_foreign(told), is_ours(told)) == (foreign, ours)


@pytest.mark.parametrize(
    ("peer", "proxy", "forwarded", "address"),
    [
        ("10.0.0.5", None, "1.2.3.4", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.1", "1.2.3.4", "10.0.0.5"),
        ("10.0.0.1", "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what the client claims stands before it
        ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_the_trusted_proxy_names_the_client(peer: str, proxy: str | None, forwarded: str, address: str) -> None:
    told = {**scope("/"), "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert address_of(told, proxy) == address


def test_a_form_token_belongs_to_one_secret() -> None:
    assert is_form_token(form_token("secret"), "secret")
    for token, secret in (
        (form_token("secret"), "other"),
        ("", ""),
        (None, None),
        ("ä", "secret"),
        ("secret", "secret"),
    ):
        assert not is_form_token(token, secret)

"""Every door of the running server, tried without a key, with a forged one and from the wrong side."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import streamlit

from core.web.gate import SHUT
from tests.core.web.conftest import Served

INDEX = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
SCRIPT = "/" + re.findall(r'src="\./(static/js/index[^"]+)"', INDEX)[0]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
PAGES = ["/", "/analyze", "/audit?user=x", "/no/such/page", "/sign-out", "/index.html"]
FILES = [
    SCRIPT,
    "/favicon.png",
    "/media/0123456789abcdef.csv",
    "/component/x/index.html",
    "/app/static/x",
    "/_stcore/host-config",
    "/_stcore/bidi-components/x",
    "/_stcore/stream",
    "/oauth2callback",
    "/auth/login",
    "/api/v1/analyses",
]
TRAVERSALS = [
    "/static/../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/..%5c..%5c..%5cetc%5cpasswd",
    "/media/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/component/../../etc/passwd",
    "/component/..%2f..%2fetc%2fpasswd",
    "/_stcore/bidi-components/..%2f..%2f..%2fetc%2fpasswd",
    "/app/static/..%2fsecrets.toml",
    "/.streamlit/config.toml",
    "/..%2f.streamlit%2fconfig.toml",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/static//etc/passwd",
    "/static/%00",
]
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def raw(client: httpx.Client, method: str, target: str, **headers: str) -> httpx.Response:
    """A request whose path is sent as it stands."""
    request = client.build_request(method, "/", headers=headers)
    request.extensions["target"] = target.encode()
    return client.send(request)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("cookie", [None, "x" * 43, "not a token"])
def test_a_page_without_a_session_leads_to_sign_in(served: Served, path: str, cookie: str | None) -> None:
    with served.browser(cookie) as browser:
        answer = browser.get(path)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/sign-in"
    assert not answer.content


@pytest.mark.parametrize("path", FILES)
def test_nothing_else_answers_without_a_session(served: Served, path: str) -> None:
    with served.browser() as client:
        del client.headers["sec-fetch-mode"]
        client.headers["accept"] = "*/*"
        answers = {client.request(method, path).status_code for method in METHODS}
    assert answers == {401}


@pytest.mark.parametrize("path", PAGES)
def test_pages_take_no_other_method_without_a_session(served: Served, path: str) -> None:
    with served.browser() as browser:
        answers = {browser.request(method, path).status_code for method in METHODS if method not in ("GET", "HEAD")}
    assert answers == {401}


def test_a_session_opens_pages_and_files(served: Served, member: str) -> None:
    with served.browser(member) as browser:
        assert browser.get("/analyze").text == INDEX
        assert browser.get(SCRIPT).status_code == 200
        assert browser.get("/_stcore/host-config").status_code == 200
        assert browser.get("/sign-in?next=/history").headers["location"] == "/history"


def test_health_is_open_and_says_nothing(served: Served) -> None:
    assert httpx.get(f"{served.url}/_stcore/health").text == "ok"


@pytest.mark.parametrize("path", [*SHUT, "/_stcore/agent/openapi.json", "/_stcore/upload_file/a/b", "/metrics"])
def test_doors_that_nobody_needs_are_shut_for_everybody(served: Served, member: str, path: str) -> None:
    with served.browser(member) as browser:
        answers = {browser.request(method, path).status_code for method in METHODS}
    assert answers == {404}


@pytest.mark.parametrize("target", TRAVERSALS)
def test_no_path_leads_out_of_the_folders(served: Served, member: str, target: str) -> None:
    with served.browser(member) as inside, served.browser() as outside:
        answer = raw(inside, "GET", target)
        assert answer.status_code in (301, 400, 403, 404) or answer.text == INDEX
        assert "root:" not in answer.text
        assert "trustedUserHeaders" not in answer.text
        assert "//" not in answer.headers.get("location", "")[:2]
        assert raw(outside, "GET", target).status_code in (303, 401)
        assert raw(outside, "POST", target).status_code == 401


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/analyze", 200),
        ("GET", SCRIPT, 200),
        ("GET", "/static/js/no-such-file.js", 200),
        ("GET", "/media/no-such-file.csv", 404),
        ("GET", "/_stcore/upload_file/a/b", 404),
        ("GET", "/analyze/_stcore/health", 404),
        ("GET", "//etc/passwd", 400),
        ("POST", "/analyze", 405),
        ("POST", "/sign-out", 403),
        ("GET", "/sign-out", 200),
        ("GET", "/analyze/", 301),
    ],
)
def test_every_answer_carries_the_headers(served: Served, member: str, method: str, target: str, status: int) -> None:
    with served.browser(member) as browser:
        answer = raw(browser, method, target)
    assert answer.status_code == status
    check_headers(answer)
    lasting = target.startswith("/static/")
    assert ("no-store" in answer.headers["cache-control"]) is not lasting


@pytest.mark.parametrize(
    "target", ["/", "/sign-in", "/_stcore/health", SCRIPT, "/media/x", "//etc/passwd", "/auth/logout"]
)
def test_every_answer_to_strangers_carries_the_headers(served: Served, target: str) -> None:
    with served.browser() as browser:
        check_headers(raw(browser, "GET", target))


def check_headers(answer: httpx.Response) -> None:
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("header", ["x-app-session", "X-App-User", "x_app_session", "x-app-anything"])
def test_a_forged_identity_header_opens_nothing(served: Served, member: str, header: str) -> None:
    session = served.house.session(member)
    with served.browser() as browser:
        assert browser.get("/", headers={header: str(session.session_id)}).status_code == 303


def test_a_session_id_is_no_token(served: Served, member: str) -> None:
    session = served.house.session(member)
    with served.browser(str(session.session_id)) as browser:
        assert browser.get("/").status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "http://127.0.0.1:1", "null"])
@pytest.mark.parametrize("path", ["/", "/media/x", "/_stcore/health", "/_stcore/host-config", "/sign-in", "/sign-out"])
def test_other_origins_are_told_nothing(served: Served, member: str, origin: str, path: str) -> None:
    with served.browser(member) as browser:
        for method in METHODS:
            answer = browser.request(method, path, headers={"origin": origin})
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "evil@127.0.0.1x", "[::1", ""])
def test_a_name_made_to_point_here_is_not_ours(served: Served, host: str) -> None:
    with served.browser() as browser:
        answer = browser.get("/sign-in", headers={"host": host})
    assert answer.status_code == 400
    assert "password" not in answer.text


def test_a_link_on_another_site_finds_who_is_signed_in(served: Served) -> None:
    """The browser keeps a strict cookie back then; the page asks once more by itself, and the cookie comes."""
    elsewhere = {"sec-fetch-site": "cross-site"}
    with served.browser() as browser:
        answer = browser.get("/analyze", params={"request": '"><script>'}, headers=elsewhere)
    assert answer.status_code == 200
    assert 'content="0; url=/analyze?request=%22%3E%3Cscript%3E"' in answer.text
    assert "<script" not in answer.text
    check_headers(answer)

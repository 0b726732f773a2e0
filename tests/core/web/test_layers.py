"""Shield and gate by themselves, for what a running server does not do on request."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.errors import LimitReached, StoreUnavailable
from core.settings import Settings
from core.web import gate
from core.web.cookie import session_cookie
from core.web.gate import Frames, Gate
from core.web.parts import Parts
from core.web.shield import Shield, content_security_policy
from core.web.sign_in import sign_in_routes

FRAMES = Frames(b"reload", lambda frame: frame != b"drop me")


class Sessions:
    """Answers as it was told to; the last answer stays."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.seen: list[bool] = []

    def find(self, session_id: object, *, seen: bool = True) -> object:
        self.seen.append(seen)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def resolve(self, token: str) -> object:
        return self.find(token)


def parts(sessions: Sessions | None = None, **settings: Any) -> Callable[[], Parts]:
    made = cast(Parts, SimpleNamespace(settings=Settings(**settings), sessions=sessions or Sessions(None)))
    return lambda: made


SESSION = SimpleNamespace(session_id="the-session", user=SimpleNamespace(username="maria"))


def scope(kind: str = "http", path: str = "/x", **headers: str) -> dict[str, Any]:
    named = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()
    ]
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": named,
        "client": ("127.0.0.1", 1),
    }


def answer(app: Callable[..., Awaitable[None]], told: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(told, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent)


def raises(error: Exception) -> Callable[..., Awaitable[None]]:
    async def app(*_: object) -> None:
        raise error

    return app


def test_a_crash_says_nothing_and_keeps_the_headers(caplog: pytest.LogCaptureFixture) -> None:
    shield = Shield(raises(RuntimeError("SELECT secret FROM host")), parts(), "the policy")
    status, headers, body = answer(shield, scope())
    assert (status, headers["content-security-policy"], headers["cache-control"]) == (500, "the policy", "no-store")
    assert b"secret" not in body
    assert "SELECT secret" in caplog.text


def test_a_known_error_is_told_as_page_or_as_json() -> None:
    shield = Shield(raises(StoreUnavailable("No <database>.")), parts(), "the policy")
    status, headers, body = answer(shield, scope())
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert b'"code":"store-unavailable"' in body
    status, headers, body = answer(shield, scope(accept="text/html"))
    assert (status, headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert b"No &lt;database&gt;." in body
    shield = Shield(raises(LimitReached("Too many.", retry_after=29.6)), parts(), "the policy")
    assert answer(shield, scope())[1]["retry-after"] == "30"


def test_an_error_after_the_answer_began_is_not_hidden() -> None:
    async def app(_: object, __: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("too late")

    with pytest.raises(RuntimeError, match="too late"):
        answer(Shield(app, parts(), "the policy"), scope())


def test_behind_https_browsers_are_kept_to_it() -> None:
    _, headers, _ = answer(Shield(raises(ValueError()), parts(secure_cookie=True), "the policy"), scope())
    assert headers["strict-transport-security"] == "max-age=31536000"
    cookie = session_cookie(Settings(secure_cookie=True, port=9000))
    assert (cookie.name, cookie.secure) == ("__Host-record_analyst_9000", True)


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "localhost:8501", 500),
        ({}, "[::1]:8501", 500),
        ({}, "analyst.example", 400),
        ({"trusted_proxy": "127.0.0.1"}, "analyst.example", 500),
        ({"address": "0.0.0.0"}, "analyst.example", 500),
    ],
)
def test_names_are_checked_where_only_this_machine_can_ask(settings: dict[str, str], host: str, status: int) -> None:
    shield = Shield(raises(RuntimeError()), parts(**settings), "the policy")
    assert answer(shield, scope(host=host))[0] == status


def test_the_policy_lets_in_exactly_the_installed_inline_script() -> None:
    policy = content_security_policy('<script>one()</script><script type="module" src="./x.js"></script>')
    wanted = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert policy.count("'sha256-") == 1
    assert f"blob: 'sha256-{wanted}';" in policy


class Proxied(Sessions):
    """Opens a session for whom a proxy names, and remembers for whom."""

    def __init__(self, *found: object) -> None:
        super().__init__(*found)
        self.opened: list[str] = []

    def open_trusted(self, username: str, *_: object) -> tuple[str, object]:
        self.opened.append(username)
        return "t" * 43, SESSION.user


PROXY = {"trusted_proxy": "127.0.0.1", "trusted_user_header": "x-forwarded-user"}


def knock(settings: dict[str, str], sessions: Proxied, **headers: str) -> tuple[int, dict[str, str]]:
    told = scope(accept="text/html", **headers)
    status, sent, _ = answer(Gate(raises(AssertionError("it passed")), parts(sessions, **settings), FRAMES), told)
    return status, sent


def test_the_trusted_proxy_signs_people_in() -> None:
    sessions = Proxied(None)
    status, sent = knock(PROXY, sessions, x_forwarded_user="Maria")
    assert (status, sent["location"], sessions.opened) == (303, "/x", ["maria"])
    assert "httponly" in sent["set-cookie"].lower()


@pytest.mark.parametrize(
    "settings",
    [
        {},  # off by default
        {"trusted_user_header": "x-forwarded-user"},  # no proxy is trusted
        {"trusted_proxy": "127.0.0.1"},
        {**PROXY, "trusted_proxy": "10.0.0.1"},  # somebody else than the proxy sends it
    ],
)
def test_a_forged_user_header_opens_nothing(settings: dict[str, str]) -> None:
    sessions = Proxied(None)
    status, sent = knock(settings, sessions, x_forwarded_user="admin")
    assert (status, sessions.opened) == (303, [])
    assert sent["location"].startswith("/sign-in")
    assert "set-cookie" not in sent


def test_a_session_of_somebody_else_ends_where_the_proxy_names_another() -> None:
    sessions = Proxied(SESSION)
    cookie = session_cookie(parts(**PROXY)().settings).name
    status, _ = knock(PROXY, sessions, x_forwarded_user="bob", cookie=f"{cookie}={'x' * 43}")
    assert (status, sessions.opened) == (303, ["bob"])


def test_without_the_database_nobody_passes() -> None:
    broken = Sessions(StoreUnavailable("The product's own database does not answer."))
    known = parts(broken)
    cookie = session_cookie(known().settings).name
    status, _, body = answer(Gate(raises(AssertionError()), known, FRAMES), scope(cookie=f"{cookie}={'x' * 43}"))
    assert (status, b"does not answer" in body) == (503, True)


class Socket:
    """A websocket with a browser that sends what it is given, and a page that answers each with two messages."""

    def __init__(self, *frames: bytes) -> None:
        self.frames = list(frames)
        self.handled: list[bytes] = []
        self.sent: list[tuple[str, object]] = []

    async def page(self, _: object, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.handled.append(message["bytes"])
            await send({"type": "websocket.send", "bytes": b"one"})
            await send({"type": "websocket.send", "bytes": b"two"})
        await send({"type": "websocket.send", "bytes": b"too late"})

    async def receive(self) -> dict[str, Any]:
        if not self.sent:
            return {"type": "websocket.connect"}
        if self.frames and self.sent[-1][0] != "websocket.close":
            return {"type": "websocket.receive", "bytes": self.frames.pop(0)}
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append((message["type"], message.get("bytes", message.get("code"))))

    def run(self, sessions: Sessions) -> None:
        known = parts(sessions)
        cookie = session_cookie(known().settings).name
        told = scope("websocket", "/_stcore/stream", cookie=f"{cookie}={'x' * 43}")
        asyncio.run(Gate(self.page, known, FRAMES)(told, self.receive, self.send))


def test_each_message_is_checked_before_it_is_handled() -> None:
    socket = Socket(b"first", b"drop me", b"second")
    socket.run(Sessions(SESSION, SESSION, SESSION, None))
    assert socket.handled == [b"first"]
    assert socket.sent[1:] == [
        ("websocket.send", b"one"),
        ("websocket.send", b"two"),
        ("websocket.send", b"reload"),
        ("websocket.close", 1008),
    ]


def test_a_long_answer_stops_when_its_reader_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "CHECK_SECONDS", -1.0)
    sessions = Sessions(SESSION, SESSION, SESSION, None)  # at the handshake, the message, "one", and then "two"
    socket = Socket(b"ask")
    socket.run(sessions)
    assert socket.sent[1:] == [("websocket.send", b"one"), ("websocket.send", b"reload"), ("websocket.close", 1008)]
    assert sessions.seen == [True, True, False, False]  # text that arrives is no sign of life


def test_without_the_database_a_websocket_closes_and_comes_back_later() -> None:
    socket = Socket(b"first")
    socket.run(Sessions(SESSION, StoreUnavailable("The product's own database does not answer.")))
    assert socket.handled == []
    assert socket.sent[1:] == [("websocket.close", 1013)]


def test_every_route_that_changes_something_is_known_here() -> None:
    """Each of these has a test that a form of another site does nothing; whoever adds one adds such a test."""
    changing = {route.path for route in sign_in_routes(parts()) if set(route.methods or ()) - {"GET", "HEAD"}}
    assert changing == {"/sign-in", "/sign-out"}

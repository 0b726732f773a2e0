"""Nobody without a session gets past here: no page, no file, no websocket.

Who passes is named to Streamlit in headers that only this layer can set (`server.trustedUserHeaders` in
.streamlit/config.toml makes `st.user` of them). The cookie itself stays here.

A websocket lives long, so each message on it is checked again before Streamlit sees it: widget callbacks run before a
page's own first line. When the session has ended, the browser is told to load the page anew, which leads to sign-in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.accounts.sessions import Session
from core.errors import NotAllowed, NotFound, NotSignedIn, RecordAnalystError
from core.web.cookie import session_cookie
from core.web.parts import Parts
from core.web.plain_page import page, told
from core.web.problem import API
from core.web.request import (
    CALLBACK,
    LOG_IN,
    METRICS,
    SIGN_IN,
    SIGNED_OUT,
    address_of,
    is_foreign,
    is_page,
    local_path,
    path_of,
    to_sign_in,
)

SESSION = "record_analyst.session"  # in the scope: Session or None
OPEN = frozenset({SIGN_IN, SIGNED_OUT, "/_stcore/health"})
SINGLE_SIGN_ON = frozenset({LOG_IN, CALLBACK})
# Doors of Streamlit that nothing here uses.
SHUT = ("/_stcore/upload_file", "/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
OURS = b"x-app-"  # headers that begin so come from here, or not at all
SESSION_HEADER, USER_HEADER = b"x-app-session", b"x-app-user"
CHECK_SECONDS = 15.0  # how long a websocket may go on sending before its session is looked at again
POLICY, TRY_LATER = 1008, 1013  # websocket close codes


@dataclass(frozen=True, slots=True)
class Frames:
    """What the gate must know of Streamlit's websocket protocol; app.py tells, core does not import Streamlit."""

    reload: bytes  # the message that makes the browser load the page anew
    may_pass: Callable[[bytes], bool]  # whether this message from the browser is one that we want handled


class Gate:
    """ASGI middleware; comes right after Shield."""

    def __init__(self, app: ASGIApp, application: Callable[[], Parts], frames: Frames) -> None:
        self.app = app
        self._application = application
        self._frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            has_own_door = self._has_own_door(scope)
            session = None if has_own_door else await self._admit(scope)
            if session is None and not has_own_door:
                if (user := self._told_by_proxy(scope)) and is_page(scope):
                    await (await run_in_threadpool(self._open, scope, user))(scope, receive, send)
                    return
                if scope["path"] not in self._open_paths():
                    raise NotSignedIn("You are not signed in.")
        except RecordAnalystError as error:
            await _refuse(scope, receive, send, error)
            return
        scope = {**scope, "headers": self._passed_on(scope, session), SESSION: session}
        if scope["type"] == "websocket" and session is not None:
            watched = _Watched(session.session_id, self._application().sessions.find, self._frames, receive, send)
            await self.app(scope, watched.receive, watched.send)
        else:
            await self.app(scope, receive, send)

    def _open_paths(self) -> frozenset[str]:
        return OPEN | SINGLE_SIGN_ON if self._application().settings.auth else OPEN

    def _has_own_door(self, scope: Scope) -> bool:
        """The API, which door.py there opens to keys, and metrics. No cookie gets that far, and no other site."""
        if scope["type"] != "http" or not (scope["path"].startswith(f"{API}/") or scope["path"] == METRICS):
            return False
        if scope["path"] == METRICS and self._application().settings.metrics_token is None:
            raise NotFound("There is nothing here.")
        _refuse_foreign(Headers(scope=scope))
        return True

    async def _admit(self, scope: Scope) -> Session | None:
        """The session, or None on the few paths that are open to everybody."""
        headers, path = Headers(scope=scope), scope["path"]
        if path.startswith(SHUT):
            raise NotFound("There is nothing here.")
        _refuse_foreign(headers)
        parts = self._application()
        token = session_cookie(parts.settings).read(headers.get("cookie"))
        session = await run_in_threadpool(parts.sessions.resolve, token) if token else None
        told = self._told_by_proxy(scope)
        if session is not None and told and session.user.username != told:
            return None  # somebody else sits at this browser now
        return session

    def _told_by_proxy(self, scope: Scope) -> str | None:
        """The user whom the trusted proxy names; from anybody else the header is nothing."""
        settings = self._application().settings
        peer = (scope.get("client") or ("",))[0]
        if not settings.trusted_user_header or not settings.trusted_proxy or peer != settings.trusted_proxy:
            return None
        named = Headers(scope=scope).getlist(settings.trusted_user_header)
        return named[0].strip().lower() or None if len(named) == 1 else None

    def _open(self, scope: Scope, user: str) -> Response:
        """A session for whom the proxy has signed in, and once more to the same page."""
        parts = self._application()
        address = address_of(scope, parts.settings.trusted_proxy)
        token, _ = parts.sessions.open_trusted(user, address, Headers(scope=scope).get("user-agent"))
        response = RedirectResponse(local_path(path_of(scope)), 303)
        session_cookie(parts.settings).set(response, token)
        return response

    def _passed_on(self, scope: Scope, session: Session | None) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = []
        cookie = session_cookie(self._application().settings)
        for name, value in scope["headers"]:
            if name.lower().replace(b"_", b"-").startswith(OURS):
                continue
            if name == b"cookie" and scope["path"] not in (SIGN_IN, "/sign-out"):
                value = cookie.without(value.decode("latin-1")).encode("latin-1")
                if not value:
                    continue
            headers.append((name, value))
        if session is not None:
            headers.append((SESSION_HEADER, str(session.session_id).encode()))
            headers.append((USER_HEADER, session.user.username.encode()))
        return headers


def _refuse_foreign(headers: Headers) -> None:
    if is_foreign(headers):
        raise NotAllowed("This was sent from another site.", "Open Record Analyst in its own tab.")


async def _refuse(scope: Scope, receive: Receive, send: Send, error: RecordAnalystError) -> None:
    if scope["type"] == "websocket":
        code = TRY_LATER if error.status == 503 else POLICY
        await send({"type": "websocket.close", "code": code})
        return
    response: Response
    if isinstance(error, NotSignedIn) and is_page(scope):
        if Headers(scope=scope).get("sec-fetch-site") == "cross-site":
            # A link on another site brought them, so the browser kept the cookie back. Once more from here.
            response = page("again.html", address=path_of(scope))
        else:
            response = RedirectResponse(to_sign_in(scope), 303)
    else:
        response = told(scope, error)
    await response(scope, receive, send)


class _Watched:
    """A websocket whose session is looked at again with every message from the browser, and now and then otherwise."""

    def __init__(
        self,
        session_id: UUID,
        find: Callable[..., Session | None],
        frames: Frames,
        receive: Receive,
        send: Send,
    ) -> None:
        self._session_id = session_id
        self._find = find
        self._frames = frames
        self._receive = receive
        self._send = send
        self._accepted = False
        self._closed = False
        self._checked = time.monotonic()

    async def receive(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if not await self._lives(seen=True):
                return {"type": "websocket.disconnect", "code": POLICY}
            if self._frames.may_pass(message.get("bytes") or b""):
                return message

    async def send(self, message: Message) -> None:
        self._accepted |= message["type"] == "websocket.accept"
        if message["type"] == "websocket.send" and time.monotonic() - self._checked > CHECK_SECONDS:
            await self._lives(seen=False)
        if not self._closed:
            self._closed = message["type"] == "websocket.close"
            await self._send(message)

    async def _lives(self, *, seen: bool) -> bool:
        """Whether the session goes on; if not, the websocket is closed."""
        if self._closed:
            return False
        self._checked = time.monotonic()
        try:
            found = await run_in_threadpool(self._find, self._session_id, seen=seen)
        except RecordAnalystError:
            await self._close(TRY_LATER)
            return False
        if found is None:
            if self._accepted and not self._closed:
                await self._send({"type": "websocket.send", "bytes": self._frames.reload})
            await self._close(POLICY)
        return found is not None

    async def _close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": code})

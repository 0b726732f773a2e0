"""The outermost layer: security headers on every answer, and no answer without them, whatever goes wrong inside.

Starlette answers unhandled errors outside of the middleware it is given, so without this layer an error page would be
the one page without headers.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import InvalidRequest, RecordAnalystError
from core.settings import LOOPBACK, Settings
from core.web.parts import Parts
from core.web.plain_page import told

log = logging.getLogger(__name__)

LASTING = ("/static/",)  # Streamlit's own files, whose names change with their content
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # no-referrer would make browsers hide the Origin of our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=(), display-capture=()",
}
STRICT_TRANSPORT = "max-age=31536000"


def content_security_policy(index_html: str) -> str:
    """The policy for Streamlit's pages. `index_html` is the page as installed: its inline scripts are let in by hash.

    `blob:` is how Streamlit loads the script of a component; only a script that already runs can make such an address.
    """
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", index_html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in inline
    )
    return (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Shield:
    """ASGI middleware; the first in the list."""

    def __init__(self, app: ASGIApp, application: Callable[[], Parts], policy: str) -> None:
        self.app = app
        self._application = application
        self._headers: Mapping[str, str] = {**HEADERS, "content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket" and not self._knows_host(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            if not self._knows_host(scope):
                raise InvalidRequest(
                    "This server does not go by that name.", "Use the address it printed at its start."
                )
            await self.app(scope, receive, with_headers)
        except RecordAnalystError as error:
            if started:
                raise
            await told(scope, error)(scope, receive, with_headers)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await told(scope, RecordAnalystError("Something went wrong here."))(scope, receive, with_headers)

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if self._settings.secure_cookie:
            headers["strict-transport-security"] = STRICT_TRANSPORT
        if not scope["path"].startswith(LASTING):
            headers["cache-control"] = "no-store"

    def _knows_host(self, scope: Scope) -> bool:
        """On loopback without a proxy only this machine's names are ours: a page elsewhere whose name is made to
        point here would otherwise be taken for our own."""
        if not self._settings.loopback or self._settings.trusted_proxy is not None:
            return True
        try:
            return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname in LOOPBACK
        except ValueError:
            return False

    @property
    def _settings(self) -> Settings:
        return self._application().settings

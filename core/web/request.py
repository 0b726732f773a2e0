"""Small questions to a request, answered the same way everywhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

SIGN_IN, SIGN_OUT, SIGNED_OUT = "/sign-in", "/sign-out", "/auth/logout"
LOG_IN, CALLBACK = "/auth/login", "/oauth2callback"  # single sign-on; the callback's name is Streamlit's
METRICS = "/metrics"
NEXT_LIMIT = 2_000  # characters
# Not pages: what Streamlit serves beside them, and the API.
FILES = ("/_stcore/", "/static/", "/media/", "/component/", "/app/static/", "/api/")
LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without blanks and backslashes


def is_page(scope: Scope) -> bool:
    """Whether a person's browser asks for something to look at."""
    headers = Headers(scope=scope)
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(FILES):
        return False
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in headers.get("accept", "")


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a page of another origin makes this request. Other ports of this machine are other origins."""
    origin = headers.get("origin")
    return origin is not None and (not origin or urlsplit(origin).netloc.lower() != headers.get("host", "").lower())


def is_ours(headers: Mapping[str, str]) -> bool:
    """Whether a form was sent by a page of ours; when the browser says nothing, it was not."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return not is_foreign(headers) and (site is not None or "origin" in headers)


def local_path(wanted: str | None) -> str:
    """`wanted` if it is a path of this server that a person can look at, otherwise the start page."""
    if not wanted or len(wanted) > NEXT_LIMIT or not LOCAL.fullmatch(wanted):
        return "/"
    path = urlsplit(wanted).path
    return "/" if path in (SIGN_IN, SIGN_OUT, SIGNED_OUT, LOG_IN, CALLBACK) or path.startswith(FILES) else wanted


def path_of(scope: Scope) -> str:
    """Path and query as they can stand in an address."""
    query = scope["query_string"].decode("latin-1")
    return quote(scope["path"], safe="/~!$&'()*+,;=:@") + (f"?{query}" if query else "")


def to_sign_in(scope: Scope) -> str:
    """The sign-in page that leads back here."""
    wanted = local_path(path_of(scope))
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted, safe='/')}"


def address_of(scope: Scope, trusted_proxy: str | None) -> str | None:
    """Where a request came from: the client, or whom the trusted proxy names."""
    client = scope.get("client")
    peer = client[0] if client else None
    if trusted_proxy is None or peer != trusted_proxy:
        return peer
    named = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
    return named or peer


def bearer(headers: Mapping[str, str]) -> str:
    """What `Authorization: Bearer` carries; empty when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def form_token(secret: str) -> str:
    """The token in a form, made of a cookie that only this browser has."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"form\0" + secret.encode()).digest()).decode()


def is_form_token(token: str | None, secret: str | None) -> bool:
    return bool(token and secret) and hmac.compare_digest((token or "").encode(), form_token(secret or "").encode())

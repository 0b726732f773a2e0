"""Signing in and out: plain forms, no script.

A form is taken only from a page of ours: the browser says where it comes from (Origin, Sec-Fetch-Site), and it carries
a token made of a cookie that other sites can neither read nor send.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.accounts.demo import offered_demo_accounts
from core.accounts.sessions import Session
from core.errors import InvalidRequest, LimitReached, NotAllowed, NotFound, RecordAnalystError
from core.web.cookie import form_cookie, session_cookie
from core.web.gate import SESSION
from core.web.parts import Parts
from core.web.plain_page import page
from core.web.request import (
    LOG_IN,
    SIGN_IN,
    SIGN_OUT,
    SIGNED_OUT,
    address_of,
    form_token,
    is_form_token,
    is_ours,
    local_path,
)

BODY_LIMIT = 8_192  # bytes


def sign_in_routes(application: Callable[[], Parts]) -> list[Route]:
    """The routes for st.App; they rely on Shield and Gate in front of them."""

    async def show_sign_in(request: Request) -> Response:
        wanted = local_path(request.query_params.get("next"))
        if request.scope[SESSION] is not None:
            return RedirectResponse(wanted, 303)
        return await run_in_threadpool(sign_in_form, application(), request, wanted)

    async def sign_in(request: Request) -> Response:
        form = await _read(request)
        return await run_in_threadpool(_sign_in, application(), request, form)

    async def show_sign_out(request: Request) -> Response:
        token = session_cookie(application().settings).read(request.headers.get("cookie")) or ""
        return page("sign_out.html", token=form_token(token), name=_session(request).user.name)

    async def sign_out(request: Request) -> Response:
        form = await _read(request)
        return await run_in_threadpool(_sign_out, application(), request, form)

    async def signed_out(request: Request) -> Response:
        """Where `st.logout()` leads, after a page has ended the session."""
        if request.scope[SESSION] is not None:
            return RedirectResponse(SIGN_OUT, 303)
        response = RedirectResponse(SIGN_IN, 303)
        session_cookie(application().settings).clear(response)
        return response

    return [
        Route(SIGN_IN, show_sign_in, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route(SIGN_OUT, show_sign_out, methods=["GET"]),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
        Route(SIGNED_OUT, signed_out, methods=["GET"]),
    ]


def sign_in_form(
    parts: Parts, request: Request, wanted: str, error: RecordAnalystError | None = None, username: str = ""
) -> Response:
    """The sign-in page, with what went wrong."""
    cookie, header, auth = form_cookie(parts.settings), request.headers.get("cookie"), parts.settings.auth
    known = cookie.read(header)
    secret = known or secrets.token_urlsafe(32)
    response = page(
        "sign_in.html",
        error.status if error else 200,
        token=form_token(secret),
        next=wanted,
        error=error,
        username=username,
        ended=error is None and session_cookie(parts.settings).read(header) is not None,
        single_sign_on=auth.name if auth else None,
        log_in=f"{LOG_IN}?next={quote(wanted, safe='/')}",
        passwords=_takes_passwords(parts),
        demo=offered_demo_accounts(parts.users) if parts.settings.embedded and _takes_passwords(parts) else (),
    )
    if known is None:
        cookie.set(response, secret)
    if isinstance(error, LimitReached):
        response.headers["retry-after"] = str(round(error.retry_after))
    return response


def _sign_in(parts: Parts, request: Request, form: dict[str, str]) -> Response:
    header = request.headers.get("cookie")
    wanted, username = local_path(form.get("next")), form.get("username", "")
    if not is_ours(request.headers) or not is_form_token(form.get("token"), form_cookie(parts.settings).read(header)):
        return sign_in_form(parts, request, wanted, _out_of_date(), username)
    if not _takes_passwords(parts):
        error = NotAllowed("Passwords are switched off here.", "Sign in as the page offers it.")
        return sign_in_form(parts, request, wanted, error)
    cookie = session_cookie(parts.settings)
    try:
        token, _ = parts.sessions.sign_in(
            username,
            form.get("password", ""),
            address_of(request.scope, parts.settings.trusted_proxy),
            request.headers.get("user-agent"),
            replaces=cookie.read(header),
        )
    except RecordAnalystError as error:
        return sign_in_form(parts, request, wanted, error, username)
    response = RedirectResponse(wanted, 303)
    cookie.set(response, token)
    form_cookie(parts.settings).clear(response)
    return response


def _sign_out(parts: Parts, request: Request, form: dict[str, str]) -> Response:
    session, cookie = _session(request), session_cookie(parts.settings)
    if not is_ours(request.headers) or not is_form_token(form.get("token"), cookie.read(request.headers.get("cookie"))):
        raise _out_of_date()
    with suppress(NotFound):  # ended meanwhile, which is what was wanted
        parts.sessions.end(session.actor, session.session_id)
    response = RedirectResponse(SIGN_IN, 303)
    cookie.clear(response)
    return response


def _takes_passwords(parts: Parts) -> bool:
    return parts.settings.auth is None or parts.settings.auth.passwords


def _out_of_date() -> NotAllowed:
    return NotAllowed("This form was out of date.", "Send it again.")


def _session(request: Request) -> Session:
    """The gate lets nobody reach these routes without one."""
    session: Session = request.scope[SESSION]
    return session


async def _read(request: Request) -> dict[str, str]:
    """The fields of a small form. Raises InvalidRequest."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise InvalidRequest("This form is too long.")
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except ValueError as error:
        raise InvalidRequest("This form cannot be read.") from error
    return {name: values[-1] for name, values in fields.items()}

"""Signing in with an OpenID Connect provider, of the same `[auth]` settings that Streamlit's `st.login` reads.

Not `st.login` itself: that begins on a page, and nobody without a session gets as far as a page; and what it leaves
in the browser is a signed cookie that no administrator can end. Here the provider only says who somebody is. What
they get is a session as after a password, for an account that an administrator has made.

The protocol is Authlib's: authorization code with PKCE, state and nonce. Between going there and coming back, these
stand in a signed cookie of this browser alone, which is good for one return.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.audit.keys import Use
from core.errors import NotAllowed, NotFound, RecordAnalystError, SignInUnavailable
from core.settings import AuthSettings
from core.web.cookie import away_cookie, session_cookie
from core.web.gate import SESSION
from core.web.parts import Parts
from core.web.plain_page import page
from core.web.request import CALLBACK, LOG_IN, address_of, local_path
from core.web.sign_in import sign_in_form

log = logging.getLogger(__name__)

AWAY_SECONDS = 600  # to sign in there
PROVIDER_SECONDS = 10.0  # for it to answer
LEEWAY_SECONDS = 60  # its clock and ours
SYMMETRIC = ("none", "HS")  # an ID token is signed by the provider alone


def single_sign_on_routes(application: Callable[[], Parts]) -> list[Route]:
    """The routes for st.App; they rely on Shield and Gate in front of them, which lets strangers reach them only when
    the settings have [auth]."""

    @functools.cache
    def client() -> Any:
        return _client(_auth(application()))

    async def begin(request: Request) -> Response:
        parts = application()
        auth, wanted = _auth(parts), local_path(request.query_params.get("next"))
        if request.scope[SESSION] is not None:
            return RedirectResponse(wanted, 303)
        away: dict[str, object] = {}
        try:
            response = await client().authorize_redirect(_with(request, away), auth.redirect_uri)
        except Exception as error:
            refused = _unavailable(error)
            return await run_in_threadpool(_refuse, parts, request, wanted, refused.error, refused.reason)
        away_cookie(parts.settings).set(response, _signer(parts).dumps([away, wanted]))
        return response

    async def come_back(request: Request) -> Response:
        parts = application()
        auth, wanted = _auth(parts), "/"
        try:
            cookie = away_cookie(parts.settings).read(request.headers.get("cookie"))
            away, wanted = _signer(parts).loads(cookie or "", max_age=AWAY_SECONDS)
            username = await _name(auth, client(), _with(request, away))
        except BadData:
            error = NotAllowed("This sign-in did not begin in this browser, or took too long.", "Sign in again.")
            return await run_in_threadpool(_refuse, parts, request, wanted, error, "state")
        except _Refused as refused:
            return await run_in_threadpool(_refuse, parts, request, wanted, refused.error, refused.reason)
        return await run_in_threadpool(_open, parts, request, local_path(wanted), username)

    return [Route(LOG_IN, begin, methods=["GET"]), Route(CALLBACK, come_back, methods=["GET"])]


class _Refused(Exception):
    def __init__(self, error: RecordAnalystError, reason: str) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason  # for the audit log


async def _name(auth: AuthSettings, client: Any, request: Request) -> str:
    """The user name that the provider vouches for. Raises _Refused."""
    from authlib.integrations.starlette_client import OAuthError
    from joserfc.errors import JoseError

    try:
        metadata = await client.load_server_metadata()
        algorithms = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in algorithms if not one.startswith(SYMMETRIC)]
        expected = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": auth.client_id},
        }
        token = await client.authorize_access_token(request, claims_options=expected, leeway=LEEWAY_SECONDS)
    except OAuthError as error:
        log.warning("single sign-on: refused", exc_info=error)
        reason = "state" if error.error == "mismatching_state" else "refused by the provider"
        raise _Refused(NotAllowed("The sign-in was not completed.", "Sign in again."), reason) from error
    except JoseError as error:
        log.warning("single sign-on: an ID token that is not for us", exc_info=error)
        told = NotAllowed("The sign-in could not be verified.", "Sign in again; if it stays, tell your administrator.")
        raise _Refused(told, "ID token") from error
    except Exception as error:
        raise _unavailable(error) from error
    claims: dict[str, object] = token.get("userinfo", {})
    name = claims.get(auth.claim)
    if not isinstance(name, str) or not name:
        told = NotAllowed("The provider did not say who you are.", f"An administrator must have it send {auth.claim}.")
        raise _Refused(told, f"no {auth.claim}")
    if auth.claim == "email" and claims.get("email_verified") is not True:  # anybody can call themselves anything
        told = NotAllowed("The provider has not verified your address.", "Verify it there, then sign in again.")
        raise _Refused(told, "email not verified")
    return name


def _open(parts: Parts, request: Request, wanted: str, username: str) -> Response:
    address = address_of(request.scope, parts.settings.trusted_proxy)
    try:
        token, _ = parts.sessions.open_trusted(username, address, request.headers.get("user-agent"), by="oidc")
    except RecordAnalystError as error:
        return _form(parts, request, wanted, error)
    # Not a redirect: the provider's page brought them here, so the browser would keep the new cookie back.
    response = page("again.html", address=wanted)
    session_cookie(parts.settings).set(response, token)
    away_cookie(parts.settings).clear(response)
    return response


def _refuse(parts: Parts, request: Request, wanted: str, error: RecordAnalystError, reason: str) -> Response:
    try:
        parts.sessions.refuse(address_of(request.scope, parts.settings.trusted_proxy), reason, by="oidc")
    except RecordAnalystError as unavailable:
        error = unavailable
    return _form(parts, request, local_path(wanted), error)


def _form(parts: Parts, request: Request, wanted: str, error: RecordAnalystError) -> Response:
    response = sign_in_form(parts, request, wanted, error)
    away_cookie(parts.settings).clear(response)
    return response


def _unavailable(cause: Exception) -> _Refused:
    """Its library raises whatever happens: transport, JSON, a document without the fields it must have."""
    log.warning("single sign-on: the provider does not answer as it should", exc_info=cause)
    return _Refused(SignInUnavailable("The sign-in provider does not answer as it should."), "provider")


def _with(request: Request, away: dict[str, object]) -> Request:
    """What Authlib keeps in its session, in our cookie: Streamlit's own is signed by a secret of each process."""
    return Request({**request.scope, "session": away}, request.receive)


def _auth(parts: Parts) -> AuthSettings:
    if parts.settings.auth is None:
        raise NotFound("There is nothing here.")
    return parts.settings.auth


def _signer(parts: Parts) -> URLSafeTimedSerializer:
    """With a key that every replica has."""
    return URLSafeTimedSerializer(parts.keys.oldest().derive(Use.SIGN_IN), salt="away")


def _client(auth: AuthSettings) -> Any:
    """Remembers what the provider says of itself."""
    from authlib.integrations.starlette_client import StarletteIntegration, StarletteOAuth2App  # a quarter of a second

    return StarletteOAuth2App(
        StarletteIntegration("oidc"),
        "oidc",
        client_id=auth.client_id,
        client_secret=auth.client_secret.get_secret_value(),
        server_metadata_url=auth.server_metadata_url,
        client_kwargs={
            "scope": "openid email profile",
            "prompt": "select_account",
            **auth.client_kwargs,
            "code_challenge_method": "S256",
            "timeout": PROVIDER_SECONDS,
        },
    )

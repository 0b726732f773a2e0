"""The session's cookie: not for scripts, not for other sites, gone with the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import cookie_parser
from starlette.responses import Response

from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    secure: bool
    samesite: Literal["strict", "lax"] = "strict"

    def read(self, header: str | None) -> str | None:
        """Its value in a request's Cookie header."""
        return cookie_parser(header).get(self.name) if header else None

    def set(self, response: Response, value: str) -> None:
        response.set_cookie(self.name, value, path="/", httponly=True, samesite=self.samesite, secure=self.secure)

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", httponly=True, samesite=self.samesite, secure=self.secure)

    def without(self, header: str) -> str:
        """A Cookie header with everything but this one."""
        return "; ".join(part.strip() for part in header.split(";") if part.partition("=")[0].strip() != self.name)


def session_cookie(settings: Settings) -> Cookie:
    return _cookie(settings, "")


def form_cookie(settings: Settings) -> Cookie:
    """Ties the sign-in form to the browser, before there is a session."""
    return _cookie(settings, "form_")


def away_cookie(settings: Settings) -> Cookie:
    """While somebody signs in at the provider: sent also when the provider's page leads back here."""
    return _cookie(settings, "away_", "lax")


def _cookie(settings: Settings, use: str, samesite: Literal["strict", "lax"] = "strict") -> Cookie:
    """Browsers keep cookies apart by host and not by port, so the port is part of the name. Behind HTTPS the prefix
    keeps neighbouring hosts from setting it."""
    name = f"record_analyst_{use}{settings.port}"
    return Cookie(f"__Host-{name}" if settings.secure_cookie else name, settings.secure_cookie, samesite)

"""Pages without Streamlit and without script: signing in and out, and errors that happen before a page exists."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from core.errors import LimitReached, RecordAnalystError
from core.web.problem import problem
from core.web.request import is_page

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def _style() -> tuple[str, str]:
    """The style sheet, and its hash for the policy."""
    css = (TEMPLATES / "plain.css").read_text(encoding="utf-8")
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


@functools.cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["code"] = _code
    return environment


def _code(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    css, css_hash = _style()
    html = _environment().get_template(template).render(css=Markup(css), **values)
    response = HTMLResponse(html, status)
    response.headers["content-security-policy"] = (
        f"default-src 'none'; style-src 'sha256-{css_hash}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return response


def told(scope: Scope, error: RecordAnalystError) -> Response:
    """An error as a page for people, as JSON for programs."""
    if not is_page(scope):
        return problem(error)
    response = page("problem.html", error.status, message=error.message, hint=error.hint)
    if isinstance(error, LimitReached):
        response.headers["retry-after"] = str(round(error.retry_after))
    return response

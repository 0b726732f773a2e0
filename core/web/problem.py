"""An error as a program reads it: application/problem+json (RFC 9457), made of the one error tree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse

from core.errors import LimitReached, RecordAnalystError

API = "/api/v1"
PROBLEMS = f"{API}/docs/problems"  # each type's address is also its page
MEDIA_TYPE = "application/problem+json"


def problem_json(error: RecordAnalystError, fields: Sequence[Mapping[str, str]] = ()) -> dict[str, object]:
    """`fields`: where in the request it lies, each with `field` and `message`."""
    body: dict[str, object] = {
        "type": f"{PROBLEMS}/{error.code}",
        "title": error.code.replace("-", " ").capitalize(),
        "status": error.status,
        "detail": error.message,
        "hint": error.hint,
        "code": error.code,
    }
    if fields:
        body["errors"] = [dict(field) for field in fields]
    return body


def problem(error: RecordAnalystError, fields: Sequence[Mapping[str, str]] = ()) -> JSONResponse:
    response = JSONResponse(problem_json(error, fields), error.status, media_type=MEDIA_TYPE)
    if isinstance(error, LimitReached):
        response.headers["retry-after"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response

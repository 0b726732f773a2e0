"""Whatever goes wrong behind the door, as one of the errors of the tree; and what each type means, for its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core import errors
from core.errors import InvalidRequest, MethodNotAllowed, NotFound, RecordAnalystError
from core.web.problem import API, problem

# When it happens, in a sentence or two for who writes the program. The hint says what to do.
MEANINGS: dict[type[RecordAnalystError], str] = {
    errors.RecordAnalystError: "Something went wrong inside the product. The server's log has the cause.",
    errors.InvalidRequest: "A field, a header or the query is not what the OpenAPI document describes. `errors` names "
    "each one that is wrong.",
    errors.InvalidRecordId: "The record ID does not match the use case's rule; `GET /use-cases` has the rule.",
    errors.PurposeRequired: "The use case wants to know why its record is opened; send `purpose`.",
    errors.UnknownUseCase: "No use case has this name.",
    errors.MethodNotAllowed: "This address does not take this method.",
    errors.RequestTooLarge: "The body is longer than 64 KB.",
    errors.UnsupportedMediaType: "The body is not `application/json` in UTF-8.",
    errors.HeadersTooLarge: "Names and values of all headers together are longer than 16 KB.",
    errors.NotSignedIn: "There is no API key in `Authorization: Bearer`, or it is unknown, expired or revoked, or its "
    "user has been disabled. Which of these it is, is in the audit log and nowhere else.",
    errors.SignInUnavailable: "The provider that signs people in does not answer. No API key needs it.",
    errors.NotAllowed: "The role of the key, the use cases it is limited to, or the rule which models may see a "
    "record says no. The refusal is in the audit log.",
    errors.LimitReached: "As many requests as this person may make were made, by whatever key, page or process. "
    "`Retry-After` has the seconds until the next is accepted.",
    errors.NoSuchRecord: "The use case's procedure found nothing for this record ID. It is the `error` of an analysis "
    "whose outcome is `no_record`.",
    errors.NotFound: "There is nothing at this address, or nothing that this key may see: the two look the same.",
    errors.Conflict: "The state forbids it: reviewed already, not completed yet, or an `Idempotency-Key` that was "
    "sent with another request.",
    errors.DatabaseError: "The business database gave an error.",
    errors.DatabaseUnavailable: "The business database does not answer.",
    errors.DriverMissing: "The driver of the business database is not installed on the server.",
    errors.ProcedureMissing: "The use case's stored procedure is not there, or may not be executed.",
    errors.ProcedureFailed: "The stored procedure ended with an error.",
    errors.ProcedureTimedOut: "The stored procedure took longer than it may.",
    errors.MaskingFailed: "The record could not be masked, so no model saw any of it.",
    errors.ModelError: "The model server gave an error.",
    errors.ModelServerUnavailable: "The model server does not answer.",
    errors.ModelMissing: "No server has a model of this name; `GET /models` lists those there are.",
    errors.ModelBusy: "Too many requests wait for this model server.",
    errors.ModelFailed: "The model's answer broke off, or was empty.",
    errors.ModelTimedOut: "The model took longer than it may.",
    errors.PromptTooLong: "The record does not fit the model's context window.",
    errors.StoreUnavailable: "The product's own database does not answer.",
    errors.AuditUnavailable: "The audit log cannot be written. Nothing is done that cannot be recorded.",
    errors.SettingsError: "A setting of the server is wrong.",
    errors.UseCaseInvalid: "The file of a use case is wrong.",
}


def _made(error: type[RecordAnalystError]) -> RecordAnalystError:
    """One without its arguments: only what belongs to the type."""
    return error.__new__(error)


def types() -> Iterator[tuple[str, int, str, str]]:
    """code, status, meaning and hint of every type, in the order of the tree."""
    for error, meaning in MEANINGS.items():
        one = _made(error)
        yield one.code, one.status, meaning, one.hint


async def on_known(_: Request, error: Exception) -> Response:
    assert isinstance(error, RecordAnalystError)
    return problem(error)


async def on_invalid(_: Request, error: Exception) -> Response:
    """Names every field; never repeats what was sent."""
    assert isinstance(error, RequestValidationError)
    fields = [_field(one["loc"], str(one["msg"]), str(one["type"])) for one in error.errors()]
    said = "; ".join(f"{field['field']}: {field['message']}" for field in fields[:3])
    return problem(InvalidRequest(f"{said}."), fields)


def _field(loc: tuple[str | int, ...], message: str, kind: str) -> dict[str, str]:
    if kind == "json_invalid":
        return {"field": "body", "message": f"not JSON, from character {loc[-1]} on"}
    inside = loc[1:] if loc and loc[0] in ("body", "query", "path", "header") else loc
    name = ".".join(str(part) for part in inside) or str(loc[0] if loc else "body")
    return {"field": name[:200], "message": message.removeprefix("Value error, ")}


async def on_http(request: Request, error: Exception) -> Response:
    """What the framework itself says: no such address, no such method, a body that cannot be read."""
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            translated: RecordAnalystError = NotFound("There is nothing at this address.")
        case 405:
            translated = MethodNotAllowed("This address does not take this method.")
        case status if status < 500:
            translated = InvalidRequest("The request cannot be read.")
        case _:
            translated = RecordAnalystError("Something went wrong inside the product.")
    response = problem(translated)
    if error.status_code == 405:
        response.headers["allow"] = ", ".join(sorted(_methods(request))) or (error.headers or {}).get("Allow", "GET")
    return response


def _methods(request: Request) -> set[str]:
    """What this address takes. Each method is a route of its own, and the framework names those of the first only."""
    document: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    path = request.scope["path"].removeprefix(API)
    shapes = {known: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(known))) for known in document}
    return {method.upper() for known, shape in shapes.items() if shape.fullmatch(path) for method in document[known]}


async def on_unexpected(_: Request, __: Exception) -> Response:
    """The server writes the traceback into its log; the caller learns nothing of it."""
    return problem(RecordAnalystError("Something went wrong inside the product."))

"""The API as one ASGI application, for `Mount` in app.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp

from core.errors import NotFound, RecordAnalystError
from core.web.api import problems, schemas
from core.web.api.door import Door
from core.web.api.parts import ApiParts
from core.web.api.routes import routes
from core.web.plain_page import page
from core.web.problem import API, MEDIA_TYPE

DESCRIPTION = (
    "Send a record ID, get a checked answer. Every request needs an API key in `Authorization: Bearer`; make one under "
    "Account, or with `python -m core keys add`. Errors are `application/problem+json`."
)
QUIET: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def api(application: Callable[[], ApiParts]) -> ASGIApp:
    app = FastAPI(
        title="Record Analyst",
        version="1",
        description=DESCRIPTION,
        servers=[{"url": API}],
        root_path_in_servers=False,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": schemas.Problem, "description": "What went wrong"}},
        middleware=[Middleware(Door, application=application)],
        exception_handlers={
            RecordAnalystError: problems.on_known,
            RequestValidationError: problems.on_invalid,
            HTTPException: problems.on_http,
            Exception: problems.on_unexpected,
        },
        telemetry=QUIET,  # a request holds record IDs and questions: nothing of it goes anywhere
    )
    app.include_router(routes(application))
    app.openapi = lambda: _described(app)

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return page("api_docs.html", api=API, document=app.openapi(), types=list(problems.types()))

    @app.get("/docs/problems/{code}", include_in_schema=False)
    def about(code: str) -> Response:
        for known, status, meaning, hint in problems.types():
            if known == code:
                return page("api_problem.html", api=API, code=code, http_status=status, meaning=meaning, hint=hint)
        raise NotFound("There is no error of this type.")

    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """FastAPI's own document, with our errors in place of the ones it assumes."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if status == "default" and "application/json" in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
        for unused in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(unused, None)
    assert app.openapi_schema is not None
    return app.openapi_schema

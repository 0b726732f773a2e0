"""The API's routes. Each reads what came, calls core, and draws; the door has found out who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi import Request as HttpRequest
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, StreamingResponse

from core.access import check_may_open, check_may_stop, reachable, usable
from core.accounts.permissions import may
from core.accounts.user import Actor
from core.analyses import Analysis
from core.analysis_search import Search
from core.audit.entry import Entry, Event, Outcome
from core.audit.query import Filter, page
from core.errors import InvalidRequest, NotAllowed
from core.limits import standings
from core.reviews import review
from core.steps import Request
from core.view import View, view
from core.web.api import schemas, waiting
from core.web.api.asking import add_rate_limits, once
from core.web.api.door import ACTOR
from core.web.api.drawing import draw_analysis, draw_models, draw_summary, draw_use_case, read_cursor, write_cursor
from core.web.api.events import END, follow
from core.web.api.parts import ApiParts
from core.web.api.pulse import Pulse
from core.web.problem import API

EVENTS = "text/event-stream"
EVENT_SCHEMA = {  # of one event, as OpenAPI 3.2 has it (4.14.4)
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["stage", "warning", "text", "evidence", "outcome", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string", "pattern": "^([0-9]+|end)$"},
        "retry": {"type": "integer"},
    },
}
STREAM = {EVENTS: {"schema": EVENT_SCHEMA}}
REPEATED = "idempotent-replayed"
STREAM_HEADERS = {"x-accel-buffering": "no"}  # nginx: pass on what comes as it comes
WAIT_LIMIT = 300  # seconds

key_scheme = HTTPBearer(auto_error=False, scheme_name="ApiKey", bearerFormat="ra_…", description="An API key.")


def _actor(request: HttpRequest, _: Annotated[object, Depends(key_scheme)]) -> Actor:
    actor: Actor = request.scope[ACTOR]
    return actor


Who = Annotated[Actor, Depends(_actor)]
AnalysisId = Annotated[UUID, Path(description="the `id` of an analysis")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[ -~]+$",
        description="a name of your own for this request: sent again within 24 hours, it does nothing new",
    ),
]
LastEventId = Annotated[
    str | None, Header(pattern=r"^([0-9]{1,9}|end)$", description="go on after the event that has this ID")
]
Wait = Annotated[
    int | None, Query(ge=1, le=WAIT_LIMIT, description="answer when it has ended, or after so many seconds")
]
Include = Annotated[Literal["record"] | None, Query(description="`record`: with the record's result sets")]


def routes(application: Callable[[], ApiParts]) -> APIRouter:
    router = APIRouter()
    pulse = Pulse(lambda: application().engine)

    @router.get("/health", tags=["health"], summary="Whether it is up", responses={503: {"model": schemas.Up}})
    async def health(response: Response) -> schemas.Up:
        """Needs no key, and says no more than this. The answer is at most a second old."""
        if await pulse.is_up():
            return schemas.Up(status="up")
        response.status_code = 503
        return schemas.Up(status="down")

    @router.get("/use-cases", tags=["what there is"], summary="What may be asked")
    def use_cases(actor: Who) -> schemas.UseCaseList:
        """The use cases of the key's role, or those of them that the key is limited to."""
        parts = application()
        mine = usable(actor, parts.use_cases)
        return schemas.UseCaseList(items=[draw_use_case(one, parts.parts.default_model(one)) for one in mine])

    @router.get("/models", tags=["what there is"], summary="Which models answer, and why some may not")
    def models(actor: Who) -> schemas.ModelList:
        parts = application()
        return draw_models(parts, parts.catalogue.list(), usable(actor, parts.use_cases))

    @router.post(
        "/analyses",
        status_code=201,
        tags=["analyses"],
        summary="Ask",
        response_model=schemas.AnalysisOut,
        responses={201: {"content": STREAM, "headers": _headers("Location", "RateLimit", "RateLimit-Policy")}},
    )
    async def ask(
        http: HttpRequest,
        actor: Who,
        wanted: schemas.Ask,
        wait: Wait = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Starts an analysis and answers as soon as it is accepted; it goes on whether anybody listens or not.

        With `Accept: text/event-stream` the answer is its events, as from `GET /analyses/{id}/events`. With `wait` it
        is the finished analysis.
        """
        parts = application()

        async def start(request_id: UUID) -> None:
            request = Request(actor=actor, request_id=request_id, **wanted.model_dump())
            await waiting.accepted(parts.jobs.start(request))

        body = wanted.model_dump(mode="json")
        request_id, repeated = await once(parts, actor, idempotency_key, "ask", body, uuid4(), start)
        response = await _answer(parts, actor, http, request_id, wait)
        response.headers["location"] = f"{API}/analyses/{request_id}"
        if repeated:
            response.headers[REPEATED] = "true"
        user, limits = actor.user, parts.settings.limits
        add_rate_limits(
            response,
            await run_in_threadpool(standings, parts.engine, user.username, user.role, wanted.use_case, limits),
        )
        return response

    @router.get("/analyses", tags=["analyses"], summary="List")
    def analyses(actor: Who, query: Annotated[schemas.AnalysisQuery, Query()]) -> schemas.AnalysisPage:
        """The newest first. To turn the page, send `next` as `cursor`."""
        parts = application()
        if query.username and query.whose == "mine":
            raise InvalidRequest("username: only with whose=all.")
        what = Search(
            username=actor.user.username if query.whose == "mine" else query.username,
            use_cases=(query.use_case,) if query.use_case else None,
            text=query.text or "",
            outcomes=(query.outcome,) if query.outcome else (),
            since=query.since,
            unreviewed_for=actor.user.username if query.unreviewed else None,
            before=read_cursor(query.cursor) if query.cursor is not None else None,
            limit=query.limit + 1,
        )
        found = parts.analyses.search(reachable(actor, parts.use_cases, what))
        more = len(found) > query.limit
        return schemas.AnalysisPage(
            items=[draw_summary(line) for line in found[: query.limit]],
            next=write_cursor(found[query.limit - 1]) if more else None,
        )

    @router.get("/analyses/{analysis_id}", tags=["analyses"], summary="Read")
    async def analysis(
        actor: Who, analysis_id: AnalysisId, wait: Wait = None, include: Include = None
    ) -> schemas.AnalysisOut:
        """How it stands. Reading another person's analysis is recorded in the audit log."""
        parts = application()
        shown = await run_in_threadpool(_open, parts, actor, analysis_id)
        if wait and shown.analysis.running:
            shown = view(await waiting.ended(parts.jobs, analysis_id, wait), parts.use_cases, actor.user)
        return await run_in_threadpool(draw_analysis, shown, with_record=include == "record")

    @router.get(
        "/analyses/{analysis_id}/events",
        tags=["analyses"],
        summary="Follow",
        response_class=StreamingResponse,
        responses={200: {"content": STREAM}, 204: {"description": "All of it was told: `Last-Event-ID` is `end`."}},
    )
    async def events(actor: Who, analysis_id: AnalysisId, last_event_id: LastEventId = None) -> Response:
        """Server-sent events: `stage`, `warning`, `text`, `evidence`, and `outcome` as the last."""
        parts = application()
        shown = await run_in_threadpool(_open, parts, actor, analysis_id)
        if last_event_id == END:
            return Response(status_code=204)
        return _stream(parts, actor, shown.analysis, int(last_event_id or 0), 200)

    @router.post("/analyses/{analysis_id}/stop", status_code=202, tags=["analyses"], summary="Stop")
    async def stop(
        actor: Who, response: Response, analysis_id: AnalysisId, idempotency_key: IdempotencyKey = None
    ) -> schemas.AnalysisOut:
        """Stops an own analysis, in whatever process it runs; one that runs elsewhere learns of it within a second
        or so. Stopping one that has ended does nothing."""
        parts = application()
        shown = await run_in_threadpool(_open, parts, actor, analysis_id)
        check_may_stop(actor, shown.analysis)

        async def act(_: UUID) -> None:
            await run_in_threadpool(parts.jobs.stop, analysis_id)

        _, repeated = await once(parts, actor, idempotency_key, f"stop {analysis_id}", None, analysis_id, act)
        if repeated:
            response.headers[REPEATED] = "true"
        now = await run_in_threadpool(parts.jobs.analysis, analysis_id)
        return draw_analysis(view(now, parts.use_cases, actor.user))

    @router.post("/analyses/{analysis_id}/review", tags=["analyses"], summary="Review")
    async def review_it(
        actor: Who,
        response: Response,
        analysis_id: AnalysisId,
        verdict: schemas.Verdicted,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.AnalysisOut:
        """A manager's verdict on another's completed analysis; there is one."""
        parts = application()
        if not may(actor.user.role, "review"):
            raise NotAllowed("Only managers review.")
        await run_in_threadpool(_open, parts, actor, analysis_id)

        async def act(_: UUID) -> None:
            await run_in_threadpool(review, parts.audit, actor, analysis_id, verdict.verdict, verdict.comment)

        body, action = verdict.model_dump(mode="json"), f"review {analysis_id}"
        _, repeated = await once(parts, actor, idempotency_key, action, body, analysis_id, act)
        if repeated:
            response.headers[REPEATED] = "true"
        now = await run_in_threadpool(parts.jobs.analysis, analysis_id)
        return draw_analysis(view(now, parts.use_cases, actor.user))

    @router.get("/audit", tags=["audit"], summary="The audit log")
    def audit(actor: Who, query: Annotated[schemas.AuditQuery, Query()]) -> schemas.AuditPageOut:
        """The newest first, for admins. Every look is itself recorded."""
        parts = application()
        _check_may_audit(parts, actor, query.use_case)
        what = Filter(**query.model_dump(exclude={"cursor", "limit"}))
        parts.audit.append(Entry(event=Event.AUDIT_VIEWED, actor=actor, details=dict(what.to_json()) or None))
        found = page(parts.engine, what, before=query.cursor, limit=query.limit)
        return schemas.AuditPageOut(
            items=[schemas.AuditRowOut.model_validate(row.to_json()) for row in found.rows],
            next=found.rows[-1].seq if found.has_older else None,
        )

    return router


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"schema": {"type": "string"}} for name in names}


def _open(parts: ApiParts, actor: Actor, analysis_id: UUID) -> View:
    """The analysis as this key sees it. Raises NotFound. Audited when it is another person's."""
    analysis = parts.jobs.analysis(analysis_id)
    check_may_open(actor, analysis, parts.use_cases)
    if analysis.username != actor.user.username:
        parts.audit.append(
            Entry(
                event=Event.OPENED,
                actor=actor,
                request_id=analysis_id,
                use_case=analysis.use_case,
                record_id=analysis.record_id,
            )
        )
    return view(analysis, parts.use_cases, actor.user)


async def _answer(parts: ApiParts, actor: Actor, http: HttpRequest, request_id: UUID, wait: int | None) -> Response:
    if EVENTS in http.headers.get("accept", ""):
        shown = await run_in_threadpool(_open, parts, actor, request_id)
        return _stream(parts, actor, shown.analysis, 0, 201)
    if wait:
        await waiting.ended(parts.jobs, request_id, wait)
    shown = await run_in_threadpool(_open, parts, actor, request_id)
    drawn = await run_in_threadpool(draw_analysis, shown)
    return JSONResponse(drawn.model_dump(mode="json"), 201)


def _stream(parts: ApiParts, actor: Actor, analysis: Analysis, told: int, status: int) -> Response:
    events = follow(parts.jobs, analysis, lambda now: view(now, parts.use_cases, actor.user), told)
    return StreamingResponse(events, status, STREAM_HEADERS, media_type=EVENTS)


def _check_may_audit(parts: ApiParts, actor: Actor, use_case: str | None) -> None:
    """Raises NotAllowed, audited."""
    if not may(actor.user.role, "audit"):
        why = "Only admins read the audit log."
    elif actor.use_cases is not None and (use_case is None or not actor.may_use(use_case)):
        why = "This key reads the audit log of its own use cases only; name one in `use_case`."
    else:
        return
    parts.audit.append(
        Entry(
            event=Event.PAGE_REFUSED,
            actor=actor,
            outcome=Outcome.REFUSED,
            reason="the role may not",
            details={"page": "audit"},
        )
    )
    raise NotAllowed(why)

"""An analysis as server-sent events, for as many listeners as there are, without a thread for each.

The ID of an event is how many characters of the answer, as the listener sees it, were sent up to there. So whoever
comes back with `Last-Event-ID` gets exactly the rest, from whichever process answers. `end` is the ID of the last.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from core.analyses import Analysis
from core.errors import RecordAnalystError
from core.evidence.verdict import Evidence
from core.jobs import Jobs
from core.masking import Unmasker
from core.view import View
from core.web.api.drawing import draw_analysis, draw_evidence
from core.web.api.waiting import changes
from core.web.problem import problem_json

END = "end"
RETRY_MILLISECONDS = 1_000
BREATH_SECONDS = 0.05  # changes within it go out together
ELSEWHERE_SECONDS = 0.5  # how often one that runs in another process is looked at; it is saved about once a second
PING_SECONDS = 15.0


class Teller:
    """What one listener has been told, and so what comes next."""

    def __init__(self, told: int) -> None:
        self._skip = told  # characters of the shown answer that they have already
        self._at = 0  # characters of it that are behind us
        self._fed = 0  # characters of the masked answer that went into the unmasker
        self._unmasker: Unmasker | None = None
        self._stage: str | None = None
        self._warnings = 0
        self._evidence: Evidence | None = None
        self._claims = 0

    def tell(self, shown: View) -> Iterator[bytes]:
        analysis = shown.analysis
        if analysis.stage and analysis.stage != self._stage:
            self._stage = analysis.stage
            yield self._event("stage", {"stage": analysis.stage})
        for warning in analysis.warnings[self._warnings :]:
            yield self._event("warning", {"warning": warning})
        self._warnings = len(analysis.warnings)
        if text := self._new_text(shown):
            yield self._event("text", {"text": text})
        if analysis.evidence is not self._evidence:  # it grows with a sentence, not with each word
            self._evidence = analysis.evidence
            if (drawn := draw_evidence(shown, self._claims)) and drawn.claims:
                self._claims += len(drawn.claims)
                yield self._event("evidence", drawn)
        if not analysis.running:
            yield self._event("outcome", draw_analysis(shown), END)

    def _new_text(self, shown: View) -> str:
        analysis = shown.analysis
        if self._unmasker is None:
            if not analysis.answer:
                return ""
            self._unmasker = Unmasker(shown.tokens)
        if len(analysis.answer) < self._fed:  # taken back: it could not be recorded
            return ""
        text = self._unmasker.feed(analysis.answer[self._fed :])
        self._fed = len(analysis.answer)
        if not analysis.running:
            text += self._unmasker.end()
        begin, self._at = self._at, self._at + len(text)
        return text[max(0, self._skip - begin) :]

    def _event(self, name: str, data: BaseModel | dict[str, str], event_id: str | None = None) -> bytes:
        body = data.model_dump_json() if isinstance(data, BaseModel) else to_json(data).decode()
        return format_sse_event(event=name, data_str=body, id=event_id or str(max(self._at, self._skip)))


async def follow(
    jobs: Jobs, analysis: Analysis, as_seen: Callable[[Analysis], View], told: int
) -> AsyncGenerator[bytes]:
    """The events from there on until it ends. Closing the generator leaves the analysis alone."""
    teller = Teller(told)
    yield format_sse_event(retry=RETRY_MILLISECONDS)
    quiet_since = time.monotonic()
    try:
        async for now in _versions(jobs, analysis):
            for event in teller.tell(as_seen(now)):
                quiet_since = time.monotonic()
                yield event
            if time.monotonic() - quiet_since > PING_SECONDS:
                quiet_since = time.monotonic()
                yield KEEPALIVE_COMMENT
    except RecordAnalystError as error:  # the state database is away: they come back by themselves
        yield format_sse_event(event="problem", data_str=to_json(problem_json(error)).decode())


async def _versions(jobs: Jobs, analysis: Analysis) -> AsyncGenerator[Analysis]:
    """How it stands, again and again; the last has ended. Also when nothing changed, every now and then."""
    if job := jobs.get(analysis.request_id):
        with changes(job) as changed:
            while True:
                changed.clear()
                yield (analysis := job.snapshot())
                if not analysis.running:
                    return
                if analysis.answer:  # the first of it is not kept waiting
                    await asyncio.sleep(BREATH_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), PING_SECONDS)
    while True:
        yield analysis
        if not analysis.running:
            return
        await asyncio.sleep(ELSEWHERE_SECONDS)
        analysis = await run_in_threadpool(jobs.look, analysis)

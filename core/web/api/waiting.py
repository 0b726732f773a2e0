"""Waiting for an analysis without a thread: until it is accepted or turned away, or until it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from core.analyses import Analysis
from core.job import Job
from core.jobs import Jobs

LOOK_SECONDS = 0.5


@contextmanager
def changes(job: Job) -> Generator[asyncio.Event]:
    """An event that is set after every change of the job."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def called() -> None:
        with suppress(RuntimeError):  # the server is ending, and its loop has
            loop.call_soon_threadsafe(changed.set)

    deaf = job.listen(called)
    try:
        yield changed
    finally:
        deaf()


async def accepted(job: Job) -> None:
    """Raises the error that turned it away before anything was fetched."""
    await _until(job, lambda: job.accepted or job.ended is not None, None)
    if not job.accepted and job.error is not None:
        raise job.error


async def ended(jobs: Jobs, request_id: UUID, seconds: float) -> Analysis:
    """How it stands when it has ended, or after so many seconds; in whatever process it runs."""
    if job := jobs.get(request_id):
        await _until(job, lambda: job.ended is not None, seconds)
        return await run_in_threadpool(jobs.analysis, request_id)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    analysis = await run_in_threadpool(jobs.analysis, request_id)
    while analysis.running and loop.time() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        analysis = await run_in_threadpool(jobs.look, analysis)
    return analysis


async def _until(job: Job, done: Callable[[], bool], seconds: float | None) -> None:
    with changes(job) as changed, suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not done():
                await changed.wait()
                changed.clear()

"""Analyses that run in the background of this process, whoever watches or leaves.

One thread for each drives core.analysis.analyze. One more writes how all of them stand to the state database about once
a second, so that they can be opened on another replica and after a crash.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from core.analyses import Analyses, Analysis, content_columns, save, text_columns
from core.analysis import analyze
from core.audit.entry import Outcome
from core.errors import RecordAnalystError
from core.job import Job
from core.log import request_of
from core.parts import Parts
from core.steps import Finished, Request, Result, Step

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
KEEP_SECONDS = 300.0  # an ended job stays in memory for the page that watches it; then the database has it


class Jobs:
    """The jobs of this process."""

    def __init__(self, parts: Parts, engine: Engine, finished: Callable[[Result], None] | None = None) -> None:
        """`finished` is called with what each request came to, in the thread of its job. It must not raise."""
        self._parts = parts
        self._finished = finished
        self._engine = engine
        self._stored = Analyses(engine)
        self._lock = threading.Lock()
        self._jobs: dict[UUID, Job] = {}
        self._threads: set[threading.Thread] = set()
        self._saver: threading.Thread | None = None
        self._closed = threading.Event()

    def start(self, request: Request) -> Job:
        job = Job(request)
        thread = threading.Thread(target=self._run, args=(job,), name=f"analysis-{request.request_id}", daemon=True)
        with self._lock:
            self._forget_old()
            self._jobs[request.request_id] = job
            self._threads.add(thread)
            if self._saver is None:
                self._saver = threading.Thread(target=self._save_running, name="analysis-saver", daemon=True)
                self._saver.start()
        thread.start()
        return job

    def get(self, request_id: UUID) -> Job | None:
        with self._lock:
            return self._jobs.get(request_id)

    def running(self) -> set[UUID]:
        with self._lock:
            return {request_id for request_id, job in self._jobs.items() if job.ended is None}

    def analysis(self, request_id: UUID) -> Analysis:
        """How it stands, from memory or the database. Raises NotFound, StoreUnavailable."""
        if job := self.get(request_id):
            now = job.snapshot()
            if now.running or now.audit_outcome is None or now.outcome is Outcome.REFUSED:
                return now  # what was not accepted is nowhere else
        return self._stored.get(request_id)

    def look(self, before: Analysis) -> Analysis:
        """How it stands now, given how it stood: reads only what is new when it runs elsewhere."""
        if self.get(before.request_id) or not before.running or before.masked is None:
            return self.analysis(before.request_id)
        now = self._stored.progress(before.request_id, len(before.answer))
        if not now.running:
            return self._stored.get(before.request_id)
        return replace(before, stage=now.stage, answer=before.answer + now.text)

    def stop(self, request_id: UUID) -> None:
        """Stops it on whichever replica it runs. Raises StoreUnavailable."""
        if job := self.get(request_id):
            job.stop()
        else:
            self._stored.request_stop(request_id)

    def close(self, seconds: float = 5.0) -> None:
        """Stops all and waits for their outcomes to be appended."""
        with self._lock:
            jobs, threads = list(self._jobs.values()), list(self._threads)
        for job in jobs:
            job.stop()
        deadline = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._closed.set()
        if self._saver:
            self._saver.join(max(0.0, deadline - time.monotonic()))

    def _run(self, job: Job) -> None:
        with request_of(job.request.request_id):
            self._drive(job)

    def _drive(self, job: Job) -> None:
        try:
            for step in analyze(job.request, self._parts, job.stopping):
                self._apply(job, step)
        except Exception as error:  # of the pipeline itself: whoever watches must not wait for ever
            log.exception("request %s ended unexpectedly", job.request.request_id)
            unexpected = RecordAnalystError("Something went wrong inside the product.")
            unexpected.__cause__ = error
            self._apply(job, Finished(Result(outcome=Outcome.FAILED, error=unexpected)))
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _apply(self, job: Job, step: Step) -> None:
        if self._finished and isinstance(step, Finished):
            self._finished(step.result)
        job.apply(step)

    def _save_running(self) -> None:
        """The record and prompt of each once they are there, then only its text; learns of Stop from elsewhere.

        By one thread, one after another: with many under way, one each would take all connections to the database from
        those who must write to the audit log. The whole is written at the outcome; this is for other replicas, and for
        a crash.
        """
        whole: set[UUID] = set()  # those whose record and prompt are saved
        while not self._closed.wait(SAVE_SECONDS):
            with self._lock:
                running = [job for job in self._jobs.values() if job.ended is None]
            whole &= {job.request.request_id for job in running}
            for job in running:
                now = job.snapshot()
                if now.audit_asked is not None and self._save(job, now, now.request_id in whole) and now.prompt:
                    whole.add(now.request_id)

    def _save(self, job: Job, now: Analysis, text_only: bool) -> bool:
        values = text_columns(now.answer, now.thinking, now.stage)
        if not text_only:
            values |= content_columns(now.masked, now.prompt, now.model, now.warnings)
        try:
            with self._engine.begin() as connection:
                stop_requested = save(connection, now.request_id, values)
        except SQLAlchemyError:
            log.warning("request %s could not be saved just now", now.request_id)
            return False
        if stop_requested:
            job.stop()
        return True

    def _forget_old(self) -> None:
        now = time.monotonic()
        for request_id, job in list(self._jobs.items()):
            if job.ended is not None and now - job.ended > KEEP_SECONDS:
                del self._jobs[request_id]

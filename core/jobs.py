"""Analyses that run in the background of this process, whoever watches or leaves.

A job is one thread that drives core.analysis.analyze and keeps how it stands for any number of watchers. One more
thread writes how all of them stand to the state database about once a second, so that they can be opened on another
replica and after a crash.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from core.analyses import Analyses, Analysis, content_columns, save, text_columns
from core.analysis import analyze
from core.audit.entry import Outcome
from core.errors import RecordAnalystError
from core.log import request_of
from core.parts import Parts
from core.steps import Asked, Checked, Fetched, Finished, Prompted, Request, Result, Stage, Step, Text, Thinking, Warned

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
KEEP_SECONDS = 300.0  # an ended job stays in memory for the page that watches it; then the database has it


class Job:
    """One running or just ended analysis. Safe to share between threads."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.began = time.monotonic()
        self.ended: float | None = None
        self.error: RecordAnalystError | None = None
        self.accepted = False  # past everything that turns a request away: limits, rights, the choice of the model
        self._listeners: set[Callable[[], None]] = set()
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._version = 0
        self._answer: list[str] = []
        self._thinking: list[str] = []
        self._state = Analysis(
            request_id=request.request_id,
            asked_at=datetime.now(UTC),
            username=request.actor.user.username,
            role=request.actor.user.role,
            source=request.actor.source,
            use_case=request.use_case,
            record_id=request.record_id,
            model=request.model or "",
            purpose=request.purpose,
            question=request.question,
            parameters=request.parameters,
            follows=request.follows,
            stage="Asking",
        )

    def stop(self) -> None:
        self._stop.set()

    @property
    def stopping(self) -> threading.Event:
        return self._stop

    def snapshot(self) -> Analysis:
        return self.watch(-1, 0)[1]

    def watch(self, seen: int, timeout: float) -> tuple[int, Analysis]:
        """Waits until there is something newer than version `seen`, at most `timeout` seconds. -1: at once."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, timeout)
            answer, thinking = "".join(self._answer), "".join(self._thinking)
            if len(self._answer) > 1:
                self._answer, self._thinking = [answer], [thinking]
            return self._version, replace(self._state, answer=answer, thinking=thinking)

    def listen(self, called: Callable[[], None]) -> Callable[[], None]:
        """`called` after every change, in the thread of the job: it must return at once. Returns how to end that."""
        with self._changed:
            self._listeners.add(called)
        return lambda: self._forget(called)

    def _forget(self, called: Callable[[], None]) -> None:
        with self._changed:
            self._listeners.discard(called)

    def apply(self, step: Step) -> None:
        with self._changed:
            self._version += 1
            self.accepted |= isinstance(step, Stage | Fetched)
            match step:
                case Text(text):
                    self._answer.append(text)
                case Thinking(text):
                    self._thinking.append(text)
                case _:
                    self._state = self._next(self._state, step)
            self._changed.notify_all()
            listeners = tuple(self._listeners)
        for called in listeners:
            called()

    def _next(self, state: Analysis, step: Step) -> Analysis:
        match step:
            case Asked(use_case, record_id, seq):
                return replace(state, use_case=use_case.name, record_id=record_id, audit_asked=seq)
            case Stage(_, detail):
                return replace(state, stage=detail)
            case Fetched(masked, milliseconds):
                return replace(state, masked=masked, procedure_ms=milliseconds)
            case Prompted(prompt, model):
                return replace(state, prompt=prompt.messages, model=model.id)
            case Checked(evidence):
                return replace(state, evidence=evidence)
            case Warned(text):
                return replace(state, warnings=(*state.warnings, text))
            case Finished(result):
                self.ended = time.monotonic()
                return self._finished(state, result)
            case _:
                return state

    def _finished(self, state: Analysis, result: Result) -> Analysis:
        if result.audit_outcome is None:  # no audit row, no answer
            self._answer, self._thinking = [], []
        usage, error = result.usage, result.error
        self.error = error
        return replace(
            state,
            stage=None,
            outcome=result.outcome,
            outcome_at=datetime.now(UTC),
            model=result.model.id if result.model else state.model,
            error_code=error.code if error else None,
            error_message=error.message if error else None,
            error_hint=error.hint if error else None,
            evidence=result.evidence or (state.evidence if result.audit_outcome else None),
            prompt_tokens=usage.prompt_tokens if usage else None,
            answer_tokens=usage.answer_tokens if usage else None,
            load_ms=usage.load_ms if usage else None,
            first_token_ms=result.first_token_ms,
            total_ms=result.total_ms,
            done_reason=usage.done_reason if usage else None,
            audit_asked=result.audit_asked,
            audit_outcome=result.audit_outcome,
        )


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

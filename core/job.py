"""One analysis that runs in the background, and how it stands for any number of watchers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from core.analyses import Analysis
from core.errors import RecordAnalystError
from core.steps import Asked, Checked, Fetched, Finished, Prompted, Request, Result, Stage, Step, Text, Thinking, Warned

SOON_FOLLOWED = (Fetched, Prompted)
"""A stage comes right after these, so nobody is woken for them: the first word would wait until they have looked."""


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
            if isinstance(step, SOON_FOLLOWED):
                return
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

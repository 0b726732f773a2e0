"""What the pipeline needs from others, as seen from there. Real: core/pipeline_parts.py; tests have their own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from core.evidence.verdict import Evidence
from core.masking import MaskedRecord
from core.models.model import ModelInfo, ModelServer, Options
from core.models.tokens import TokenCounts
from core.prompts import Prompt, Talk
from core.records.record import Record
from core.steps import Earlier, Request, Result
from core.use_cases import UseCase


class Ledger(Protocol):
    """Keeps the two rows of a request. Each method raises AuditUnavailable when it cannot."""

    def asked(self, request: Request, use_case: UseCase, record_id: str) -> int:
        """Appends "asked" and returns its seq. Raises LimitReached, having appended nothing."""
        ...

    def refused(self, request: Request, result: Result) -> None:
        """Appends "asked" and "refused" together and puts both seqs into `result`."""
        ...

    def outcome(self, request: Request, result: Result) -> int: ...


class UseCaseSource(Protocol):
    def get(self, name: str) -> UseCase: ...


class Procedures(Protocol):
    def __call__(self, request: Request, use_case: UseCase, record_id: str, stop: threading.Event) -> Record: ...


class Models(Protocol):
    def candidates(self, model: str | None, use_case: UseCase) -> Sequence[tuple[ModelServer, ModelInfo]]:
        """Where the model may be asked, at least one server, the best first. Raises ModelError, NotAllowed."""
        ...


class Checker(Protocol):
    def check(self, answer: str) -> Evidence: ...
    def check_from(self, answer: str, start: int) -> Evidence: ...


class Place(Protocol):
    """A place in the queue of a model server; `wait` returns the number of requests ahead, 0 when it is our turn."""

    def wait(self, seconds: float) -> int: ...

    @property
    def expected_seconds(self) -> float | None:
        """Until it is our turn, judged by the answers before; None when there were none."""
        ...


class Parts(Protocol):
    """The collaborators."""

    @property
    def use_cases(self) -> UseCaseSource: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def models(self) -> Models: ...
    @property
    def call_procedure(self) -> Procedures: ...
    @property
    def tokens(self) -> TokenCounts: ...
    @property
    def answer_characters(self) -> int: ...
    def earlier(self, request: Request, use_case: UseCase, record_id: str) -> Earlier:
        """What the analysis that `request` follows has left. Raises NotAllowed."""
        ...

    def mask(self, record: Record, use_case: UseCase, question: str) -> MaskedRecord: ...
    def mask_question(self, masked: MaskedRecord, use_case: UseCase, question: str) -> MaskedRecord | None: ...
    def fill(
        self, masked: MaskedRecord, use_case: UseCase, model: ModelInfo, share: float, earlier: Talk | None
    ) -> Prompt: ...
    def checker(self, record: Record) -> Checker: ...
    def model_seconds(self, use_case: UseCase) -> float: ...
    def model_options(self, use_case: UseCase) -> Options: ...
    def queue(self, server: str, username: str) -> AbstractContextManager[Place]: ...

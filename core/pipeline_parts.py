"""The collaborators of the pipeline, real: what core.parts asks for, out of the settings and what the product keeps."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from core.analyses import Analyses
from core.choices import Choices
from core.disclosure import canary_for
from core.errors import NotAllowed, NotFound, SettingsError
from core.evidence.check import Checker
from core.follow_ups import what_it_left
from core.ledger import AuditedLedger
from core.masking import MaskedRecord, mask, mask_question
from core.models.catalogue import Catalogue
from core.models.model import ModelInfo, ModelServer, Options
from core.models.queue import FairQueue, Turn
from core.models.tokens import TokenCounts
from core.parameters import arguments
from core.prompts import Prompt, Talk, fill
from core.records.procedures import CallStopped, Database, Identity, Limits, call
from core.records.record import Record
from core.settings import Settings
from core.steps import Earlier, Request, Stopped
from core.use_cases import UseCase, UseCases


@dataclass(frozen=True, slots=True)
class PipelineParts:
    """core.parts.Parts. Safe to share between threads."""

    settings: Settings
    use_cases: UseCases
    ledger: AuditedLedger
    catalogue: Catalogue
    databases: Mapping[str, Database]
    queues: dict[str, FairQueue]
    masking_key: bytes  # of `hash` and of the canary: the same value has the same hash here, and only here
    analyses: Analyses
    choices: Choices
    tokens: TokenCounts = field(default_factory=TokenCounts)

    @property
    def models(self) -> PipelineParts:
        return self

    @property
    def answer_characters(self) -> int:
        return self.settings.limits.answer_characters

    def default_model(self, use_case: UseCase) -> str:
        """What an administrator chose, else the use case's own, else the settings'."""
        return self.choices.get(f"default_model.{use_case.name}") or use_case.model or self.settings.default_model

    def candidates(self, model: str | None, use_case: UseCase) -> list[tuple[ModelServer, ModelInfo]]:
        return self.catalogue.candidates(model or self.default_model(use_case), use_case.sensitivity)

    def earlier(self, request: Request, use_case: UseCase, record_id: str) -> Earlier:
        assert request.follows is not None
        try:
            analysis = self.analyses.get(request.follows)
        except NotFound as error:
            raise NotAllowed("There is no such analysis to go on from.", "Ask about this record anew.") from error
        return what_it_left(analysis, request.actor.user, use_case.name, record_id, request.parameters)

    def call_procedure(self, request: Request, use_case: UseCase, record_id: str, stop: threading.Event) -> Record:
        user, limits = request.actor.user, self.settings.limits
        try:
            return call(
                database_of(self.databases, use_case),
                use_case.procedure,
                {use_case.parameter: record_id, **arguments(use_case.parameters, request.parameters, user)},
                Identity(user.username, user.role, str(request.request_id)),
                Limits(
                    use_case.limits.procedure_seconds or limits.procedure_seconds,
                    use_case.limits.rows or limits.rows,
                    limits.bytes,
                ),
                record_id=record_id,
                result_sets=use_case.result_sets,
                stop=stop,
            )
        except CallStopped as error:
            raise Stopped from error

    def mask(self, record: Record, use_case: UseCase, question: str) -> MaskedRecord:
        return mask(record, use_case, question=question, key=self.masking_key)

    def mask_question(self, masked: MaskedRecord, use_case: UseCase, question: str) -> MaskedRecord | None:
        return mask_question(masked, use_case, question, key=self.masking_key)

    def fill(
        self, masked: MaskedRecord, use_case: UseCase, model: ModelInfo, share: float, earlier: Talk | None
    ) -> Prompt:
        canary = canary_for(masked, self.masking_key)
        return fill(masked, use_case, model.context_length, share=share, earlier=earlier, canary=canary)

    def checker(self, record: Record) -> Checker:
        return Checker(record)

    def model_seconds(self, use_case: UseCase) -> float:
        return use_case.limits.model_seconds or self.settings.limits.model_seconds

    def model_options(self, use_case: UseCase) -> Options:
        return use_case.options.model_dump(exclude_none=True)

    def queue(self, server: str, username: str) -> AbstractContextManager[Turn]:
        if (queue := self.queues.get(server)) is None:
            own, limits = self.settings.models.get(server), self.settings.limits
            slots = (own and own.answers_at_once) or limits.running_per_server
            queue = self.queues.setdefault(server, FairQueue(slots, limits.waiting_per_server))
        return queue.place(username)


def database_of(databases: Mapping[str, Database], use_case: UseCase) -> Database:
    try:
        return databases[use_case.database]
    except KeyError as error:
        known = ", ".join(sorted(databases)) or "none"
        raise SettingsError(
            f"The use case “{use_case.title}” names a database that is not in the settings.",
            f"An administrator must add [databases.{use_case.database}], or name one of: {known}.",
        ) from error

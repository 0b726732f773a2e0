"""The only wiring: settings in, a running application out. Whoever opens it closes it."""

from __future__ import annotations

import atexit
import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, make_url

from core.accounts.api_keys import ApiKeys
from core.accounts.demo import settle_demo_accounts
from core.accounts.sessions import Sessions
from core.accounts.users import Users
from core.analyses import Analyses
from core.audit.keys import Keys, Use
from core.audit.log import AuditLog
from core.audit.verification import State
from core.audit.verify import verify
from core.choices import Choices
from core.contracts import Contracts
from core.disclosure import canary_for
from core.errors import NotAllowed, NotFound, RecordAnalystError, SettingsError
from core.evidence.check import Checker
from core.follow_ups import what_it_left
from core.idempotency import IdempotencyKeys
from core.jobs import Jobs
from core.ledger import AuditedLedger, sweep
from core.log import log_to
from core.masking import MaskedRecord, mask, mask_question
from core.model_administration import ModelAdministration
from core.models.catalogue import Catalogue
from core.models.embedded.launch import EmbeddedModels
from core.models.model import Feature, ModelInfo, ModelServer, Options
from core.models.ollama import CONTEXT_CEILING as OLLAMA_CEILING
from core.models.ollama import OllamaServer, is_this_machine
from core.models.queue import FairQueue, Turn
from core.models.tokens import TokenCounts
from core.parameters import arguments
from core.performance import Performances
from core.prompts import Prompt, Talk, fill
from core.records.procedures import CallStopped, Database, Identity, Limits, call
from core.records.record import Record
from core.retention import erase_expired
from core.settings import ROOT, Settings, read_settings
from core.steps import Earlier, Request, Stopped
from core.store.embedded import SAMPLE_DATABASE, STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine
from core.store.processes import Presence
from core.use_cases import UseCase, UseCases
from core.warming import Warming
from samples import settle_samples

if TYPE_CHECKING:
    from core.metrics import Metrics

log = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 20.0
CLOSING_SECONDS = 3.0  # a database that does not answer holds up the end no longer than this
CONTRACT_SECONDS = 2.0  # between two looks whether a use-case file has changed
LOOK_SECONDS = 1.0  # between two looks whether the embedded database is there
RETENTION_SECONDS = 3_600.0
VERIFICATION_SECONDS = 300.0
SAMPLE = "sample"  # the embedded business database, as use cases name it
EMBEDDED = "embedded"  # the embedded model server
USUAL_OLLAMA = "http://127.0.0.1:11434"


@dataclass(frozen=True, slots=True)
class PipelineParts:
    """core.analysis.Parts with everything real."""

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


class Application:
    """Everything a face of the product needs. Made by `open_application`, ended by `close`."""

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self.closing = closing
        self._ended = threading.Event()
        self._retention_due = 0.0  # time.monotonic()
        self._verification_due = 0.0
        self.settings = settings
        self._postgres, self.state_url, owner_url, business_url = _urls(settings, closing)
        migrate(owner_url, str(self.state_url.username))
        self.engine: Engine = open_engine(self.state_url)
        closing.callback(self.engine.dispose)
        self.keys = Keys.load(settings.var / "secrets")
        self.audit = AuditLog(
            self.engine, self.keys, settings.var / "audit", settings.audit_copy, settings.audit_webhook
        )
        closing.callback(self.audit.close)
        self.users = Users(self.engine, self.audit)
        self.api_keys = ApiKeys(self.engine, self.audit)
        self.idempotency = IdempotencyKeys(self.engine)
        self.sessions = Sessions(self.engine, self.audit, settings.sessions)
        settle_demo_accounts(self.users, exist=settings.embedded)
        self.presence = Presence(self.engine)
        closing.callback(self.presence.close)
        self.databases = open_databases(settings, business_url)
        for database in self.databases.values():
            closing.callback(database.close)
        self.use_cases = UseCases(settings.prompts, settings.use_case_databases)
        self.contracts = Contracts(self.databases)
        self.choices = Choices(self.engine, self.audit)
        self.catalogue = Catalogue(_model_servers(settings, self.choices, closing))
        closing.callback(self.catalogue.close)
        self.analyses = Analyses(self.engine)
        ledger = AuditedLedger(self.audit, self.presence, settings.limits)
        parts = PipelineParts(
            settings,
            self.use_cases,
            ledger,
            self.catalogue,
            self.databases,
            {},
            self.keys.oldest().derive(Use.MASKING),
            self.analyses,
            self.choices,
        )
        self.parts = parts
        self.metrics = self._measure() if settings.metrics_token else None
        self.jobs = Jobs(parts, self.engine, self.metrics.finished if self.metrics else None)
        self.model_administration = ModelAdministration(self.catalogue, self.audit, self.choices)
        self.warming = Warming(self.catalogue, self.audit)
        self.performances = Performances(self.engine)
        closing.callback(self.jobs.close)
        self.housekeep()
        thread = threading.Thread(target=self._housekeeping, name="housekeeping", daemon=True)
        thread.start()
        contracts = threading.Thread(target=self._watch_contracts, name="contracts", daemon=True)
        contracts.start()
        closing.callback(contracts.join, CLOSING_SECONDS)
        closing.callback(thread.join)
        closing.callback(self._ended.set)

    def _measure(self) -> Metrics:
        from core.metrics import Metrics  # its library takes a tenth of a second, for those who want it

        metrics = Metrics(self.engine, self.audit, self.catalogue, lambda: len(self.jobs.running()))
        self.closing.callback(metrics.close)
        return metrics

    def close(self) -> None:
        """Stops running analyses, appends their outcomes, and lets go of everything. Closing twice does no harm."""
        self.closing.close()

    def housekeep(self) -> None:
        """Gives orphaned requests their outcome, erases what is kept no longer. Raises StoreUnavailable."""
        self.presence.keep()
        swept = sweep(self.audit, self.engine, self.presence.process_id, self.jobs.running)
        if swept:
            log.warning("%d analyses of ended processes were closed as aborted", swept)
            if self.metrics:
                self.metrics.swept(swept)
        if time.monotonic() >= self._retention_due:
            self._retention_due = time.monotonic() + RETENTION_SECONDS
            if erased := erase_expired(self.audit, self.use_cases.all()):
                log.info("the content of %d analyses was erased: they are kept no longer", erased)

    def _housekeeping(self) -> None:
        due = time.monotonic() + HOUSEKEEPING_SECONDS
        while not self._ended.wait(LOOK_SECONDS):
            try:
                revived = self._postgres is not None and self._postgres.revive()
                if revived:
                    log.error("the embedded database had ended; it was started again")
                if revived or time.monotonic() > due:  # with the database the lock that says we live was gone
                    due = time.monotonic() + HOUSEKEEPING_SECONDS
                    self.housekeep()
                if time.monotonic() >= self._verification_due:
                    self._verification_due = time.monotonic() + VERIFICATION_SECONDS
                    self._verify()
            except RecordAnalystError as error:
                log.warning("housekeeping: %s", error)

    def _verify(self) -> None:
        """The quick form, so that a broken log is told of although nobody opens Health or Audit. Raises
        AuditUnavailable."""
        found = verify(self.audit)
        if found.state is not State.INTACT:
            log.log(logging.CRITICAL if found.state is State.BROKEN else logging.WARNING, "%s", found.words)

    def _watch_contracts(self) -> None:
        """In a thread of its own: a database that does not answer holds up nothing else."""
        while not self._ended.is_set():
            self.contracts.ask_all(self.use_cases.all(), self._ended)
            self._ended.wait(CONTRACT_SECONDS)


def open_application(settings: Settings) -> Application:
    """Start or join what the settings name, bring it up to date, and wire it. Raises RecordAnalystError."""
    log_to(settings.var / "log")
    with ExitStack() as closing:
        application = Application(settings, closing)
        application.closing = closing.pop_all()  # from here on the application closes them
    return application


def prepare(settings: Settings) -> None:
    """Start the embedded database and bring everything in it up to date, so that what is wrong is known before the
    server starts. The database is left running for whoever comes next. Raises RecordAnalystError.
    """
    log_to(settings.var / "log")
    with ExitStack() as closing:
        _, app, owner, _ = _urls(settings, closing)
        migrate(owner, str(app.username))
        closing.pop_all()


@functools.lru_cache(maxsize=1)
def application() -> Application:
    """The application of this process, opened on first use."""
    opened = open_application(read_settings())
    atexit.register(opened.close)  # also when somebody presses Ctrl-C twice and the server skips its own ending
    return opened


def database_of(databases: Mapping[str, Database], use_case: UseCase) -> Database:
    try:
        return databases[use_case.database]
    except KeyError as error:
        known = ", ".join(sorted(databases)) or "none"
        raise SettingsError(
            f"The use case “{use_case.title}” names a database that is not in the settings.",
            f"An administrator must add [databases.{use_case.database}], or name one of: {known}.",
        ) from error


def _urls(settings: Settings, closing: ExitStack) -> tuple[EmbeddedPostgres | None, URL, URL, URL | None]:
    """The state database as the app and as its owner, and what is embedded: the server, the business database."""
    if settings.database_url is not None:
        app = make_url(settings.database_url.get_secret_value())
        owner = settings.database_owner_url or settings.database_url
        return None, app, make_url(owner.get_secret_value()), None
    postgres = EmbeddedPostgres.start(settings.var)
    closing.callback(postgres.close)
    settle_samples(postgres.url("business_owner", SAMPLE_DATABASE), "analyst")
    return (
        postgres,
        postgres.url("app", STATE_DATABASE),
        postgres.url("owner", STATE_DATABASE),
        postgres.url("analyst", SAMPLE_DATABASE),
    )


def open_databases(settings: Settings, sample: URL | None = None) -> dict[str, Database]:
    """The business databases of the settings; nothing connects yet. Raises SettingsError."""
    databases = {
        name: Database(name, make_url(one.url.get_secret_value()), pool_size=one.pool_size)
        for name, one in settings.databases.items()
    }
    if sample is not None and SAMPLE not in databases:
        databases[SAMPLE] = Database(SAMPLE, sample)
    return databases


def _model_servers(settings: Settings, choices: Choices, closing: ExitStack) -> list[ModelServer]:
    def keep_alive(server: str) -> Callable[[], str | None]:
        return lambda: choices.get(f"keep_alive.{server}")

    servers: list[ModelServer] = []
    for name, one in settings.models.items():
        key = one.key.get_secret_value() if one.key else None
        if one.kind == "ollama":
            ceiling = one.context_length or OLLAMA_CEILING
            server = OllamaServer(name, one.url, one.local, key, context_ceiling=ceiling, keep_alive=keep_alive(name))
            servers.append(server)
        else:
            from core.models import openai_compatible  # half a second, for those who use it

            ceiling = one.context_length or openai_compatible.CONTEXT_CEILING
            servers.append(openai_compatible.OpenAIServer(name, one.url, one.local, key, context_ceiling=ceiling))
    if settings.find_ollama and "ollama" not in settings.models:
        address = settings.ollama_host or USUAL_OLLAMA
        local = is_this_machine(address)  # that another one is trusted with restricted records, only settings can say
        servers.append(OllamaServer("ollama", address, local, optional=True, keep_alive=keep_alive("ollama")))
    embedded = EmbeddedModels.start(
        settings.var, [settings.var / "models", ROOT / "models"], memory_gb=settings.embedded_memory_gb
    )
    closing.callback(embedded.close)
    features = frozenset({Feature.LOAD, Feature.UNLOAD})
    servers.append(OllamaServer(EMBEDDED, embedded.url, True, features=features, keep_alive=keep_alive(EMBEDDED)))
    return servers

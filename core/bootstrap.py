"""The only wiring: settings in, a running application out. Whoever opens it closes it."""

from __future__ import annotations

import atexit
import functools
import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, make_url

from core.accounts.api_keys import ApiKeys
from core.accounts.demo import settle_demo_accounts
from core.accounts.sessions import Sessions
from core.accounts.users import Users
from core.analyses import Analyses
from core.audit.keys import Keys, Use
from core.audit.log import AuditLog
from core.choices import Choices
from core.contracts import Contracts
from core.housekeeping import Housekeeping
from core.idempotency import IdempotencyKeys
from core.jobs import Jobs
from core.ledger import AuditedLedger
from core.log import log_to
from core.model_administration import ModelAdministration
from core.model_servers import open_model_servers
from core.models.catalogue import Catalogue
from core.performance import Performances
from core.pipeline_parts import PipelineParts
from core.records.procedures import Database
from core.settings import Settings, read_settings
from core.store.embedded import SAMPLE_DATABASE, STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine
from core.store.processes import Presence
from core.use_cases import UseCases
from core.warming import Warming
from samples import settle_samples

if TYPE_CHECKING:
    from core.metrics import Metrics

log = logging.getLogger(__name__)

SAMPLE = "sample"  # the embedded business database, as use cases name it


class Application:
    """Everything a face of the product needs. Made by `open_application`, ended by `close`."""

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self.closing = closing
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
        self.catalogue = Catalogue(open_model_servers(settings, self.choices, closing))
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
        swept = self.metrics.swept if self.metrics else None
        self.housekeeping = Housekeeping(
            self.engine,
            self.audit,
            self.presence,
            self.jobs,
            self.use_cases,
            self.contracts,
            self._postgres,
            swept,
        )
        self.housekeeping.once()
        self.housekeeping.start()
        closing.callback(self.housekeeping.close)

    def _measure(self) -> Metrics:
        from core.metrics import Metrics  # its library takes a tenth of a second, for those who want it

        metrics = Metrics(self.engine, self.audit, self.catalogue, lambda: len(self.jobs.running()))
        self.closing.callback(metrics.close)
        return metrics

    def close(self) -> None:
        """Stops running analyses, appends their outcomes, and lets go of everything. Closing twice does no harm."""
        self.closing.close()


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

"""What a monitoring system may know: counts, seconds and states. No record, no record ID, no person.

Labels are names of use cases, of model servers and of the models they list, of outcomes and of errors: things that
somebody has installed or that the code names, never anything that a person typed. So what one process exposes is
bounded. Each process counts what it did itself; a monitoring system adds them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from core.audit.entry import Outcome
from core.audit.log import AuditLog
from core.audit.verification import State
from core.models.catalogue import Catalogue
from core.steps import Result
from core.store.engine import answers

PREFIX = "record_analyst_"
STORE_SECONDS = 2.0  # a database that takes longer counts as down
MODEL = ["use_case", "server", "model"]
FIRST_TOKEN = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)  # seconds
WHOLE = (0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)


class Metrics:
    """The metrics of this process. Safe to share between threads; `finished` and `swept` never raise."""

    def __init__(self, engine: Engine, audit: AuditLog, catalogue: Catalogue, running: Callable[[], int]) -> None:
        """`running`: how many answers this process works on."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            f"{PREFIX}requests", "Requests that ended.", [*MODEL, "outcome"], registry=self._registry
        )
        self._refused = Counter(
            f"{PREFIX}refused", "Requests that were turned away.", ["use_case", "reason"], registry=self._registry
        )
        self._first_token = Histogram(
            f"{PREFIX}first_token_seconds",
            "From the request to the first word of its answer.",
            MODEL,
            buckets=FIRST_TOKEN,
            registry=self._registry,
        )
        self._whole = Histogram(
            f"{PREFIX}answer_seconds",
            "From the request to the checked answer, of those that were completed.",
            MODEL,
            buckets=WHOLE,
            registry=self._registry,
        )
        self._swept = Counter(
            f"{PREFIX}swept",
            "Requests of ended processes that were closed as aborted.",
            registry=self._registry,
        )
        standing = _Standing(engine, audit, catalogue, running)
        self._registry.register(standing)
        self.close = standing.close
        ProcessCollector(registry=self._registry)

    def finished(self, result: Result) -> None:
        model = result.model
        use_case = result.use_case.name if result.use_case else ""
        labels = (use_case, model.server if model else "", model.name if model else "")
        self._requests.labels(*labels, result.outcome).inc()
        if result.outcome is Outcome.REFUSED and result.error:
            self._refused.labels(use_case, result.error.code).inc()
        if result.first_token_ms is not None:
            self._first_token.labels(*labels).observe(result.first_token_ms / 1000)
        if result.outcome is Outcome.COMPLETED and result.total_ms is not None:
            self._whole.labels(*labels).observe(result.total_ms / 1000)

    def swept(self, requests: int) -> None:
        self._swept.inc(requests)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format. Takes seconds when something does not answer, and says so then."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """How things stand, asked for whenever somebody looks."""

    def __init__(self, engine: Engine, audit: AuditLog, catalogue: Catalogue, running: Callable[[], int]) -> None:
        self._engine = engine
        self._audit = audit
        self._catalogue = catalogue
        self._running = running
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._asked: Future[bool] | None = None

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask anybody."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield Gauge(f"{PREFIX}running_answers", "Answers this process works on.", self._running())
        up = self._store_answers()
        yield Gauge(f"{PREFIX}state_database_up", "Whether the product's own database answers.", up)
        yield self._servers()
        copies = Gauge(f"{PREFIX}audit_copy_up", "Whether checkpoints arrive at a second place.", labels=["place"])
        for place, problem in self._audit.checkpoints.copies().items():
            copies.add_metric([place], problem is None)
        yield copies
        if verified := self._audit.verified:
            says = "What the last verification of the audit log found: 1 at its state."
            chain = Gauge(f"{PREFIX}audit_chain", says, labels=["state"])
            for state in State:
                chain.add_metric([state], verified.state is state)
            yield chain
            at = datetime.fromisoformat(verified.at).timestamp()
            yield Gauge(f"{PREFIX}audit_verified_timestamp_seconds", "When that was.", at)

    def _servers(self) -> Metric:
        servers = Gauge(f"{PREFIX}model_server_up", "Whether a model server answers.", labels=["server"])
        found = self._catalogue.list()
        down = {name for name, _ in found.unavailable}
        offering = {model.server for model in found.models}
        for server in self._catalogue.servers:
            if server.name in down | offering or not getattr(server, "optional", False):
                servers.add_metric([server.name], server.name not in down)
        return servers

    def _store_answers(self) -> bool:
        if self._asked is None or self._asked.done():  # otherwise the question before still waits
            self._asked = self._pool.submit(answers, self._engine)
        try:
            return self._asked.result(STORE_SECONDS)
        except TimeoutError:
            return False

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

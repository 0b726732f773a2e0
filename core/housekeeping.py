"""What a running process looks after by itself: orphaned requests, retention, the audit log's chain, the embedded
database, and whether the procedures still fit their use cases."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine

from core.audit.log import AuditLog
from core.audit.verification import State
from core.audit.verify import verify
from core.contracts import Contracts
from core.errors import RecordAnalystError
from core.jobs import Jobs
from core.ledger import sweep
from core.retention import erase_expired
from core.store.embedded import EmbeddedPostgres
from core.store.processes import Presence
from core.use_cases import UseCases

log = logging.getLogger(__name__)

EVERY_SECONDS = 20.0
CLOSING_SECONDS = 3.0  # a database that does not answer holds up the end no longer than this
CONTRACT_SECONDS = 2.0  # between two looks whether a use-case file has changed
LOOK_SECONDS = 1.0  # between two looks whether the embedded database is there
RETENTION_SECONDS = 3_600.0
VERIFICATION_SECONDS = 300.0


class Housekeeping:
    def __init__(
        self,
        engine: Engine,
        audit: AuditLog,
        presence: Presence,
        jobs: Jobs,
        use_cases: UseCases,
        contracts: Contracts,
        postgres: EmbeddedPostgres | None,
        swept: Callable[[int], None] | None,
    ) -> None:
        """`swept` is called with the number of orphans that were closed, when there were any."""
        self._engine = engine
        self._audit = audit
        self._presence = presence
        self._jobs = jobs
        self._use_cases = use_cases
        self._contracts = contracts
        self._postgres = postgres
        self._swept = swept
        self._ended = threading.Event()
        self.retention_due = 0.0  # time.monotonic()
        self._verification_due = 0.0
        # Two threads: a business database that does not answer holds up nothing else.
        self._looking = threading.Thread(target=self._look, name="housekeeping", daemon=True)
        self._asking = threading.Thread(target=self._ask_procedures, name="contracts", daemon=True)

    def start(self) -> None:
        self._looking.start()
        self._asking.start()

    def close(self) -> None:
        self._ended.set()
        self._looking.join()  # to its end: it might start the embedded database again
        self._asking.join(CLOSING_SECONDS)

    def once(self) -> None:
        """Gives orphaned requests their outcome, erases what is kept no longer. Raises StoreUnavailable."""
        self._presence.keep()
        swept = sweep(self._audit, self._engine, self._presence.process_id, self._jobs.running)
        if swept:
            log.warning("%d analyses of ended processes were closed as aborted", swept)
            if self._swept:
                self._swept(swept)
        if time.monotonic() >= self.retention_due:
            self.retention_due = time.monotonic() + RETENTION_SECONDS
            if erased := erase_expired(self._audit, self._use_cases.all()):
                log.info("the content of %d analyses was erased: they are kept no longer", erased)

    def _look(self) -> None:
        due = time.monotonic() + EVERY_SECONDS
        while not self._ended.wait(LOOK_SECONDS):
            try:
                revived = self._postgres is not None and self._postgres.revive()
                if revived:
                    log.error("the embedded database had ended; it was started again")
                if revived or time.monotonic() > due:  # with the database the lock that says we live was gone
                    due = time.monotonic() + EVERY_SECONDS
                    self.once()
                if time.monotonic() >= self._verification_due:
                    self._verification_due = time.monotonic() + VERIFICATION_SECONDS
                    self._verify()
            except RecordAnalystError as error:
                log.warning("housekeeping: %s", error)

    def _verify(self) -> None:
        """The quick form, so that a broken log is told of although nobody opens Health or Audit. Raises
        AuditUnavailable."""
        found = verify(self._audit)
        if found.state is not State.INTACT:
            log.log(logging.CRITICAL if found.state is State.BROKEN else logging.WARNING, "%s", found.words)

    def _ask_procedures(self) -> None:
        while not self._ended.is_set():
            self._contracts.ask_all(self._use_cases.all(), self._ended)
            self._ended.wait(CONTRACT_SECONDS)

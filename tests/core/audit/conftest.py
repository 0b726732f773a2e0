"""An audit log in a real PostgreSQL, and somebody with all of the owner's rights who tampers with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, text

from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event, Outcome
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.audit.verification import Verification
from core.audit.verify import verify
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine

ANN = Actor(User("ann", "Ann", Role.ANALYST), address="192.0.2.1")


class Lab:
    """One empty audit log with its keys and checkpoints in a folder of its own."""

    def __init__(self, app: Engine, owner: Engine, var: Path) -> None:
        self.app, self.owner, self.var = app, owner, var
        self.url: URL = app.url
        self.opened: list[AuditLog] = []
        self.audit = self.open()

    def open(self) -> AuditLog:
        """The same log as another process would open it."""
        log = AuditLog(self.app, Keys.load(self.var / "secrets"), self.var / "audit", self.var / "second")
        self.opened.append(log)
        return log

    def tamper(self, *statements: str) -> None:
        """Run them as the owner of the table, with the triggers off."""
        with self.owner.begin() as connection:
            connection.execute(text("GRANT ALL ON audit_log TO CURRENT_USER"))
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only"))
            for statement in statements:
                connection.execute(text(statement))
            connection.execute(text("ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only"))
            connection.execute(text("REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM CURRENT_USER"))

    @staticmethod
    def asked(request_id: UUID, **columns: object) -> Entry:
        given = {"use_case": "customer_insight", "record_id": "C-1", "purpose": "review", "actor": ANN, **columns}
        return Entry(event=Event.ASKED, request_id=request_id, **given)

    @staticmethod
    def outcome(request_id: UUID, **columns: object) -> Entry:
        given = {
            "actor": ANN,
            "use_case": "customer_insight",
            "record_id": "C-1",
            "outcome": Outcome.COMPLETED,
            "model": "digest",
            "rows": 7,
            "evidence_score": 0.5,
            "details": {"stars": 3},
            **columns,
        }
        return Entry(event=Event.OUTCOME, request_id=request_id, **given)

    def append(self, count: int, **columns: object) -> list[UUID]:
        """Requests with "asked" and outcome: `count` rows in all."""
        requests: list[UUID] = []
        for number in range(count):
            if number % 2 == 0:
                requests.append(uuid4())
                self.audit.append(self.asked(requests[-1], **columns))
            else:
                self.audit.append(self.outcome(requests[-1], **columns))
        return requests

    def anchor(self) -> None:
        self.audit.checkpoints.write_waiting()

    def verify(self, *, full: bool = True) -> Verification:
        return verify(self.audit, full=full)

    def start(self, script: str, *arguments: object) -> subprocess.Popen[str]:
        """Another process with `audit`, the log, and `engine`; `script` sees `arguments` as `arguments`."""
        process = subprocess.Popen(
            [sys.executable, "-c", OPEN + script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdin is not None
        process.stdin.write(f"{self.url.render_as_string(hide_password=False)}\n{self.var}\n")
        process.stdin.flush()
        return process


OPEN = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.store.engine import open_engine
arguments = sys.argv[1:]
engine = open_engine(make_url(sys.stdin.readline().strip()))
var = Path(sys.stdin.readline().strip())
audit = AuditLog(engine, Keys.load(var / "secrets"), var / "audit", var / "second")
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres.start(tmp_path_factory.mktemp("audit") / "var") as server:
        migrate(server.url("owner", STATE_DATABASE), "app")
        yield server


@pytest.fixture
def lab(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Lab]:
    app = open_engine(postgres.url("app", STATE_DATABASE))
    owner = create_engine(postgres.url("owner", STATE_DATABASE), poolclass=NullPool)
    lab = Lab(app, owner, tmp_path)
    lab.tamper("DELETE FROM audit_log", "DELETE FROM reviews", "DELETE FROM analyses")
    yield lab
    for log in lab.opened:
        log.close()
    app.dispose()


@pytest.fixture
def full_lab(lab: Lab) -> Lab:
    """With ten rows, anchored."""
    lab.append(10)
    lab.anchor()
    return lab


@pytest.fixture
def processes() -> Iterator[Callable[[subprocess.Popen[str]], subprocess.Popen[str]]]:
    """Ends what a test leaves running."""
    started: list[subprocess.Popen[str]] = []

    def keep(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
        started.append(process)
        return process

    yield keep
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()

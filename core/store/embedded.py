"""PostgreSQL without an installation: one server per `var` folder, shared by every process that uses the folder.

Who uses the server holds a shared lock; the last one out stops it. A server left behind by kill -9 is joined by the
next start, a dead one is replaced, a half-made one is made again. See embedded_cluster.py for what it lets in.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL

from core.errors import SettingsError, StoreUnavailable
from core.store import embedded_cluster as cluster
from core.store.embedded_account import choose_account, let_pass, socket_folder

STATE_DATABASE = "record_analyst"
SAMPLE_DATABASE = "sample_business"


class EmbeddedPostgres:
    """A hold on the running server of a `var` folder. Make it with `start`; let go with `close`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.data = var / "postgres"
        self.run = var / "run"
        self.log = var / "log" / "postgres.log"
        self._secrets = var / "secrets" / "postgres.json"
        self._passwords: Mapping[str, str] = {}
        self._sockets = ""
        self._hold: int | None = None
        self._process = os.getpid()

    @classmethod
    def start(cls, var: Path) -> EmbeddedPostgres:
        """Start the server of this folder, or join it. Raises SettingsError or StoreUnavailable."""
        server = cls(Path(os.path.realpath(var)))
        server.ensure_running()
        return server

    def ensure_running(self) -> None:
        """Start the server again if it died; otherwise do nothing. Its address stays the same."""
        with _explained(self.var):
            for folder in (self.var, self.run, self.log.parent, self._secrets.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                self._take_hold()
                try:
                    self._join_or_launch()
                except BaseException:
                    self._let_go()
                    raise

    def revive(self) -> bool:
        """Start the server again if it died under this process; True when it had. Raises what `start` raises."""
        if cluster.find(self.data) is not None or not self.data.exists():  # a folder that was deleted stays deleted
            return False
        self.ensure_running()
        return True

    def url(self, role: str, database: str) -> URL:
        """How `role` (owner, app, business_owner, analyst) reaches `database`; holds its password."""
        return URL.create(
            "postgresql+psycopg",
            username=role,
            password=self._passwords[role],
            database=database,
            query={"host": self._sockets, "port": str(cluster.PORT)},
        )

    def close(self) -> None:
        """Let go; stop the server if nobody else holds it. Closing twice does no harm."""
        if self._hold is None or self._process != os.getpid():  # a forked child does not own the hold
            return
        with _explained(self.var), self._alone():
            fcntl.flock(self._hold, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop(self.data)
            except BlockingIOError:
                pass  # somebody else holds it
            finally:
                self._let_go()

    def __enter__(self) -> EmbeddedPostgres:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _join_or_launch(self) -> None:
        account = choose_account(self.data)
        found = cluster.settle(self.data) if self.data.exists() else None
        passwords = cluster.read_passwords(self._secrets)
        if found is not None and passwords is None:
            raise StoreUnavailable(
                f"The database runs, and its passwords in {self._secrets} are gone.",
                "Stop everything that uses this folder and start again; new passwords are made then.",
            )
        if found is None:
            let_pass(account, self.data)
            if not self.data.exists():
                passwords = cluster.create(self.data, account, self.log)
                cluster.write_passwords(self._secrets, passwords)
            cluster.check_version(self.data)
            if passwords is None:
                passwords = cluster.reset_passwords(self.data, account, self.log)
                cluster.write_passwords(self._secrets, passwords)
            found = cluster.launch(self.data, account, self.run, socket_folder(account, self.run), self.log)
        self._passwords = passwords or {}
        self._sockets = found.sockets

    def _take_hold(self) -> None:
        if self._hold is None:
            self._hold = os.open(self.run / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._hold, fcntl.LOCK_SH)

    def _let_go(self) -> None:
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    @contextmanager
    def _alone(self) -> Generator[None]:
        """One process at a time decides whether the server starts or stops."""
        file = os.open(self.run / "postgres.start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + 2 * cluster.PATIENCE
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StoreUnavailable("Another process has been starting the database for minutes.") from None
                    time.sleep(0.01)
            yield
        finally:
            os.close(file)


@contextmanager
def _explained(var: Path) -> Generator[None]:
    """What the operating system refuses becomes one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message, hint = f"The disk that holds {var} is full.", "Free some space and start again."
            raise StoreUnavailable(message, hint) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            hint = "Give this account the right to write there, or set RECORD_ANALYST_VAR to another folder."
            raise SettingsError(f"The folder {var} cannot be used: {error.strerror}.", hint) from error
        raise StoreUnavailable(f"The database in {var} cannot be used: {error.strerror}.") from error

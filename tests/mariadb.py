"""A real MariaDB of the tests' own, from Debian's packages, with the sample business in it where that is wanted."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pymysql
from pymysql.cursors import Cursor
from sqlalchemy import URL

from core.sample_databases import load_samples


class Mariadbd:
    """A private MariaDB in a folder of its own, on loopback and a socket; both MariaDB engines of the suite use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = Path(tempfile.mkdtemp(prefix="mariadb-"), "socket")  # a short name: sockets need one
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        me = getpass.getuser()
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}", f"--user={me}"]
        missing = "install Debian's mariadb-server, odbc-mariadb and unixodbc"
        assert shutil.which(install[0]), missing
        subprocess.run(
            [*install, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
        )
        self._command = [
            shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/bin") or missing,
            "--no-defaults",
            f"--datadir={folder / 'data'}",
            f"--socket={self.socket}",
            f"--port={self.port}",
            f"--user={me}",
            f"--pid-file={folder / 'pid'}",
            "--bind-address=127.0.0.1",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
        ]
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        give_up = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < give_up
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def owner(self) -> pymysql.Connection[Cursor]:
        return pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.socket.parent)


def load_sample_business(server: Mariadbd) -> URL:
    """Loads the samples and returns the login that may execute their procedures, over TCP."""
    owner = URL.create("mysql+pymysql", "root", query={"unix_socket": str(server.socket)})
    login = URL.create("mysql+pymysql", "analyst", "an '%' @ analyst", "127.0.0.1", server.port, "business")
    load_samples(owner, login, lambda _: None)
    return login

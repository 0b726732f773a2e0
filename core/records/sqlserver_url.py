"""A SQL Server's URL as a connection string, and where Microsoft's driver is on this machine."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL

from core.errors import DriverMissing
from core.records import odbc


def connection_string(url: URL) -> str:
    """Encrypted unless the URL says otherwise. Raises DriverMissing."""
    query = {key.lower(): value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    server = f"{url.host or 'localhost'},{url.port}" if url.port else url.host or "localhost"
    parts = {
        "DRIVER": query.pop("driver", None) or str(driver_path()),
        "SERVER": server,
        "DATABASE": url.database or "",
        "APP": "record-analyst",
        "Encrypt": "yes",
    }
    if url.username:
        parts |= {"UID": url.username, "PWD": url.password or ""}
    names = {"encrypt": "Encrypt", "trustservercertificate": "TrustServerCertificate"}
    return odbc.connection_string(parts | {names.get(key, key): value for key, value in query.items()})


def driver_path() -> Path:
    """Microsoft's driver as the wheel mssql-python-odbc carries it. Raises DriverMissing."""
    spec = find_spec("mssql_python_odbc")
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    for place in (spec.submodule_search_locations if spec else None) or ():
        for folder in _families():
            found = sorted(Path(place, "libs", *folder, machine, "lib").glob("libmsodbcsql*"))
            if found:
                return found[-1]
    raise DriverMissing(
        "Microsoft's ODBC driver for SQL Server is not installed on this machine.",
        "Install requirements.txt (mssql-python-odbc), or name another driver in the URL (?driver=…).",
    )


def _families() -> list[tuple[str, ...]]:
    """The folders of the wheel, this system's own first."""
    if sys.platform == "darwin":
        return [("macos",)]
    linux = [("linux", "debian_ubuntu"), ("linux", "rhel"), ("linux", "suse"), ("linux", "alpine")]
    return [linux[1], *linux] if Path("/etc/redhat-release").exists() else linux

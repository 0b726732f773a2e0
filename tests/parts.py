"""Where the real parts are that some tests need: browser, MariaDB, ODBC driver, small language model."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL_MODEL_FOLDER = ROOT / "var" / "models"
ODBC_MARIADB = (
    "/usr/lib/x86_64-linux-gnu/odbc/libmaodbc.so",
    "/usr/lib/aarch64-linux-gnu/odbc/libmaodbc.so",
)

ENGINES_BY_URL = {  # logins that may create databases and users
    "mysql-url": "RECORD_ANALYST_TEST_MYSQL_URL",
    "sqlserver-url": "RECORD_ANALYST_TEST_MSSQL_URL",
    "oracle-url": "RECORD_ANALYST_TEST_ORACLE_URL",
}


HEADLESS = "chromium-headless-shell"  # the same engine without a browser's own windows: half of the work
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def find_mariadbd() -> str | None:
    return shutil.which("mariadbd") or shutil.which("mysqld") or shutil.which("mariadbd", path="/usr/sbin")


def small_model() -> Path | None:
    """The small language model's file, when it has been fetched."""
    return next(iter(sorted(SMALL_MODEL_FOLDER.glob("*.gguf"))), None)

"""Brings in what some tests need beyond Python: a browser, MariaDB with its ODBC driver, the small language model.

What is there is left alone; what is missing is installed with apt where that is possible (Debian, root). Tests of what
cannot be had do not run, which is told here loudly; with CI=true they fail instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

from core.models.embedded.small_model import fetch
from tests.parts import HEADLESS, ODBC_MARIADB, SMALL_MODEL_FOLDER, find_browser, find_mariadbd, small_model


def has_odbc() -> bool:
    return find_library("odbc") is not None and any(Path(file).exists() for file in ODBC_MARIADB)


# What is looked for → the packages that bring it, and what will do where they cannot be had.
NEEDS = {
    "a browser": (lambda: shutil.which(HEADLESS), [[HEADLESS], ["chromium"]], find_browser),
    "MariaDB": (find_mariadbd, [["mariadb-server"]], find_mariadbd),
    "ODBC for MariaDB": (has_odbc, [["unixodbc", "odbc-mariadb"]], has_odbc),
}


def main() -> int:
    can_install = bool(shutil.which("apt-get")) and os.geteuid() == 0
    for there, alternatives, will_do in NEEDS.values():
        for packages in alternatives if can_install and not there() else ():
            if _install(packages) and will_do():
                break
    if small_model() is None:
        fetch(SMALL_MODEL_FOLDER)
    lacking = [name for name, (_, _, will_do) in NEEDS.items() if not will_do()]
    lacking += [] if small_model() else ["the small language model"]
    for name in lacking:
        print(f"*** NOT TESTED: there is no {name.removeprefix('a ')} here, and its tests will not run. ***")
    if lacking and os.environ.get("CI") == "true":
        print("CI=true: everything must be there.", file=sys.stderr)
        return 1
    return 0


def _install(packages: list[str]) -> bool:
    print(f"Installing {', '.join(packages)} with apt …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip()[-2000:], file=sys.stderr)
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())

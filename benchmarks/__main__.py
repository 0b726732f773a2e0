"""`make bench`: all benchmarks in turn. Each prints its figures beside a peer's or a limit of the same run."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("pipeline", "models", "startup", "browser", "audit", "records", "masking", "evidence", "api")


def main() -> int:
    wanted = sys.argv[1:] or BENCHMARKS
    failed = 0
    for name in wanted:
        print(f"\n== {name} (python -m benchmarks.{name})", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: all benchmarks in turn. Each prints its figures beside a peer's or a limit of the same run, and ends
with 1 when an aim is missed. `python -m benchmarks pipeline startup` runs some of them.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("pipeline", "models", "startup", "browser", "audit", "records", "masking", "evidence", "api")


def main() -> int:
    wanted = sys.argv[1:] or BENCHMARKS
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        print(f"There is no benchmark {', '.join(unknown)}. There are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    missed: list[str] = []
    for name in wanted:
        print(f"\n== {name} (python -m benchmarks.{name})", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            missed.append(name)
    print("\nEvery aim was met." if not missed else f"\nMissed an aim: {', '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

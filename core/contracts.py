"""Whether the procedures of the use cases take what their files say, asked again whenever a file changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from core.errors import DatabaseError, UseCaseInvalid
from core.records.procedures import Database, mismatch, signature
from core.use_cases import UseCase


class Contracts:
    """Safe to share between threads."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases
        self._lock = threading.Lock()
        self._kept: dict[str, UseCase] = {}  # versions of files whose procedure fits
        self._broken: tuple[UseCaseInvalid, ...] = ()

    def broken(self) -> tuple[UseCaseInvalid, ...]:
        """What `ask_all` found last."""
        with self._lock:
            return self._broken

    def ask_all(self, use_cases: Iterable[UseCase], stop: threading.Event | None = None) -> None:
        """Ends early when `stop` is set.

        Raises nothing: a database that does not answer is for Health to tell, and is asked again next time."""
        found: list[UseCaseInvalid] = []
        for use_case in use_cases:
            if stop is not None and stop.is_set():
                return
            if use_case.database not in self._databases or self._kept.get(use_case.name) is use_case:
                continue
            try:
                problem = self.problem(use_case)
            except DatabaseError:
                continue
            if problem:
                found.append(problem)
            else:
                self._kept[use_case.name] = use_case
        with self._lock:
            self._broken = tuple(found)

    def problem(self, use_case: UseCase) -> UseCaseInvalid | None:
        """Why the procedure cannot be called as the file says; the nearest right name is the remedy.

        Raises DatabaseError, ProcedureMissing among them, and KeyError for a database that is not in the settings.
        """
        found = signature(self._databases[use_case.database], use_case.procedure)
        said = mismatch(found, [use_case.parameter, *use_case.parameters])
        if said is None:
            return None
        inputs = ", ".join(one.name for one in found.inputs) or "nothing"
        return UseCaseInvalid(
            f"{use_case.name}.md",
            0,
            said[0].lower() + said[1:].rstrip("."),
            f"It takes {inputs}: correct `parameter` or `parameters`.",
        )

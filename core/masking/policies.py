"""Which policy holds for a column, and a hash that says which policies and rules a record was masked with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import lru_cache

from core.use_cases import Policy, Sensitivity, UseCase

RULES = "1"
"""Raised with every change of what masking does to a value: old analyses keep the version they were made with."""


class Policies:
    """The column policies of one use case. Names are compared without regard to case, spaces and hyphens."""

    def __init__(self, sensitivity: Sensitivity, columns: Iterable[tuple[str, Policy]]) -> None:
        self._named = {_plain(name): policy for name, policy in columns}
        self._restricted = sensitivity is Sensitivity.RESTRICTED
        rules = [RULES, sensitivity.value, sorted((name, str(policy)) for name, policy in self._named.items())]
        self.version = hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:12]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policies) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)

    def of(self, set_name: str, column: str) -> Policy:
        """`set.column` counts before `column`. A column nobody named passes, or is dropped where restricted."""
        named = self._named.get(_plain(f"{set_name}.{column}"), self._named.get(_plain(column)))
        if named is not None:
            return named
        return Policy.DROP if self._restricted else Policy.PASS

    def passes_elsewhere(self, column: str) -> bool:
        """The column is named as `pass` for every set that does not say otherwise."""
        return self._named.get(_plain(column)) is Policy.PASS

    @property
    def restricted(self) -> bool:
        return self._restricted


def policies_of(use_case: UseCase) -> Policies:
    return _policies(use_case.sensitivity, tuple(use_case.columns.items()))


@lru_cache(maxsize=256)
def _policies(sensitivity: Sensitivity, columns: tuple[tuple[str, Policy], ...]) -> Policies:
    return Policies(sensitivity, columns)


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())

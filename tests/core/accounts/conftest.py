"""One house for the tests of accounts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.accounts import passwords
from tests.core.accounts.house import House, open_house


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def hash_checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that a password is held against."""
    seen: list[str] = []
    real = passwords.bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        seen.append(hashed.decode())
        return real(password, hashed)

    monkeypatch.setattr(passwords.bcrypt, "checkpw", counted)
    return seen

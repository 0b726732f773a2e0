"""A backup is restored on another machine: people sign in, the audit log verifies and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.__main__ import main
from core.accounts.user import Role
from core.audit.verification import Damage, State
from core.audit.verify import verify
from tests.core.accounts.house import PASSWORD, House, open_house


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("first")) as house:
        yield house


def core(monkeypatch: pytest.MonkeyPatch, var: Path, *arguments: str) -> int:
    monkeypatch.setenv("RECORD_ANALYST_VAR", str(var))
    return main(list(arguments))


def test_a_restored_backup_is_whole_and_goes_on(
    first: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user = first.person(Role.ADMIN).user
    key, _ = first.api_keys.create(first.session(first.sign_in(user)).actor, user.username, "nightly", Role.ADMIN)
    before = first.events()
    first.audit.checkpoints.write_waiting()
    assert core(monkeypatch, first.settings.var, "backup", str(tmp_path / "kept")) == 0
    assert core(monkeypatch, first.settings.var, "backup", str(tmp_path / "kept")) != 0  # never over another
    assert core(monkeypatch, tmp_path / "second", "restore", str(tmp_path / "kept")) == 0
    assert core(monkeypatch, tmp_path / "second", "audit", "verify", "--full") == 0
    assert core(monkeypatch, tmp_path / "second", "restore", str(tmp_path / "kept")) != 0  # never over another
    assert "not empty" in capsys.readouterr().err
    with open_house(tmp_path / "second") as second:
        assert second.events() == before
        second.sign_in(user, PASSWORD)
        assert second.api_keys.find(key).user.username == user.username
        result = verify(second.audit, full=True)
        assert (result.state, result.up_to) == (State.INTACT, before + 1)
        with pytest.raises(DBAPIError, match="permission denied"), second.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit_log"))
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            second.owner.begin() as connection,
        ):
            connection.execute(text("TRUNCATE audit_log"))


def test_an_old_backup_beside_newer_checkpoints_tells_what_was_lost(
    first: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert core(monkeypatch, first.settings.var, "backup", str(tmp_path / "kept")) == 0
    first.person()
    first.audit.checkpoints.write_waiting()
    second = tmp_path / "second"
    (second / "audit").mkdir(parents=True)
    newer = second / "audit" / "checkpoints.jsonl"
    newer.write_bytes(first.audit.checkpoints.file.read_bytes())
    assert core(monkeypatch, second, "restore", str(tmp_path / "kept")) == 0
    assert newer.read_bytes() == first.audit.checkpoints.file.read_bytes()
    with open_house(second) as restored:
        result = verify(restored.audit, full=True)
    assert result.state is State.BROKEN
    assert {finding.damage for finding in result.findings} <= {Damage.CUT_TAIL, Damage.OLDER_COPY}


@pytest.mark.parametrize("missing", ["state.dump", "audit-keys.json"])
def test_half_a_backup_is_refused(
    first: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    core(monkeypatch, first.settings.var, "backup", str(tmp_path / "kept"))
    (tmp_path / "kept" / missing).unlink()
    assert core(monkeypatch, tmp_path / "second", "restore", str(tmp_path / "kept")) != 0
    assert "no whole backup" in capsys.readouterr().err

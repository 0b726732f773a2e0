from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("RECORD_ANALYST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RECORD_ANALYST_SECRETS", str(tmp_path / "secrets.toml"))


def test_without_a_file_everything_is_embedded_on_loopback() -> None:
    settings = read_settings()
    assert (settings.embedded, settings.address, settings.port) == (True, "127.0.0.1", 8501)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets.toml").write_text(
        'port = 8600\n[limits]\nrows = 10\nrequests_per_minute = 7\n'
        '[databases.crm]\nurl = "postgresql+psycopg://analyst:very-secret@db.example/crm"\n'
        '[models.gpu]\nkind = "openai"\nurl = "http://gpu.example/v1"\nlocal = true\nkey = "also-secret"\n'
    )  # fmt: skip
    monkeypatch.setenv("RECORD_ANALYST_PORT", "8700")
    monkeypatch.setenv("RECORD_ANALYST_LIMITS__ROWS", "20")
    settings = read_settings()
    assert (settings.port, settings.limits.rows, settings.limits.requests_per_minute) == (8700, 20, 7)
    assert settings.models["gpu"].local is True
    for secret in ("very-secret", "also-secret"):
        assert secret not in repr(settings)
        assert secret not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("RECORD_ANALYST_PROT", "1", "RECORD_ANALYST_PROT"),
        ("RECORD_ANALYST_PORT", "many", "port"),
        ("RECORD_ANALYST_PORT", "70000", "port"),
        ("RECORD_ANALYST_LIMITS__ROWS", "-1", "limits.rows"),
        ("RECORD_ANALYST_LIMITS__ROW", "1", "limits.row"),
        ("RECORD_ANALYST_DATABASE_URL", "nonsense", "database_url"),
        ("RECORD_ANALYST_MODELS__GPU__KIND", "magic", "models.gpu"),
        ("RECORD_ANALYST_METRICS_TOKEN", "too short", "metrics_token"),
        ("RECORD_ANALYST_AUDIT_WEBHOOK", "file:///tmp/x", "audit_webhook"),
        ("OLLAMA_HOST", "gpu-box:many", "OLLAMA_HOST"),
        ("OLLAMA_HOST", "ftp://gpu-box", "OLLAMA_HOST"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert says in caught.value.message


def test_an_unknown_key_of_the_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text("prot = 1\n")
    with pytest.raises(SettingsError, match="prot"):
        read_settings()


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text("port = \n")
    with pytest.raises(SettingsError, match="line 1"):
        read_settings()


def test_a_wrong_value_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECORD_ANALYST_DATABASE_URL", "my-password-pasted-by-mistake")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "my-password" not in f"{caught.value.message} {caught.value.hint}"


def test_outside_loopback_nothing_counts_as_embedded() -> None:
    assert not Settings(address="0.0.0.0").embedded

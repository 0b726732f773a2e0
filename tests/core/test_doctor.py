"""Prepared faults, each found by its name."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest

from core import health
from core.bootstrap import Application
from core.commands import doctor
from core.health import Finding, Level
from core.settings import ROOT
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres

GOOD = (ROOT / "prompts" / "customer_insight.md").read_text()
AUTH = {
    "NAME": "Example Login",
    "CLIENT_ID": "record-analyst",
    "CLIENT_SECRET": "wrong",
    "SERVER_METADATA_URL": "http://127.0.0.1:1/.well-known/openid-configuration",
    "REDIRECT_URI": "http://127.0.0.1:8501/oauth2callback",
}
FILES = {
    "fits": ("retain: 365d", "retain: 90d"),
    "misspelt_parameter": ("parameter: customer_id", "parameter: custmer_id"),
    "no_procedure": ("business.customer_insight", "business.customer_inside"),
    "no_database": ("database: sample", "database: crm"),
    "other_sets": ("signals, periods", "periods, signals"),
    "broken": ("title: ", "titel: "),
}


@pytest.fixture
def house(
    application: Application, postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Settings and prompts full of faults, in the data folder of the running application."""
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for name, change in FILES.items():
        assert change[0] in GOOD
        title = ("title: Customer insight", f"title: {name}")
        (prompts / f"{name}.md").write_text(GOOD.replace(*change, 1).replace(*title, 1))
    login = postgres.url("analyst", SAMPLE_DATABASE)
    urls = {
        "wrong_password": login.set(password="wrong").render_as_string(hide_password=False),
        "nobody_listens": "postgresql+psycopg://a:b@127.0.0.1:1/x",
        "no_driver": "mssql+pyodbc://a:b@127.0.0.1:1/x?driver=No+Such+Driver",
        "too_many_rights": postgres.url("business_owner", SAMPLE_DATABASE).render_as_string(hide_password=False),
    }
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        "".join(f'[databases.{name}]\nurl = "{url}"\n' for name, url in urls.items())
        + '[models.gone]\nkind = "ollama"\nurl = "http://127.0.0.1:1"\nlocal = true\n'
    )
    monkeypatch.setenv("RECORD_ANALYST_SECRETS", str(secrets))
    monkeypatch.setenv("RECORD_ANALYST_VAR", str(application.settings.var))
    monkeypatch.setenv("RECORD_ANALYST_PROMPTS", str(prompts))
    monkeypatch.setenv("RECORD_ANALYST_FIND_OLLAMA", "false")
    monkeypatch.setenv("RECORD_ANALYST_AUDIT_COPY", str(secrets))  # a file, where a folder is wanted
    monkeypatch.setenv("RECORD_ANALYST_AUDIT_WEBHOOK", "http://me:wrong@127.0.0.1:1/wrong")
    for name, value in AUTH.items():
        monkeypatch.setenv(f"RECORD_ANALYST_AUTH__{name}", value)
    monkeypatch.setattr(health, "LOW_DISK_BYTES", 10**18)
    return tmp_path


def test_each_fault_is_found_by_name_with_what_to_do(
    application: Application, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.run(Namespace(json=True)) == 1
    findings = [Finding(**one) for one in json.loads(capsys.readouterr().out)]
    for subject, level, says, remedy in [
        ("wrong_password", Level.DOWN, "refuses the login", "[databases.wrong_password]"),
        ("nobody_listens", Level.DOWN, "cannot be reached", "[databases.nobody_listens]"),
        ("no_driver", Level.DOWN, "not installed on this machine", "Install"),
        ("too_many_rights", Level.WARNING, "may read", "REVOKE"),
        ("misspelt_parameter", Level.DOWN, "no parameter custmer_id; the nearest is customer_id", "customer_id"),
        ("no_procedure", Level.DOWN, "no procedure business.customer_inside", "install the procedure"),
        ("no_database", Level.DOWN, "crm is not in the settings", "[databases.crm]"),
        ("other_sets", Level.WARNING, "other result sets", "customer, signals, periods"),
        ("broken.md", Level.DOWN, "broken.md:2: unknown key titel", "Use title"),
        ("gone", Level.DOWN, "", "Start it"),
        ("Example Login", Level.DOWN, "nobody signs in there", "server_metadata_url"),
        ("audit_copy", Level.WARNING, "lacks the newest one", "Make it reachable"),
        ("audit_webhook", Level.WARNING, "none has been sent yet", "Make it reachable"),
        (str(application.settings.var), Level.WARNING, "GB free", "Free some room"),
    ]:
        told = [one for one in findings if one.subject == subject]
        assert [one for one in told if one.level == level and says in one.text and remedy in one.remedy], told
    assert [one.level for one in findings if one.subject == "fits"] == [Level.OK]
    text = json.dumps([one.text + one.remedy for one in findings])
    assert "127.0.0.1" not in text
    assert "wrong@" not in text


def test_people_read_what_is_down_under_its_area(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (house / "secrets.toml").write_text("")
    for name in FILES:
        if name != "broken":
            (house / "prompts" / f"{name}.md").unlink()
    assert doctor.run(Namespace(json=False)) == 1
    printed = capsys.readouterr().out
    assert "Use cases\n  DOWN  broken.md: broken.md:2: unknown key titel\n        Use title" in printed
    assert "  look  sample: The login may execute 6 routines that no use case names" in printed


def test_wrong_settings_are_the_one_finding(house: Path) -> None:
    (house / "secrets.toml").write_text("prot = 8501\n")
    [only] = doctor.diagnose()
    assert (only.area, only.level) == ("Settings", Level.DOWN)
    assert "prot" in only.text


def test_a_state_database_that_is_down_does_not_hide_the_rest(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECORD_ANALYST_DATABASE_URL", "postgresql+psycopg://a:b@127.0.0.1:1/x")
    findings = doctor.diagnose()
    start = next(one for one in findings if one.area == "Start")
    assert start.level is Level.DOWN
    assert {"wrong_password", "broken.md"} <= {one.subject for one in findings}

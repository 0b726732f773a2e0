"""A use case for a procedure never seen before, from nothing to a checked answer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from core.audit.query import Filter, page
from core.bootstrap import Application
from core.commands import use_case as command
from core.errors import Conflict, InvalidRecordId, InvalidRequest, ProcedureMissing, UseCaseInvalid
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.use_cases import parse

PROCEDURES = """
CREATE SCHEMA drafts;
CREATE FUNCTION drafts.meter(p_meter_no text, since date, username text, page integer DEFAULT 1,
    OUT total_kwh numeric, OUT meter refcursor, OUT readings refcursor, OUT visits refcursor)
LANGUAGE plpgsql AS $$ BEGIN
    meter := 'meter'; readings := 'readings'; visits := 'visits'; total_kwh := 12.50;
    OPEN meter FOR SELECT p_meter_no AS meter_no, 'Ann Bauer' AS owner_name, 'ann@example.com' AS email
        WHERE p_meter_no LIKE 'M-%';
    OPEN readings FOR SELECT since AS read_on, 12.50 AS kwh WHERE p_meter_no LIKE 'M-%';
    OPEN visits FOR SELECT username AS seen_by, DATE '1980-02-03' AS date_of_birth WHERE false;
END $$;
CREATE FUNCTION drafts.everything() RETURNS SETOF text LANGUAGE sql AS $$ SELECT 'all' $$;
GRANT USAGE ON SCHEMA drafts TO analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA drafts TO analyst;
"""
Run = Callable[..., int]


@pytest.fixture
def prompts(
    application: Application, postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    owner = postgres.url("business_owner", SAMPLE_DATABASE).set(drivername="postgresql")
    monkeypatch.setenv("RECORD_ANALYST_VAR", str(application.settings.var))
    monkeypatch.setenv("RECORD_ANALYST_PROMPTS", str(tmp_path))
    monkeypatch.setenv("RECORD_ANALYST_FIND_OLLAMA", "false")
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(PROCEDURES)
        yield tmp_path
        connection.execute("DROP SCHEMA drafts CASCADE")


@pytest.fixture
def run(prompts: Path) -> Run:
    def run(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.run(parser.parse_args(arguments))

    return run


NEW = ("new", "meter", "--database", "sample", "--procedure", "drafts.meter", "--id", "M-0042")


def test_a_procedure_never_seen_becomes_a_use_case_that_works(
    application: Application, prompts: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*NEW, "--set", "since=2026-01-31", "--set", "username=ann") == 0
    written = parse("meter.md", (prompts / "meter.md").read_text())
    assert (written.procedure, written.parameter) == ("drafts.meter", "p_meter_no")
    assert written.record_id.pattern == r"M-\d{4}"
    assert written.result_sets == ("meter", "readings", "visits", "output")
    assert {name: (rule.type, rule.source) for name, rule in written.parameters.items()} == {
        "since": ("date", None),
        "username": ("text", "user"),
    }
    assert written.columns == {"owner_name": "token", "email": "drop", "date_of_birth": "generalise"}
    assert written.roles == {"admin"}
    assert run("check", "meter") == 0
    capsys.readouterr()
    assert run("try", "meter", "M-0007", "--set", "since=2026-02-28", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in record["result_sets"]] == ["meter", "readings", "visits", "output"]
    assert "Bauer" not in json.dumps(record)
    assert record["result_sets"][1]["rows"] == [["2026-02-28", "12.50"]]
    assert record["result_sets"][3]["rows"] == [["12.50"]]


def test_every_fetch_outside_an_analysis_is_audited_before(application: Application, run: Run) -> None:
    run(*NEW, "--set", "since=2026-01-31", "--set", "username=ann")
    [event] = page(application.audit.engine, Filter(event="use_case.tried", record_id="M-0042"), limit=1).rows
    assert (event.use_case, event.procedure, event.source) == ("meter", "drafts.meter", "cli")


def test_people_see_the_masked_record_as_tables(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(*NEW, "--set", "since=2026-01-31", "--set", "username=ann")
    capsys.readouterr()
    assert run("try", "meter", "M-0007", "--set", "since=2026-02-28") == 0
    printed = capsys.readouterr().out
    assert "meter: 1 row\n  meter_no  owner_name\n  M-0007" in printed
    assert "Dropped, so that no model sees them: meter.email." in printed


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("new", "meter", "--database", "sample", "--procedure", "drafts.metre", "--id", "1"), ProcedureMissing, "no"),
        (("new", "a b", "--database", "sample", "--procedure", "drafts.meter", "--id", "1"), InvalidRequest, "name"),
        (("new", "x", "--database", "sample", "--procedure", "drafts.everything", "--id", "1"), InvalidRequest, "no p"),
        (("new", "x", "--database", "sample", "--procedure", "drafts.meter"), InvalidRequest, "not given"),
    ],
)
def test_what_cannot_become_a_use_case_is_said(
    prompts: Path, run: Run, arguments: tuple[str, ...], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        run(*arguments)
    assert list(prompts.iterdir()) == []


def test_a_parameter_without_a_value_is_told(prompts: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(*NEW[:-1], "M-1", "--set", "since")
    assert "since" in capsys.readouterr().err
    assert list(prompts.iterdir()) == []


def test_a_file_that_is_there_is_never_overwritten(prompts: Path, run: Run) -> None:
    (prompts / "meter.md").write_text("mine")
    with pytest.raises(Conflict, match="already"):
        run(*NEW)
    assert (prompts / "meter.md").read_text() == "mine"


def test_check_says_what_is_wrong(prompts: Path, run: Run) -> None:
    run(*NEW, "--set", "since=2026-01-31", "--set", "username=ann")
    file = prompts / "meter.md"
    file.write_text(file.read_text().replace("since:", "sinse:"))
    with pytest.raises(UseCaseInvalid, match="no parameter sinse; the nearest is since"):
        run("check", "meter")


def test_try_says_what_is_wrong_with_the_id(run: Run) -> None:
    run(*NEW, "--set", "since=2026-01-31", "--set", "username=ann")
    with pytest.raises(InvalidRecordId):
        run("try", "meter", "42", "--set", "since=2026-01-31")
    with pytest.raises(InvalidRequest, match="Since is missing"):
        run("try", "meter", "M-0042")

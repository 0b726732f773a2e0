"""What procedures and prompt files do wrong, through the whole pipeline on the embedded database: one outcome, one
clear sentence without SQL or record data, two rows in the audit log, and the next request fine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from core.accounts.user import Actor
from core.analyses import Analysis
from core.audit.entry import Event, Outcome
from core.audit.query import story
from core.bootstrap import Application
from core.jobs import Jobs
from core.steps import Request
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.use_cases import UseCases

FILE = """---
title: Fault
question: What is wrong?
database: sample
procedure: faults.{name}
parameter: wanted
record_id: {{label: Fault ID, example: F-1, pattern: 'F-[0-9]'}}
result_sets: [found]
roles: [analyst]
sensitivity: internal
purpose: optional
retain: 30d
limits: {{procedure_seconds: 1, rows: 500}}
---
Say what the record shows.
"""
SECRET = "the-content-of-the-record"
PROCEDURES = f"""
DROP SCHEMA IF EXISTS faults CASCADE;
CREATE SCHEMA faults;
CREATE FUNCTION faults.raising(wanted text) RETURNS SETOF text LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '{SECRET}' USING DETAIL = 'SELECT {SECRET}'; END $$;
CREATE FUNCTION faults.dividing(wanted text) RETURNS SETOF int LANGUAGE sql AS $$ SELECT 1 / (length(wanted) - 3) $$;
CREATE FUNCTION faults.hanging(wanted text) RETURNS SETOF text LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(60); RETURN NEXT 'done'; END $$;
CREATE FUNCTION faults.empty(wanted text) RETURNS SETOF text LANGUAGE sql AS $$ SELECT '{SECRET}' WHERE false $$;
CREATE FUNCTION faults.many(wanted text) RETURNS SETOF int LANGUAGE sql AS $$ SELECT generate_series(1, 200000) $$;
CREATE FUNCTION faults.fine(wanted text) RETURNS TABLE (amount numeric) LANGUAGE sql AS $$ SELECT 12.50 $$;
CREATE FUNCTION faults.forbidden(wanted text) RETURNS SETOF text LANGUAGE sql AS $$ SELECT '{SECRET}' $$;
GRANT USAGE ON SCHEMA faults TO analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA faults TO analyst;
REVOKE EXECUTE ON FUNCTION faults.forbidden FROM analyst;
"""


@pytest.fixture(scope="module")
def procedures(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    url = postgres.url("business_owner", SAMPLE_DATABASE).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
        owner.execute(PROCEDURES.encode())
        yield owner
        owner.execute(b"DROP SCHEMA faults CASCADE")


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    for name in ("raising", "dividing", "hanging", "empty", "many", "fine", "forbidden", "missing"):
        (tmp_path / f"{name}.md").write_text(FILE.format(name=name))
    return tmp_path


@pytest.fixture
def ask(
    application: Application, procedures: psycopg.Connection, prompts: Path, person: Callable[..., Actor]
) -> Iterator[Callable[..., Analysis]]:
    actor = person()
    parts = replace(application.parts, use_cases=UseCases(prompts))
    jobs = Jobs(parts, application.engine)

    def ask(use_case: str, record_id: str = "F-1") -> Analysis:
        request = Request(actor=actor, use_case=use_case, record_id=record_id, model="digest")
        job, seen = jobs.start(request), -1
        now = job.snapshot()
        while now.running:
            seen, now = job.watch(seen, 60)
        events = [(row.event, row.outcome) for row in story(application.audit.engine, request.request_id)]
        assert sorted(events, key=str) == [(Event.ASKED, None), (Event.OUTCOME, now.outcome)]
        return now

    yield ask
    jobs.close()


@pytest.mark.parametrize(
    ("name", "outcome", "says"),
    [
        ("missing", Outcome.FAILED, "faults.missing"),
        ("forbidden", Outcome.FAILED, "faults.forbidden"),
        ("raising", Outcome.FAILED, "The procedure faults.raising failed."),
        ("dividing", Outcome.FAILED, "faults.dividing cannot work with this value"),
        ("hanging", Outcome.TIMED_OUT, "The procedure faults.hanging took too long and was stopped."),
        ("empty", Outcome.NO_RECORD, "There is no Fault ID F-1."),
    ],
)
def test_a_procedure_that_fails_is_one_sentence_and_the_next_request_is_fine(
    ask: Callable[..., Analysis], name: str, outcome: Outcome, says: str
) -> None:
    ended = ask(name)
    told = f"{ended.error_message} {ended.error_hint}"
    assert (ended.outcome, ended.answer) == (outcome, "")
    assert says in told
    assert ended.error_hint
    for leak in (SECRET, "SELECT", "127.0.0.1", "Traceback", "psycopg"):
        assert leak not in told
    assert ask("fine").outcome is Outcome.COMPLETED


def test_200_000_rows_are_cut_and_the_page_says_so(ask: Callable[..., Analysis]) -> None:
    ended = ask("many")
    assert ended.outcome is Outcome.COMPLETED
    assert ended.masked is not None
    assert ended.masked.record.row_count == 500
    assert "Only the first 500 rows of found were read." in ended.warnings


def test_a_prompt_file_that_breaks_while_in_use_refuses_its_use_case_only(
    ask: Callable[..., Analysis], prompts: Path
) -> None:
    assert ask("fine").outcome is Outcome.COMPLETED
    (prompts / "fine.md").write_text("---\ntitle: [")
    broken = ask("fine")
    assert broken.outcome is Outcome.REFUSED
    assert broken.error_message
    assert ask("empty").outcome is Outcome.NO_RECORD
    (prompts / "fine.md").write_text(FILE.format(name="fine"))
    assert ask("fine").outcome is Outcome.COMPLETED

from __future__ import annotations

import signal
import threading
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text

from core.audit import log as log_module
from core.audit.entry import Entry, Event
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.audit.query import Filter, page, story
from core.audit.verification import State
from core.errors import AuditUnavailable, Conflict, LimitReached
from core.store.engine import driver
from core.store.tables import audit_log

APPEND = """
from core.audit.entry import Entry, Event
for number in range(int(arguments[0])):
    audit.append(Entry(event=Event.PAGE_REFUSED, details={"number": number}))
audit.close()
"""
APPEND_AND_WAIT = """
from core.audit.entry import Entry, Event
with audit.appending() as log:
    log.append(Entry(event=Event.PAGE_REFUSED))
    print("appended", flush=True)
    sys.stdin.read()
"""


def seqs(lab):
    with lab.app.connect() as connection:
        return list(connection.execute(select(audit_log.c.seq).order_by(audit_log.c.seq)).scalars())


def test_a_row_says_what_the_entry_said(lab):
    (request_id,) = lab.append(2)
    asked, outcome = story(lab.app, request_id)
    assert (asked.seq, asked.event, asked.username, asked.role, asked.source) == (
        1,
        "analysis.asked",
        "ann",
        "analyst",
        "page",
    )
    assert (asked.record_id, asked.purpose, asked.address, asked.outcome) == ("C-1", "review", "192.0.2.1", None)
    assert (outcome.seq, outcome.outcome, outcome.rows, outcome.evidence_score) == (2, "completed", 7, 0.5)
    assert (outcome.details, outcome.prev_hash) == ('{"stars":3}', asked.hash)


@pytest.mark.parametrize("hostile", ["nul \0", "lone \ud800", "line\nbreak", "x" * 100_000, "…" * 3_000, ""])
def test_text_of_any_kind_can_be_recorded(lab, hostile):
    lab.append(2, record_id=hostile, use_case=hostile, purpose=hostile, reason=hostile, details={"typed": hostile})
    lab.anchor()
    assert lab.verify().state is State.INTACT


def test_eight_processes_leave_one_whole_chain(lab, processes):
    started = [processes(lab.start(APPEND, 60)) for _ in range(8)]
    assert [process.wait(60) for process in started] == [0] * 8
    assert seqs(lab) == list(range(1, 481))
    result = lab.verify()
    assert (result.state, result.rows) == (State.INTACT, 480)


def test_many_threads_leave_one_whole_chain_and_each_gets_its_own_number(lab):
    numbers: list[int] = []

    def write():
        numbers.extend([lab.audit.append(Entry(event=Event.PAGE_REFUSED)) for _ in range(25)])

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == seqs(lab) == list(range(1, 401))
    lab.anchor()
    assert lab.verify().state is State.INTACT


def test_killed_between_append_and_commit_leaves_nothing(lab, processes):
    lab.append(2)
    process = processes(lab.start(APPEND_AND_WAIT))
    assert process.stdout.readline() == "appended\n"
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    lab.append(2)
    lab.anchor()
    assert seqs(lab) == [1, 2, 3, 4]
    assert lab.verify().state is State.INTACT


def append_and_refuse(lab):
    with lab.audit.appending() as log:
        log.append(lab.asked(uuid4()))
        raise LimitReached("Too often.", retry_after=1)


def test_what_is_done_inside_is_kept_or_lost_with_the_row(lab):
    with pytest.raises(LimitReached):
        append_and_refuse(lab)
    assert seqs(lab) == []
    lab.append(1)
    assert seqs(lab) == [1]


@pytest.mark.parametrize("make", ["asked", "outcome"])
def test_a_request_has_one_of_each(lab, make):
    request_id = uuid4()
    entry = getattr(lab, make)(request_id)
    lab.audit.append(entry)
    with pytest.raises(Conflict):
        lab.audit.append(entry)
    with pytest.raises(Conflict), lab.audit.appending() as log:
        log.append(entry)
    assert seqs(lab) == [1]


def test_a_conflict_does_not_spoil_what_others_write_at_the_same_time(lab):
    request_id, failed = uuid4(), []

    def write(entry):
        try:
            lab.audit.append(entry)
        except Conflict as error:
            failed.append(error)

    with lab.audit.appending():  # the threads gather behind this
        entries = [lab.asked(request_id) for _ in range(3)] + [lab.asked(uuid4()) for _ in range(5)]
        threads = [threading.Thread(target=write, args=[entry]) for entry in entries]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert (len(failed), seqs(lab)) == (2, list(range(1, 7)))


def test_a_lock_that_cannot_be_had_is_told(lab, monkeypatch):
    impatient = log_module.LOCK.statement.replace(b"'5s'", b"'20ms'")
    monkeypatch.setattr(log_module, "LOCK", replace(log_module.LOCK, statement=impatient))
    other = lab.open()
    with other.appending(), pytest.raises(AuditUnavailable):
        lab.append(1)
    assert seqs(lab) == []


def test_a_store_that_is_down_is_told(lab, tmp_path):
    engine = create_engine("postgresql+psycopg://app@/gone", connect_args={"host": str(tmp_path), "connect_timeout": 1})
    with pytest.raises(AuditUnavailable):
        AuditLog(engine, lab.audit.keys, tmp_path / "audit").append(Entry(event=Event.PAGE_REFUSED))


def end_connections(lab):
    with lab.app.connect() as connection:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app' AND pid <> :own"
        own = driver(connection).info.backend_pid
        assert connection.execute(text(ended), {"own": own}).scalar()


def test_the_log_goes_on_when_its_connection_was_ended_meanwhile(lab):
    lab.append(1)
    end_connections(lab)
    lab.append(1)
    assert seqs(lab) == [1, 2]


def append_while_the_connection_ends(lab):
    with lab.audit.appending() as log:
        log.append(lab.asked(uuid4()))
        end_connections(lab)


def test_a_connection_that_ends_inside_loses_what_was_done_there_and_nothing_else(lab):
    with pytest.raises(AuditUnavailable):
        append_while_the_connection_ends(lab)
    lab.append(1)
    assert seqs(lab) == [1]


def test_other_errors_inside_are_told_as_unavailable(lab):
    with pytest.raises(AuditUnavailable), lab.audit.appending() as log:
        log.connection.execute(text("SELECT 1/0"))


def test_nothing_is_appended_with_keys_of_another_installation(full_lab, tmp_path):
    stranger = AuditLog(full_lab.app, Keys.load(tmp_path / "other"), tmp_path / "other")
    with closing(stranger), pytest.raises(AuditUnavailable, match="key"):
        stranger.append(Entry(event=Event.PAGE_REFUSED))
    assert not page(full_lab.app, Filter(event=Event.PAGE_REFUSED)).rows

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, insert

from core import limits
from core.accounts.user import Role
from core.audit.line import Line
from core.errors import LimitReached
from core.settings import LimitSettings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine
from core.store.tables import analyses

LIMITS = LimitSettings(requests_per_minute=3, requests_per_use_case_per_hour=5, running_per_user=2)
BURST = 30
ASK = """
import sys, threading
from pathlib import Path
from uuid import uuid4
from sqlalchemy import insert, make_url
from core import limits
from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.errors import LimitReached
from core.settings import LimitSettings
from core.store.engine import open_engine
from core.store.tables import analyses

username, count, allowed, var = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
engine = open_engine(make_url(sys.stdin.readline().strip()))
audit = AuditLog(engine, Keys.load(var / "secrets"), var / "audit")
settings = LimitSettings(requests_per_minute=allowed, running_per_user=10_000).for_role(Role.ANALYST)
actor = Actor(User(username, "Burst", Role.ANALYST))
accepted = []

def ask():
    request_id = uuid4()
    entry = Entry(event=Event.ASKED, actor=actor, request_id=request_id)
    try:
        with audit.appending(limits.counts(username, "orders", settings)) as log:
            limits.check(log.found[0], settings, log.now)
            row = {"request_id": request_id, "asked_at": log.now, "process_id": 1, "username": username}
            row |= {"role": "analyst", "source": "api", "use_case": "orders", "record_id": "O-1", "model": "digest"}
            log.connection.execute(insert(analyses), {**row, "audit_asked": log.append(entry)})
        accepted.append(request_id)
    except LimitReached as error:
        assert 0 < error.retry_after <= 60

def several():
    for _ in range(count // 4):
        ask()

print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=several) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
audit.close()
print(len(accepted), flush=True)
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres.start(tmp_path_factory.mktemp("limits") / "var") as server:
        migrate(server.url("owner", STATE_DATABASE), "app")
        yield server


@pytest.fixture
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    engine = open_engine(postgres.url("app", STATE_DATABASE))
    yield engine
    with engine.begin() as connection:
        connection.execute(delete(analyses))
    engine.dispose()


@pytest.fixture
def ann(engine):
    """What Ann has asked so far, by how many seconds ago."""
    now = datetime.now(UTC)

    def ask(*seconds_ago, use_case="orders", username="ann", running=False):
        for seconds in seconds_ago:
            row = {
                "request_id": uuid4(),
                "asked_at": now - timedelta(seconds=seconds),
                "process_id": 1,
                "username": username,
                "role": "analyst",
                "source": "page",
                "use_case": use_case,
                "record_id": "O-1",
                "model": "digest",
                "outcome": None if running else "completed",
                "audit_asked": 1,
            }
            with engine.begin() as connection:
                connection.execute(insert(analyses), row)

    return ask


def check(engine, settings=LIMITS, use_case="orders"):
    allowed = settings.for_role(Role.ANALYST)
    with closing(Line(engine)) as line, line.transaction([limits.counts("ann", use_case, allowed)]) as (_, found):
        limits.check(found[0], allowed, datetime.now(UTC))


@pytest.mark.parametrize(
    "asked",
    [(), (10, 20), (10, 20, 61), (10, 20, 60), (100, 200, 300, 400), (100, 200, 300, 400, 3_601)],
)
def test_within_the_limits_nothing_happens(engine, ann, asked):
    ann(*asked)
    check(engine)


@pytest.mark.parametrize(
    ("asked", "retry_after", "says"),
    [
        ((10, 20, 30), 30.0, "within a minute"),
        ((0, 0, 0), 60.0, "within a minute"),
        ((1, 2, 3, 4, 5, 6), 57.0, "within a minute"),
        ((100, 200, 300, 400, 500), 3_100.0, "within an hour"),
    ],
)
def test_beyond_them_one_is_told_when_to_come_back(engine, ann, asked, retry_after, says):
    ann(*asked)
    with pytest.raises(LimitReached, match=says) as caught:
        check(engine)
    assert caught.value.retry_after == pytest.approx(retry_after, abs=10)
    assert "Try again in" in caught.value.hint


def test_one_use_case_does_not_use_up_another(engine, ann):
    ann(100, 200, 300, 400, 500, use_case="tickets")
    check(engine, use_case="orders")


def test_one_user_does_not_use_up_anothers_limit(engine, ann):
    ann(1, 2, 3, 4, 5, username="bob", running=True)
    check(engine)


def test_running_answers_are_counted_however_long_they_run(engine, ann):
    ann(100_000, 50, running=True)
    with pytest.raises(LimitReached, match="2 answers running") as caught:
        check(engine)
    assert caught.value.retry_after > 0


def test_a_role_may_have_limits_of_its_own(engine, ann):
    ann(10, 20, 30)
    roles = {"analyst": {"requests_per_minute": 4}, "manager": {"requests_per_minute": 1}}
    check(engine, LimitSettings(**LIMITS.model_dump(exclude={"roles"}), roles=roles))
    ann(5)
    with pytest.raises(LimitReached, match="4 times within a minute"):
        check(engine, LimitSettings(**LIMITS.model_dump(exclude={"roles"}), roles=roles))


def test_a_burst_over_two_processes_lets_exactly_as_many_through_as_allowed(engine, postgres, tmp_path):
    username = f"burst-{uuid4().hex[:8]}"
    url = engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, username, "40", str(BURST), str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(2)
    ]
    for process in started:
        process.stdin.write(url + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    accepted = [int(process.communicate(timeout=60)[0]) for process in started]
    assert sum(accepted) == BURST

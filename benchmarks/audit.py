"""The audit log against its limits: `python -m benchmarks.audit [--events N]`. Needs about 2 GB in the temp folder.

Every figure is held against a peer measured in the same run (a plain INSERT of the same row with the same indexes) or
against a limit. Exit 1 when one is missed. Writers ask again at once, without a pause: the hardest case.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import URL, MetaData, create_engine, insert, text

from core.accounts.sessions import Sessions
from core.accounts.user import Actor, Role, User
from core.accounts.users import Users
from core.audit import chain
from core.audit.entry import Entry, Event, Outcome
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.audit.query import Filter, page
from core.audit.verify import verify
from core.errors import NotAllowed
from core.settings import SessionSettings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres
from core.store.engine import migrate, open_engine
from core.store.tables import audit_log

USE_CASES = ("customer_insight", "order_analysis", "support_ticket", "financial_report", "patient_record")
ROLES = (Role.ANALYST,) * 17 + (Role.MANAGER,) * 2 + (Role.ADMIN,)
MODELS = ("digest",) * 8 + ("llama3.2:3b", "qwen3:8b")
OUTCOMES = (Outcome.COMPLETED,) * 90 + (Outcome.REFUSED,) * 5 + (Outcome.STOPPED,) * 4 + (Outcome.FAILED,)
BATCH = 5_000
USERS = 300
SIGN_INS = 20  # of each kind
PASSWORD = "seven quiet harbours"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--events", type=int, default=1_000_000, help="for verifying and paging")
    events = parser.parse_args(arguments).events
    with tempfile.TemporaryDirectory(prefix="audit-bench-") as folder:
        var = Path(folder) / "var"
        with EmbeddedPostgres.start(var) as postgres:
            owner = postgres.url("owner", STATE_DATABASE)
            migrate(owner, "app")
            _as_owner(
                owner, "CREATE TABLE plain (LIKE audit_log INCLUDING ALL)", "GRANT SELECT, INSERT ON plain TO app"
            )
            engine = open_engine(postgres.url("app", STATE_DATABASE), pool_size=40)
            with closing(AuditLog(engine, Keys.load(var / "secrets"), var / "audit")) as audit:
                kept = [*_append(audit), *_sign_in(audit), *_read(audit, events, owner)]
            engine.dispose()
    return 0 if all(kept) else 1


def _append(audit: AuditLog) -> list[bool]:
    numbers = itertools.count(1)
    plain = audit_log.to_metadata(MetaData(), name="plain")

    def insert_plain() -> None:
        number = next(numbers)
        values = chain.values_of(_asked(number))
        values |= {"seq": number, "at": datetime.now(UTC), "key_id": "k0"}
        values |= {"prev_hash": os.urandom(32), "hash": os.urandom(32)}
        with audit.engine.begin() as connection:
            connection.execute(insert(plain), values)

    def append() -> None:
        audit.append(_asked(next(numbers)))

    for call in (insert_plain, append):
        _rate(call, 1, 200)
    pairs = [(_rate(append, 1, 400)[0], _rate(insert_plain, 1, 400)[0]) for _ in range(5)]
    own, peer = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    print(f"append, 1 writer: {own:,.0f}/s; plain INSERT {peer:,.0f}/s")
    ratio = statistics.median(own / peer for own, peer in pairs)
    kept = [_verdict("append against a plain INSERT, 1 writer", ratio, 0.6, "x", at_least=True)]
    p95: dict[int, list[float]] = {8: [], 32: []}
    for _ in range(5):  # in turns, so that a busy moment hits both
        for writers, measured in p95.items():
            measured.append(_rate(append, writers, 3_200)[1])
    for writers, measured in p95.items():
        rate, peer_p95 = _rate(insert_plain, writers, 1_600)
        print(
            f"append, {writers} writers: p95 {statistics.median(measured) * 1e3:.1f} ms;"
            f" plain INSERT p95 {peer_p95 * 1e3:.1f} ms, {rate:,.0f}/s"
        )
    growth = statistics.median(p95[32]) / statistics.median(p95[8])
    return [*kept, _verdict("append p95, 32 writers against 8", growth, 2.0, "x")]


def _sign_in(audit: AuditLog) -> list[bool]:
    """A wrong password for names that exist and names that do not, in turns: whoever times it learns nothing."""
    users = Users(audit.engine, audit)
    users.add(None, "known0", "Known", Role.ANALYST, PASSWORD)
    with audit.engine.begin() as connection:  # the same hash for all: what is timed is the sign-in
        connection.execute(
            text(
                "INSERT INTO users (username, name, role, password_hash)"
                " SELECT 'known' || n, name, role, password_hash FROM users, generate_series(1, :last) AS n"
                " WHERE username = 'known0'"
            ),
            {"last": SIGN_INS - 1},
        )
    sessions = Sessions(audit.engine, audit, SessionSettings())

    def refused(username: str) -> None:
        try:
            sessions.sign_in(username, "a wrong password")
        except NotAllowed:
            return
        raise AssertionError(username)

    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(SIGN_INS):
        for kind in sorted(times, reverse=bool(number % 2)):
            times[kind].append(_seconds(lambda name=f"{kind}{number}": refused(name)))
    known, unknown = (statistics.median(times[kind]) for kind in ("known", "unknown"))
    print(f"sign-in with a wrong password: known user {known * 1e3:.0f} ms, unknown {unknown * 1e3:.0f} ms")
    return [_verdict("sign-in, unknown against known user, apart by", abs(unknown / known - 1), 0.1, "")]


def _read(audit: AuditLog, events: int, owner: URL) -> list[bool]:
    began = time.perf_counter()
    with _without_indexes(owner):
        first = _fill(audit, events)
    print(f"{events:,} events appended in batches in {time.perf_counter() - began:.0f} s")
    result = verify(audit, full=True)
    print(f"verify: {result.state}, {result.rows:,} rows in {result.seconds:.1f} s")
    kept = [_verdict("verify, full", result.rows / result.seconds, 60_000, " rows/s", at_least=True)]
    head = result.head
    middle = _time_of(audit, head // 2)
    filters = {
        "no filter": Filter(),
        "user": Filter(username="user7"),
        "role": Filter(role=Role.ADMIN),
        "use case and outcome": Filter(use_case="patient_record", outcome=Outcome.FAILED),
        "record": Filter(record_id="C-00017"),
        "model": Filter(model="qwen3:8b"),
        "model, never seen": Filter(model="gone:1b"),
        "user and event": Filter(username="user7", event=Event.ASKED),
        "since the middle": Filter(since=middle),
        "until the middle, role": Filter(until=middle, role=Role.MANAGER),
    }
    for place, before in {"newest": None, "middle": head - events // 2, "oldest": first + 1_000}.items():
        for name, filter in filters.items():
            times = sorted(_seconds(lambda f=filter, b=before: page(audit.engine, f, before=b)) for _ in range(40))
            label = f"page p95, {place}, {name}"
            kept.append(_verdict(label, times[37] * 1e3, 50, " ms"))
    return kept


@contextmanager
def _without_indexes(owner: URL) -> Generator[None]:
    """Rows go in several times as fast where the indexes are made afterwards. The chain is the true one either way."""
    with create_engine(owner).connect() as connection:
        made = connection.execute(
            text(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_log' AND indexname NOT LIKE 'pk%'"
            )
        ).all()
    unique = "ALTER TABLE audit_log {} CONSTRAINT uq_audit_log_prev_hash {}"
    others = [(name, definition) for name, definition in made if name != "uq_audit_log_prev_hash"]
    _as_owner(owner, unique.format("DROP", ""), *(f"DROP INDEX {name}" for name, _ in others))
    yield
    _as_owner(
        owner,
        "SET maintenance_work_mem = '512MB'",
        unique.format("ADD", "UNIQUE (prev_hash)"),
        *(definition for _, definition in others),
        "VACUUM (ANALYZE) audit_log",
    )


def _fill(audit: AuditLog, events: int) -> int:
    first = 0
    for start in range(0, events // 2, BATCH):
        entries: list[Entry] = []
        for number in range(start, min(start + BATCH, events // 2)):
            entries += [_asked(10**9 + number), _outcome(10**9 + number)]
        with audit.appending() as log:
            last = log.append_all(entries)
        first = first or last - len(entries) + 1
    return first


def _asked(number: int) -> Entry:
    return Entry(event=Event.ASKED, **_common(number), purpose="quarterly review")


def _outcome(number: int) -> Entry:
    return Entry(
        event=Event.OUTCOME,
        **_common(number),
        outcome=OUTCOMES[number % len(OUTCOMES)],
        server="embedded",
        model_digest="sha256:" + "0" * 64,
        prompt_hash="1" * 64,
        answer_hash="2" * 64,
        rows=120,
        prompt_tokens=2_000,
        answer_tokens=400,
        claims=31,
        claims_to_check=2,
        evidence_score=0.935,
        procedure_ms=3.2,
        first_token_ms=410.5,
        total_ms=5_123.4,
    )


def _common(number: int) -> dict[str, object]:
    use_case = USE_CASES[number * 7 % len(USE_CASES)]
    user = User(f"user{number % USERS}", "A User", ROLES[number % USERS % len(ROLES)])
    return {
        "actor": Actor(user, address="192.0.2.7"),
        "request_id": UUID(int=number),
        "use_case": use_case,
        "record_id": f"C-{number * 31 % 20_000:05}",
        "model": MODELS[number * 3 % len(MODELS)],
        "database": "sample",
        "procedure": f"analytics.{use_case}",
    }


def _rate(call: Callable[[], None], writers: int, calls: int) -> tuple[float, float]:
    """Calls a second, and the 95th percentile of their seconds."""
    times: list[float] = []

    def write() -> None:
        times.extend([_seconds(call) for _ in range(calls // writers)])

    threads = [threading.Thread(target=write) for _ in range(writers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return len(times) / seconds, sorted(times)[int(len(times) * 0.95)]


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _time_of(audit: AuditLog, seq: int) -> datetime:
    return page(audit.engine, Filter(), before=seq, limit=1).rows[0].at


def _as_owner(owner: URL, *statements: str) -> None:
    engine = create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _verdict(name: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> bool:
    kept = value >= limit if at_least else value <= limit
    shown = f"{value:,.0f}" if value >= 1_000 else f"{value:.2f}"
    print(f"{'ok    ' if kept else 'MISSED'} {name}: {shown}{unit} (limit {limit:,g}{unit})", flush=True)
    return kept


if __name__ == "__main__":
    sys.exit(main())

"""One contract for every kind of database: the same procedures, called on a real server of each."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from datetime import time as time_of_day
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import (
    DatabaseError,
    DatabaseUnavailable,
    InvalidRequest,
    ProcedureFailed,
    ProcedureMissing,
    ProcedureTimedOut,
)
from core.records.procedures import CallStopped, Database, Identity, Limits, Mode, call, check_rights, signature
from core.records.record import ColumnType, Record, Value

if TYPE_CHECKING:
    from conftest import Server

LIMITS = Limits(seconds=30)
ANNA = Identity("anna", "analyst", "request-1")
SETS = ("header", "nothing", "lines")
INJECTIONS = [
    "' OR '1'='1",
    "R-1'; DROP TABLE items; --",
    'R-1" OR ""="',
    "R-1`",
    "R-1\\",
    "%",
    "_-_",
    "R-1 ",
    "{fn user()}",
    "?",
    "%s",
    "%(x)s",
    ":1",
    "$1",
    "@record_id",
    "NULL",
    "R-1/*",
    "0x522D31",
    "R-1\n",
    "𝔘 🦉",
    "x" * 4000,
]


def ask(
    database: Database,
    server: Server,
    procedure: str,
    arguments: Mapping[str, Value] | None = None,
    *,
    limits: Limits = LIMITS,
    identity: Identity = ANNA,
    result_sets: tuple[str, ...] = (),
    stop: threading.Event | None = None,
) -> Record:
    given = {"record_id": "R-1"} | dict(arguments or {})
    return call(
        database,
        f"{server.schema}.{procedure}",
        given,
        identity,
        limits,
        record_id="R-1",
        result_sets=result_sets,
        stop=stop,
    )


def wait_for(condition: Any) -> None:
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_every_set_comes_in_order_named_and_the_empty_one_keeps_its_place(database: Database, server: Server) -> None:
    record = ask(database, server, "three_sets", result_sets=SETS)
    assert [(one.name, one.column_names) for one in record.result_sets] == [
        ("header", ("record_id", "items")),
        ("nothing", ("id", "label")),
        ("lines", ("id", "label", "price")),
    ]
    assert record["header"].rows == (("R-1", 3),)
    assert record["nothing"].rows == ()
    assert record["lines"].rows == (
        (1, "first", Decimal("10.1000")),
        (2, None, Decimal("0.0001")),
        (3, server.empty, Decimal("9999999999999999.9999")),
    )
    assert not any(one.truncated for one in record.result_sets)
    assert record.procedure_ms > 0


def test_the_types_of_columns_are_told_even_without_rows(database: Database, server: Server) -> None:
    record = ask(database, server, "three_sets", result_sets=SETS)
    assert [column.type for column in record["nothing"].columns] == [ColumnType.INTEGER, ColumnType.TEXT]
    assert record["lines"].columns[2].type is ColumnType.DECIMAL


def test_columns_keep_their_order_and_equal_names(database: Database, server: Server) -> None:
    (only,) = ask(database, server, "same_names", result_sets=("both_of",)).result_sets
    assert only.column_names == ("z", "a", "name", "name")
    assert only.rows == ((2, 1, "left", "right"),)


def test_values_are_exact(database: Database, server: Server) -> None:
    (only,) = ask(database, server, "types", result_sets=("types",)).result_sets
    found = dict(zip(only.column_names, only.rows[0], strict=True))
    expected = {
        "decimal": Decimal("123456789012345678.1234567890"),
        "bigint": 9223372036854775807,
        "float": 1.5,
        "date": date(2024, 2, 29),
        "timestamp": datetime(2024, 2, 29, 23, 59, 59, 123456),  # noqa: DTZ001 the column has no zone
        "time": time_of_day(23, 59, 59, 500000),
        "boolean": True,
        "null": None,
        "empty": "",
        "unicode": "Ünïcode 🦉 𝔘",
        "binary": "3 bytes",
        "json": '{"b":[1.10,2],"a":"x  y"}',
    } | dict(server.own_types)
    assert found == expected
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }


def test_a_single_set_takes_the_name_of_the_use_case(database: Database, server: Server) -> None:
    record = ask(database, server, "one_set", result_sets=("prices",))
    assert [one.name for one in record.result_sets] == ["prices"]
    assert record.row_count == 3


def test_further_parameters_are_bound(database: Database, server: Server) -> None:
    assert ask(database, server, "from_price", {"minimum": Decimal("0.5")}).row_count == 2


def test_output_parameters_come_as_a_set_called_output(database: Database, server: Server) -> None:
    record = ask(database, server, "outputs", {"note": "seen"})
    assert record.result_sets[-1].name == "output"
    assert record["output"].column_names == ("note", "total", "counted")
    assert record["output"].rows == (("seen!", Decimal("10000000000000010.1000"), 3),)


@pytest.mark.parametrize("value", INJECTIONS)
def test_values_are_only_ever_bound(database: Database, server: Server, value: str) -> None:
    record = ask(database, server, "three_sets", {"record_id": value}, result_sets=SETS)
    assert record.row_count == 0
    assert [one.name for one in record.result_sets] == list(SETS)


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_text_that_no_database_can_hold_is_refused_before_it_is_sent(
    database: Database, server: Server, value: str
) -> None:
    with pytest.raises(InvalidRequest):
        ask(database, server, "three_sets", {"record_id": value})


@pytest.mark.parametrize("name", ["three_sets(1); DROP TABLE items", 'x"y', "", "a.b.c.d.e", "a b", "x--"])
def test_procedure_names_are_plain_identifiers(database: Database, server: Server, name: str) -> None:
    with pytest.raises(InvalidRequest):
        call(database, name, {}, Identity("a", "b", "c"), Limits(), record_id="R-1")


def test_the_procedure_can_read_for_whom_it_works_and_the_next_one_does_not_see_it(
    database: Database, server: Server
) -> None:
    for user in ("anna", "Bert O'Neil; --"):
        record = ask(database, server, "identity", identity=Identity(user, "analyst", f"request of {user}"))
        assert record.result_sets[0].rows == ((user, "analyst", f"request of {user}"),)


def test_identity_does_not_survive_an_error(database: Database, server: Server) -> None:
    with pytest.raises(ProcedureFailed):
        ask(database, server, "raises", identity=Identity("anna", "analyst", "1"))
    record = ask(database, server, "identity", identity=Identity("", "", ""))
    assert all(value in ("", None) for value in record.result_sets[0].rows[0])


def test_a_record_id_cannot_forge_the_identity(database: Database, server: Server) -> None:
    record = ask(database, server, "identity", {"record_id": "x'; SET app.user = 'root"})
    assert record.result_sets[0].rows[0][0] == "anna"


@pytest.mark.parametrize(
    ("procedure", "error"),
    [("absent", ProcedureMissing), ("not_granted", ProcedureMissing), ("raises", ProcedureFailed)],
)
def test_errors_are_ours_show_nothing_and_the_next_call_works(
    database: Database, server: Server, procedure: str, error: type[DatabaseError]
) -> None:
    with pytest.raises(error) as caught:
        ask(database, server, procedure)
    shown = f"{caught.value.message} {caught.value.hint}"
    for secret in ("secret", "SELECT", "CALL", "sp_", str(server.url.password), "127.0.0.1", "R-1"):
        assert secret not in shown
    assert caught.value.__cause__ is not None or procedure != "raises"
    assert ask(database, server, "one_set").row_count == 3


def test_a_procedure_that_writes_is_refused_or_rolled_back(database: Database, server: Server) -> None:
    with suppress(ProcedureFailed):
        ask(database, server, "writes")
    assert ask(database, server, "one_set", {"record_id": "R-9"}).row_count == 0


def test_a_misspelt_parameter_is_named_with_the_nearest_right_one(database: Database, server: Server) -> None:
    with pytest.raises(ProcedureFailed, match=r"(?i)has no parameter recordid; the nearest is record_id"):
        call(
            database,
            f"{server.schema}.one_set",
            {"recordid": "R-1"},
            Identity("a", "b", "c"),
            Limits(),
            record_id="R-1",
        )


def test_a_missing_parameter_is_named(database: Database, server: Server) -> None:
    told = "(?i)also needs row_count" if server.tells_out else "needs other parameters"
    with pytest.raises(ProcedureFailed, match=told):
        ask(database, server, "many_rows")


def test_the_signature_tells_names_modes_and_defaults(database: Database, server: Server) -> None:
    found = signature(database, f"{server.schema}.outputs")
    out = Mode.OUT if server.tells_out else Mode.INOUT
    assert [(one.name.lstrip("@").lower(), one.mode) for one in found.parameters] == [
        ("record_id", Mode.IN),
        ("note", Mode.INOUT),
        ("total", out),
        ("counted", out),
    ]
    assert all(one.type for one in found.parameters)


def test_ten_million_rows_are_cut_and_told_with_bounded_memory_and_the_next_set_comes(
    database: Database, server: Server
) -> None:
    ask(database, server, "three_sets")
    tracemalloc.start()
    limits = Limits(seconds=110, rows=500)
    record = ask(
        database, server, "many_rows", {"row_count": server.many}, limits=limits, result_sets=("many", "after")
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert record["many"].truncated
    assert len(record["many"].rows) == 500
    assert len(set(record["many"].rows)) == 500
    assert record["after"].rows == (("still here",),)
    assert peak < 4 * 1024 * 1024


def test_the_ceiling_itself_is_not_a_cut(database: Database, server: Server) -> None:
    record = ask(database, server, "many_rows", {"row_count": 500}, limits=Limits(rows=500))
    assert not record.result_sets[0].truncated
    assert len(record.result_sets[0].rows) == 500


def test_the_ceiling_of_bytes_counts_for_the_whole_record(database: Database, server: Server) -> None:
    record = ask(
        database, server, "many_rows", {"row_count": 5000}, limits=Limits(bytes=2_800), result_sets=("many", "after")
    )
    assert record["many"].truncated
    assert len(record["many"].rows) == 100
    assert record["after"].truncated
    assert record["after"].rows == ()


def test_a_late_call_is_ended_in_the_server(database: Database, server: Server) -> None:
    with pytest.raises(ProcedureTimedOut):
        ask(database, server, "sleeps", {"seconds": 30}, limits=Limits(seconds=0.3))
    wait_for(lambda: not server.running())
    assert ask(database, server, "one_set").row_count == 3


def test_stop_ends_the_call_in_the_server(database: Database, server: Server, stop: threading.Event) -> None:
    def press_stop() -> None:
        wait_for(server.running)
        stop.set()

    presser = threading.Thread(target=press_stop)
    presser.start()
    with pytest.raises(CallStopped):
        ask(database, server, "sleeps", {"seconds": 30}, stop=stop)
    presser.join()
    wait_for(lambda: not server.running())
    assert ask(database, server, "one_set").row_count == 3


def test_a_call_that_was_stopped_before_does_not_run(database: Database, server: Server, stop: threading.Event) -> None:
    stop.set()
    with pytest.raises(CallStopped):
        ask(database, server, "many_rows", {"row_count": 100_000}, stop=stop)


def test_waiting_for_a_lock_ends_with_a_clear_error(database: Database, server: Server) -> None:
    ask(database, server, "locked")
    with server.lock_items(), pytest.raises(ProcedureTimedOut):
        ask(database, server, "locked", limits=Limits(seconds=0.4))
    assert ask(database, server, "locked").row_count == 3


def test_a_session_killed_in_mid_call_is_told_and_the_next_call_works(database: Database, server: Server) -> None:
    def kill() -> None:
        wait_for(server.running)
        server.kill_sessions()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(DatabaseUnavailable):
        ask(database, server, "sleeps", {"seconds": 30})
    killer.join()
    assert ask(database, server, "one_set").row_count == 3


def test_sessions_killed_in_the_pool_are_not_noticed(server: Server) -> None:
    database = Database("business", server.url, pool_size=2)
    threads = [threading.Thread(target=ask, args=(database, server, "sleeps", {"seconds": 0.2})) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.kill_sessions()
    assert ask(database, server, "one_set").row_count == 3
    database.close()


def test_a_server_restarted_between_two_calls_is_not_noticed(database: Database, server: Server) -> None:
    assert ask(database, server, "one_set").row_count == 3
    server.restart()
    assert ask(database, server, "one_set").row_count == 3


def test_a_full_pool_is_told_and_stop_is_heard_while_waiting(database: Database, server: Server) -> None:
    stop_long, stop_waiting = threading.Event(), threading.Event()

    def run_long() -> None:
        with pytest.raises(CallStopped):
            ask(database, server, "sleeps", {"seconds": 30}, stop=stop_long)

    long = threading.Thread(target=run_long)
    long.start()
    wait_for(server.running)
    with pytest.raises(DatabaseUnavailable, match="in use"):
        ask(database, server, "one_set", limits=Limits(seconds=0.2))
    stop_waiting.set()
    with pytest.raises(CallStopped):
        ask(database, server, "one_set", stop=stop_waiting)
    stop_long.set()
    long.join()
    assert ask(database, server, "one_set").row_count == 3


def test_nothing_listening_or_a_wrong_password_is_told_without_the_address(server: Server) -> None:
    for url in (server.url.set(password="wrong"), server.unreachable):
        database = Database("business", url)
        with pytest.raises(DatabaseUnavailable) as caught:
            ask(database, server, "one_set")
        assert "127.0.0.1" not in str(caught.value)


def test_a_login_with_only_execute_raises_no_finding(database: Database, server: Server) -> None:
    names = server.procedures
    assert check_rights(database, names) == []


def test_what_else_the_login_may_do_is_found(database: Database, server: Server) -> None:
    found = " ".join(finding.problem for finding in check_rights(database, ["contract.three_sets"]))
    assert "one_set" in found
    with server.too_many_rights():
        found = " ".join(finding.problem for finding in check_rights(database, server.procedures))
        for word in ("read", "change", "items"):
            assert word in found

"""What of MariaDB and MySQL is not in the contract; most of it needs no server."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from datetime import time as time_of_day
from decimal import Decimal

import pymysql
import pytest
from pymysql import err
from pymysql.cursors import Cursor
from sqlalchemy import URL

from core.errors import DatabaseUnavailable, DriverMissing, ProcedureFailed, ProcedureMissing, ProcedureTimedOut
from core.records import odbc
from core.records.mariadb import MOST_PREPARED, MariaDB
from core.records.mariadb_casts import cast_type
from core.records.mariadb_odbc import ODBC
from core.records.mariadb_pymysql import PyMySQL, _read_row
from core.records.mariadb_rights import find_rights
from core.records.procedures import Database, Identity, Limits, call
from core.records.values import array_text, compact_json, duration_text, to_value
from tests.mariadb import Mariadbd


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "1"),
        (-7, "-7"),
        (Decimal("1E+3"), "1000"),
        (1.5, "1.5"),
        (date(2024, 2, 29), "'2024-02-29'"),
        (time_of_day(1, 2), "'01:02:00'"),
        ("", "_utf8mb4 X''"),
        ("R-1' OR 1=1 --\\", "_utf8mb4 X'522d3127204f5220313d31202d2d5c'"),
        (Decimal("NaN"), "_utf8mb4 X'4e614e'"),
        (float("inf"), "_utf8mb4 X'696e66'"),
    ],
)
def test_pymysql_gets_values_in_a_form_that_nothing_breaks_out_of(value: object, written: str) -> None:
    assert PyMySQL().bind(value) == (written, ())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (err.OperationalError(1305, "secret"), ProcedureMissing),
        (err.OperationalError(1370, "secret"), ProcedureMissing),
        (err.OperationalError(1045, "secret"), DatabaseUnavailable),
        (err.OperationalError(2013, "Lost connection"), DatabaseUnavailable),
        (err.InterfaceError(0, ""), DatabaseUnavailable),
        (err.OperationalError(1040, "Too many connections"), DatabaseUnavailable),
        (err.OperationalError(1317, "secret"), ProcedureTimedOut),
        (err.OperationalError(1969, "secret"), ProcedureTimedOut),
        (err.OperationalError(1205, "secret"), ProcedureTimedOut),
        (err.InternalError(1792, "secret"), ProcedureFailed),
        (err.DataError(1366, "secret"), ProcedureFailed),
        (err.OperationalError(1644, "secret"), ProcedureFailed),
    ],
)
def test_each_error_has_one_of_ours(error: Exception, expected: type[Exception]) -> None:
    translated = MariaDB(PyMySQL()).translate(error, "schema.name")
    assert type(translated) is expected
    assert "secret" not in str(translated)


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ("HY000", "[HY000] [ma-3.1.15][10.11]PROCEDURE x does not exist (1305) (SQLExecDirectW)", ProcedureMissing),
        ("08S01", "[08S01] Server has gone away (2006) (SQLExecDirectW)", DatabaseUnavailable),
        ("70100", "[70100] Query execution was interrupted (1317) (SQLExecDirectW)", ProcedureTimedOut),
        ("IM002", "[IM002] Data source name not found", DriverMissing),
        ("01000", "[01000] [unixODBC]Can't open lib 'MariaDB Unicode' : file not found (0)", DriverMissing),
    ],
)
def test_errors_through_odbc_are_told_by_the_number_in_their_text(
    state: str, text: str, expected: type[Exception]
) -> None:
    error = odbc.load().Error(state, text)
    assert type(MariaDB(ODBC()).translate(error, "schema.name")) is expected


def test_without_libodbc_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> object:
        raise ImportError("libodbc.so.2: cannot open shared object file")

    monkeypatch.setattr(odbc, "import_module", refuse)
    with pytest.raises(DriverMissing) as caught:
        odbc.load()
    assert "unixodbc" in caught.value.hint


def test_values_of_a_connection_string_cannot_add_keys() -> None:
    assert odbc.connection_string({"PWD": "a;b}c=", "PORT": "1"}) == "PWD={a;b}}c=};PORT=1;"


@pytest.mark.parametrize(
    ("declared", "target"),
    [
        ("int(11)", "SIGNED"),
        ("bigint(20) unsigned", "UNSIGNED"),
        ("int unsigned", "UNSIGNED"),
        ("decimal(20,4)", "DECIMAL(20,4)"),
        ("double", "DOUBLE"),
        ("datetime(6)", "DATETIME(6)"),
        ("date", "DATE"),
        ("time(3)", "TIME(6)"),
        ("varbinary(20)", "BINARY"),
        ("varchar(100)", "CHAR"),
        ("longtext", "CHAR"),
        ("enum('int','date')", "CHAR"),
    ],
)
def test_output_variables_are_read_as_the_type_they_were_declared(declared: str, target: str) -> None:
    assert cast_type(declared) == target


@pytest.mark.parametrize(
    ("grant", "problem"),
    [
        ("GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*1'", None),
        ("GRANT EXECUTE ON PROCEDURE `shop`.`get_customer` TO `a`@`%`", None),
        ("GRANT EXECUTE ON PROCEDURE `shop`.`other` TO `a`@`%`", "may execute shop.other"),
        ("GRANT EXECUTE ON `shop`.* TO `a`@`%`", "execute every routine of shop.*"),
        ("GRANT SELECT, UPDATE ON `shop`.`items` TO `a`@`%`", "read and change shop.items"),
        ("GRANT SELECT (`id`, `name`) ON `shop`.`items` TO `a`@`%`", "read shop.items"),
        ("GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION", "read and change everything in *.*"),
        ("GRANT PROCESS ON *.* TO `a`@`%`", "use PROCESS on *.*"),
        ("GRANT `reader` TO `a`@`%`", "holds a role"),
    ],
)
def test_grants_are_read(grant: str, problem: str | None) -> None:
    found = [finding.problem for finding in find_rights([grant], ["get_customer"], "shop")]
    assert (problem is None) == (found == [])
    assert problem is None or problem in found[0]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"abc", "3 bytes"),
        (bytearray(1234), "1,234 bytes"),
        (timedelta(hours=-30, seconds=-1), "-30:00:01"),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ([Decimal("1.10"), None, "x"], '[1.10,null,"x"]'),
        (None, None),
        (True, True),
    ],
)
def test_what_is_no_cell_becomes_text(raw: object, value: object) -> None:
    assert to_value(raw) == value


def test_json_is_compacted_without_being_parsed() -> None:
    assert compact_json('{ "a" : 1.10,\n "b \\" c" : [ 1, 2 ] }') == '{"a":1.10,"b \\" c":[1,2]}'
    assert array_text([["a", Decimal("NaN")], [True, 2]]) == '[["a","NaN"],[true,2]]'
    assert duration_text(timedelta(seconds=1.5)) == "00:00:01.5"


def test_a_row_is_read_with_cells_of_every_length() -> None:
    texts = ["", "a" * 250, "b" * 251, "c" * 65_536]
    lengths = [b"\x00", b"\xfa", b"\xfc\xfb\x00", b"\xfd\x00\x00\x01"]
    packet = b"".join(length + text.encode() for length, text in zip(lengths, texts, strict=True)) + b"\xfb\x0212"
    columns = [("utf-8", None)] * len(texts) + [("utf-8", None), ("ascii", int)]
    assert _read_row(packet, columns) == [*texts, None, 12]


def test_the_procedure_that_cancels_ends_nothing_of_anybody_else(mariadbd: Mariadbd, sample_on_mariadb: URL) -> None:
    """Neither another login's statement nor one of the same login that Record Analyst did not send."""
    given = sample_on_mariadb.translate_connect_args(username="user")
    with (
        mariadbd.owner() as owner,
        pymysql.connect(**given) as own,
        pymysql.connect(**given) as asking,
        asking.cursor() as cursor,
        mariadbd.owner() as watching,
        watching.cursor() as looking,
    ):
        for other in (owner, own):
            ended: list[object] = []
            sleeping = threading.Thread(target=lambda other=other, ended=ended: ended.append(_sleep(other)))
            sleeping.start()
            while sleeping.is_alive() and not looking.execute(SLEEPING):
                pass
            assert sleeping.is_alive()
            cursor.execute("CALL business.record_analyst_cancel(%s)", [other.thread_id()])
            sleeping.join()
            assert ended == [0]  # nothing, when it was ended


SLEEPING = "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"


@pytest.fixture(params=["mariadb+pyodbc", "mysql+pymysql"])
def replaced(request: pytest.FixtureRequest, mariadbd: Mariadbd) -> Iterator[tuple[Database, Cursor]]:
    """A pool of one, and a cursor of the owner's in the database `replaced`, whose procedures it may call."""
    login = f"replaced_{secrets.token_hex(4)}"
    with mariadbd.owner() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE replaced")
        cursor.execute("USE replaced")
        cursor.execute(f"CREATE USER {login}@'%' IDENTIFIED BY 'x'")
        cursor.execute(f"GRANT EXECUTE ON replaced.* TO {login}@'%'")
        url = URL.create(request.param, login, "x", "127.0.0.1", mariadbd.port, "replaced")
        database = Database("replaced", url, pool_size=1)
        yield database, cursor
        database.close()
        cursor.execute("DROP DATABASE replaced")
        cursor.execute(f"DROP USER {login}@'%'")


def told(database: Database, procedure: str, record_id: str, rows: int = 10) -> list[tuple[object, ...]]:
    """The columns of each set, and its rows."""
    who, arguments = Identity("anna", "analyst", "request-1"), {"record_id": record_id}
    found = call(database, f"replaced.{procedure}", arguments, who, Limits(20, rows), record_id=record_id)
    return [(one.column_names, one.rows) for one in found.result_sets]


def test_a_procedure_that_was_replaced_between_two_calls_gives_what_it_gives_now(
    replaced: tuple[Database, Cursor],
) -> None:
    """The statement may still be prepared from the call before."""
    database, cursor = replaced
    cursor.execute("CREATE PROCEDURE one(record_id varchar(9)) SELECT record_id AS id, @app_user AS who")
    assert told(database, "one", "R-1") == [(("id", "who"), (("R-1", "anna"),))]
    cursor.execute(
        "CREATE OR REPLACE PROCEDURE one(record_id varchar(9)) BEGIN SELECT 1 AS n; SELECT record_id AS b; END"
    )
    assert told(database, "one", "R-2") == [(("n",), ((1,),)), (("b",), (("R-2",),))]
    cursor.execute("CREATE OR REPLACE PROCEDURE one(record_id int) SELECT record_id + 1 AS n")
    assert told(database, "one", "41") == [(("n",), ((42,),))]


def test_after_an_error_or_a_set_cut_short_the_next_call_is_whole(replaced: tuple[Database, Cursor]) -> None:
    database, cursor = replaced
    cursor.execute(
        "CREATE PROCEDURE one(record_id varchar(9)) BEGIN IF record_id = 'bad' THEN SIGNAL SQLSTATE '45000'; END IF;"
        " SELECT seq FROM seq_1_to_1000; SELECT record_id AS id; END"
    )
    for _ in range(2):
        assert [len(rows) for _, rows in told(database, "one", "R-1", rows=5)] == [5, 1]
        with pytest.raises(ProcedureFailed):
            told(database, "one", "bad")
        assert [len(rows) for _, rows in told(database, "one", "R-1", rows=2_000)] == [1_000, 1]


def test_a_procedure_is_prepared_once_for_a_connection_and_few_are_kept(replaced: tuple[Database, Cursor]) -> None:
    database, cursor = replaced
    others = prepared(cursor)["Prepared_stmt_count"]
    for place in range(MOST_PREPARED + 2):
        cursor.execute(f"CREATE PROCEDURE p{place}(record_id varchar(9)) SELECT record_id AS id")
        told(database, f"p{place}", "R-1")
    before = prepared(cursor)
    for _ in range(5):
        assert told(database, f"p{MOST_PREPARED + 1}", "R-2") == [(("id",), (("R-2",),))]
    assert prepared(cursor) == before
    assert before["Prepared_stmt_count"] - others <= MOST_PREPARED
    assert told(database, "p0", "R-3") == [(("id",), (("R-3",),))]


def prepared(cursor: Cursor) -> dict[str, int]:
    cursor.execute("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Prepared_stmt_count')")
    return {str(name): int(value) for name, value in cursor.fetchall()}


def _sleep(connection: pymysql.Connection[Cursor]) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT SLEEP(1)")
        ((ended,),) = cursor.fetchall()
        return ended

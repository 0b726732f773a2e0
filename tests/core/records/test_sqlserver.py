"""What of SQL Server needs no server: the statement, values, the driver, errors, and a server that never answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import make_url

from core.errors import (
    DatabaseUnavailable,
    DriverMissing,
    ProcedureFailed,
    ProcedureTimedOut,
)
from core.records import odbc, sqlserver, sqlserver_url
from core.records.contract import Mode
from core.records.procedures import Database, Identity, Limits, call
from core.records.record import Column, ColumnType, ResultSet
from core.records.sqlserver import SQLServer, read_routine, write_statement


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody takes the connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


ROUTINES = {
    "procedure": [
        ("dbo", "get customer]", "P", "@customer_id", "nvarchar(20)", False),
        ("dbo", "get customer]", "P", "@year", "int", False),
        ("dbo", "get customer]", "P", "@total", "decimal(20,4)", True),
    ],
    "plain": [("crm", "plain", "P", "", None, False)],
    "table": [("crm", "rows_of", "IF", "@id", "int", False), ("crm", "rows_of", "IF", "@year", "int", False)],
    "scalar": [("crm", "price", "FN", "@id", "int", False)],
}


@pytest.mark.parametrize(
    ("routine", "arguments", "text", "values"),
    [
        (
            "procedure",
            {"@customer_id": "C-1"},
            "SET NOCOUNT ON; DECLARE @record_analyst_returned int, @record_analyst_0 decimal(20,4) = ?; "
            "EXEC @record_analyst_returned = [dbo].[get customer]]] @customer_id = ?, "
            "@total = @record_analyst_0 OUTPUT; "
            "SELECT @record_analyst_0 AS [total], @record_analyst_returned AS record_analyst_returned;",
            [None, "C-1"],
        ),
        (
            "plain",
            {},
            "SET NOCOUNT ON; DECLARE @record_analyst_returned int; EXEC @record_analyst_returned = [crm].[plain] ; "
            "SELECT @record_analyst_returned AS record_analyst_returned;",
            [],
        ),
        ("table", {"@id": 1}, "SELECT * FROM [crm].[rows_of](?, DEFAULT)", [1]),
        ("scalar", {"@id": 1}, "SELECT [crm].[price](?) AS [price]", [1]),
    ],
)
def test_the_statement_holds_names_and_marks_but_no_value(
    routine: str, arguments: dict[str, object], text: str, values: list[object]
) -> None:
    assert write_statement(read_routine(ROUTINES[routine]), arguments) == (text, values)


def test_the_signature_is_read_from_the_catalogue() -> None:
    found = read_routine(ROUTINES["procedure"]).signature
    assert [(one.name, one.mode) for one in found.parameters] == [
        ("@customer_id", Mode.IN),
        ("@year", Mode.IN),
        ("@total", Mode.INOUT),
    ]


@pytest.mark.parametrize(("returned", "names"), [(0, [("total",)]), (3, [("total", "return_value")])])
def test_a_return_value_of_zero_is_not_shown(returned: int, names: list[tuple[str, ...]]) -> None:
    columns = (Column("total"), Column(sqlserver.RETURNED, ColumnType.INTEGER))
    found = sqlserver.outputs(ResultSet("output", columns, ((5, returned),)))
    assert [one.column_names for one in found] == names
    assert sqlserver.outputs(ResultSet("output", columns[1:], ((0,),))) == []


def test_times_with_zone_are_exact() -> None:
    raw = bytes.fromhex("e80702001d0017003b003b0015cd5b0702000000")
    zone = timezone(timedelta(hours=2))
    assert sqlserver.read_datetimeoffset(raw) == datetime(2024, 2, 29, 23, 59, 59, 123456, zone)
    assert sqlserver.read_datetimeoffset(raw).astimezone(UTC).hour == 21
    assert sqlserver.read_datetimeoffset(None) is None


def test_the_connection_is_encrypted_and_no_value_adds_a_key() -> None:
    url = make_url("mssql+pyodbc://anna:p%3Bw%7D@db.example/shop?TrustServerCertificate=yes").set(port=1434)
    text = sqlserver_url.connection_string(url)
    assert "SERVER=db.example,1434;" in text
    assert "PWD={p;w}}};" in text
    assert "Encrypt=yes;" in text
    assert "TrustServerCertificate=yes;" in text


def test_the_driver_of_the_wheel_is_found_and_loads(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(sqlserver_url.driver_path()).is_file()
    monkeypatch.setattr(sqlserver, "CONNECT_SECONDS", 1)
    url = make_url(f"mssql+pyodbc://anna:x@127.0.0.1:{silent_port}/shop")
    with pytest.raises(odbc.load().Error) as caught:
        SQLServer().connect(url)
    assert "Microsoft" in str(caught.value)


def test_without_the_wheel_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlserver_url, "find_spec", lambda name: None)
    with pytest.raises(DriverMissing) as caught:
        sqlserver_url.driver_path()
    assert "mssql-python-odbc" in caught.value.hint


def test_a_server_that_never_answers_is_told(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlserver, "CONNECT_SECONDS", 1)
    database = Database("shop", make_url(f"mssql+pyodbc://anna:x@127.0.0.1:{silent_port}/shop"))
    with pytest.raises(DatabaseUnavailable) as caught:
        call(database, "dbo.x", {}, Identity("a", "b", "c"), Limits(), record_id="1")
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ("28000", "[28000] Login failed (18456) (SQLDriverConnect)", DatabaseUnavailable),
        ("08S01", "[08S01] Communication link failure (10054) (SQLExecDirectW)", DatabaseUnavailable),
        ("HYT00", "[HYT00] Login timeout expired (0) (SQLDriverConnect)", DatabaseUnavailable),
        ("HYT00", "[HYT00] Query timeout expired (0) (SQLExecDirectW)", ProcedureTimedOut),
        ("HY008", "[HY008] Operation canceled (0) (SQLExecDirectW)", ProcedureTimedOut),
        ("42000", "[42000] Lock request time out period exceeded. (1222) (SQLExecDirectW)", ProcedureTimedOut),
        ("42000", "[42000] secret expects parameter '@x' (201) (SQLExecDirectW)", ProcedureFailed),
        ("22018", "[22018] Conversion failed for 'secret' (245) (SQLExecDirectW)", ProcedureFailed),
        ("42000", "[42000] secret (50000) (SQLExecDirectW)", ProcedureFailed),
        ("01000", "[01000] Can't open lib 'x' : file not found (0) (SQLDriverConnect)", DriverMissing),
    ],
)
def test_each_error_has_one_of_ours(state: str, text: str, expected: type[Exception]) -> None:
    translated = SQLServer().translate(odbc.load().Error(state, text), "dbo.x")
    assert type(translated) is expected
    assert "secret" not in str(translated)

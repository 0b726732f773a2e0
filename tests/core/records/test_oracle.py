"""What of Oracle needs no server: the block, overloads, types, errors, and a server that never answers."""

from __future__ import annotations

import gc
import re
import socket
import threading
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import oracledb
import pytest
import sqlfluff
from sqlalchemy import make_url

from core.errors import DatabaseUnavailable, ProcedureFailed, ProcedureTimedOut
from core.records import oracle_connect, oracle_types
from core.records.contract import Mode
from core.records.oracle import Oracle, read_routines, write_block
from core.records.oracle_types import column_name
from core.records.procedures import Database, Identity, Limits, call
from core.records.record import ColumnType
from tests.core.records.oracle_server import OracleServer, statements

PACKAGED = [
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "1", 1, "CUSTOMER_ID", "IN", "VARCHAR2", "N"),
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "1", 2, "YEAR", "IN", "NUMBER", "Y"),
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "1", 3, "HEADER", "OUT", "REF CURSOR", "N"),
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "1", 4, "NOTE", "IN/OUT", "VARCHAR2", "N"),
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "2", 0, None, "OUT", "NUMBER", "N"),
    ("SHOP", "PACKAGE", "CRM", "GET_CUSTOMER", "2", 1, "CUSTOMER_ID", "IN", "NUMBER", "N"),
]
BARE = [("SHOP", "PROCEDURE", "BARE", None, "0", None, None, None, None, "N")]


def test_overloads_modes_and_defaults_are_read_from_the_catalogue() -> None:
    first, second = read_routines(PACKAGED)
    assert first.signature.name == "SHOP.CRM.GET_CUSTOMER"
    assert [(one.name, one.mode, one.has_default) for one in first.signature.parameters] == [
        ("CUSTOMER_ID", Mode.IN, False),
        ("YEAR", Mode.IN, True),
        ("HEADER", Mode.OUT, False),
        ("NOTE", Mode.INOUT, False),
    ]
    assert second.returns == "NUMBER"


@pytest.mark.parametrize(
    ("rows", "which", "arguments", "block"),
    [
        (
            PACKAGED,
            0,
            {"CUSTOMER_ID": "C-1"},
            'BEGIN "SHOP"."CRM"."GET_CUSTOMER"("CUSTOMER_ID" => :b0, "HEADER" => :b2, "NOTE" => :b3); END;',
        ),
        (
            PACKAGED,
            1,
            {"CUSTOMER_ID": 1},
            'BEGIN :returned := "SHOP"."CRM"."GET_CUSTOMER"("CUSTOMER_ID" => :b0); END;',
        ),
        (BARE, 0, {}, 'BEGIN "SHOP"."BARE"; END;'),
    ],
)
def test_the_block_holds_names_and_marks_but_no_value(
    rows: list[Any], which: int, arguments: dict[str, Any], block: str
) -> None:
    assert write_block(read_routines(rows)[which], arguments) == block


@pytest.mark.parametrize(
    ("kind", "scale", "precision", "asked"),
    [
        (oracledb.DB_TYPE_NUMBER, 0, 10, int),
        (oracledb.DB_TYPE_NUMBER, 2, 10, Decimal),
        (oracledb.DB_TYPE_NUMBER, 0, 0, Decimal),
        (oracledb.DB_TYPE_CLOB, 0, 0, oracledb.DB_TYPE_LONG),
        (oracledb.DB_TYPE_BLOB, 0, 0, oracledb.DB_TYPE_LONG_RAW),
        (oracledb.DB_TYPE_VARCHAR, 0, 0, None),
    ],
)
def test_numbers_never_pass_through_float_and_large_texts_come_as_text(
    kind: Any, scale: int, precision: int, asked: Any
) -> None:
    cursor = SimpleNamespace(var=lambda type_, arraysize: type_, arraysize=100)
    described = SimpleNamespace(type_code=kind, scale=scale, precision=precision)
    assert oracle_types.choose_type(cursor, described) is asked


def test_every_type_named_here_exists_in_the_driver() -> None:
    for name in {*oracle_types.COLUMN_TYPES, *oracle_types.BIND_TYPES.values()}:
        assert getattr(oracledb, name).name == name
    assert oracle_types.column_type("DB_TYPE_DATE") is ColumnType.TIMESTAMP
    assert oracle_types.bind_type("SOMETHING NEW") is oracledb.DB_TYPE_VARCHAR


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_never_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle_connect, "CONNECT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        database = Database("shop", make_url(f"oracle+oracledb://a:b@127.0.0.1:{silent.getsockname()[1]}/x"))
        with pytest.raises(DatabaseUnavailable) as caught:
            call(database, "crm.x", {}, Identity("a", "b", "c"), Limits(), record_id="1")
    assert "127.0.0.1" not in str(caught.value)
    for attempt in threading.enumerate():
        if attempt.name == "oracle-connect":
            attempt.join()
    gc.collect()  # the driver leaves its socket to the collector


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ORA-01017", DatabaseUnavailable),
        ("ORA-12541", DatabaseUnavailable),
        ("DPY-4011", DatabaseUnavailable),
        ("ORA-00020", DatabaseUnavailable),
        ("ORA-01013", ProcedureTimedOut),
        ("DPY-4024", ProcedureTimedOut),
        ("ORA-00054", ProcedureTimedOut),
        ("ORA-01456", ProcedureFailed),
        ("ORA-01722", ProcedureFailed),
        ("ORA-20001", ProcedureFailed),
    ],
)
def test_each_error_has_one_of_ours(code: str, expected: type[Exception]) -> None:
    error = oracledb.DatabaseError(SimpleNamespace(full_code=code, message="secret"))
    translated = Oracle().translate(error, "crm.x")
    assert type(translated) is expected
    assert "secret" not in str(translated)


@pytest.mark.parametrize(
    ("name", "expected"), [("CUSTOMER_ID", "customer_id"), ("Customer Id", "Customer Id"), ("SUM(X)", "sum(x)")]
)
def test_names_that_nobody_quoted_are_small_as_everywhere(name: str, expected: str) -> None:
    assert column_name(name) == expected


def test_the_contract_has_its_procedures_for_oracle_as_well() -> None:
    """And each statement is of Oracle's grammar: no test run has met a server."""
    other = Path(__file__).with_name("contract_sqlserver.sql").read_text().replace("[", "").replace("]", "")
    made = set(re.findall(r"CREATE (?:FUNCTION|PROCEDURE) ([\w.]+)", other))
    assert set(OracleServer.procedures) == made - {"contract.not_granted"}
    for statement in statements():
        statement = statement.replace("LOCK TABLE contract.items IN SHARE MODE;", "")  # sqlfluff does not know it
        sqlfluff.parse(statement if statement.endswith("END;") else f"{statement};", dialect="oracle")

"""What only PostgreSQL has: functions of every shape, and cursors without names."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from core.errors import DatabaseUnavailable, ProcedureFailed, ProcedureMissing, ProcedureTimedOut
from core.records.postgresql import PostgreSQL
from core.records.procedures import Database, Identity, Limits, call, signature
from core.records.record import Record
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres

SHAPES = """
CREATE SCHEMA shapes;
CREATE FUNCTION shapes.scalar(id text) RETURNS numeric LANGUAGE sql AS $$ SELECT 12.50 $$;
CREATE FUNCTION shapes.nothing(id text) RETURNS void LANGUAGE sql AS $$ SELECT $$;
CREATE FUNCTION shapes.record_of(id text, OUT a int, OUT b text) LANGUAGE sql AS $$ SELECT 1, id $$;
CREATE FUNCTION shapes.one_cursor(id text) RETURNS refcursor LANGUAGE plpgsql AS $$
DECLARE only refcursor := 'only'; BEGIN OPEN only FOR SELECT id AS told; RETURN only; END $$;
CREATE FUNCTION shapes.unnamed(id text) RETURNS SETOF refcursor LANGUAGE plpgsql AS $$
DECLARE x refcursor; y refcursor;
BEGIN OPEN x FOR SELECT 1 AS one; RETURN NEXT x; OPEN y FOR SELECT 2 AS two; RETURN NEXT y; END $$;
CREATE FUNCTION shapes.out_cursors(id text, OUT head refcursor, OUT total int, OUT rest refcursor)
LANGUAGE plpgsql AS $$
BEGIN OPEN head FOR SELECT 1 AS one; total := 7; OPEN rest FOR SELECT 2 AS two; END $$;
CREATE PROCEDURE shapes.inout_cursor(id text, INOUT lines refcursor DEFAULT 'lines') LANGUAGE plpgsql AS $$
BEGIN OPEN lines FOR SELECT id AS told; END $$;
CREATE PROCEDURE shapes.commits(id text) LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
CREATE FUNCTION shapes.overloaded(id text) RETURNS text LANGUAGE sql AS $$ SELECT 'one' $$;
CREATE FUNCTION shapes.overloaded(id text, year int) RETURNS text LANGUAGE sql AS $$ SELECT 'two' $$;
CREATE FUNCTION shapes."Mixed Case"(id text) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE FUNCTION shapes."CamelCase"("Id" text) RETURNS text LANGUAGE sql AS $$ SELECT "Id" $$;
CREATE FUNCTION shapes.by_number(id bigint) RETURNS TABLE (twice numeric) LANGUAGE sql AS $$ SELECT id * 2.0 $$;
CREATE FUNCTION shapes.table_of(id text, count bigint) RETURNS TABLE (n bigint) LANGUAGE sql AS
$$ SELECT generate_series(1, count) $$;
CREATE TYPE shapes.mood AS ENUM ('good', 'bad');
CREATE FUNCTION shapes.enums(id text, mood shapes.mood DEFAULT 'bad')
RETURNS TABLE (mood shapes.mood, moods shapes.mood[]) LANGUAGE sql AS $$ SELECT mood, ARRAY[mood] $$;
GRANT USAGE ON SCHEMA shapes TO analyst;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA shapes TO analyst;
"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with EmbeddedPostgres.start(tmp_path_factory.mktemp("shapes") / "var") as server:
        url = server.url("business_owner", SAMPLE_DATABASE).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as owner:
            owner.execute(SHAPES)
        database = Database("business", server.url("analyst", SAMPLE_DATABASE))
        yield database
        database.close()


def ask(database: Database, procedure: str, names: tuple[str, ...] = (), **arguments: object) -> Record:
    given = {"id": "R-1"} | arguments
    who = Identity("anna", "analyst", "1")
    return call(database, f"shapes.{procedure}", given, who, Limits(), record_id="R-1", result_sets=names)


@pytest.mark.parametrize(
    ("procedure", "names", "expected"),
    [
        ("scalar", (), [("output", ("scalar",), ((Decimal("12.50"),),))]),
        ("scalar", ("price",), [("price", ("scalar",), ((Decimal("12.50"),),))]),
        ("nothing", (), []),
        ("record_of", (), [("output", ("a", "b"), ((1, "R-1"),))]),
        ("one_cursor", ("ignored",), [("only", ("told",), (("R-1",),))]),
        ("unnamed", ("first", "second"), [("first", ("one",), ((1,),)), ("second", ("two",), ((2,),))]),
        ("unnamed", (), [("result_1", ("one",), ((1,),)), ("result_2", ("two",), ((2,),))]),
        (
            "out_cursors",
            (),
            [("head", ("one",), ((1,),)), ("rest", ("two",), ((2,),)), ("output", ("total",), ((7,),))],
        ),
        ("inout_cursor", ("told",), [("lines", ("told",), (("R-1",),))]),
        ("CamelCase", (), [("output", ("CamelCase",), (("R-1",),))]),
        ("camelcase", (), [("output", ("CamelCase",), (("R-1",),))]),
        ("enums", (), [("enums", ("mood", "moods"), (("bad", "{bad}"),))]),
    ],
)
def test_every_shape_of_routine(
    shapes: Database, procedure: str, names: tuple[str, ...], expected: list[tuple[str, object, object]]
) -> None:
    sets = ask(shapes, procedure, names).result_sets
    assert [(one.name, one.column_names, one.rows) for one in sets] == expected


def test_the_overload_that_takes_the_arguments_is_called(shapes: Database) -> None:
    assert ask(shapes, "overloaded")["output"].rows == (("one",),)
    assert ask(shapes, "overloaded", year=2024)["output"].rows == (("two",),)


@pytest.mark.parametrize("value", ["7", 7, Decimal("7")])
def test_values_are_converted_to_the_parameters_type_by_the_server(shapes: Database, value: object) -> None:
    assert ask(shapes, "by_number", id=value)["by_number"].rows == ((Decimal("14.0"),),)


def test_a_value_that_the_type_cannot_hold_is_told(shapes: Database) -> None:
    with pytest.raises(ProcedureFailed, match="cannot work with this value"):
        ask(shapes, "by_number", id="seven")


def test_a_table_function_of_many_rows_is_cut(shapes: Database) -> None:
    record = ask(shapes, "table_of", count=100_000)
    assert len(record["table_of"].rows) == 5_000
    assert record["table_of"].truncated


def test_a_procedure_that_commits_is_refused(shapes: Database) -> None:
    with pytest.raises(ProcedureFailed):
        ask(shapes, "commits")


def test_a_name_without_schema_is_looked_for_along_the_search_path(shapes: Database) -> None:
    with pytest.raises(ProcedureMissing):
        signature(shapes, "scalar")


def test_the_signature_tells_types_and_defaults(shapes: Database) -> None:
    found = signature(shapes, "shapes.enums").inputs
    assert [(one.name, one.type, one.has_default) for one in found] == [
        ("id", "text", False),
        ("mood", "shapes.mood", True),
    ]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.QueryCanceled(), ProcedureTimedOut),
        (psycopg.errors.LockNotAvailable(), ProcedureTimedOut),
        (psycopg.errors.IdleInTransactionSessionTimeout(), ProcedureTimedOut),
        (psycopg.errors.AdminShutdown(), DatabaseUnavailable),
        (psycopg.errors.TooManyConnections(), DatabaseUnavailable),
        (psycopg.errors.InvalidPassword(), DatabaseUnavailable),
        (psycopg.errors.ConnectionTimeout("no answer"), DatabaseUnavailable),
        (psycopg.OperationalError("server closed the connection unexpectedly"), DatabaseUnavailable),
        (psycopg.errors.DiskFull(), ProcedureFailed),
        (psycopg.errors.ReadOnlySqlTransaction(), ProcedureFailed),
        (psycopg.errors.UniqueViolation("secret"), ProcedureFailed),
        (psycopg.InternalError("secret"), ProcedureFailed),
    ],
)
def test_each_error_of_the_driver_has_one_of_ours(error: psycopg.Error, expected: type[Exception]) -> None:
    translated = PostgreSQL().translate(error, "schema.name")
    assert type(translated) is expected
    assert "secret" not in str(translated)


def test_errors_of_others_are_left_alone() -> None:
    assert PostgreSQL().translate(KeyError("x"), "schema.name") is None


def test_nothing_is_imported_or_connected_to_by_naming_a_database(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://a:secret@/x?host={tmp_path}"
    assert "secret" not in repr(Database("business", make_url(url)))

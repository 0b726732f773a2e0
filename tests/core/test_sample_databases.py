"""The samples on another kind of database give the same records, value by value."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import URL, make_url

from core.accounts.user import Role, User
from core.bootstrap import Application
from core.errors import DriverMissing, SettingsError
from core.parameters import arguments
from core.records import sqlserver_url
from core.records.oracle import Oracle
from core.records.procedures import Database, Identity, Limits, call, check_rights
from core.records.record import Record
from core.sample_databases import SERVERS, load_samples, statements
from core.use_cases import UseCase, UseCases
from samples import PROCEDURES
from samples.business.contracts import BEHIND_A_BARRIER
from samples.findings import FINDINGS
from tests.mariadb import Mariadbd
from tests.parts import ENGINES_BY_URL, ROOT
from tests.samples.scripts import sample_tables

MORE = [
    *(("customer_insight", f"CUST-{number:04d}") for number in range(1, 501, 83)),
    *(("order_analysis", f"ORD-{number}") for number in range(10_050, 19_000, 1_500)),
    *(("support_ticket", f"TKT-{number:04d}") for number in range(30, 2_400, 390)),
    *(("financial_report", f"FIN-2025-{month:02d}") for month in (1, 6, 12)),
    *(("patient_record", f"PAT-{number:04d}") for number in range(1, 301, 50)),
    *(("document_review", f"DOC-{number:04d}") for number in range(1, 121, 20)),
]
NOBODY = ("", " ", "' OR '1'='1", "%", "_" * 9, "cust-0142", "CUST-0142 ", "CUST-0142\n", "x" * 200)
DRIVERS = ("mysql+pymysql", "mariadb+pyodbc")
BY_URL = [name for name, key in ENGINES_BY_URL.items() if os.environ.get(key)]
MOST_BYTES = 4_000  # of a VARCHAR2


def fetch(database: Database, use_case: UseCase, record_id: str, user: str = "anna") -> Record:
    further = arguments(use_case.parameters, {}, User(user, user, Role.ANALYST))
    return call(
        database,
        use_case.procedure,
        {use_case.parameter: record_id, **further},
        Identity(user, "analyst", "request-1"),
        Limits(),
        record_id=record_id,
        result_sets=use_case.result_sets,
    )


@pytest.fixture(autouse=True)
def the_business_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samples.business.build", sample_tables)


@pytest.fixture(scope="module", params=[*DRIVERS, *BY_URL])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param in BY_URL:
        with sample_by_url(make_url(os.environ[ENGINES_BY_URL[request.param]])) as login:
            database = Database("elsewhere", login)
            yield database
            database.close()
        return
    url: URL = request.getfixturevalue("sample_on_mariadb")
    database = Database("elsewhere", url.set(drivername=request.param))
    yield database
    database.close()


@contextmanager
def sample_by_url(owner: URL) -> Iterator[URL]:
    """The login of a server of one's own with the sample business in it."""
    login = owner.set(username=f"SAMPLE_{secrets.token_hex(4).upper()}", password=f"aA1_{secrets.token_hex(8)}")
    load_samples(owner, login, lambda _: None)
    yield login
    kind = owner.get_backend_name()
    drops = {"mssql": ["DROP USER {}", "DROP LOGIN {}"], "oracle": ["DROP USER {}"]}.get(kind, ["DROP USER {}@'%'"])
    with closing(SERVERS[kind].connect(owner)) as connection, closing(connection.cursor()) as cursor:
        for drop in drops:
            cursor.execute(drop.format(login.username))
        connection.commit()


def as_told(value: object, database: Database) -> object:
    """Oracle's DATE has a time of day."""
    if isinstance(database.dialect, Oracle) and isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 nor has it a zone
    return value


@pytest.mark.parametrize(
    ("name", "record_id"), [*((one.use_case, one.record_id) for one in FINDINGS), *MORE], ids=lambda value: value
)
def test_a_record_is_the_same_as_on_postgresql(
    application: Application, elsewhere: Database, name: str, record_id: str
) -> None:
    use_case = application.use_cases.get(name)
    expected = fetch(application.databases["sample"], use_case, record_id)
    found = fetch(elsewhere, use_case, record_id)
    assert expected.row_count
    assert [one.name for one in found.result_sets] == list(use_case.result_sets)
    for here, there in zip(found.result_sets, expected.result_sets, strict=True):
        assert here.column_names == there.column_names
        expected_rows = tuple(tuple(as_told(cell, elsewhere) for cell in row) for row in there.rows)
        assert here.rows == expected_rows, here.name


def test_the_types_of_columns_are_the_same(application: Application, sample_on_mariadb: URL) -> None:
    database = Database("mariadb", sample_on_mariadb)
    for use_case in application.use_cases.all():
        expected = fetch(application.databases["sample"], use_case, use_case.record_id.example)
        found = fetch(database, use_case, use_case.record_id.example)
        assert [one.columns for one in found.result_sets] == [one.columns for one in expected.result_sets]
    database.close()


@pytest.mark.parametrize("record_id", NOBODY)
def test_an_id_that_does_not_exist_finds_nothing(application: Application, elsewhere: Database, record_id: str) -> None:
    assert fetch(elsewhere, application.use_cases.get("customer_insight"), record_id).row_count == 0


def test_an_information_barrier_hides_a_document_from_one_analyst_only(
    application: Application, elsewhere: Database
) -> None:
    use_case = application.use_cases.get("document_review")
    assert fetch(elsewhere, use_case, BEHIND_A_BARRIER, "analyst").row_count == 0
    assert fetch(elsewhere, use_case, BEHIND_A_BARRIER, "anna").row_count


def test_the_login_can_do_nothing_else(elsewhere: Database) -> None:
    assert check_rights(elsewhere, [f"business.{name}" for name in PROCEDURES]) == []


def test_one_line_of_settings_sends_the_six_elsewhere() -> None:
    assert {one.database for one in UseCases(ROOT / "prompts", {"sample": "crm"}).all()} == {"crm"}
    only = UseCases(ROOT / "prompts", {"patient_record": "clinic"})
    assert {one.name for one in only.all() if one.database == "clinic"} == {"patient_record"}


def test_somebody_elses_database_of_the_same_name_is_left_alone(mariadbd: Mariadbd) -> None:
    owner = URL.create("mysql+pymysql", "root", query={"unix_socket": str(mariadbd.socket)})
    with mariadbd.owner() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES LIKE 'business'")
        renamed = bool(cursor.fetchall())
        if renamed:
            cursor.execute("RENAME TABLE business.sample_version TO business.was_version")
        else:
            cursor.execute("CREATE DATABASE business")
            cursor.execute("CREATE TABLE business.precious (id int)")
        try:
            with pytest.raises(SettingsError, match="not the sample business"):
                load_samples(owner, owner.set(username="analyst"), lambda _: None)
            cursor.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'business'")
            assert cursor.fetchall() != ((0,),)
        finally:
            cursor.execute(
                "RENAME TABLE business.was_version TO business.sample_version" if renamed else "DROP DATABASE business"
            )


@pytest.mark.parametrize("kind", ["mariadb", "sqlserver", "oracle"])
def test_every_kind_has_the_six_procedures(kind: str) -> None:
    server = next(one for one in SERVERS.values() if one.folder == kind)
    made = "\n".join(statement for name in PROCEDURES for statement in statements(server, name)).lower()
    for name in PROCEDURES:
        assert f"procedure {name}" in made or f"procedure business.{name}" in made


class FakeServer:
    """A connection that keeps what it is told and answers the loader's questions."""

    def __init__(self, **answers: list[tuple[object, ...]]) -> None:
        """`answers`: the rows for a statement that contains the keyword."""
        self.told: list[str] = []
        self.rows = 0
        self.kinds: set[type] = set()
        self.committed = False
        self._answers = answers
        self._found: list[tuple[object, ...]] = []

    @property
    def description(self) -> object:
        return self._found or None

    def cursor(self) -> FakeServer:
        return self

    def execute(self, statement: str, values: object = ()) -> None:
        self.told.append(statement)
        self.committed = False
        self._found = next((rows for key, rows in self._answers.items() if key in statement), [])

    def executemany(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        assert len(re.findall(r"\?|:\d+", statement)) == len(rows[0])
        self.told.append(statement)
        self.rows += len(rows)
        self.kinds |= {type(cell) for row in rows for cell in row}

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._found

    def commit(self) -> None:
        self.committed = True

    def close(self) -> None:
        pass


LOGIN = URL.create("mssql+pyodbc", "an]alyst", "it's", "127.0.0.1", database="sample")
BINARY = "Latin1_General_100_BIN2"


def load_into(server: FakeServer, monkeypatch: pytest.MonkeyPatch, login: URL = LOGIN) -> None:
    backend = login.get_backend_name()
    kind = replace(SERVERS[backend], connect=lambda _: server)
    monkeypatch.setitem(SERVERS, backend, kind)  # pyright: ignore[reportArgumentType]
    load_samples(login.set(username="sa"), login, lambda _: None)


def test_sql_server_gets_scripts_data_and_a_login_in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(SCHEMA_ID=[(None, None, BINARY)], SUSER_ID=[(None, None)])
    load_into(server, monkeypatch)
    assert server.told[1] == "CREATE SCHEMA business AUTHORIZATION dbo"
    assert server.rows == sum(len(table.rows) for table in sample_tables())
    assert "CREATE LOGIN [an]]alyst] WITH PASSWORD = N'it''s'" in server.told
    assert [one for one in server.told if one.startswith("GRANT")] == [
        f"GRANT EXECUTE ON business.{name} TO [an]]alyst]" for name in PROCEDURES
    ]
    assert server.committed


def test_an_older_sample_on_sql_server_is_taken_away_first(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(
        **{"sys.objects": [("DROP TABLE business.[orders]",)]}, SCHEMA_ID=[(7, 8, BINARY)], SUSER_ID=[(1, 1)]
    )
    load_into(server, monkeypatch)
    assert server.told[2:4] == ["DROP TABLE business.[orders]", "DROP SCHEMA business"]
    assert not any("CREATE LOGIN" in one or "CREATE USER" in one for one in server.told)


@pytest.mark.parametrize(
    ("state", "told"),
    [((7, None, BINARY), "not the sample business"), ((None, None, "SQL_Latin1_General_CP1_CI_AS"), "collation")],
)
def test_a_sql_server_that_does_not_fit_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, state: tuple[object, ...], told: str
) -> None:
    server = FakeServer(SCHEMA_ID=[state])
    with pytest.raises(SettingsError, match=told):
        load_into(server, monkeypatch)
    assert len(server.told) == 1


def test_without_its_driver_sql_server_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlserver_url, "find_spec", lambda _: None)
    with pytest.raises(DriverMissing, match="not installed"):
        load_samples(LOGIN.set(username="sa"), LOGIN, lambda _: None)


AT_ORACLE = URL.create("oracle+oracledb", "analyst", "it's", "127.0.0.1", query={"service_name": "FREE"})
NO_SCHEMA = {"all_objects": [(0, 0, 0)]}


def test_oracle_gets_a_schema_scripts_data_and_a_login_in_this_order(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(**NO_SCHEMA)
    load_into(server, monkeypatch, AT_ORACLE)
    assert server.told[1:3] == ["CREATE USER business NO AUTHENTICATION", "GRANT UNLIMITED TABLESPACE TO business"]
    assert server.told[3].startswith("CREATE TABLE business.sample_version")
    kinds = [re.sub(r" business\..*", "", one.splitlines()[0]) for one in server.told]
    order = [kinds.index(one) for one in ("CREATE TABLE", "INSERT INTO", "CREATE FUNCTION", "CREATE PROCEDURE")]
    assert order == sorted(order)
    assert server.told[-8:] == [
        'CREATE USER analyst IDENTIFIED BY "it\'s"',
        "GRANT CREATE SESSION TO analyst",
        *(f"GRANT EXECUTE ON business.{name} TO analyst" for name in PROCEDURES),
    ]
    assert server.rows == sum(len(table.rows) for table in sample_tables())
    assert server.committed


def test_statements_for_oracle_end_as_its_driver_wants_them() -> None:
    """PL/SQL with its semicolon, SQL without one; no comment before the first word, by which the driver knows it."""
    for script in ("tables", "norms", *PROCEDURES, "grants"):
        for statement in statements(SERVERS["oracle"], script):
            of_plsql = re.match(r"CREATE (PROCEDURE|FUNCTION|TYPE)\b", statement)
            assert statement.endswith(";") == bool(of_plsql), statement
            assert re.match(r"CREATE|GRANT", statement)


def test_values_for_oracle_are_of_types_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """No truth values before Oracle 23, and an empty text is NULL, which no column of texts takes."""
    server = FakeServer(**NO_SCHEMA)
    load_into(server, monkeypatch, AT_ORACLE)
    assert server.kinds == {str, int, Decimal, date, datetime, type(None)}
    assert not any(cell == "" or (isinstance(cell, str) and len(cell.encode()) > MOST_BYTES) for cell in all_cells())


def all_cells() -> Iterator[object]:
    for table in sample_tables():
        for row in table.rows:
            yield from row


def test_an_older_sample_on_oracle_is_taken_away_first(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(all_objects=[(1, 60, 1)], username=[(1,)])
    load_into(server, monkeypatch, AT_ORACLE)
    assert server.told[1:3] == ["DROP USER business CASCADE", "CREATE USER business NO AUTHENTICATION"]
    assert not any("CREATE USER analyst" in one for one in server.told)


def test_somebody_elses_schema_on_oracle_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(all_objects=[(1, 3, 0)])
    with pytest.raises(SettingsError, match="not the sample business"):
        load_into(server, monkeypatch, AT_ORACLE)
    assert len(server.told) == 1


def test_what_a_broken_load_left_on_oracle_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(all_objects=[(1, 0, 0)])
    load_into(server, monkeypatch, AT_ORACLE)
    assert server.told[1] == "DROP USER business CASCADE"


def test_a_procedure_that_does_not_compile_on_oracle_is_told_and_not_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(**NO_SCHEMA, all_errors=[("ORDER_ANALYSIS", 12, "PL/SQL: ORA-00904: X: invalid\n")])
    with pytest.raises(SettingsError, match="order_analysis was not understood in line 12: PL/SQL: ORA-00904"):
        load_into(server, monkeypatch, AT_ORACLE)
    assert not any("analyst" in one for one in server.told)


@pytest.mark.parametrize("login", [AT_ORACLE.set(username='a"; DROP'), AT_ORACLE.set(password='x"y')])
def test_a_login_that_cannot_be_written_on_oracle_is_refused(monkeypatch: pytest.MonkeyPatch, login: URL) -> None:
    with pytest.raises(SettingsError, match="double quote"):
        load_into(FakeServer(**NO_SCHEMA), monkeypatch, login)


def test_a_kind_without_samples_is_told() -> None:
    sqlite = URL.create("sqlite", "analyst", database="x")
    with pytest.raises(SettingsError, match="no sample business for sqlite"):
        load_samples(sqlite, sqlite, lambda _: None)

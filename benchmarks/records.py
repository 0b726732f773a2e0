"""What a call costs over the bare driver that fetches the same sets, and what its rows weigh beside DataFrames.

PostgreSQL embedded; MariaDB when it is installed (`make test` installs it on Debian). The peer does no more than it
must: call, fetch every set, roll back, on one connection that stays open.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import starmap
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pymysql
from sqlalchemy import URL

from benchmarks.parts import fresh_folder, p50, plain, show
from core.records import odbc
from core.records.procedures import Database, Identity, Limits, call
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from samples import settle_samples
from tests.mariadb import Mariadbd
from tests.parts import ODBC_MARIADB, find_mariadbd

Sets = list[tuple[Sequence[str], Sequence[Sequence[Any]]]]
WHO = Identity("bench", "analyst", "bench")
ROUNDS = {100: 200, 10_000: 20}
COLUMNS = """n AS line_no, concat('line ', n) AS label, cast(n * 1.25 AS decimal(12, 2)) AS price,
    cast('2026-10-31' AS date) AS ordered_on"""
POSTGRESQL = f"""
CREATE SCHEMA bench;
CREATE TABLE bench.lines AS SELECT {COLUMNS} FROM generate_series(1, 10000) AS n;
CREATE FUNCTION bench.three_sets(record_id text, row_count integer) RETURNS SETOF refcursor
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bench, pg_temp AS $$
DECLARE head refcursor := 'head'; lines refcursor := 'lines'; nothing refcursor := 'nothing';
BEGIN
    OPEN head FOR SELECT record_id AS id, row_count AS many; RETURN NEXT head;
    OPEN lines FOR SELECT l.* FROM lines l WHERE l.line_no <= row_count ORDER BY l.line_no; RETURN NEXT lines;
    OPEN nothing FOR SELECT 1 AS one WHERE false; RETURN NEXT nothing;
END $$;
GRANT USAGE ON SCHEMA bench TO analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bench TO analyst;
"""
MARIADB = (
    "CREATE DATABASE bench",
    "USE bench",
    f"CREATE TABLE `lines` AS SELECT {COLUMNS} FROM (SELECT seq AS n FROM seq_1_to_10000) AS numbers",
    "ALTER TABLE `lines` ADD PRIMARY KEY (line_no)",
    "CREATE PROCEDURE bench.three_sets(record_id varchar(80), row_count int) BEGIN "
    "SELECT record_id AS id, row_count AS many; "
    "SELECT l.* FROM `lines` l WHERE l.line_no <= row_count ORDER BY l.line_no; "
    "SELECT 1 AS one FROM `lines` WHERE false; END",
    "CREATE USER bench@'%' IDENTIFIED BY 'bench'",
    "GRANT EXECUTE ON bench.* TO bench@'%'",
)


def main() -> int:
    """1 when an aim was missed."""
    with postgresql() as (url, bare):
        met = compare("PostgreSQL", url, bare)
    if find_mariadbd() is None:
        print("MariaDB: not measured, it is not installed.")
        return int(not met)
    with mariadb() as url:
        with bare_pymysql(url) as bare:
            met &= compare("MariaDB, PyMySQL", url, bare)
        with bare_odbc(url) as bare:
            met &= compare("MariaDB, ODBC", url.set(drivername="mariadb+pyodbc"), bare)
    return int(not met)


def compare(name: str, url: URL, bare: Callable[[int], Sets]) -> bool:
    """Whether every aim was met."""
    met = True
    with closing(Database("bench", url)) as database:

        def ours(count: int) -> Any:
            arguments = {"record_id": "R-1", "row_count": count}
            return call(database, "bench.three_sets", arguments, WHO, Limits(60, 10_000), record_id="R-1")

        for count, rounds in ROUNDS.items():
            record = ours(count)
            assert (
                [len(one.rows) for one in record.result_sets] == [len(rows) for _, rows in bare(count)] == [1, count, 0]
            )
            times: dict[Callable[[int], Any], list[float]] = {ours: [], bare: []}
            for _ in range(rounds):  # in turns, so that both meet the same machine
                for one, taken in times.items():
                    begin = time.perf_counter()
                    one(count)
                    taken.append((time.perf_counter() - begin) * 1000)
            what = f"{name}: call, 3 sets, {count:,} rows, p50"
            met &= show(
                what, p50(times[ours]), "ms", peer=p50(times[bare]), what="bare driver", at_most=1.15, of_peer=True
            )
        frames = peak(lambda: list(starmap(to_frame, bare(10_000))))
        what = f"{name}: peak memory, 10,000 rows"
        met &= show(what, peak(lambda: ours(10_000)), "MB", peer=frames, what="as DataFrames", at_most=2, of_peer=True)
    return met


def to_frame(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    return pd.DataFrame.from_records(list(rows), columns=list(columns))


def peak(do: Callable[[], Any]) -> float:
    """Megabytes that Python allocated at most while `do` ran, what it returns included."""
    tracemalloc.start()
    kept = do()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return most / 1e6


@contextmanager
def postgresql() -> Iterator[tuple[URL, Callable[[int], Sets]]]:
    with fresh_folder() as var, EmbeddedPostgres.start(var) as server:
        owner, login = server.url("business_owner", SAMPLE_DATABASE), server.url("analyst", SAMPLE_DATABASE)
        settle_samples(owner, "analyst")
        with psycopg.connect(plain(owner), autocommit=True) as connection:
            connection.execute(POSTGRESQL)
        with psycopg.connect(plain(login)) as connection:

            def bare(count: int) -> Sets:
                sets: Sets = []
                cursor = connection.execute("SELECT * FROM bench.three_sets(%s, %s)", ("R-1", count))
                for (name,) in cursor.fetchall():
                    cursor.execute(f'FETCH ALL FROM "{name}"'.encode())
                    sets.append(([one.name for one in cursor.description or ()], cursor.fetchall()))
                connection.rollback()
                return sets

            yield login, bare


@contextmanager
def mariadb() -> Iterator[URL]:
    with tempfile.TemporaryDirectory(prefix="record-analyst-bench-") as folder:
        server = Mariadbd(Path(folder))
        try:
            with closing(server.owner()) as owner, owner.cursor() as cursor:
                for statement in MARIADB:
                    cursor.execute(statement)
            yield URL.create("mysql+pymysql", "bench", "bench", "127.0.0.1", server.port, "bench")
        finally:
            server.close()


@contextmanager
def bare_pymysql(url: URL) -> Iterator[Callable[[int], Sets]]:
    given = url.translate_connect_args(username="user")
    with closing(pymysql.connect(**given)) as connection:
        yield lambda count: _every_set(connection, "CALL three_sets(%s, %s)", count)


@contextmanager
def bare_odbc(url: URL) -> Iterator[Callable[[int], Sets]]:
    driver = next(file for file in ODBC_MARIADB if Path(file).exists())
    where = f"SERVER=127.0.0.1;PORT={url.port};UID=bench;PWD=bench;DATABASE=bench"
    with closing(odbc.load().connect(f"DRIVER={driver};{where}")) as connection:
        yield lambda count: _every_set(connection, "{CALL three_sets(?, ?)}", count)


def _every_set(connection: Any, statement: str, count: int) -> Sets:
    sets: Sets = []
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement, ("R-1", count))
        while cursor.description:
            sets.append(([one[0] for one in cursor.description], cursor.fetchall()))
            if not cursor.nextset():
                break
    connection.rollback()
    return sets


if __name__ == "__main__":
    sys.exit(main())

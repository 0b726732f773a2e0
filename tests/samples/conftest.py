"""The sample business in the test process's embedded PostgreSQL, as its owner and as the login that analyses use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.use_cases import UseCases
from samples import settle_samples
from tests.parts import ROOT
from tests.samples.result_sets import Fetch, Sets


def _connect(url: URL) -> psycopg.Connection:
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True, connect_timeout=10
    )


@pytest.fixture(scope="session")
def sample_server(var: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres.start(var) as server:
        settle_samples(server.url("business_owner", SAMPLE_DATABASE), "analyst")
        yield server


@pytest.fixture
def owner(sample_server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with _connect(sample_server.url("business_owner", SAMPLE_DATABASE)) as connection:
        yield connection


@pytest.fixture
def analyst(sample_server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with _connect(sample_server.url("analyst", SAMPLE_DATABASE)) as connection:
        yield connection


@pytest.fixture
def fetch(analyst: psycopg.Connection) -> Fetch:
    """Calls one of the six procedures as the login that analyses use."""

    def call(use_case: str, record_id: str) -> Sets:
        sets: Sets = {}
        command = sql.SQL("SELECT * FROM {}(%s)").format(sql.Identifier("business", use_case))
        with analyst.transaction():
            names = [row[0] for row in analyst.execute(command, [record_id])]
            for name in names:
                cursor = analyst.execute(sql.SQL("FETCH ALL FROM {}").format(sql.Identifier(name)))
                sets[name] = ([column.name for column in cursor.description or ()], cursor.fetchall())
        return sets

    return call


@pytest.fixture(scope="session")
def use_cases() -> UseCases:
    return UseCases(ROOT / "prompts")

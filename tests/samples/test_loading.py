"""Loading: once, again, over an older version, and when it cannot be finished."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import UndefinedObject

import samples


def stamp(owner: psycopg.Connection) -> object:
    return owner.execute("SELECT xmin::text, version FROM business.sample_version").fetchone()


def test_loading_again_leaves_everything_as_it_is(owner: psycopg.Connection) -> None:
    before = stamp(owner)
    samples.load(owner, "analyst")
    assert samples.is_loaded(owner)
    assert stamp(owner) == before


def test_an_older_version_is_replaced(owner: psycopg.Connection) -> None:
    owner.execute("UPDATE business.sample_version SET version = 'older'")
    owner.execute("DELETE FROM business.ticket_words")
    assert not samples.is_loaded(owner)
    samples.load(owner, "analyst")
    assert samples.is_loaded(owner)
    assert owner.execute("SELECT count(*) > 9000 FROM business.ticket_words").fetchone() == (True,)


def test_a_load_that_fails_changes_nothing(owner: psycopg.Connection) -> None:
    before = stamp(owner)
    with pytest.raises(UndefinedObject):
        samples.load(owner, "nobody of this name")
    assert stamp(owner) == before
    assert samples.is_loaded(owner)


def test_the_name_of_the_role_is_never_a_command(owner: psycopg.Connection) -> None:
    with pytest.raises(UndefinedObject):
        samples.load(owner, 'analyst"; DROP SCHEMA business CASCADE; --')
    assert samples.is_loaded(owner)

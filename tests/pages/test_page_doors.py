"""Every page with nobody signed in, and with each role that may not see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

import core.bootstrap
import pages.parts.identity as identity
from core.accounts.permissions import may
from core.accounts.user import Actor, Role
from core.bootstrap import Application
from core.store.tables import audit_log

PAGES = sorted(
    file for file in (Path(core.bootstrap.__file__).parent.parent / "pages").glob("*.py")
    if file.name not in ("navigation.py", "signed_out.py")
)  # fmt: skip
DOORS = [(page, role) for page in PAGES for role in Role if not may(role, page.stem)]


@pytest.fixture(autouse=True)
def one_application(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages open the tests' application."""
    for module in (core.bootstrap, identity):
        monkeypatch.setattr(module, "application", lambda: application)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Actor | None], AppTest]:
    def run(page: Path, actor: Actor | None) -> AppTest:
        signed = identity.Signed(actor.user, actor, uuid4()) if actor else None
        monkeypatch.setattr(identity, "signed_in", lambda: signed)
        return AppTest.from_file(str(page), default_timeout=60).run()

    return run


def test_there_are_pages() -> None:
    assert {page.stem for page in PAGES} >= {"analyze", "history", "review", "audit", "users", "models", "health"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_without_a_session_a_page_shows_nothing(open_page: Callable[..., AppTest], page: Path) -> None:
    drawn = open_page(page, None)
    assert not drawn.exception
    assert ["Your session has ended" in error.value for error in drawn.error] == [True]
    for kind in ("selectbox", "text_input", "dataframe", "button", "markdown"):
        assert len(drawn.get(kind)) == 0


@pytest.mark.parametrize(("page", "role"), DOORS, ids=lambda value: getattr(value, "stem", value))
def test_a_page_that_is_not_for_a_role_refuses_and_the_log_has_it(
    open_page: Callable[..., AppTest],
    application: Application,
    person: Callable[..., Actor],
    page: Path,
    role: Role,
) -> None:
    actor = person(role)
    drawn = open_page(page, actor)
    assert not drawn.exception
    assert ["not for your role" in error.value for error in drawn.error] == [True]
    assert len(drawn.get("dataframe")) == 0
    query = select(audit_log.c.event, audit_log.c.details).where(audit_log.c.username == actor.user.username)
    with application.engine.connect() as connection:
        rows = [(row.event, row.details) for row in connection.execute(query)]
    assert ("page.refused", f'{{"page":"{page.stem}"}}') in rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_opens_for_whom_it_is_meant(
    open_page: Callable[..., AppTest], person: Callable[..., Actor], page: Path
) -> None:
    role = next(role for role in Role if may(role, page.stem))
    drawn = open_page(page, person(role))
    assert not drawn.exception
    assert [error.value for error in drawn.error] == []

"""What many tests share: one whole application per test process, on real parts, in a folder of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from core.accounts import passwords
from core.accounts.user import Actor, Role, User
from core.bootstrap import Application, open_application
from core.settings import LimitSettings, Settings
from core.store.embedded import EmbeddedPostgres
from tests.mariadb import Mariadbd, load_sample_business
from tests.parts import ENGINES_BY_URL, ROOT, small_model

ENOUGH = LimitSettings(
    requests_per_minute=10_000, requests_per_use_case_per_hour=100_000, running_per_user=20, running_per_server=8
)

SERVERS = "tests/core/web/api"  # two processes of the product, which start for several seconds
LONG = {"test_asking": 5, "test_models": 4, "test_hostile_model": 3, "test_reviewing": 2, "test_mariadb": 1}


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """A password's hash keeps a core busy for a quarter of a second, and tests make hundreds of people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        yield


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small language model in it, where that has been fetched."""
    folder = tmp_path_factory.mktemp("var")
    models = folder / "models"
    models.mkdir()
    if model := small_model():
        os.link(model, models / model.name) if _same_disk(model, models) else (models / model.name).symlink_to(model)
    return folder


@pytest.fixture(scope="session")
def settings(var: Path) -> Settings:
    return Settings(var=var, prompts=ROOT / "prompts", find_ollama=False, limits=ENOUGH)


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[Application]:
    """Embedded PostgreSQL with the sample business, the embedded model server, everything wired as in production."""
    with pytest.MonkeyPatch.context() as patch:
        # Tests run pipelines of their own beside it; its sweep would take those for an ended process's.
        patch.setattr("core.housekeeping.EVERY_SECONDS", float("inf"))
        application = open_application(settings)
        yield application
        application.close()


@pytest.fixture(scope="session")
def postgres(application: Application) -> Iterator[EmbeddedPostgres]:
    """The server of `application`, for what its own login may not do: `url("business_owner", SAMPLE_DATABASE)`."""
    with EmbeddedPostgres.start(application.settings.var) as server:
        yield server


@pytest.fixture(scope="session")
def mariadbd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mariadbd]:
    server = Mariadbd(tmp_path_factory.mktemp("mariadb"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def sample_on_mariadb(mariadbd: Mariadbd) -> URL:
    """The login of a MariaDB with the sample business in it."""
    return load_sample_business(mariadbd)


@pytest.fixture
def person(application: Application):
    """Makes users of a role, each with a name nobody else has; returns them as they act."""

    def make(role: Role = Role.ANALYST, source: str = "page") -> Actor:
        username = f"{role}-{uuid4().hex[:12]}"
        actor = Actor(User(username, f"{role.capitalize()} {username[-4:]}", role), source=source)
        application.users.add(None, username, actor.user.name, role, secrets.token_urlsafe(24))
        return actor

    return make


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the browser's driver keeps an event loop running, and other tests run loops of their own.
    Of those the long files first, so that no process is left alone with one of them."""
    items.sort(key=lambda item: ("browser" in item.path.parts, -LONG.get(item.path.stem, 0)))


class ByServer(LoadFileScheduling):
    """A file's tests in one process, and those of a folder that has servers of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return SERVERS if file.startswith(f"{SERVERS}/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer:
    return ByServer(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true everything must run: a skipped test fails the run."""
    if os.environ.get("CI") == "true" and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    absent = [
        f"{name.removesuffix('-url')} ({key} is not set)"
        for name, key in ENGINES_BY_URL.items()
        if not os.environ.get(key)
    ]
    if absent:
        terminalreporter.write_line(f"contract suite not run on: {', '.join(absent)}")
    if os.environ.get("CI") == "true" and (skipped := _skipped(config)):
        terminalreporter.write_line(
            f"CI=true: {skipped} skipped, and everything must run. This is a failure.", red=True
        )


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter else 0

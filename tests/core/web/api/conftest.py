"""Two whole servers on one database, as replicas run, and people with API keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from core.accounts.user import Actor, Role, User
from core.bootstrap import Application
from tests.browser.product import Product
from tests.core.accounts.house import PASSWORD
from tests.core.web.api.measured_model import serving
from tests.core.web.conftest import NO_TLS, free_port
from tests.parts import ROOT

CUSTOMER = {"use_case": "customer_insight", "record_id": "CUST-0142"}
MEASURED = "measured/measured"
METRICS_TOKEN = "for the monitoring alone"
MANAGERS_ONLY = "managers_insight"  # what customer_insight is, for managers and admins


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starting two servers counts into the time of whichever test comes first."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))


@dataclass(frozen=True)
class Person:
    actor: Actor
    keys: dict[Role, str]

    @property
    def key(self) -> str:
        return self.keys[self.actor.user.role]


@dataclass(frozen=True)
class Replicas:
    """Two servers, and the application of the test's own process on the same database."""

    application: Application
    urls: tuple[str, str]

    def client(self, key: str | None, replica: int = 0) -> httpx.Client:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(
            base_url=f"{self.urls[replica]}/api/v1", headers=headers, timeout=60, verify=NO_TLS, trust_env=False
        )

    def person(self, role: Role = Role.ANALYST, use_cases: list[str] | None = None) -> Person:
        """Somebody new, with a key for their role and one for analysts."""
        username = f"{role}-{uuid4().hex[:12]}"
        user = User(username, f"Person {username[-4:]}", role)
        self.application.users.add(None, username, user.name, role, PASSWORD)
        actor = Actor(user)
        keys = {
            one: self.application.api_keys.create(actor, username, f"{one} key", one, use_cases)[0]
            for one in {role, Role.ANALYST}
        }
        return Person(actor, keys)

    def analysis(self, client: httpx.Client, **wanted: str) -> dict[str, object]:
        """A finished one, whose model answers at once."""
        answer = client.post("/analyses?wait=60", json={**CUSTOMER, "model": MEASURED, **wanted})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture(scope="package")
def replicas(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    prompts = tmp_path_factory.mktemp("prompts")
    shutil.copytree(ROOT / "prompts", prompts, dirs_exist_ok=True)
    text = (prompts / "customer_insight.md").read_text(encoding="utf-8")
    (prompts / f"{MANAGERS_ONLY}.md").write_text(
        text.replace("roles: [analyst, manager, admin]", "roles: [manager, admin]"), encoding="utf-8"
    )
    with ExitStack() as closing:
        address = closing.enter_context(serving())
        environment = {
            "PROMPTS": str(prompts),
            "METRICS_TOKEN": METRICS_TOKEN,
            "MODELS__MEASURED__KIND": "openai",
            "MODELS__MEASURED__URL": address,
            "MODELS__MEASURED__LOCAL": "true",
            "MODELS__MEASURED__CONTEXT_LENGTH": "65536",
            "MODELS__MEASURED__ANSWERS_AT_ONCE": "30",
            "MODELS__CLOUD__KIND": "openai",
            "MODELS__CLOUD__URL": address,
            "MODELS__CLOUD__LOCAL": "false",
            "MODELS__CLOUD__CONTEXT_LENGTH": "65536",
            "LIMITS__REQUESTS_PER_MINUTE": "12",
            "LIMITS__RUNNING_PER_USER": "30",
            "LIMITS__ROLES__MANAGER__REQUESTS_PER_MINUTE": "100000",
            "LIMITS__ROLES__ADMIN__REQUESTS_PER_MINUTE": "100000",
            "LIMITS__REQUESTS_PER_USE_CASE_PER_HOUR": "1000000",
        }
        servers = [Product(application.settings.var, free_port(), environment) for _ in range(2)]
        with ThreadPoolExecutor(2) as threads:
            for started in [threads.submit(server.start) for server in servers]:
                started.result()
        for server in servers:
            closing.callback(server.stop)
        yield Replicas(application, (servers[0].url, servers[1].url))


@pytest.fixture
def analyst(replicas: Replicas) -> Person:
    return replicas.person(Role.ANALYST)


@pytest.fixture
def manager(replicas: Replicas) -> Person:
    return replicas.person(Role.MANAGER)


@pytest.fixture
def client(replicas: Replicas, analyst: Person) -> Iterator[httpx.Client]:
    with replicas.client(analyst.key) as client:
        yield client

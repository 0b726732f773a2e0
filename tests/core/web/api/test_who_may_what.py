"""Every route for every role: what a key opens, and what a lesser one gets none of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from core.accounts.user import Role
from core.web.api.app import api
from tests.core.accounts.house import PASSWORD
from tests.core.web.api.conftest import CUSTOMER, MANAGERS_ONLY, MEASURED, Person, Replicas

ANALYST, MANAGER, ADMIN = Role.ANALYST, Role.MANAGER, Role.ADMIN
ASK = {**CUSTOMER, "model": MEASURED}
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class World:
    """An analysis of an analyst's and one of a use case for managers, and somebody of each role who made neither."""

    owner: Person
    analysis: str
    managers: Person
    managers_analysis: str
    others: dict[Role, Person]


@pytest.fixture(scope="module")
def world(replicas: Replicas) -> World:
    owner, managers = replicas.person(), replicas.person(MANAGER)
    with replicas.client(owner.key) as client:
        analysis = str(replicas.analysis(client)["id"])
    with replicas.client(managers.key) as client:
        theirs = str(replicas.analysis(client, use_case=MANAGERS_ONLY)["id"])
    return World(owner, analysis, managers, theirs, {role: replicas.person(role) for role in Role})


# route, body, then the status for an analyst, a manager and an admin who do not own the analysis
TABLE = [
    ("GET", "/use-cases", None, (200, 200, 200)),
    ("GET", "/models", None, (200, 200, 200)),
    ("GET", "/analyses", None, (200, 200, 200)),
    ("GET", "/analyses?whose=all", None, (403, 200, 200)),
    ("GET", "/analyses?whose=all&username={owner}", None, (403, 200, 200)),
    ("POST", "/analyses", ASK, (201, 201, 201)),
    ("POST", "/analyses", {**ASK, "use_case": MANAGERS_ONLY}, (403, 201, 201)),
    ("POST", "/analyses", {**ASK, "follows": "{analysis}", "question": "And?"}, (403, 403, 403)),
    ("GET", "/analyses/{analysis}", None, (404, 200, 200)),
    ("GET", "/analyses/{analysis}?include=record", None, (404, 200, 200)),
    ("GET", "/analyses/{analysis}/events", None, (404, 200, 200)),
    ("POST", "/analyses/{analysis}/stop", None, (404, 403, 403)),
    ("GET", "/analyses/{managers_analysis}", None, (404, 200, 200)),
    ("GET", "/analyses/{managers_analysis}/events", None, (404, 200, 200)),
    ("POST", "/analyses/{analysis}/review", {"verdict": "returned"}, (403, 400, 403)),
    ("POST", "/analyses/{managers_analysis}/review", {"verdict": "returned"}, (403, 400, 403)),
    ("GET", "/audit", None, (403, 403, 200)),
    ("GET", "/audit?request_id={analysis}", None, (403, 403, 200)),
    ("GET", f"/analyses/{NOBODY}", None, (404, 404, 404)),
    ("GET", f"/analyses/{NOBODY}/events", None, (404, 404, 404)),
    ("POST", f"/analyses/{NOBODY}/stop", None, (404, 404, 404)),
    ("POST", f"/analyses/{NOBODY}/review", {"verdict": "approved"}, (403, 404, 403)),
    ("GET", "/health", None, (200, 200, 200)),
]
OPEN = {"/health", "/openapi.json", "/docs"}
HOW = ["nothing", "a wrong key", "a revoked key", "a cookie", "a key in the address", "basic"]


def cases() -> Iterator[object]:
    for method, path, body, statuses in TABLE:
        for role, status in zip(Role, statuses, strict=True):
            yield pytest.param(method, path, body, role, status, id=f"{method} {path} {role}")


def send(client: httpx.Client, world: World, method: str, path: str, body: object) -> httpx.Response:
    names = {
        "analysis": world.analysis,
        "managers_analysis": world.managers_analysis,
        "owner": world.owner.actor.user.username,
    }
    content = json.dumps(body)
    for name, value in names.items():
        path, content = path.replace(f"{{{name}}}", value), content.replace(f"{{{name}}}", value)
    if body is None:
        return client.request(method, path)
    return client.request(method, path, content=content, headers={"content-type": "application/json"})


@pytest.mark.parametrize(("method", "path", "body", "role", "status"), list(cases()))
def test_every_route_for_every_role(
    replicas: Replicas, world: World, method: str, path: str, body: object, role: Role, status: int
) -> None:
    with replicas.client(world.others[role].key) as client:
        answer = send(client, world, method, path, body)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert world.owner.actor.user.username not in answer.text.replace(path, "")


def test_the_table_has_every_route() -> None:
    routes = api(lambda: None).openapi()["paths"]
    told = {(method.upper(), path) for path, operations in routes.items() for method in operations}
    tried = {
        (method, path.partition("?")[0].replace("{analysis}", "{analysis_id}").replace(NOBODY, "{analysis_id}"))
        for method, path, _, _ in TABLE
    }
    assert told - tried == set()


@pytest.mark.parametrize(("method", "path", "body"), [row[:3] for row in TABLE if row[1] not in OPEN])
@pytest.mark.parametrize(
    "how", ["nothing", "a wrong key", "a revoked key", "a cookie", "a key in the address", "basic"]
)
def test_nothing_opens_without_a_key(
    replicas: Replicas, world: World, method: str, path: str, body: object, how: str
) -> None:
    session = replicas.application.sessions.sign_in(world.owner.actor.user.username, PASSWORD)[0]
    with replicas.client(None) as client:
        match how:
            case "a wrong key":
                client.headers["authorization"] = (
                    f"Bearer {world.owner.key[:-1]}{'A' if world.owner.key[-1] != 'A' else 'B'}"
                )
            case "a revoked key":
                client.headers["authorization"] = f"Bearer {revoked(replicas)}"
            case "a cookie":
                client.cookies.set(f"record_analyst_{httpx.URL(replicas.urls[0]).port}", session)
            case "a key in the address":
                path += f"{'&' if '?' in path else '?'}key={world.owner.key}"
            case "basic":
                client.headers["authorization"] = f"Basic {world.owner.key}"
            case _:
                pass
        answer = send(client, world, method, path, body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not-signed-in"


def revoked(replicas: Replicas) -> str:
    person = replicas.person()
    kept = replicas.application.api_keys.list(person.actor.user.username)
    replicas.application.api_keys.revoke(person.actor, kept[0].key_id)
    return person.key


@pytest.mark.parametrize("path", ["/", "/analyze", "/audit", "/_stcore/host-config"])
def test_a_key_opens_no_page(replicas: Replicas, analyst: Person, path: str) -> None:
    answer = httpx.get(
        f"{replicas.urls[0]}{path}", headers={"authorization": f"Bearer {analyst.key}", "accept": "text/html"}
    )
    assert answer.status_code in (303, 401)


def contact(result_set: dict[str, list[list[object]]]) -> str:
    """The value behind a token."""
    rows = result_set["rows"]
    return str(dict(zip(result_set["columns"], rows[0], strict=True))["contact_name"])


def test_a_lesser_key_of_the_same_person_sees_tokens_in_every_field(replicas: Replicas, manager: Person) -> None:
    with replicas.client(manager.key) as full, replicas.client(manager.keys[ANALYST]) as lesser:
        done = replicas.analysis(full, use_case=MANAGERS_ONLY)
        place = f"/analyses/{done['id']}"
        seen = full.get(place, params={"include": "record"})
        name = contact(seen.json()["record"][0])
        assert name in seen.text
        assert name in full.get(f"{place}/events").text
        assert seen.json()["masked"] is False
        for answer in (
            lesser.get(place, params={"include": "record"}),
            lesser.get(f"{place}/events"),
            lesser.get(f"{place}/events", headers={"last-event-id": "3"}),
            lesser.get("/analyses"),
            lesser.post(f"{place}/stop"),
        ):
            assert answer.is_success
            assert name not in answer.text
            assert done["id"] in answer.text
        assert lesser.get(place).json()["masked"] is True


def test_streamed_text_is_masked_while_it_comes(replicas: Replicas, manager: Person) -> None:
    slow = {**ASK, "use_case": MANAGERS_ONLY, "question": "30 words, 30 ms"}
    with replicas.client(manager.key) as full, replicas.client(manager.keys[ANALYST]) as lesser:
        asked = full.post("/analyses", json=slow).json()
        with lesser.stream("GET", f"/analyses/{asked['id']}/events") as stream:
            told = "".join(stream.iter_text())
        record = full.get(f"/analyses/{asked['id']}?include=record").json()["record"][0]
    name = contact(record)
    assert told.count("event: text") > 3
    assert name not in told
    assert "CONTACT-1" in told


def test_a_key_for_one_use_case_reaches_no_other(replicas: Replicas) -> None:
    person = replicas.person(ADMIN, ["customer_insight"])
    free = replicas.application.api_keys.create(person.actor, person.actor.user.username, "free", ADMIN)[0]
    with replicas.client(free) as all_of_them, replicas.client(person.key) as limited:
        done = replicas.analysis(all_of_them, use_case=MANAGERS_ONLY)
        assert limited.get(f"/analyses/{done['id']}").status_code == 404
        assert limited.post(f"/analyses/{done['id']}/stop").status_code == 404
        assert limited.post("/analyses", json={**ASK, "use_case": MANAGERS_ONLY}).status_code == 403
        assert [one["name"] for one in limited.get("/use-cases").json()["items"]] == ["customer_insight"]
        for whose in ("mine", "all"):
            items = limited.get("/analyses", params={"whose": whose, "limit": 100}).json()["items"]
            assert {one["use_case"] for one in items} <= {"customer_insight"}
        assert limited.get("/audit").status_code == 403
        assert limited.get("/audit", params={"use_case": MANAGERS_ONLY}).status_code == 403
        rows = limited.get("/audit", params={"use_case": "customer_insight"}).json()["items"]
        assert {row["use_case"] for row in rows} == {"customer_insight"}


def test_a_restricted_record_reaches_no_model_outside_the_house(client: httpx.Client) -> None:
    patient = {"use_case": "patient_record", "record_id": "PAT-0107", "purpose": "a test"}
    refused = client.post("/analyses", json={**patient, "model": "cloud/measured"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    models = {one["id"]: one for one in client.get("/models").json()["items"]}
    assert "patient_record" not in models["cloud/measured"]["use_cases"]
    assert "local" in next(
        one["reason"] for one in models["cloud/measured"]["may_not"] if one["use_case"] == "patient_record"
    )
    assert client.post("/analyses", json={**patient, "model": MEASURED}).status_code == 201


def test_opening_another_persons_analysis_and_looking_at_the_audit_log_are_recorded(
    replicas: Replicas, world: World
) -> None:
    admin = world.others[ADMIN]
    with replicas.client(admin.key) as client:
        client.get(f"/analyses/{world.analysis}")
        client.get("/audit", params={"outcome": "refused"})
        rows = client.get("/audit", params={"username": admin.actor.user.username}).json()["items"]
    events = [row["event"] for row in rows]
    assert "analysis.opened" in events
    assert events.count("audit.viewed") >= 2
    assert {row["signed_in_by"] for row in rows if row["event"] == "audit.viewed"} == {"api key admin key"}
    assert {row["source"] for row in rows if row["event"] == "audit.viewed"} == {"api"}

"""What cannot be asked is refused with a problem that names what is wrong."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from core import errors
from core.errors import RecordAnalystError
from core.web.api import problems
from core.web.api.door import BODY_LIMIT
from tests.core.web.api.conftest import CUSTOMER, Replicas
from tests.core.web.test_doors import check_headers

JSON = {"content-type": "application/json"}


def checked(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    check_headers(answer)
    body = answer.json()
    assert body["code"] == code
    assert body["type"] == f"/api/v1/docs/problems/{code}"
    assert body["status"] == status
    assert body["detail"]
    assert body["hint"]
    return body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "use_case"),
        ({"use_case": "customer_insight"}, "record_id"),
        ({**CUSTOMER, "record_id": 7}, "record_id"),
        ({**CUSTOMER, "record_id": ["CUST-0142"]}, "record_id"),
        ({**CUSTOMER, "record": "x"}, "record"),
        ({**CUSTOMER, "model": "a\0b"}, "model"),
        ({**CUSTOMER, "question": "x" * 2001}, "question"),
        ({**CUSTOMER, "follows": "yesterday"}, "follows"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_a_wrong_field_is_named(client: httpx.Client, body: object, field: str) -> None:
    told = checked(client.post("/analyses", json=body), 400, "invalid-request")
    fields = [one["field"] for one in told["errors"]]
    assert field in fields
    assert field in str(told["detail"])


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", JSON, 400, "invalid-request"),
        (b"\xff\xfe", JSON, 400, "invalid-request"),
        (b'{"use_case": "\\ud800", "record_id": "x"}', JSON, 400, "invalid-request"),
        (b'{"use_case": NaN, "record_id": "x"}', JSON, 400, "invalid-request"),
        (b"[" * 60_000, JSON, 400, "invalid-request"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, JSON, 400, "invalid-request"),
        (b'"' + b"x" * BODY_LIMIT + b'"', JSON, 413, "request-too-large"),
        (
            b"use_case=customer_insight",
            {"content-type": "application/x-www-form-urlencoded"},
            415,
            "unsupported-media-type",
        ),
        (json.dumps(CUSTOMER).encode(), {}, 415, "unsupported-media-type"),
        (
            json.dumps(CUSTOMER).encode("utf-16"),
            {"content-type": "application/json; charset=utf-16"},
            415,
            "unsupported-media-type",
        ),
        (json.dumps(CUSTOMER).encode(), {**JSON, "x-padding": "x" * 17_000}, 431, "headers-too-large"),
        (json.dumps(CUSTOMER).encode(), {**JSON, "idempotency-key": "x" * 256}, 400, "invalid-request"),
        (json.dumps(CUSTOMER).encode(), {**JSON, "idempotency-key": ""}, 400, "invalid-request"),
        (json.dumps({**CUSTOMER, "record_id": "'; DROP"}).encode(), JSON, 400, "invalid-record-id"),
        (json.dumps({**CUSTOMER, "use_case": "none"}).encode(), JSON, 404, "unknown-use-case"),
        (json.dumps({**CUSTOMER, "model": "none"}).encode(), JSON, 404, "model-missing"),
        (json.dumps({"use_case": "patient_record", "record_id": "PAT-0107"}).encode(), JSON, 400, "purpose-required"),
    ],
)
def test_what_is_no_request_is_refused(
    client: httpx.Client, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    checked(client.post("/analyses", content=content, headers=headers), status, code)


def test_a_body_without_a_length_is_cut_off_too(client: httpx.Client) -> None:
    def endless() -> object:
        for _ in range(1_000):
            yield b"[" * 1_000

    checked(client.post("/analyses", content=endless(), headers=JSON), 413, "request-too-large")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/analyses?cursor=x", "cursor"),
        ("/analyses?cursor=%F0%9F%92%A9", "cursor"),
        ("/analyses?limit=0", "limit"),
        ("/analyses?limit=many", "limit"),
        ("/analyses?since=yesterday", "since"),
        ("/analyses?since=0001-01-01T00:00:00Z", "since"),
        ("/analyses?outcome=well", "outcome"),
        ("/analyses?text=%00", "text"),
        ("/analyses?unknown=1", "unknown"),
        ("/analyses?username=somebody", "username"),
        ("/analyses/not-an-id", "analysis_id"),
        ("/analyses/not-an-id/events", "analysis_id"),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, path: str, field: str) -> None:
    assert field in str(checked(client.get(path), 400, "invalid-request")["detail"])


def test_what_is_not_there_and_what_it_does_not_take(client: httpx.Client) -> None:
    checked(client.get("/nothing"), 404, "not-found")
    checked(client.get("/analyses/"), 404, "not-found")
    answer = client.delete("/analyses")
    checked(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"
    assert client.put("/analyses/x/stop").headers["allow"] == "POST"


def test_other_origins_are_told_nothing(client: httpx.Client) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = client.request(method, "/use-cases", headers={"origin": "https://evil.example"})
        checked(answer, 403, "not-allowed")


def test_no_such_record_is_an_outcome(client: httpx.Client) -> None:
    done = client.post("/analyses?wait=60", json={**CUSTOMER, "record_id": "CUST-9999"}).json()
    assert done["outcome"] == "no_record"
    assert done["error"]["code"] == "no-such-record"


def test_health_says_no_more_than_up(replicas: Replicas) -> None:
    with replicas.client(None) as client:
        answer = client.get("/health")
        assert answer.json() == {"status": "up"}
        check_headers(answer)


def test_every_type_of_error_has_a_page(replicas: Replicas) -> None:
    tree = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RecordAnalystError)}
    assert set(problems.MEANINGS) == tree
    with replicas.client(None) as client:
        for code, _, meaning, _ in problems.types():
            page = client.get(f"/docs/problems/{code}")
            assert page.status_code == 200
            assert meaning.split("`")[0][:40].replace("'", "&#39;") in page.text
            check_headers(page)
        checked(client.get("/docs/problems/none"), 404, "not-found")


def test_the_docs_page_asks_nothing_of_anybody(replicas: Replicas) -> None:
    with replicas.client(None) as client:
        page, document = client.get("/docs"), client.get("/openapi.json").json()
    check_headers(page)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert not re.search(r'(src|href)="(https?:)?//', page.text)
    for path in document["paths"]:
        assert f"/api/v1{path}" in page.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page.text


def test_pages_of_a_list_hold_each_line_once(client: httpx.Client, replicas: Replicas) -> None:
    made = [replicas.analysis(client)["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = client.get("/analyses", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made[::-1]

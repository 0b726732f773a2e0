"""From a request to its answer."""

from __future__ import annotations

import httpx

from tests.core.web.api.conftest import CUSTOMER, MEASURED


def test_an_analysis_is_asked_and_read(client: httpx.Client) -> None:
    asked = client.post("/analyses", json={**CUSTOMER, "model": MEASURED})
    assert asked.status_code == 201
    place = asked.headers["location"]
    assert place == f"/api/v1/analyses/{asked.json()['id']}"
    read = client.get(f"/analyses/{asked.json()['id']}", params={"wait": 60, "include": "record"}).json()
    assert read["outcome"] == "completed"
    assert read["running"] is False
    assert read["answer"].endswith("end.")
    assert read["audit_outcome"] > read["audit_asked"]
    assert next(one["name"] for one in read["record"]) == "customer"
    for claim in read["evidence"]["claims"]:
        assert read["answer"][claim["start"] : claim["end"]] == claim["text"]


def test_limits_are_told_with_every_answer(client: httpx.Client) -> None:
    first, second = (client.post("/analyses?wait=60", json={**CUSTOMER, "model": MEASURED}) for _ in range(2))
    assert first.headers["ratelimit-policy"].startswith('"minute";q=12;w=60')
    left = [int(one.headers["ratelimit"].split("r=")[1].split(";")[0]) for one in (first, second)]
    assert left == [11, 10]


def test_parameters_are_told_and_taken(client: httpx.Client) -> None:
    (use_case,) = (one for one in client.get("/use-cases").json()["items"] if one["name"] == "customer_insight")
    parameter = use_case["parameters"][0]
    body = {**CUSTOMER, "model": MEASURED, "parameters": {parameter["name"]: parameter["choices"][0]}}
    assert client.post("/analyses?wait=60", json=body).json()["parameters"] == body["parameters"]
    wrong = client.post("/analyses", json={**body, "parameters": {"unknown": "1"}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid-request")

"""What must hold across processes: one analysis for one key, and exactly as many requests as may be."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from sqlalchemy import func, select

from core.store.tables import analyses, audit_log
from tests.core.web.api.conftest import CUSTOMER, MEASURED, Person, Replicas

ASK = {**CUSTOMER, "model": MEASURED}


def at_once(replicas: Replicas, person: Person, count: int, headers: dict[str, str]) -> list[httpx.Response]:
    """The same request so many times, every other one to the other process."""
    with (
        replicas.client(person.key, 0) as one,
        replicas.client(person.key, 1) as other,
        ThreadPoolExecutor(count) as threads,
    ):
        sent = [
            threads.submit((one, other)[number % 2].post, "/analyses", json=ASK, headers=headers)
            for number in range(count)
        ]
        return [one.result() for one in sent]


def made(replicas: Replicas, person: Person) -> int:
    mine = select(func.count()).where(analyses.c.username == person.actor.user.username)
    with replicas.application.engine.connect() as connection:
        return connection.execute(mine).scalar_one()


def test_the_same_key_twenty_times_at_once_is_one_analysis(replicas: Replicas, analyst: Person) -> None:
    answers = at_once(replicas, analyst, 20, {"idempotency-key": "one order"})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert made(replicas, analyst) == 1


def test_a_burst_over_both_keeps_the_limit_exactly(replicas: Replicas, analyst: Person) -> None:
    answers = at_once(replicas, analyst, 30, {})
    assert Counter(answer.status_code for answer in answers) == {201: 12, 429: 18}
    assert made(replicas, analyst) == 12
    for refused in (answer for answer in answers if answer.status_code == 429):
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["code"] == "limit-reached"
    asked = select(func.count()).where(
        audit_log.c.username == analyst.actor.user.username, audit_log.c.event == "analysis.asked"
    )
    with replicas.application.engine.connect() as connection:
        assert connection.execute(asked).scalar_one() == 30


def test_a_key_with_another_body_is_a_conflict(client: httpx.Client) -> None:
    headers = {"idempotency-key": "k"}
    assert client.post("/analyses", json=ASK, headers=headers).status_code == 201
    other = client.post("/analyses", json={**ASK, "question": "Another?"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_a_key_belongs_to_who_sent_it(replicas: Replicas, analyst: Person) -> None:
    other = replicas.person()
    headers = {"idempotency-key": "the same"}
    with replicas.client(analyst.key) as one, replicas.client(other.key) as two:
        ids = {client.post("/analyses", json=ASK, headers=headers).json()["id"] for client in (one, two)}
    assert len(ids) == 2


def test_a_request_that_was_turned_away_may_be_sent_again_with_its_key(client: httpx.Client) -> None:
    headers = {"idempotency-key": "again"}
    wrong = {**ASK, "model": "no such model"}
    for _ in range(2):
        assert client.post("/analyses", json=wrong, headers=headers).json()["code"] == "model-missing"
    assert client.post("/analyses", json=ASK, headers=headers).status_code == 201


def test_a_review_sent_twice_is_one(replicas: Replicas, analyst: Person, manager: Person) -> None:
    with replicas.client(analyst.key) as client, replicas.client(manager.key) as reviewing:
        done = replicas.analysis(client)
        place, verdict = f"/analyses/{done['id']}/review", {"verdict": "approved"}
        first, again = (reviewing.post(place, json=verdict, headers={"idempotency-key": "r"}) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.headers["idempotent-replayed"] == "true"
        assert again.json()["review"]["reviewer"] == manager.actor.user.username
        assert reviewing.post(place, json=verdict).status_code == 409

"""`/metrics` of a whole server, beside the API that it counts."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.core.web.api.conftest import METRICS_TOKEN, Person, Replicas
from tests.core.web.conftest import NO_TLS


@pytest.fixture
def scraper(replicas: Replicas) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=replicas.urls[0], timeout=60, verify=NO_TLS, trust_env=False) as client:
        yield client


def test_the_token_opens_metrics_in_prometheus_form(
    replicas: Replicas, scraper: httpx.Client, client: httpx.Client, analyst: Person
) -> None:
    replicas.analysis(client)
    answer = scraper.get("/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    counted = [line for line in answer.text.splitlines() if line.startswith("record_analyst_requests_total{")]
    assert [line for line in counted if 'outcome="completed"' in line and 'server="measured"' in line]
    assert "record_analyst_state_database_up 1.0" in answer.text
    assert 'record_analyst_model_server_up{server="measured"} 1.0' in answer.text
    for private in (analyst.actor.user.username, "CUST-0142"):
        assert private not in answer.text


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer wrong",
        f"Bearer {METRICS_TOKEN}x",
        f"Bearer {METRICS_TOKEN[:-1]}",
        f"Basic {METRICS_TOKEN}",
        "Bearer",
    ],
)
def test_without_the_token_metrics_stay_shut(scraper: httpx.Client, authorization: str | None) -> None:
    answer = scraper.get("/metrics", headers={"authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "record_analyst" not in answer.text


def test_neither_an_api_key_nor_another_site_opens_metrics(scraper: httpx.Client, analyst: Person) -> None:
    assert scraper.get("/metrics", headers={"authorization": f"Bearer {analyst.key}"}).status_code == 401
    foreign = {"authorization": f"Bearer {METRICS_TOKEN}", "origin": "https://elsewhere.example"}
    assert scraper.get("/metrics", headers=foreign).status_code == 403

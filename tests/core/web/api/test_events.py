"""Following an answer: as it is written, cut in the middle, from another process."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.core.web.api.conftest import CUSTOMER, MEASURED, Person, Replicas

SLOW = "Say it slowly: 60 words, 40 ms."


@dataclass(frozen=True)
class Told:
    name: str
    data: dict[str, object]
    id: str


def read(lines: Iterator[str]) -> Iterator[Told]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "event" in fields:
                yield Told(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
            fields = {}


def text_of(events: list[Told]) -> str:
    return "".join(str(event.data["text"]) for event in events if event.name == "text")


def curl(url: str, key: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["curl", "-sN", "--max-time", "60", "-H", f"Authorization: Bearer {key}", *more, url],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(process: subprocess.Popen[str]) -> None:
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_text_arrives_as_it_is_written_and_goes_on_where_the_line_broke(replicas: Replicas, analyst: Person) -> None:
    body = json.dumps({**CUSTOMER, "model": MEASURED, "question": SLOW})
    first = curl(
        f"{replicas.urls[0]}/api/v1/analyses",
        analyst.key,
        *("-H", "Accept: text/event-stream", "-H", "Content-Type: application/json", "-d", body, "-D", "/dev/stderr"),
    )
    assert first.stdout is not None
    before: list[Told] = []
    for event in read(line.rstrip("\n") for line in first.stdout):
        before.append(event)
        if sum(one.name == "text" for one in before) == 5:
            first.kill()  # in the middle of the answer
            break
    finish(first)
    with replicas.client(analyst.key) as client:
        newest = client.get("/analyses").json()["items"][0]
        assert newest["outcome"] is None, "the text came at its end only"
        assert client.get(f"/analyses/{newest['id']}").json()["running"] is True, "who disappears stops nothing"
        url = f"{replicas.urls[0]}/api/v1/analyses/{newest['id']}/events"
        second = curl(url, analyst.key, "-H", f"Last-Event-ID: {before[-1].id}")
        assert second.stdout is not None
        after = list(read(line.rstrip("\n") for line in second.stdout))
        finish(second)
        whole = client.get(f"/analyses/{newest['id']}").json()
    assert len([one for one in after if one.name == "text"]) > 5
    assert text_of(before) + text_of(after) == whole["answer"]
    assert after[-1].name == "outcome"
    assert after[-1].id == "end"
    assert after[-1].data["evidence"] == whole["evidence"]
    assert {"stage", "text", "evidence"} <= {one.name for one in before + after}


@pytest.mark.parametrize("cut", [0, 1, 7, 30, 10_000])
def test_from_wherever_it_is_taken_up_the_text_is_whole(client: httpx.Client, replicas: Replicas, cut: int) -> None:
    answer = str(replicas.analysis(client)["answer"])
    place = f"/analyses/{client.get('/analyses').json()['items'][0]['id']}/events"
    rest = list(read(iter([*client.get(place, headers={"last-event-id": str(cut)}).text.splitlines(), ""])))
    assert text_of(rest) == answer[cut:]
    assert rest[-1].name == "outcome"


def test_who_has_heard_the_end_is_told_not_to_come_back(client: httpx.Client, replicas: Replicas) -> None:
    done = replicas.analysis(client)
    answer = client.get(f"/analyses/{done['id']}/events", headers={"last-event-id": "end"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_place_that_is_none_is_refused_by_name(client: httpx.Client, replicas: Replicas) -> None:
    done = replicas.analysis(client)
    answer = client.get(f"/analyses/{done['id']}/events", headers={"last-event-id": "-1"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].lower() == "last-event-id"


def test_one_that_runs_elsewhere_is_followed_and_stopped_from_here(replicas: Replicas, analyst: Person) -> None:
    with replicas.client(analyst.key, 0) as here, replicas.client(analyst.key, 1) as there:
        asked = here.post("/analyses", json={**CUSTOMER, "model": MEASURED, "question": "600 words, 50 ms"}).json()
        events: list[Told] = []
        with there.stream("GET", f"/analyses/{asked['id']}/events") as stream:
            for event in read(stream.iter_lines()):
                events.append(event)
                if sum(one.name == "text" for one in events) == 2 and event.name == "text":
                    assert there.post(f"/analyses/{asked['id']}/stop").status_code == 202
        assert events[-1].data["outcome"] == "stopped"
        kept = here.get(f"/analyses/{asked['id']}").json()
    assert kept["outcome"] == "stopped"
    assert "word5 " in kept["answer"]
    assert "end." not in kept["answer"]
    assert text_of(events) == kept["answer"]


def test_stop_ends_it_at_once_where_it_runs(client: httpx.Client) -> None:
    asked = client.post("/analyses", json={**CUSTOMER, "model": MEASURED, "question": "900 words, 50 ms"}).json()
    assert client.post(f"/analyses/{asked['id']}/stop").status_code == 202
    began = time.monotonic()
    done = client.get(f"/analyses/{asked['id']}?wait=30").json()
    assert done["outcome"] == "stopped"
    assert time.monotonic() - began < 30
    again = client.post(f"/analyses/{asked['id']}/stop")
    assert (again.status_code, again.json()["outcome"]) == (202, "stopped")


def test_the_answer_of_a_stream_is_not_held_back_by_proxies(client: httpx.Client, replicas: Replicas) -> None:
    done = replicas.analysis(client)
    answer = client.get(f"/analyses/{done['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"

"""What HTTP costs over the pipeline: requests per second, time to the first text, and health while answers stream.

One real server in a process of its own; the peer is the same pipeline called in this process, on the same database.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from statistics import quantiles

import httpx

from benchmarks.parts import ENOUGH, p50, running_application, show
from benchmarks.pipeline import through_pipeline
from benchmarks.startup import free_port
from core.accounts.user import Actor, Role, User
from core.bootstrap import Application
from core.view import view
from core.web.api.drawing import draw_analysis
from tests.browser.product import Product

ASK = {"use_case": "customer_insight", "record_id": "CUST-0142"}
SECONDS = 5.0
ROUNDS = 20
STREAMS = 20
LIMITS = {f"LIMITS__{name.upper()}": str(getattr(ENOUGH, name)) for name in ENOUGH.model_fields_set}


def main() -> int:
    with running_application() as application, measured_model() as address, serving(application, address) as api:
        user = User("bench-api", "Bench", Role.ANALYST)
        application.users.add(None, user.username, user.name, user.role, "seven quiet harbours")
        key = application.api_keys.create(Actor(user), user.username, "bench")[0]
        with httpx.Client(base_url=api, headers={"authorization": f"Bearer {key}"}, timeout=120) as client:
            done = client.post("/analyses?wait=60", json=ASK).json()
            reading(application, user, client, done["id"])
            first_text(application, client)
            return 0 if health_while_streaming(client) else 1


@contextlib.contextmanager
def measured_model() -> Iterator[str]:
    """A model server whose answers last as long as they are told to."""
    command = [sys.executable, "-m", "tests.core.web.api.measured_model"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextlib.contextmanager
def serving(application: Application, model: str) -> Iterator[str]:
    settings = {
        **LIMITS,
        "MODELS__MEASURED__KIND": "openai",
        "MODELS__MEASURED__URL": model,
        "MODELS__MEASURED__LOCAL": "true",
        "MODELS__MEASURED__CONTEXT_LENGTH": "65536",
        "MODELS__MEASURED__ANSWERS_AT_ONCE": str(STREAMS),
    }
    product = Product(application.settings.var, free_port(), settings)
    product.start()
    try:
        yield f"{product.url}/api/v1"
    finally:
        product.stop()


def rate(client: httpx.Client, path: str, at_once: int) -> float:
    """Requests per second of so many callers who wait for nobody."""
    until = time.perf_counter() + SECONDS

    def ask() -> int:
        count = 0
        while time.perf_counter() < until:
            client.get(path).raise_for_status()
            count += 1
        return count

    with ThreadPoolExecutor(at_once) as threads:
        return sum(one.result() for one in [threads.submit(ask) for _ in range(at_once)]) / SECONDS


def reading(application: Application, user: User, client: httpx.Client, analysis_id: str) -> None:
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        draw_analysis(view(application.analyses.get(analysis_id), application.use_cases, user)).model_dump_json()
        count += 1
    ours = rate(client, f"/analyses/{analysis_id}", 4)
    show("GET /analyses/{id}, 4 callers", ours, "per s", peer=count / SECONDS, what="the same drawn in-process")
    show("GET /health, 4 callers", rate(client, "/health", 4), "per s")


def first_text(application: Application, client: httpx.Client) -> None:
    ours: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS + 2):
        took = one_first_text(client)
        _, began, first, _ = through_pipeline(application, "digest")
        if number >= 2:  # warm
            ours.append(took)
            bare.append((first - began) * 1000)
    show("POST /analyses to the first text event, p50", p50(ours), "ms", peer=p50(bare), what="in-process")
    show("  of it added by HTTP, p50", p50([o - b for o, b in zip(ours, bare, strict=True)]), "ms")


def one_first_text(client: httpx.Client) -> float:
    began = time.perf_counter()
    headers, took = {"accept": "text/event-stream"}, 0.0
    with client.stream("POST", "/analyses", json={**ASK, "model": "digest"}, headers=headers) as stream:
        for line in stream.iter_lines():
            if line == "event: text" and not took:
                took = (time.perf_counter() - began) * 1000
    return took


def health_times(api: str, seconds: float) -> list[float]:
    """Milliseconds that each of its requests took, at most twenty a second, from a process that does nothing else."""
    times: list[float] = []
    with httpx.Client(base_url=api) as client:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            client.get("/health").raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.05)
    return times


def health_while_streaming(client: httpx.Client) -> bool:
    body = {**ASK, "model": "measured/measured", "question": "400 words, 40 ms"}
    counts = [0] * STREAMS
    running = threading.Barrier(STREAMS + 1)

    def follow(number: int) -> None:
        with client.stream("POST", "/analyses", json=body, headers={"accept": "text/event-stream"}) as stream:
            lines = stream.iter_lines()
            for line in lines:
                if line == "event: text":
                    break
            running.wait(60)
            analysis_id = stream.headers["location"].rpartition("/")[2]
            for line in lines:
                counts[number] += line == "event: text"
                if counts[number] >= 200:
                    break
        client.post(f"/analyses/{analysis_id}/stop")

    with ThreadPoolExecutor(STREAMS) as threads, ProcessPoolExecutor(1, get_context("spawn")) as balancer:
        balancer.submit(health_times, str(client.base_url), 0.1).result()  # it has started
        streams = [threads.submit(follow, number) for number in range(STREAMS)]
        running.wait(60)
        times = balancer.submit(health_times, str(client.base_url), SECONDS).result()
        for stream in streams:
            stream.result()
    p95 = quantiles(times, n=20)[18]
    met = show(f"GET /health while {STREAMS} answers stream, p95", p95, "ms", at_most=50)
    show("  text events they got meanwhile", float(sum(counts)), "events")
    return met


if __name__ == "__main__":
    sys.exit(main())

"""What the pipeline costs over bare clients: time to the first token, tokens per second.

All talk to the same embedded servers in turns. The pipeline's time holds everything between the click and the text: the
background job, the limits, the audit rows, the procedure, masking, filling the prompt and, while the text comes, the
check. The bare driver only calls the same procedure and fetches its sets, the bare client only sends the finished
prompt: what anybody would wait for who asks the same of the same servers.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import ollama
import psycopg

from benchmarks.parts import ANALYST, p50, plain, running_application, show
from core.analyses import Analysis
from core.analysis import analyze
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.settings import ROOT
from core.steps import Fetched, Request, Text
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.use_cases import Sensitivity

RECORD = "CUST-0142"
ROUNDS = 100
WARM_UP = 3
ANSWERS = 4
ANSWER_TOKENS = 300  # of each at most


def main() -> int:
    with short_answers() as prompts, running_application(prompts) as application:
        server = next(one for one in application.catalogue.servers if one.name == "embedded")
        client = ollama.Client(host=server.url)  # type: ignore[attr-defined]
        met = first_token(application, client)
        models = [model for model in application.catalogue.list(fresh=True).models if model.language_model]
        if models:
            met &= tokens_per_second(application, client, models[0].name)
        else:
            print("No language model here: run `make run` once, which fetches one.")
            met = False
    return 0 if met else 1


@contextmanager
def short_answers() -> Iterator[Path]:
    """The prompts, with an end to the answers: a small model may go on until its window is full."""
    with tempfile.TemporaryDirectory(prefix="record-analyst-bench-") as folder:
        prompts = Path(folder) / "prompts"
        shutil.copytree(ROOT / "prompts", prompts)
        file = prompts / "customer_insight.md"
        limit = f"---\noptions: {{num_predict: {ANSWER_TOKENS}}}\n"
        file.write_text(file.read_text(encoding="utf-8").replace("---\n", limit, 1), encoding="utf-8")
        yield prompts


def first_token(application: Application, client: ollama.Client) -> bool:
    ours, driver, bare = [], [], []
    with bare_driver(application) as fetch:
        for number in range(WARM_UP + ROUNDS):
            analysis, began, first, _ = through_pipeline(application, "digest")
            fetched = fetch()
            alone, first_alone, _, _ = bare_client(client, "digest", analysis, options(application, "digest"))
            if number >= WARM_UP:
                ours.append((first - began) * 1000)
                driver.append(fetched * 1000)
                bare.append((first_alone - alone) * 1000)
    both = [d + b for d, b in zip(driver, bare, strict=True)]
    show("Time to first token, p50, pipeline", p50(ours), "ms", peer=p50(both), what="bare driver and client")
    show("  of that the stored procedure, by the bare driver, p50", p50(driver), "ms")
    with_procedure = p50([o - b for o, b in zip(ours, bare, strict=True)])
    met = show("  added to the bare client: all, the procedure too, p50", with_procedure, "ms", at_most=10)
    added = p50([o - b for o, b in zip(ours, both, strict=True)])
    met &= show("  added by us: audit, limits, masking, prompt, p50", added, "ms", at_most=10)
    return met & model_side(application, client)


@contextmanager
def bare_driver(application: Application) -> Iterator[Callable[[], float]]:
    """Calls the procedure and fetches its sets, with no more than it takes. Returns the seconds it took."""
    with (
        EmbeddedPostgres.start(application.settings.var) as server,
        psycopg.connect(plain(server.url("analyst", SAMPLE_DATABASE))) as connection,
    ):

        def fetch() -> float:
            begin = time.perf_counter()
            cursor = connection.execute("SELECT * FROM business.customer_insight(%s)", (RECORD,))
            cursor.execute("; ".join(f'FETCH ALL FROM "{name}"' for (name,) in cursor.fetchall()).encode())
            for one in cursor.results():
                one.fetchall()
            connection.rollback()
            return time.perf_counter() - begin

        yield fetch


def model_side(application: Application, client: ollama.Client) -> bool:
    """What of it the models' side adds, between the masked record and the first token: the prompt that fits the window,
    the queue, the client that can be cut."""
    bare, ours = [], []
    analysis, *_ = through_pipeline(application, "digest")  # each further one has the same prompt
    for number in range(WARM_UP + ROUNDS):
        alone, first_alone, _, _ = bare_client(client, "digest", analysis, options(application, "digest"))
        fetched = first = 0.0
        for step in analyze(request("digest"), application.parts, threading.Event()):
            fetched = time.perf_counter() if isinstance(step, Fetched) else fetched
            first = first or (time.perf_counter() if isinstance(step, Text) else 0.0)
        if number >= WARM_UP:
            ours.append((first - fetched) * 1000)
            bare.append((first_alone - alone) * 1000)
    added = p50([o - b for o, b in zip(ours, bare, strict=True)])
    return show(
        "  of that by the models' side: fitting the prompt, queue, client that can be cut, p50", added, "ms", at_most=10
    )


def tokens_per_second(application: Application, client: ollama.Client, model: str) -> bool:
    ours, bare = [], []
    for number in range(1 + ANSWERS):
        analysis, _, first, last = through_pipeline(application, model)
        tokens = analysis.answer_tokens or 0
        same = {**options(application, model), "num_predict": tokens}
        _, first_alone, last_alone, tokens_alone = bare_client(client, model, analysis, same)
        if number:  # the first loads the model
            ours.append((tokens - 1) / (last - first))
            bare.append((tokens_alone - 1) / (last_alone - first_alone))
    print(f"Answers of {model}:")
    return show(
        "Tokens per second, p50, pipeline",
        p50(ours),
        "tokens/s",
        peer=p50(bare),
        what="bare client",
        at_least=0.95,
        of_peer=True,
    )


def through_pipeline(application: Application, model: str) -> tuple[Analysis, float, float, float]:
    """The finished analysis; when it was begun, and when its first and its last text came."""
    began, first, last, length = time.perf_counter(), 0.0, 0.0, 0
    for analysis in watched(application, model):
        if len(analysis.answer) > length:
            last, length = time.perf_counter(), len(analysis.answer)
            first = first or last
    assert analysis.outcome is Outcome.COMPLETED, analysis.error_message
    return analysis, began, first, last


def watched(application: Application, model: str) -> Iterator[Analysis]:
    """How a new request stands each time that there is something new, until it has ended."""
    job = application.jobs.start(request(model))
    seen, running = -1, True
    while running:
        seen, analysis = job.watch(seen, 1.0)
        running = analysis.running
        yield analysis


def request(model: str) -> Request:
    return Request(actor=ANALYST, use_case="customer_insight", record_id=RECORD, model=model)


def options(application: Application, model: str) -> Mapping[str, object]:
    """What the pipeline sends with its prompt."""
    use_case = application.use_cases.get("customer_insight")
    _, info = application.catalogue.resolve(model, Sensitivity.INTERNAL)
    return {"num_ctx": info.context_length, **application.parts.model_options(use_case)}


def bare_client(
    client: ollama.Client, model: str, analysis: Analysis, options: Mapping[str, object]
) -> tuple[float, float, float, int]:
    """When the request was sent, when its first and its last text came, and its tokens."""
    messages = [{"role": message.role, "content": message.content} for message in analysis.prompt]
    first = last = 0.0
    began, tokens = time.perf_counter(), 0
    for part in client.chat(model=model, messages=messages, stream=True, options=options):
        if part.message.content:
            last = time.perf_counter()
            first = first or last
        if part.done:
            tokens = part.eval_count or 0
    return began, first, last, tokens


if __name__ == "__main__":
    sys.exit(main())

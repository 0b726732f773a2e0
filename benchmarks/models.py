"""Many answers at once, what the embedded language model costs, and how well prompts are measured.

20 and 50 answers at 20 tokens/s each: what they cost this process, and how evenly they come.

The model server is a process of its own that writes a fixed text at a fixed rate. Beside each figure stands the same
from bare `ollama` clients that only read those streams in threads. The other two use the small language model.
"""

from __future__ import annotations

import gc
import itertools
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import ollama

from benchmarks.parts import ANALYST, ENOUGH, fresh_folder, show
from core.analysis import analyze
from core.audit.entry import Outcome
from core.bootstrap import Application, open_application
from core.job import Job
from core.models.model import Message
from core.models.tokens import guess
from core.prompts import Prompt
from core.settings import ROOT, ModelServerSettings, Settings
from core.steps import Prompted, Request
from core.use_cases import UseCase

PER_SECOND = 20.0
TOKENS = 300
AT_ONCE = (20, 50)
MEASURED = ("order_analysis", "support_ticket")  # whose prompts the small model reads; of all with --all-prompts


@dataclass(frozen=True, slots=True)
class Load:
    cores: float  # processor seconds of this process for each second
    slowest_gap: float  # seconds between two arrivals of new text, the longest of all answers
    median_gap: float
    memory: float  # bytes for each answer under way


def main() -> None:
    with fresh_folder() as var, steady() as address:
        os.environ.pop("OLLAMA_HOST", None)
        limits = ENOUGH.model_copy(update={"running_per_server": 1_000})
        server = ModelServerSettings(kind="ollama", url=address, local=True)
        settings = Settings(var=var, find_ollama=False, limits=limits, models={"steady": server})
        with closing(open_application(settings)) as application:
            small_model(application)
            measure(1, lambda done: through_the_product(application, done))  # warm
            for count in AT_ONCE:
                ours = measure(count, lambda done: through_the_product(application, done))
                bare = measure(count, lambda done: through_bare_client(address, done))
                what = "bare clients"
                print(f"{count} answers at once, {TOKENS} tokens each at {PER_SECOND:.0f} tokens/s")
                show("  processor cores of the app's process", ours.cores, "cores", peer=bare.cores, what=what)
                show(
                    "  slowest gap between two tokens, where a page watches",
                    ours.slowest_gap * 1000,
                    "ms",
                    peer=bare.slowest_gap * 1000,
                    what=what,
                )
                show("  median gap", ours.median_gap * 1000, "ms", peer=1000 / PER_SECOND, what="as written")
                show("  memory for each running answer", ours.memory / 1e6, "MB", peer=bare.memory / 1e6, what=what)


def small_model(application: Application) -> None:
    """Loading it, its memory, a second question on the same record, and its tokens beside the guess of each prompt."""
    server = next(one for one in application.catalogue.servers if one.name == "embedded")
    model = next((model for model in server.list() if model.language_model), None)
    if model is None:
        print("No language model here: run `make run` once, which fetches one.")
        return
    client = ollama.Client(server.url)  # type: ignore[attr-defined]
    show(f"Loading {model.name}", server.load(model.name) / 1000, "s")
    loaded = next(one for one in client.ps().models if one.model == model.name)
    show("  memory while loaded", (loaded.size or 0) / 1e6, "MB", peer=(model.size_bytes or 0) / 1e6, what="its file")
    every = application.use_cases.all()
    for use_case in every if "--all-prompts" in sys.argv else map(application.use_cases.get, MEASURED):
        prompt = prompt_of(application, use_case, model.id)
        deadline = time.monotonic() + 600
        options = {"num_predict": 1}
        window = prompt.context_length
        first = list(
            server.chat(model.name, prompt.messages, context_length=window, options=options, deadline=deadline)
        )
        counted = first[-1].usage.prompt_tokens or 0 if first[-1].usage else 0
        guessed = sum(guess(message.content) for message in prompt.messages)
        show(f"  tokens of the prompt, {use_case.name}", counted, "tokens", peer=guessed, what="guessed")
        show("    characters for each token", prompt.characters / max(1, counted), "")
    began = time.perf_counter()
    further = (*prompt.messages, Message("assistant", "It is as the record says."), Message("user", "Why?"))
    answer = server.chat(model.name, further, context_length=window, options=options, deadline=deadline)
    next(answer)
    took = time.perf_counter() - began
    answer.close()
    whole = (first[-1].usage.prompt_ms or 0) / 1000 if first[-1].usage else 0
    show("  first token of a further question", took, "s", peer=whole, what="reading that record")


def prompt_of(application: Application, use_case: UseCase, model_id: str) -> Prompt:
    request = Request(
        actor=ANALYST,
        use_case=use_case.name,
        record_id=use_case.record_id.example,
        model=model_id,
        purpose="benchmark",
    )
    steps = analyze(request, application.parts, threading.Event())
    with closing(steps):  # before the model is asked
        return next(step.prompt for step in steps if isinstance(step, Prompted))


def measure(count: int, one: Callable[[list[list[float]]], None]) -> Load:
    """Runs `one` in `count` threads at once; each adds the times at which its text arrived."""
    gc.collect()
    arrivals: list[list[float]] = []
    before, memory = processor_seconds(), resident_bytes()
    began = time.monotonic()
    threads = [threading.Thread(target=one, args=(arrivals,)) for _ in range(count)]
    for thread in threads:
        thread.start()
        time.sleep(0.04)  # people do not ask in the same millisecond
    time.sleep(TOKENS / PER_SECOND / 2)
    middle = resident_bytes()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert len(arrivals) == count
    gaps = sorted(late - early for times in arrivals for early, late in itertools.pairwise(times))
    return Load(
        (processor_seconds() - before) / took,
        gaps[-1],
        gaps[len(gaps) // 2],
        max(0, middle - memory) / count,
    )


def through_the_product(application: Application, done: list[list[float]]) -> None:
    """One analysis, watched as a page watches it: woken by every new piece of text."""
    request = Request(actor=ANALYST, use_case="customer_insight", record_id="CUST-0142", model="steady/steady")
    job: Job = application.jobs.start(request)
    times: list[float] = []
    seen, length = -1, 0
    while True:
        seen, analysis = job.watch(seen, 5.0)
        if len(analysis.answer) > length:
            length = len(analysis.answer)
            times.append(time.monotonic())
        if not analysis.running:
            assert analysis.outcome is Outcome.COMPLETED, analysis.error_message
            done.append(times)
            return


def through_bare_client(address: str, done: list[list[float]]) -> None:
    client = ollama.Client(address)  # type: ignore[attr-defined]
    messages = [{"role": "user", "content": "Go on."}]
    done.append([time.monotonic() for part in client.chat("steady", messages, stream=True) if part.message.content])


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_bytes() -> int:
    """Linux alone tells it at this moment; elsewhere the highest so far stands in."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def steady() -> Iterator[str]:
    """Yields the address of a steady server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.steady_server", str(TOKENS), str(PER_SECOND)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

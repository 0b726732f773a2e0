"""What the pipeline costs over a bare client on the same prompt: time to the first token, tokens per second.

Both talk to the same embedded server in turns. The pipeline's time holds the procedure, masking, both lookups, the
audit rows and the check; the bare client only sends the finished prompt.
"""

from __future__ import annotations

import threading
import time

import ollama

from benchmarks.parts import ANALYST, p50, running_application, show
from core.analysis import analyze
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.prompts import Prompt
from core.steps import Finished, Prompted, Request, Text

ROUNDS = 30
ANSWERS = 4


def main() -> None:
    with running_application() as application:
        server = next(one for one in application.catalogue.servers if one.name == "embedded")
        client = ollama.Client(host=server.url)  # type: ignore[attr-defined]
        first_token(application, client)
        models = [model for model in application.catalogue.list(fresh=True).models if model.language_model]
        if models:
            tokens_per_second(application, client, models[0].name)
        else:
            print("No language model here: run `make run` once, which fetches one.")


def first_token(application: Application, client: ollama.Client) -> None:
    bare, ours, procedure = [], [], []
    for number in range(ROUNDS + 3):
        prompt, took, procedure_ms = one_pipeline_first_token(application, "digest")
        alone = one_bare_first_token(client, "digest", prompt)
        if number >= 3:  # warm
            ours.append(took)
            bare.append(alone)
            procedure.append(procedure_ms)
    show("Time to first token, p50, pipeline", p50(ours), "ms", peer=p50(bare), what="bare client")
    show("  of it added by us, p50", p50([o - b for o, b in zip(ours, bare, strict=True)]), "ms", aim="≤ 10 ms")
    show("  of that the stored procedure itself, p50", p50(procedure), "ms")


def one_pipeline_first_token(application: Application, model: str) -> tuple[Prompt, float, float]:
    request = Request(actor=ANALYST, use_case="customer_insight", record_id="CUST-0142", model=model)
    prompt, took, procedure_ms = None, 0.0, 0.0
    began = time.perf_counter()
    for step in analyze(request, application.parts, threading.Event()):
        match step:
            case Prompted():
                prompt = step.prompt
            case Text() if not took:
                took = (time.perf_counter() - began) * 1000
            case Finished(result):
                assert result.outcome is Outcome.COMPLETED, result.error
                procedure_ms = result.procedure_ms or 0.0
            case _:
                pass
    assert prompt is not None
    return prompt, took, procedure_ms


def one_bare_first_token(client: ollama.Client, model: str, prompt: Prompt) -> float:
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    began = time.perf_counter()
    stream = client.chat(model=model, messages=messages, stream=True, options={"num_ctx": prompt.context_length})
    next(stream)
    took = (time.perf_counter() - began) * 1000
    for _ in stream:
        pass
    return took


def tokens_per_second(application: Application, client: ollama.Client, model: str) -> None:
    ours, bare = [], []
    prompt = None
    for number in range(ANSWERS + 1):
        request = Request(actor=ANALYST, use_case="customer_insight", record_id="CUST-0142", model=model)
        first = last = 0.0
        usage = None
        for step in analyze(request, application.parts, threading.Event()):
            match step:
                case Prompted():
                    prompt = step.prompt
                case Text():
                    last = time.perf_counter()
                    first = first or last
                case Finished(result):
                    usage = result.usage
                case _:
                    pass
        assert usage is not None
        assert usage.answer_tokens
        assert prompt is not None
        alone = one_bare_rate(client, model, prompt, application)
        if number:  # the first loads the model
            ours.append((usage.answer_tokens - 1) / (last - first))
            bare.append(alone)
    show(
        f"Tokens per second, {model}, pipeline", p50(ours), "tokens/s", peer=p50(bare), what="bare client", aim="≥ 0.95"
    )


def one_bare_rate(client: ollama.Client, model: str, prompt: Prompt, application: Application) -> float:
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    use_case = application.use_cases.get("customer_insight")
    options = {"num_ctx": prompt.context_length, **application.parts.model_options(use_case)}
    first = last = 0.0
    count = 0
    for part in client.chat(model=model, messages=messages, stream=True, options=options):
        if part.message.content:
            last = time.perf_counter()
            first = first or last
        if part.done:
            count = part.eval_count or 0
    return (count - 1) / (last - first)


if __name__ == "__main__":
    main()

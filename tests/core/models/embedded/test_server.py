"""The embedded server's own process, asked over HTTP as the product asks it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time

import httpx
import pytest

from core.errors import ModelFailed, ModelMissing, PromptTooLong
from core.models.embedded.launch import EmbeddedModels
from core.models.embedded.small_model import SHA256
from core.models.model import Message
from core.models.ollama import OllamaServer
from tests.core.models.conftest import SMALL
from tests.core.models.embedded.gguf_files import LLAMA, write
from tests.core.models.processes import alive, children, wait_until

RECORD = '<record-1 use_case="x" record_id="R-1">\n[orders] 2 rows\n#,id,total\n1,A,10.00\n2,B,30.00\n</record-1>\n\n'
ENDLESS = "Write a long story."  # at temperature 0 it writes more than 900 tokens
LONG = "The order was late and the customer asked twice where it was. " * 400


def ask(server: OllamaServer, model: str, text: str = "Write a long story.", **options):
    return server.chat(
        model,
        [Message("system", "You are an analyst."), Message("user", text)],
        context_length=options.pop("num_ctx", 8192),
        options={"temperature": 0, "repeat_penalty": 1.0} | options,
        deadline=time.monotonic() + 100,
    )


def info(server: OllamaServer, name: str):
    return next(model for model in server.list() if model.name == name)


def running(url: str) -> int:
    return sum(model["running"] for model in httpx.get(f"{url}/api/ps").json()["models"])


def post(url: str, path: str, **body) -> httpx.Response:
    return httpx.post(f"{url}{path}", json=body, timeout=100)


def test_the_digest_streams_and_says_what_it_is(embedded_server):
    *pieces, last = ask(embedded_server, "digest", RECORD + "Analyse the record above.")
    assert len(pieces) > 5
    assert "not a language model" in "".join(piece.text for piece in pieces).lower()
    assert last.usage.done_reason == "stop"
    assert last.usage.prompt_tokens > len(RECORD) // 4
    assert not info(embedded_server, "digest").language_model


def test_the_small_model_streams_and_counts_its_tokens(embedded_server):
    *pieces, last = ask(embedded_server, SMALL, num_predict=12, temperature=0)
    assert len(pieces) > 5
    assert (last.usage.answer_tokens, last.usage.done_reason) == (12, "length")
    assert last.usage.prompt_tokens > 10
    assert last.usage.prompt_ms > 0
    assert last.usage.answer_ms > 0


def test_the_same_seed_gives_the_same_answer(embedded_server):
    first, second = (
        "".join(chunk.text for chunk in ask(embedded_server, SMALL, num_predict=8, seed=7, temperature=0.9))
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(("options", "reason"), [({"repeat_penalty": 1.0, "num_predict": 150}, "length"), ({}, "stop")])
def test_a_model_that_would_repeat_itself_comes_to_an_end(embedded_server, options, reason):
    rows = "\n".join(f"2026-{month:02d},{month * 7},{month * 113.5:.2f}" for month in range(1, 13))
    question = f"List every month with its orders and then every month again.\n{rows}"
    *_, last = embedded_server.chat(
        SMALL,
        [Message("system", "You are an analyst."), Message("user", question)],
        context_length=8192,
        options={"temperature": 0, "num_predict": 400} | options,
        deadline=time.monotonic() + 100,
    )
    assert last.usage.done_reason == reason


def test_the_list_tells_what_the_files_are(embedded_server):
    model = info(embedded_server, SMALL)
    assert (model.parameters, model.quantisation, model.context_length) == ("134.52M", "Q4_1", 8192)
    assert model.size_bytes == 98_362_432
    assert model.language_model
    wait_until(lambda: info(embedded_server, SMALL).digest == SHA256)


def test_load_and_unload_are_real(embedded, embedded_server):
    embedded_server.load(SMALL)
    assert info(embedded_server, SMALL).loaded
    ps = {model["name"]: model for model in httpx.get(f"{embedded.url}/api/ps").json()["models"]}
    assert ps[SMALL]["size"] > 100_000_000
    assert ps[SMALL]["context_length"] == 8192
    (runner,) = children(embedded.pid)
    embedded_server.unload(SMALL)
    assert not info(embedded_server, SMALL).loaded
    wait_until(lambda: not alive(runner))


def test_a_model_is_unloaded_when_its_time_is_over(embedded_server):
    embedded_server.load(SMALL, keep_alive="100ms")
    wait_until(lambda: not info(embedded_server, SMALL).loaded)


def test_an_answer_that_ends_later_than_its_time_is_whole(embedded, embedded_server):
    answer = post(embedded.url, "/api/chat", model=SMALL, stream=False, keep_alive=0,
                  messages=[{"role": "user", "content": "Hello"}], options={"num_predict": 5}).json()  # fmt: skip
    assert answer["done"]
    assert answer["message"]["content"]
    assert answer["load_duration"] >= 0
    assert not info(embedded_server, SMALL).loaded


def test_generate_streams_like_chat(embedded):
    answer = post(embedded.url, "/api/generate", model=SMALL, prompt="Hello", options={"num_predict": 5})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert "".join(line["response"] for line in lines)
    assert lines[-1]["eval_count"] == 5


def test_an_unknown_model_is_missing(embedded, embedded_server):
    with pytest.raises(ModelMissing):
        list(ask(embedded_server, "nothing"))
    answer = post(embedded.url, "/api/show", model="nothing")
    assert (answer.status_code, list(answer.json())) == (404, ["error"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"model": 7}, 400),
        ({"model": "digest", "messages": "text"}, 400),
        ({"model": "digest", "messages": [{"role": "user"}], "options": []}, 200),
        ({"model": "digest", "messages": [], "options": [1]}, 400),
        ({"model": "digest", "messages": [], "keep_alive": "soon"}, 400),
    ],
)
def test_requests_of_another_shape_are_refused(embedded, body, status):
    assert post(embedded.url, "/api/chat", **body).status_code == status


def test_a_request_that_is_not_json_is_refused(embedded):
    assert httpx.post(f"{embedded.url}/api/chat", content=b"{").status_code == 400


@pytest.mark.parametrize(("model", "window"), [(SMALL, 8192), (SMALL, 512), ("digest", 512)])
def test_a_prompt_that_is_too_long_is_refused_with_both_sizes(embedded, embedded_server, model, window):
    text = "word " * (window + 2000)
    with pytest.raises(PromptTooLong):
        list(ask(embedded_server, model, text, num_ctx=window))
    answer = post(embedded.url, "/api/chat", model=model, messages=[{"role": "user", "content": text}],
                  options={"num_ctx": window})  # fmt: skip
    assert answer.status_code == 400
    assert answer.json()["context_length"] == window
    assert answer.json()["prompt_tokens"] > window


def test_the_answer_ends_where_the_window_does(embedded_server):
    *_, last = ask(embedded_server, SMALL, num_ctx=64, temperature=0)
    assert last.usage.done_reason == "length"
    assert last.usage.prompt_tokens + last.usage.answer_tokens <= 64


@pytest.mark.parametrize("text", [ENDLESS, LONG], ids=["while it writes", "while it reads"])
def test_the_work_stops_when_the_client_goes(embedded, embedded_server, text):
    stop = threading.Event()
    answer = embedded_server.chat(
        SMALL,
        [Message("user", text)],
        context_length=8192,
        options={"temperature": 0},
        deadline=time.monotonic() + 100,
        stop=stop,
    )
    thread = threading.Thread(target=lambda: list(answer))
    thread.start()
    wait_until(lambda: running(embedded.url) == 1)
    stop.set()
    thread.join()
    wait_until(lambda: running(embedded.url) == 0)


def test_two_answers_of_one_model_run_at_once(embedded):
    def begin(text: str, tokens: int):
        messages, options = [{"role": "user", "content": text}], {"temperature": 0, "num_predict": tokens}
        body = {"model": SMALL, "messages": messages, "options": options}
        return httpx.stream("POST", f"{embedded.url}/api/chat", json=body, timeout=100)

    with begin(ENDLESS, 200) as first:
        first_lines = first.iter_lines()
        next(first_lines)
        with begin(f"{ENDLESS} Please.", 5) as second:
            began = json.loads(next(second.iter_lines()))["created_at"]
        *_, last = first_lines
    assert began < json.loads(last)["created_at"]


def test_a_runner_that_dies_ends_its_answer_and_nothing_else(embedded, embedded_server):
    answer = ask(embedded_server, SMALL)
    next(answer)
    (runner,) = children(embedded.pid)
    os.kill(runner, signal.SIGKILL)
    with pytest.raises(ModelFailed):
        list(answer)
    assert list(ask(embedded_server, SMALL, num_predict=3))[-1].usage


def test_a_file_llama_cannot_load_fails_alone(embedded_server, model_folder):
    file = write(model_folder / "broken.gguf", LLAMA)
    assert info(embedded_server, "broken").parameters == "0.06M"
    with pytest.raises(ModelFailed):
        list(ask(embedded_server, "broken"))
    file.unlink()
    with pytest.raises(ModelMissing):
        list(ask(embedded_server, "broken"))
    assert list(ask(embedded_server, SMALL, num_predict=3))[-1].usage


def test_the_least_recently_used_model_makes_room(tmp_path, small_model_file):
    for name in ("a", "b"):
        (tmp_path / f"{name}.gguf").symlink_to(small_model_file)
    models = EmbeddedModels.start(tmp_path / "var", [tmp_path], memory_gb=1.0)
    try:
        server = OllamaServer("embedded", models.url, local=True)
        answer = ask(server, "a")
        next(answer)
        answer.close()
        server.load("b")
        assert [model.name for model in server.list() if model.loaded] == ["digest", "b"]
        server.load("a")
        assert [model.name for model in server.list() if model.loaded] == ["digest", "a"]
    finally:
        models.close()


def test_a_model_larger_than_the_memory_limit_says_so(tmp_path, small_model_file):
    (tmp_path / "a.gguf").symlink_to(small_model_file)
    models = EmbeddedModels.start(tmp_path / "var", [tmp_path], memory_gb=0.1)
    try:
        answer = post(models.url, "/api/chat", model="a", messages=[])
        assert answer.status_code == 500
        assert "memory" in answer.json()["error"]
    finally:
        models.close()


def test_a_file_that_was_replaced_is_loaded_anew(embedded, embedded_server, model_folder, small_model_file):
    copy = model_folder / "copy.gguf"
    shutil.copyfile(small_model_file, copy)
    embedded_server.load("copy")
    before = children(embedded.pid)
    os.utime(copy, (1, 1))
    embedded_server.load("copy")
    assert set(children(embedded.pid)) != set(before)
    embedded_server.unload("copy")
    copy.unlink()


@pytest.mark.parametrize("headers", [{"origin": "https://site.example"}, {"origin": "null"}, {"host": "site.example"}])
def test_pages_of_other_sites_are_kept_out(embedded, headers):
    answer = httpx.get(f"{embedded.url}/api/tags", headers=headers)
    assert answer.status_code in (400, 403)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_running_answer_does_not_hold_up_the_end(tmp_path, model_folder):
    models = EmbeddedModels.start(tmp_path, [model_folder])
    answer = ask(OllamaServer("embedded", models.url, local=True), SMALL)
    next(answer)
    (runner,), pid = children(models.pid), models.pid
    models.close()
    assert not alive(pid)
    wait_until(lambda: not alive(runner))
    assert not (tmp_path / "models.json").exists()
    with pytest.raises(ModelFailed):
        list(answer)

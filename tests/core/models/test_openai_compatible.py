from __future__ import annotations

import importlib
import threading
import time

import httpx
import pytest

from core.errors import ModelFailed, ModelMissing, PromptTooLong
from core.models.model import Feature, Message
from core.models.openai_compatible import OpenAIServer
from tests.core.models.asking import MESSAGES, ask
from tests.core.models.misbehaving import MisbehavingServer
from tests.core.models.processes import wait_until

STORY = [Message("user", "Write a long story.")]


@pytest.fixture
def peer():
    with MisbehavingServer() as server:
        yield server


@pytest.fixture
def server(peer):
    return OpenAIServer("box", peer.url, local=True)


@pytest.fixture(scope="module")
def llama(small_model_file):
    """llama.cpp's own OpenAI-compatible server."""
    xllamacpp = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(small_model_file)
    params.n_ctx, params.n_parallel, params.verbosity = 2048, 1, 1
    params.sse_ping_interval = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    return xllamacpp.Server(params)


@pytest.fixture
def llama_server(llama):
    return OpenAIServer("llama", llama.listening_address, local=True)


def test_a_real_server_streams_and_counts(llama_server):
    *pieces, last = llama_server.chat(
        "any", STORY, context_length=2048, options={"num_predict": 8, "temperature": 0}, deadline=_soon()
    )
    assert "".join(piece.text for piece in pieces)
    assert (last.usage.answer_tokens, last.usage.done_reason) == (8, "length")
    assert last.usage.prompt_tokens > 10


def test_a_real_server_tells_its_window_and_size(llama_server):
    (model,) = llama_server.list()
    assert (model.context_length, model.parameters, model.loaded) == (2048, "0.1B", True)
    assert model.quantisation == "Q4_1"
    assert llama_server.version() == "OpenAI-compatible"
    assert llama_server.features == frozenset()


def test_a_real_server_refuses_what_is_too_long(llama_server):
    with pytest.raises(PromptTooLong):
        list(llama_server.chat("any", [Message("user", "word " * 3000)], context_length=2048, deadline=_soon()))


def test_a_real_server_stops_working_when_it_is_told_to(llama, llama_server):
    def working() -> bool:
        return any(slot["is_processing"] for slot in httpx.get(f"{llama.listening_address}/slots").json())

    stop = threading.Event()
    answer = llama_server.chat(
        "any", STORY, context_length=2048, options={"temperature": 0}, deadline=_soon(), stop=stop
    )
    next(answer)
    assert working()
    stop.set()
    assert all(chunk.usage is None for chunk in answer)
    wait_until(lambda: not working())


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_address_may_or_may_not_end_in_v1(peer, path):
    assert [model.name for model in OpenAIServer("box", peer.url + path, local=True).list()] == ["model"]


def test_options_go_by_openais_names(server, peer):
    list(ask(server, options={"temperature": 0.2, "seed": 7, "num_predict": 5, "top_k": 3}))
    body = peer.chats[0]
    assert (body["temperature"], body["seed"], body["max_tokens"], body["stream"]) == (0.2, 7, 5, True)
    assert "top_k" not in body
    assert "num_ctx" not in body


def test_the_key_of_the_settings_is_sent_and_what_the_environment_holds_is_not(peer, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
    list(ask(OpenAIServer("box", peer.url, local=True)))
    list(ask(OpenAIServer("box", peer.url, local=True, key="ours")))
    assert "of-somebody-else" not in str(peer.asked)
    sent = [headers.get("authorization") or headers.get("Authorization") for _, headers, body in peer.asked if body]
    assert sent == [None, "Bearer ours"]


def test_what_servers_add_to_the_list_is_used(server, peer):
    peer.models = [
        {"name": "vllm", "max_model_len": 16_384},
        {"name": "huge", "context_length": 1_000_000},
        {"name": "silent"},
        {"name": "text-embedding-3-small"},
        {"name": "mistral-ocr", "capabilities": {"completion_chat": False}},
    ]
    assert {model.name: model.context_length for model in server.list()} == {
        "vllm": 16_384,
        "huge": 32_768,
        "silent": 8_192,
    }


def test_a_server_that_keeps_its_models_loaded_has_nothing_to_load(server):
    assert server.load("model") == 0
    for call in (lambda: server.unload("model"), lambda: list(server.pull("model")), lambda: server.delete("model")):
        with pytest.raises(ModelFailed):
            call()


class TestLmStudio:
    @pytest.fixture
    def peer(self):
        with MisbehavingServer(studio={"small": [], "busy": [2048]}) as peer:
            yield peer

    def test_the_list_tells_what_is_loaded_and_how(self, server):
        assert [(model.name, model.loaded, model.context_length) for model in server.list()] == [
            ("small", False, 8192),
            ("busy", True, 2048),
        ]
        small = server.list()[0]
        assert (small.parameters, small.quantisation, small.size_bytes) == ("7B", "Q4_K_M", 4_000_000_000)
        assert server.version() == "LM Studio"
        assert server.features == {Feature.LOAD, Feature.UNLOAD, Feature.PULL}

    def test_load_and_unload(self, server, peer):
        assert server.load("small") == 1500
        assert peer.studio["small"] == [8192]
        assert server.load("small") == 0
        server.unload("small")
        assert peer.studio["small"] == []
        with pytest.raises(ModelMissing):
            server.load("nothing")

    def test_a_cold_model_is_loaded_with_the_window_of_the_prompt_before_it_answers(self, server, peer):
        chunks = list(server.chat("small", MESSAGES, context_length=6000, deadline=_soon()))
        assert peer.studio["small"] == [6000]
        assert chunks[-1].usage.load_ms == 1500

    def test_fetching_tells_its_progress(self, server):
        assert [(one.status, one.completed, one.total) for one in server.pull("new")] == [
            ("downloading", 10, 100),
            ("completed", 100, 100),
        ]

    def test_fetching_can_be_stopped(self, server):
        stop = threading.Event()
        progress = server.pull("new", stop)
        next(progress)
        stop.set()
        assert list(progress) == []

    def test_a_failed_fetch_is_an_error(self, server):
        with pytest.raises(ModelFailed):
            list(server.pull("not-there"))


def _soon() -> float:
    return time.monotonic() + 100

from __future__ import annotations

import socket
import threading
import time

import pytest

from core.errors import (
    ModelBusy,
    ModelFailed,
    ModelMissing,
    ModelServerUnavailable,
    ModelTimedOut,
    PromptTooLong,
)
from core.models.model import Chunk, Message, ModelServer, Usage
from core.models.ollama import OllamaServer, server_address
from tests.core.models.certificates import self_signed
from tests.core.models.misbehaving import TOKENS, MisbehavingServer

MESSAGES = [Message("system", "Be short."), Message("user", "Hello")]


def ask(server: ModelServer, seconds: float = 30, stop: threading.Event | None = None, options=None):
    deadline = time.monotonic() + seconds
    return server.chat("model", MESSAGES, context_length=4096, options=options, deadline=deadline, stop=stop)


def texts_until(error: type[Exception], answer) -> tuple[str, ...]:
    """The texts that came before `error` did."""
    texts: list[str] = []
    with pytest.raises(error):
        texts.extend(chunk.text for chunk in answer)
    return tuple(texts)


@pytest.fixture
def peer():
    with MisbehavingServer() as server:
        yield server


@pytest.fixture
def server(peer):
    return OllamaServer("box", peer.url, local=True, patience=5)


def test_an_answer_streams_and_ends_with_the_servers_own_counts(server):
    *pieces, last = ask(server)
    assert tuple(chunk.text for chunk in pieces) == TOKENS
    assert last == Chunk(usage=Usage(7, 3, 5.0, "stop"))


def test_it_asks_for_the_window_it_was_given(server, peer):
    list(ask(server, options={"temperature": 0.2, "seed": 7}))
    body = peer.chats[0]
    assert body["options"] == {"num_ctx": 4096, "temperature": 0.2, "seed": 7}
    assert body["messages"] == [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello"}]
    assert "keep_alive" not in body


def test_thoughts_stay_apart_and_a_cut_off_answer_says_so(server, peer):
    peer.faults = ["thinking"]
    chunks = list(ask(server))
    assert chunks[0] == Chunk(thinking="Let me see.")
    assert chunks[-1].usage.done_reason == "length"


def test_an_empty_answer_is_whole_and_empty(server, peer):
    peer.faults = ["empty"]
    assert [chunk.text for chunk in ask(server)] == [""]


@pytest.mark.parametrize(
    ("fault", "error", "before"),
    [
        ("hang_up", ModelServerUnavailable, ()),
        ("reset", ModelFailed, TOKENS),
        ("no_end_mark", ModelFailed, TOKENS),
        ("broken_json", ModelFailed, TOKENS),
        ("wrong_shape", ModelFailed, TOKENS),
        ("error_line", ModelFailed, TOKENS),
        ("invalid_utf8", ModelFailed, TOKENS),
        ("endless_line", ModelFailed, ()),
        ("401", ModelServerUnavailable, ()),
        ("404", ModelMissing, ()),
        ("500", ModelFailed, ()),
        ("too_long", PromptTooLong, ()),
    ],
)
def test_a_fault_is_one_error_after_the_text_before_it_and_the_next_request_is_fine(server, peer, fault, error, before):
    peer.faults = [fault, "none"]
    assert texts_until(error, ask(server)) == before
    assert tuple(chunk.text for chunk in ask(server)) == (*TOKENS, "")


@pytest.mark.parametrize("fault", ["silent", "silent_after_tokens", "byte_trickle", "token_trickle"])
def test_the_deadline_is_absolute_and_closes_the_connection(server, peer, fault):
    peer.faults = [fault]
    texts_until(ModelTimedOut, ask(server, seconds=0.3))
    assert peer.closed.wait(10)


@pytest.mark.parametrize("fault", ["silent", "silent_after_tokens", "byte_trickle", "token_trickle"])
def test_a_stop_from_another_thread_ends_the_answer_without_an_error(server, peer, fault):
    peer.faults = [fault]
    stop, ended = threading.Event(), threading.Event()
    chunks: list[Chunk] = []

    def run() -> None:
        chunks.extend(ask(server, seconds=3600, stop=stop))
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert peer.reached.wait(10)
    stop.set()
    assert ended.wait(5)
    thread.join()
    assert all(chunk.usage is None for chunk in chunks)
    assert peer.closed.wait(10)


def test_closing_the_iterator_closes_the_connection(server, peer):
    peer.faults = ["token_trickle"]
    answer = ask(server)
    next(answer)
    answer.close()
    assert peer.closed.wait(10)


def test_a_flood_waits_for_its_reader(server, peer):
    peer.faults = ["flood"]
    answer = ask(server)
    assert sum(len(next(answer).text) for _ in range(20_000)) == 20_000 * len("token ")
    answer.close()
    assert peer.closed.wait(10)


def test_a_busy_server_is_asked_again(server, peer):
    peer.faults = ["503", "503", "none"]
    assert tuple(chunk.text for chunk in ask(server)) == (*TOKENS, "")
    assert len(peer.chats) == 3


def test_a_server_that_stays_busy_is_busy(peer):
    peer.faults = ["503"]
    texts_until(ModelBusy, ask(OllamaServer("box", peer.url, local=True, patience=0.8)))
    assert len(peer.chats) > 1


def test_a_stop_ends_the_waiting_for_a_busy_server(peer):
    peer.faults = ["503"]
    stop = threading.Event()
    answer = ask(OllamaServer("box", peer.url, local=True, patience=3600), seconds=3600, stop=stop)
    timer = threading.Timer(0.05, stop.set)
    timer.start()
    assert list(answer) == []


def test_a_redirect_is_not_followed(server, peer):
    with MisbehavingServer() as elsewhere:
        peer.faults, peer.redirect_to = ["redirect"], elsewhere.url
        texts_until(ModelFailed, ask(server))
        assert elsewhere.asked == []


def test_a_refused_connection_is_an_unavailable_server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = OllamaServer("box", f"http://127.0.0.1:{free.getsockname()[1]}", local=True)
        texts_until(ModelServerUnavailable, ask(server))
        for call in (server.list, server.version, lambda: server.unload("model")):
            with pytest.raises(ModelServerUnavailable):
                call()


def test_a_certificate_that_is_not_trusted_gets_no_byte_of_the_prompt(tmp_path):
    with MisbehavingServer(certificate=self_signed(tmp_path)) as peer:
        server = OllamaServer("box", peer.url, local=True)
        with pytest.raises(ModelServerUnavailable, match="certificate"):
            list(ask(server))
        assert peer.asked == []


def test_the_key_of_the_settings_is_sent_and_one_of_the_environment_is_not(peer, monkeypatch):
    monkeypatch.setenv("OLLAMA_API_KEY", "of-somebody-else")
    list(ask(OllamaServer("box", peer.url, local=True)))
    list(ask(OllamaServer("box", peer.url, local=True, key="ours")))
    sent = [{k.lower(): v for k, v in headers.items()}.get("authorization") for _, headers, _ in peer.asked]
    assert sent == [None, "Bearer ours"]


def test_a_local_server_is_not_reached_through_a_proxy(peer, monkeypatch):
    with MisbehavingServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        list(ask(OllamaServer("box", peer.url, local=True)))
        assert proxy.asked == []


def test_the_list_tells_what_the_picker_needs(server, peer):
    peer.context_length = 131_072
    details = {"family": "llama", "parameter_size": "8B", "quantization_level": "Q4_K_M"}
    peer.models = [{"name": "model", "digest": "d1", "size": 10, "details": details}]
    (model,) = server.list()
    assert (model.id, model.parameters, model.quantisation, model.size_bytes) == ("box/model", "8B", "Q4_K_M", 10)
    assert (model.local, model.loaded, model.digest) == (True, False, "d1")
    assert model.context_length == 8192  # what we ask for, not what it was trained with


def test_a_model_is_looked_at_once_until_it_changes(server, peer):
    def shows() -> int:
        return sum(path == "/api/show" for path, _, _ in peer.asked)

    server.list()
    server.list()
    assert shows() == 1
    peer.models = [{"name": "model", "digest": "d2"}]
    server.list()
    assert shows() == 2


def test_embedding_models_are_left_out(server, peer):
    peer.capabilities = ["embedding"]
    assert server.list() == []


def test_a_model_of_ollamas_own_cloud_is_not_local(server, peer):
    peer.models = [{"name": "big:cloud", "digest": "d1", "remote_host": "https://models.example"}]
    assert [model.local for model in server.list()] == [False]


def test_a_list_that_is_not_ollamas_is_an_error_of_the_tree(server, peer):
    peer.models = [{"nothing": 1}]
    with pytest.raises(ModelFailed):
        server.list()


def test_the_version_is_told(server):
    assert server.version() == "9.9.9"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu-box", "http://gpu-box:11434"),
        ("10.0.0.5:9000", "http://10.0.0.5:9000"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:11435", "http://127.0.0.1:11435"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
        ("https://models.example", "https://models.example:443"),
        ("http://box/ollama/", "http://box:80/ollama"),
        ("[::1]:1234", "http://[::1]:1234"),
    ],
)
def test_addresses_people_write(host, url):
    assert server_address(host) == url

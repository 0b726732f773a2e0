"""What both kinds of servers do wrong, and what becomes of it: one error, the text so far, a closed connection."""

from __future__ import annotations

import socket
import threading

import pytest

from core.errors import (
    ModelBusy,
    ModelFailed,
    ModelMissing,
    ModelServerUnavailable,
    ModelTimedOut,
    PromptTooLong,
)
from core.models.model import Chunk, ModelServer
from core.models.ollama import OllamaServer
from core.models.openai_compatible import OpenAIServer
from tests.core.models.asking import ask, texts_until
from tests.core.models.certificates import self_signed
from tests.core.models.misbehaving import TOKENS, MisbehavingServer


@pytest.fixture
def peer():
    with MisbehavingServer() as server:
        yield server


@pytest.fixture(params=[OllamaServer, OpenAIServer])
def kind(request):
    return request.param


@pytest.fixture
def server(kind, peer) -> ModelServer:
    return kind("box", peer.url, local=True, patience=5)


def test_an_answer_streams_and_ends_with_the_servers_own_counts(server):
    *pieces, last = ask(server)
    assert tuple(chunk.text for chunk in pieces) == TOKENS
    assert (last.usage.prompt_tokens, last.usage.answer_tokens, last.usage.done_reason) == (7, 3, "stop")


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


def test_a_reset_connection_is_a_failed_answer(server, peer):
    peer.faults = ["reset", "none"]
    texts = texts_until(ModelFailed, ask(server))
    assert texts == TOKENS[: len(texts)]  # a reset may overtake what was sent before it
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
    assert sum(len(next(answer).text) for _ in range(5_000)) == 5_000 * len("token ")
    answer.close()
    assert peer.closed.wait(10)


def test_a_busy_server_is_asked_again(server, peer):
    peer.faults = ["503", "503", "none"]
    assert tuple(chunk.text for chunk in ask(server)) == (*TOKENS, "")
    assert len(peer.chats) == 3


def test_a_server_that_stays_busy_is_busy(kind, peer):
    peer.faults = ["503"]
    texts_until(ModelBusy, ask(kind("box", peer.url, local=True, patience=0.8)))
    assert len(peer.chats) > 1


def test_a_stop_ends_the_waiting_for_a_busy_server(kind, peer):
    peer.faults = ["503"]
    stop = threading.Event()
    answer = ask(kind("box", peer.url, local=True, patience=3600), seconds=3600, stop=stop)
    timer = threading.Timer(0.05, stop.set)
    timer.start()
    assert list(answer) == []


def test_a_redirect_is_not_followed(server, peer):
    with MisbehavingServer() as elsewhere:
        peer.faults, peer.redirect_to = ["redirect"], elsewhere.url
        texts_until(ModelFailed, ask(server))
        assert elsewhere.asked == []


def test_a_refused_connection_is_an_unavailable_server(kind):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = kind("box", f"http://127.0.0.1:{free.getsockname()[1]}", local=True)
        texts_until(ModelServerUnavailable, ask(server))
        for call in (server.list, server.version, lambda: server.load("model")):
            with pytest.raises(ModelServerUnavailable):
                call()


def test_a_certificate_that_is_not_trusted_gets_no_byte_of_the_prompt(kind, tmp_path):
    with MisbehavingServer(certificate=self_signed(tmp_path)) as peer:
        server = kind("box", peer.url, local=True)
        with pytest.raises(ModelServerUnavailable, match="certificate"):
            list(ask(server))
        assert peer.asked == []


def test_a_local_server_is_not_reached_through_a_proxy(kind, peer, monkeypatch):
    with MisbehavingServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        list(ask(kind("box", peer.url, local=True)))
        assert proxy.asked == []

from __future__ import annotations

import threading
import time

import pytest

from core.errors import ModelFailed, ModelMissing, ModelServerUnavailable, ModelTimedOut
from core.models.fake import End, FakeModelServer, Pause
from core.models.model import Chunk, Message, ModelServer, Usage

MESSAGES = [Message("user", "Say hello to everybody")]


def ask(server: FakeModelServer, seconds: float = 60, stop: threading.Event | None = None, model: str = "model"):
    return server.chat(model, MESSAGES, context_length=4096, deadline=time.monotonic() + seconds, stop=stop)


def test_it_is_a_model_server():
    server: ModelServer = FakeModelServer()
    assert server.list()[0].id == "fake/model"


def test_it_streams_the_script_and_counts():
    server = FakeModelServer(scripts=[("One", " two"), ("Three",)])
    assert list(ask(server)) == [Chunk("One"), Chunk(" two"), Chunk(usage=Usage(4, 2, 0.0, "stop"))]
    assert [chunk.text for chunk in ask(server)] == ["Three", ""]
    assert [chunk.text for chunk in ask(server)] == ["Three", ""]
    assert server.closed == ["whole"] * 3


def test_it_remembers_what_it_was_asked():
    server = FakeModelServer()
    list(server.chat("model", MESSAGES, context_length=2048, options={"seed": 1}, deadline=time.monotonic() + 9))
    assert server.asked[0].messages == tuple(MESSAGES)
    assert (server.asked[0].context_length, server.asked[0].options) == (2048, {"seed": 1})
    assert server.loaded == {"model"}


def test_a_pause_ends_at_the_deadline():
    server = FakeModelServer(scripts=[("One", Pause(3600), "two")])
    with pytest.raises(ModelTimedOut):
        list(ask(server, seconds=0.01))
    assert server.closed == ["timed_out"]


def test_a_stop_ends_a_pause_without_an_error():
    server, stop = FakeModelServer(scripts=[("One", Pause(3600), "two")]), threading.Event()
    answer = ask(server, stop=stop)
    assert next(answer).text == "One"
    stop.set()
    assert list(answer) == []
    assert server.closed == ["stopped"]


def test_closing_is_recorded():
    server = FakeModelServer()
    answer = ask(server)
    next(answer)
    answer.close()
    assert server.closed == ["closed"]


@pytest.mark.parametrize(
    ("step", "error"), [(End(), ModelFailed), (ModelServerUnavailable("Gone."), ModelServerUnavailable)]
)
def test_scripted_faults_come_after_the_text_before_them(step, error):
    server, texts = FakeModelServer(scripts=[("One", step)]), []
    with pytest.raises(error):
        texts.extend(chunk.text for chunk in ask(server))
    assert server.closed == ["failed"]


def test_an_unknown_model_is_missing():
    server = FakeModelServer()
    with pytest.raises(ModelMissing):
        list(ask(server, model="other"))
    with pytest.raises(ModelMissing):
        server.load("other")


def test_a_server_that_is_down_says_so_everywhere():
    server = FakeModelServer(down=ModelServerUnavailable("Down."))
    for call in (server.version, server.list, lambda: server.load("model"), lambda: list(ask(server))):
        with pytest.raises(ModelServerUnavailable):
            call()


def test_load_unload_pull_and_delete_change_the_list():
    server = FakeModelServer(models=("a", "b"))
    server.load("a")
    assert [(model.name, model.loaded) for model in server.list()] == [("a", True), ("b", False)]
    server.unload("a")
    server.delete("b")
    assert [progress.completed for progress in server.pull("c")] == [0, 50, 100]
    assert [(model.name, model.loaded) for model in server.list()] == [("a", False), ("c", False)]

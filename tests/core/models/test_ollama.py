from __future__ import annotations

import pytest

from core.errors import (
    ModelFailed,
)
from core.models.ollama import OllamaServer, is_this_machine, server_address
from tests.core.models.asking import ask
from tests.core.models.misbehaving import MisbehavingServer


@pytest.fixture
def peer():
    with MisbehavingServer() as server:
        yield server


@pytest.fixture
def server(peer):
    return OllamaServer("box", peer.url, local=True, patience=5)


def test_it_asks_for_the_window_it_was_given(server, peer):
    list(ask(server, options={"temperature": 0.2, "seed": 7}))
    body = peer.chats[0]
    assert body["options"] == {"num_ctx": 4096, "temperature": 0.2, "seed": 7}
    assert body["messages"] == [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello"}]
    assert "keep_alive" not in body


def test_the_key_of_the_settings_is_sent_and_one_of_the_environment_is_not(peer, monkeypatch):
    monkeypatch.setenv("OLLAMA_API_KEY", "of-somebody-else")
    list(ask(OllamaServer("box", peer.url, local=True)))
    list(ask(OllamaServer("box", peer.url, local=True, key="ours")))
    sent = [{k.lower(): v for k, v in headers.items()}.get("authorization") for _, headers, _ in peer.asked]
    assert sent == [None, "Bearer ours"]


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


@pytest.mark.parametrize("host", ["", "127.0.0.1", "localhost:9000", "0.0.0.0", "[::1]:11434", "http://127.0.0.5"])
def test_addresses_of_this_machine(host):
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["gpu-box", "10.0.0.5:11434", "https://models.example", "http://127.0.0.1@gpu-box", "localhost.example"]
)
def test_addresses_of_other_machines(host):
    assert not is_this_machine(host)

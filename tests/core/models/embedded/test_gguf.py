from __future__ import annotations

import pytest

from core.models.embedded import gguf as module
from core.models.embedded.gguf import NotReadable, read_header
from tests.core.models.embedded.gguf_files import LLAMA, gguf


@pytest.fixture
def file(tmp_path):
    return tmp_path / "model.gguf"


def test_the_head_tells_what_the_picker_needs(file):
    file.write_bytes(gguf())
    header = read_header(file)
    assert (header.architecture, header.context_length, header.quantisation) == ("llama", 4096, "Q4_K_M")
    assert (header.parameters, header.parameter_size, header.makes_text) == (64_000, "0.06M", True)


def test_the_small_model_is_what_it_is(small_model_file):
    header = read_header(small_model_file)
    assert (header.architecture, header.context_length, header.quantisation) == ("llama", 8192, "Q4_1")
    assert header.parameter_size == "134.52M"


def test_a_head_longer_than_the_first_read_is_read_on(file, monkeypatch):
    monkeypatch.setattr(module, "HEAD_BYTES", 16)
    file.write_bytes(gguf())
    assert read_header(file).parameters == 64_000


def test_the_attention_cache_is_estimated_from_the_heads(file):
    file.write_bytes(gguf())
    assert read_header(file).cache_bytes(1000) == 2 * 1000 * 2 * 2 * (16 + 16)
    file.write_bytes(gguf(LLAMA | {"llama.attention.head_count_kv": [1, 2]}))
    assert read_header(file).cache_bytes(1000) == 2 * 1000 * 2 * 2 * (16 + 16)


@pytest.mark.parametrize(
    "metadata",
    [
        {"general.architecture": "bert"},
        {"general.architecture": "nomic-bert"},
        {"general.architecture": "llama", "llama.pooling_type": 1},
        {"general.architecture": "clip"},
        {"general.architecture": "llama", "general.type": "adapter"},
        {"general.name": "nothing else"},
    ],
)
def test_what_makes_no_text_is_told_apart(file, metadata):
    file.write_bytes(gguf(metadata))
    assert not read_header(file).makes_text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not whole"),
        (b"GG", "not whole"),
        (b"hello, this is some text", "not a GGUF file"),
        (gguf(version=99), "version 99"),
        (gguf(tensors=0), "not whole"),
        (gguf()[:100], "not whole"),
        (gguf()[:-33], "not whole"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 64, "damaged"),
        (b"GGUF\x03\0\0\0" + b"\x01" + b"\0" * 7 + b"\x01" + b"\0" * 7 + b"\xff" * 64, "damaged"),
        (gguf({"a": 1}).replace(b"a\x04\0\0\0", b"a\x63\0\0\0"), "damaged"),
    ],
)
def test_files_that_cannot_be_used_say_why(file, content, reason):
    file.write_bytes(content)
    with pytest.raises(NotReadable, match=reason):
        read_header(file)

from __future__ import annotations

import pytest

from core.models.embedded.answers import Piece, Refused
from core.models.embedded.protocol import chat_shape, generate_shape, read_keep_alive, read_messages, whole


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 300.0),
        (0, 0.0),
        ("0", 0.0),
        (30, 30.0),
        (-1, None),
        ("-1", None),
        ("-1m", None),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("1.5s", 1.5),
        ("300ms", 0.3),
    ],
)
def test_keep_alive_is_read_as_ollama_reads_it(value, seconds):
    assert read_keep_alive(value) == seconds


@pytest.mark.parametrize("value", ["soon", "5 minutes", "5mx", "", "nan", True, [], {}])
def test_a_keep_alive_that_means_nothing_is_refused(value):
    with pytest.raises(Refused):
        read_keep_alive(value)


@pytest.mark.parametrize(
    "value", ["text", {"role": "user"}, ["text"], [{"content": "x"}], [{"role": "user", "content": 1}]]
)
def test_messages_of_another_shape_are_refused(value):
    with pytest.raises(Refused):
        read_messages(value)


@pytest.mark.parametrize(("shape", "read"), [(chat_shape, lambda line: line["message"]), (generate_shape, dict)])
def test_an_answer_that_is_not_streamed_holds_all_of_it(shape, read):
    lines = [shape("m", piece) for piece in (Piece("", "Hm. "), Piece("One "), Piece("two"), Piece())]
    said = read(whole([*lines[:-1], lines[-1] | {"done": True}]))
    assert said.get("content", said.get("response")) == "One two"
    assert said["thinking"] == "Hm. "

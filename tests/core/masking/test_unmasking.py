"""Tokens come back as their own value, however a model writes them and however its text is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import Unmasker, unmask

TOKENS = {
    "NAME-1": "Ada Voss",
    "NAME-12": "Ivo Tamm",
    "NAME-1-LAST": "Voss",
    "PATIENT-1": "Jonas NAME-1 Thorne",
    "BIRTH-DATE-1": "1960-05-12",
    "NAME-3": "",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("NAME-1 called.", "Ada Voss called."),
        ("name-1, Name-1 and NAME-1", "Ada Voss, Ada Voss and Ada Voss"),
        ("NAME-1's and NAME-1’s, the NAME-1s", "Ada Voss's and Ada Voss’s, the Ada Vosss"),
        (r"NAME\-1 and BIRTH\-DATE\-1", "Ada Voss and 1960-05-12"),
        ("NAME‑1, NAME–1, NAME—1", "Ada Voss, Ada Voss, Ada Voss"),
        (
            "**NAME-1** _NAME-1_ `NAME-1` [NAME-1](x) |NAME-1|",
            "**Ada Voss** _Ada Voss_ `Ada Voss` [Ada Voss](x) |Ada Voss|",
        ),
        ("NAME-12 and NAME-1", "Ivo Tamm and Ada Voss"),
        ("NAME-13, NAME-2, NAME-01, NAME-", "NAME-13, NAME-2, NAME-01, NAME-"),
        ("Mrs NAME-1-LAST, NAME-1-related", "Mrs Voss, Ada Voss-related"),
        ("NAME-12-LAST", "NAME-12-LAST"),
        ("CODENAME-1, X-NAME-1, NAME-1a, ÄNAME-1", "CODENAME-1, X-NAME-1, NAME-1a, ÄNAME-1"),
        ("PATIENT-1", "Jonas NAME-1 Thorne"),
        ("NAME-3.", "."),
        ("", ""),
    ],
)
def test_a_token_is_put_back_in_any_dress_and_nothing_else_is(text: str, shown: str) -> None:
    assert unmask(text, TOKENS) == shown


def test_without_tokens_a_text_passes_at_once() -> None:
    unmasker = Unmasker({})
    assert unmasker.feed("NAME-1") == "NAME-1"
    assert unmasker.end() == ""


def test_what_cannot_become_a_token_is_not_held_back() -> None:
    unmasker = Unmasker(TOKENS)
    assert unmasker.feed("Revenue rose. Then ") == "Revenue rose. Then "
    assert unmasker.feed("NAM") == ""
    assert unmasker.feed("E-1") == ""
    assert unmasker.feed(" went") == "Ada Voss "
    assert unmasker.end() == "went"


def test_a_long_word_is_not_kept_in_memory() -> None:
    unmasker = Unmasker(TOKENS)
    out = "".join(unmasker.feed("x" * 100) for _ in range(100))
    assert len(out) > 9_900
    assert out + unmasker.end() == "x" * 10_000


def test_an_unmasker_takes_a_new_text_after_the_end() -> None:
    unmasker = Unmasker(TOKENS)
    assert unmasker.feed("NAME") + unmasker.end() == "NAME"
    assert unmasker.feed("-1") + unmasker.end() == "-1"


pieces = st.sampled_from(
    [
        *TOKENS,
        "NAME",
        "-",
        "1",
        "2",
        "\\",
        "s",
        "'s",
        "-LAST",
        " ",
        "‑",
        "x",
        "name-1",
        "ä",
        "ſ",
        "_",
        "*",
        "0",
        ".",
        "\n",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join), st.lists(st.integers(0, 60), max_size=10))
def test_however_a_text_is_cut_it_comes_out_the_same(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    unmasker = Unmasker(TOKENS)
    chunks = [unmasker.feed(text[start:end]) for start, end in pairwise(places)]
    assert "".join(chunks) + unmasker.end() == unmask(text, TOKENS)

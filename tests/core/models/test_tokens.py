from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.model import Message
from core.models.tokens import TokenCounts, guess, least

PROSE = "The orders of this customer fell after the ticket, and nobody answered it."


def test_words_figures_and_signs_are_counted_as_tokenizers_cut_them() -> None:
    assert least("Order O-12: 3,480.50 EUR\n") == 11  # Order| O|-|12|:|3|,|480|.|50| EUR
    assert guess("2024") - guess("") == 4  # the finest tokenizers have a token for every digit
    assert guess("customer") - guess("") == 2


@given(st.text())
def test_the_lower_bound_stays_below_the_guess(text: str) -> None:
    assert least(text) <= guess(text)


@given(st.text(st.sampled_from("abXY019 _.,-(\n\t  \r\x0b\x85\u2028é€ßſ½٣—")))
def test_the_guess_counts_words_by_four_letters_and_whatever_else_is_shown_one_by_one(text: str) -> None:
    pieces = re.findall(r"[A-Za-z]{1,4}|[^\W_]|[^\w\s]|_|\n|[^\S\n]{2,}", text)
    assert guess(text) - guess("") == len(pieces)


def test_a_model_is_known_by_its_densest_prompt() -> None:
    counts = TokenCounts()
    assert counts.share("box/a") == 1.0
    texts = [PROSE * 20]
    for counted in (330, 350, 340):
        assert counts.learn("box/a", texts, counted, 4096) is None
    assert counts.share("box/a") == pytest.approx(350 / guess(texts[0]) * 1.03)
    assert counts.share("box/b") == 1.0


def test_a_refused_prompt_makes_the_next_one_shorter() -> None:
    counts = TokenCounts()
    counts.too_long("box/a")
    counts.too_long("box/a")
    assert counts.share("box/a") > 1.5


@pytest.mark.parametrize(("counted", "window"), [(100, 4096), (4096, 4096), (5000, 4096)])
def test_a_count_that_cannot_be_of_the_whole_prompt_is_told_and_teaches_nothing(counted: int, window: int) -> None:
    counts = TokenCounts()
    warning = counts.learn("box/a", [PROSE * 20], counted, window)
    assert warning is not None
    assert "less than was sent" in warning
    assert counts.share("box/a") == 1.0


def test_a_real_tokenizer_lies_between_the_two(embedded_server) -> None:
    """llama.cpp counts the prompt of a real record; SmolLM2 gives every digit a token of its own."""
    model = next(model for model in embedded_server.list() if model.language_model)
    rows = "".join(
        f"{n},O-{n:05},2024-{n % 12 + 1:02}-11,{n * 37.19:.2f},shipped to the warehouse\n" for n in range(12)
    )
    messages = [Message("system", PROSE * 2), Message("user", rows)]
    *_, last = embedded_server.chat(
        model.name, messages, context_length=4096, answer_tokens=1, deadline=time.monotonic() + 300
    )
    texts = [message.content for message in messages]
    assert last.usage is not None
    assert sum(map(least, texts)) <= last.usage.prompt_tokens <= sum(map(guess, texts))

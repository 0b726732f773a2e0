from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sanitise import markdown_safe, plain
from tests.hostile import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("clean", [markdown_safe, plain])
def test_nothing_that_loads_links_or_runs_survives(text: str, clean) -> None:
    safe = clean(text)
    assert "://" not in safe
    assert not re.search(r"(?<!\\)\[", safe)
    assert not re.search(r"(?<!\\)\]", safe)
    assert not re.search(r"(?<!\\)[`$]", safe)
    assert "<" not in safe
    assert not re.search(r"&(?!(lt|gt|amp|#47|#46|#58);|[#]?\w+;)", safe)
    assert not re.search(r":[a-z]", safe, re.IGNORECASE)
    assert not re.search(r"www\.", safe, re.IGNORECASE)
    assert not re.search(r"\w@\w", safe)


def test_what_an_answer_is_written_in_stays() -> None:
    text = "## Findings\n\n- **EUR 48,120.00** in 35 orders\n1. Call *today*\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert markdown_safe(text) == text


def test_an_indented_line_is_no_block_of_code_and_a_list_within_a_list_stays_one() -> None:
    assert (
        markdown_safe("Total:\n\n    12 orders\n\t3 open")
        == "Total:\n\n\u00a0\u00a0\u00a0\u00a012 orders\n\u00a0\u00a0\u00a0\u00a03 open"
    )
    assert markdown_safe("- a\n    - b\n    1. c") == "- a\n    - b\n    1. c"
    assert markdown_safe("\n     ") == "\n" + "\u00a0" * 5  # what follows is a figure with a mark of its own


def test_plain_text_draws_its_characters() -> None:
    assert plain("a*b_c #1") == r"a\*b\_c \#1"
    assert plain("two\nlines") == "two lines"


@given(st.text(alphabet="ab[]()!<>:/\\`$&|^~#*w. \n", max_size=60))
def test_no_text_makes_a_link_an_image_or_a_tag(text: str) -> None:
    safe = markdown_safe(text)
    assert "<" not in safe
    assert "://" not in safe
    assert not re.search(r"(?<!\\)(\\\\)*\](\(|\[|:)", safe)

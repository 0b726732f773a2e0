from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sanitise import markdown_safe, plain

HOSTILE = [
    "![x](http://evil.example/a.png)",
    "![x][ref]\n\n[ref]: http://evil.example/a.png",
    "![x]\n\n[x]: //evil.example/a.png",
    "[click](javascript:alert(1))",
    "[click](http://evil.example)",
    "[click]: <http://evil.example>",
    "<http://evil.example>",
    "http://evil.example/x",
    "https://evil.example/x",
    "www.evil.example",
    "WWW.evil.example",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='http://evil.example'></iframe>",
    "<a href='http://evil.example'>x</a>",
    "<script>alert(1)</script>",
    "<style>@import 'http://evil.example'</style>",
    "&lt;img src=x&gt;",
    "&#60;img src=x&#62;",
    "$\\href{http://evil.example}{x}$",
    "$$\\includegraphics{http://evil.example/a.png}$$",
    ":red[text]",
    ":material/delete:",
    ":streamlit:",
    "`code` and ```fence```",
    "text[^1]\n\n[^1]: http://evil.example",
    "| a | b |\n|---|---|\n| ![x](http://evil.example/a.png) | 2 |",
    "![\u200bx\u202e](http://evil.example/a.png)",
    "[x\n](http://evil.example)",
    "![](data:image/svg+xml;base64,PHN2Zz4=)",
    "\\![x](http://evil.example)",
]


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
    assert not re.search(r":material/|:streamlit", safe)
    assert not re.search(r"www\.", safe, re.IGNORECASE)


def test_what_an_answer_is_written_in_stays() -> None:
    text = "## Findings\n\n- **EUR 48,120.00** in 35 orders\n1. Call *today*\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert markdown_safe(text) == text


def test_plain_text_draws_its_characters() -> None:
    assert plain("a*b_c #1") == r"a\*b\_c \#1"
    assert plain("two\nlines") == "two lines"


@given(st.text(alphabet="ab[]()!<>:/\\`$&|^~#*w. \n", max_size=60))
def test_no_text_makes_a_link_an_image_or_a_tag(text: str) -> None:
    safe = markdown_safe(text)
    assert "<" not in safe
    assert "://" not in safe
    assert not re.search(r"(?<!\\)(\\\\)*\](\(|\[|:)", safe)

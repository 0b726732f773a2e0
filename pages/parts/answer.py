"""The answer, streaming or whole, with the verdict on each figure."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable

import streamlit as st

from core.analyses import Analysis
from core.evidence.verdict import SUPPORTED, CheckedClaim, Evidence, Verdict
from core.sanitise import markdown_safe, plain
from core.view import Segment, View
from pages.parts.formats import in_words

FRAMES_PER_SECOND = 15
MARKS = {
    Verdict.FOUND: ("green", ""),
    Verdict.DERIVED: ("blue", ""),
    Verdict.ROUNDED: ("blue", ""),
    Verdict.UNSUPPORTED: ("orange", ":small[⚠]"),  # style.css gives it no width: a mark moves no text
    Verdict.CONTRADICTED: ("orange", ":small[⚠]"),
}
CITED = "cited-"  # how the addresses of citations begin

HEADING = re.compile(r"^#{1,6}(?= )", re.MULTILINE)


def as_markdown(segments: list[Segment], *, links: bool = False) -> str:
    """Headings of whatever level are those of an answer: smaller than the page's. `links`: citations lead somewhere,
    because `evidence` listens to them."""
    cited = itertools.count()
    pieces: list[str] = []
    for segment in segments:
        if segment.claim:
            pieces.append(_mark(segment.text, segment.claim))
        elif segment.citation and links:  # the number leads to it, and nothing of the answer stands in the address
            pieces.append(f"[{plain(segment.text)}](#{CITED}{next(cited)})")
        else:
            pieces.append(markdown_safe(segment.text))
    return HEADING.sub("####", "".join(pieces))


def _mark(text: str, claim: CheckedClaim) -> str:
    colour, sign = MARKS[claim.verdict]
    return f":{colour}-background[{sign}{plain(text)}]"


def stream(watch: Callable[[int, float], tuple[int, Analysis]], as_seen: Callable[[Analysis], View]) -> Analysis:
    """Draws a running analysis until it ends and returns it.

    A finished paragraph is drawn once and never again: the bytes to the browser grow with the answer, not with its
    square. Nothing above the growing text changes height.
    """
    line = st.empty()
    body = st.container()
    tail = body.empty()
    began, seen, frozen, stage = time.monotonic(), -1, 0, ""
    while True:
        seen, analysis = watch(seen, 1.0)
        passed = int(time.monotonic() - began)
        thinks = analysis.thinking and not analysis.answer
        now = f"{'Thinking' if thinks else analysis.stage or 'Done'} · {passed} s"
        if now != stage:
            line.markdown(f":small[:gray[{plain(now)}]]", help=None)
            stage = now
        if not analysis.running:
            return analysis
        shown = as_seen(analysis)
        whole = analysis.answer.rfind("\n\n") + 2 if "\n\n" in analysis.answer[frozen:] else frozen
        if whole > frozen and analysis.evidence is not None:  # whole lines have their verdicts
            tail.markdown(as_markdown(shown.segments(frozen, whole)))
            tail = body.empty()
            frozen = whole
        if rest := shown.settled_segments(frozen):
            tail.markdown(as_markdown(rest))
        if analysis.answer or analysis.thinking:  # until then each change is a new stage, and the first word is awaited
            time.sleep(1 / FRAMES_PER_SECOND)


def draw(segments: list[Segment], *, links: bool = False) -> None:
    """An answer, or lines of it, with its marks."""
    st.markdown(as_markdown(segments, links=links))


def summary(evidence: Evidence) -> None:
    """How many figures were found, derived, and are to check."""
    counts = evidence.counts
    with st.container(horizontal=True, gap="small"):
        if counts[Verdict.FOUND]:
            st.badge(f"{counts[Verdict.FOUND]} found", color="green", help="Stand in the record as written.")
        if derived := counts[Verdict.DERIVED] + counts[Verdict.ROUNDED]:
            st.badge(f"{derived} derived", color="blue", help="Follow from the record: sums, differences, roundings.")
        if to_check := evidence.to_check:
            st.badge(
                f"{to_check} to check",
                icon=":material/warning:",
                color="orange",
                help="Not in the record, or otherwise.",
            )
        if not evidence.checked:
            st.caption("The answer names no figures.")


def explain(shown: View, claim: CheckedClaim) -> str:
    """Why the claim has its verdict, with columns and sets called as the tables call them."""
    return in_words(shown.explain(claim), shown.record)


def to_check_list(shown: View) -> None:
    """Each figure that needs a look, with the reason."""
    for segment in shown.segments():
        if segment.claim and segment.claim.verdict not in SUPPORTED:
            st.markdown(f"- {_mark(segment.text, segment.claim)} {plain(explain(shown, segment.claim))}")

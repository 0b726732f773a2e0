"""The answer, streaming or whole, with the verdict on each figure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import streamlit as st

from core.analyses import Analysis
from core.evidence.verdict import SUPPORTED, Evidence, Verdict
from core.sanitise import markdown_safe, plain
from core.view import Segment, View

FRAMES_PER_SECOND = 15
MARKS = {
    Verdict.FOUND: ("green", ""),
    Verdict.DERIVED: ("blue", ""),
    Verdict.ROUNDED: ("blue", ""),
    Verdict.UNSUPPORTED: ("orange", "⚠ "),
    Verdict.CONTRADICTED: ("orange", "⚠ "),
}
UNBROKEN = str.maketrans({" ": "\u00a0", "-": "\u2011"})


HEADING = re.compile(r"^#{1,6}(?= )", re.MULTILINE)


def as_markdown(segments: list[Segment]) -> str:
    """Headings of whatever level are those of an answer: smaller than the page's."""
    text = "".join(_mark(segment) if segment.claim else markdown_safe(segment.text) for segment in segments)
    return HEADING.sub("####", text)


def _mark(segment: Segment) -> str:
    assert segment.claim is not None
    colour, sign = MARKS[segment.claim.verdict]
    return f":{colour}-background[{plain((sign + segment.text).translate(UNBROKEN))}]"


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
        if rest := shown.settled_answer(frozen):
            tail.markdown(as_markdown([Segment(rest)]))
        time.sleep(1 / FRAMES_PER_SECOND)


def draw(segments: list[Segment]) -> None:
    """An answer, or lines of it, with its marks."""
    st.markdown(as_markdown(segments))


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


def to_check_list(shown: View) -> None:
    """Each figure that needs a look, with the reason."""
    for segment in shown.segments():
        if segment.claim and segment.claim.verdict not in SUPPORTED:
            st.markdown(f"- {_mark(segment)} {plain(shown.explain(segment.claim))}")

"""A finished answer beside its evidence: choose a marked figure, see the cells or the arithmetic behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.evidence.verdict import CheckedClaim, Evidence, Verdict
from core.sanitise import plain
from core.view import Segment, View
from pages.parts import answer, record_tables
from pages.parts.formats import human
from pages.parts.layout import TEXT_WIDTH

SCRIPT = Path(__file__).parent / "figures" / "figures.js"
VERDICTS = {
    Verdict.FOUND: ("In the record", "green", ":material/check:"),
    Verdict.DERIVED: ("Follows from the record", "blue", ":material/function:"),
    Verdict.ROUNDED: ("Rounded from the record", "blue", ":material/function:"),
    Verdict.UNSUPPORTED: ("Not in the record", "orange", ":material/warning:"),
    Verdict.CONTRADICTED: ("The record says otherwise", "orange", ":material/warning:"),
}
_figures = st.components.v2.component("figures", js=SCRIPT.read_text(encoding="utf-8"), isolate_styles=False)


def draw(shown: View) -> None:
    """The answer on the left, what was checked on the right; below each other where the screen is narrow."""
    evidence = shown.analysis.evidence
    if evidence is None:
        with st.container(width=TEXT_WIDTH):
            answer.draw(shown.segments())
        return
    with st.container(horizontal=True, gap="large"):
        text, beside = st.container(width=TEXT_WIDTH, key="answer"), st.container(width=340, key="evidence")
    key = f"figure_{shown.analysis.request_id}"
    with beside:
        only = _summary(evidence, key)
    segments = shown.segments_to_check() if only else shown.segments()
    with text:
        answer.draw(segments)
        claims = [segment.claim for segment in segments if segment.claim]
        chosen = _choose(shown, claims, key)
    with beside:
        if chosen is not None:
            _explain(shown, segments, chosen)
        elif claims:
            st.caption("Choose a marked figure to see where it comes from.")


def _summary(evidence: Evidence, key: str) -> bool:
    """Returns whether only what needs a look is to be shown."""
    st.markdown(f"**{evidence.summary()}**")
    answer.summary(evidence)
    return bool(evidence.to_check) and st.toggle("Show only what needs a look", key=f"only_{key}")


def _choose(shown: View, claims: list[CheckedClaim], key: str) -> CheckedClaim | None:
    """The claim that was chosen last, if it is on the page."""
    before: CheckedClaim | None = st.session_state.get(key)
    place = claims.index(before) if before in claims else -1
    data = {
        "figures": [{"why": shown.explain(claim), "verdict": claim.verdict} for claim in claims],
        "chosen": place,
        "reveal": st.session_state.pop(f"reveal_{key}", False),
    }
    picked: Any = _figures(key=f"marks_{key}", data=data, on_figure_change=lambda: None)
    if picked.figure is not None and 0 <= picked.figure < len(claims):
        st.session_state[key] = claims[picked.figure]
        st.session_state[f"reveal_{key}"] = True
        st.rerun()
    return before if place >= 0 else None


def _explain(shown: View, segments: list[Segment], claim: CheckedClaim) -> None:
    label, colour, icon = VERDICTS[claim.verdict]
    told = next(segment.text for segment in segments if segment.claim == claim)
    with st.container(border=True, key="figure"):
        st.markdown(f"**{plain(told)}**")
        st.badge(label, icon=icon, color=colour)
        st.markdown(plain(shown.explain(claim)))
        for result_set in shown.record.result_sets if shown.record else ():
            cells = {(cell.row, cell.column) for cell in claim.cells if cell.set == result_set.name}
            if cells:
                st.caption(human(result_set.name))
                record_tables.draw_cells(result_set, cells, key=f"cells_{result_set.name}")

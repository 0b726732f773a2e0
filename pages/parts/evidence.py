"""A finished answer beside its evidence: choose a marked figure, see the cells or the arithmetic behind it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.citations import Citation
from core.evidence.verdict import CheckedClaim, Evidence, Verdict
from core.sanitise import plain
from core.view import Segment, View
from pages.parts import answer, record_tables
from pages.parts.formats import human
from pages.parts.layout import TEXT_WIDTH

SCRIPT = Path(__file__).parent / "figures" / "figures.js"
EVIDENCE_WIDTH = 330  # pixels: beside the text on a screen of 1440, with the sidebar open
VERDICTS = {
    Verdict.FOUND: ("In the record", "green", ":material/check:"),
    Verdict.DERIVED: ("Follows from the record", "blue", ":material/function:"),
    Verdict.ROUNDED: ("Rounded from the record", "blue", ":material/function:"),
    Verdict.UNSUPPORTED: ("Not in the record", "orange", ":material/warning:"),
    Verdict.CONTRADICTED: ("The record says otherwise", "orange", ":material/warning:"),
}
_figures = st.components.v2.component("figures", js=SCRIPT.read_text(encoding="utf-8"), isolate_styles=False)


@st.fragment
def draw(shown: View) -> None:
    """The answer on the left, what was checked on the right; below each other where the screen is narrow.

    A choice draws this part of the page again and nothing else.
    """
    evidence = shown.analysis.evidence
    if evidence is None:
        with st.container(width=TEXT_WIDTH):
            answer.draw(shown.segments())
        return
    with st.container(horizontal=True, gap="medium"):
        text = st.container(width=TEXT_WIDTH, key="answer")
        beside = st.container(width=EVIDENCE_WIDTH, key="evidence")
    key = f"figure_{shown.analysis.request_id}"
    with beside:
        only = _summary(evidence, key)
    segments = shown.segments_to_check() if only else shown.segments()
    with text:
        answer.draw(segments, links=True)
        chosen = _choose(shown, segments, key)
    with beside:
        if chosen is not None:
            _explain(shown, chosen)
        elif any(segment.claim for segment in segments):
            st.caption("Choose a marked figure to see where it comes from.")


def _summary(evidence: Evidence, key: str) -> bool:
    """Returns whether only what needs a look is to be shown."""
    st.markdown(f"**{evidence.summary()}**")
    answer.summary(evidence)
    return bool(evidence.to_check) and st.toggle("Show only what needs a look", key=f"only_{key}")


def _choose(shown: View, segments: list[Segment], key: str) -> Segment | None:
    """The claim or citation that was chosen last, if it is on the page."""
    marks = [segment for segment in segments if segment.claim]
    citations = [segment for segment in segments if segment.citation]
    before: Segment | None = st.session_state.get(key)
    data = {
        "figures": [
            {"why": answer.explain(shown, mark.claim), "verdict": mark.claim.verdict} for mark in marks if mark.claim
        ],
        "citations": [_called(one.citation) for one in citations if one.citation],
        "chosen": {"figure": _place(before, marks), "citation": _place(before, citations)},
        "reveal": st.session_state.pop(f"reveal_{key}", False),
    }
    component = f"marks_{key}"

    def choose(choices: list[Segment], kind: str) -> None:
        place = st.session_state[component][kind]
        if place is not None and 0 <= place < len(choices):
            st.session_state[key] = choices[place]
            st.session_state[f"reveal_{key}"] = True

    _figures(
        key=component,
        data=data,
        on_figure_change=lambda: choose(marks, "figure"),
        on_citation_change=lambda: choose(citations, "citation"),
    )
    return before if before in segments else None


def _place(segment: Segment | None, among: list[Segment]) -> int:
    return among.index(segment) if segment in among else -1


def _called(citation: Citation) -> str:
    """`Orders by month, row 3`"""
    if not citation.rows:
        return human(citation.set)
    rows = ", ".join(f"{row + 1}" for row in citation.rows)
    return f"{human(citation.set)}, {'row' if len(citation.rows) == 1 else 'rows'} {rows}"


def _explain(shown: View, segment: Segment) -> None:
    with st.container(border=True, key="figure"):
        if segment.claim:
            _explain_claim(shown, segment.text, segment.claim)
        elif segment.citation and shown.record:
            result_set = shown.record[segment.citation.set]
            st.markdown(f"**{plain(_called(segment.citation))}**")
            record_tables.draw_rows(result_set, segment.citation.rows, key="cited_rows")


def _explain_claim(shown: View, told: str, claim: CheckedClaim) -> None:
    label, colour, icon = VERDICTS[claim.verdict]
    st.markdown(f"**{plain(told)}**")
    st.badge(label, icon=icon, color=colour)
    st.markdown(plain(answer.explain(shown, claim)))
    for result_set in shown.record.result_sets if shown.record else ():
        cells = {(cell.row, cell.column) for cell in claim.cells if cell.set == result_set.name}
        if cells:
            st.caption(human(result_set.name))
            record_tables.draw_cells(result_set, cells, key=f"cells_{result_set.name}")

"""Review: the queue of completed analyses; approve, or return with a comment."""

from __future__ import annotations

import streamlit as st

from core.analyses import Analysis
from core.analysis_search import Search
from core.bootstrap import application
from core.errors import RecordAnalystError
from core.reviews import Verdict, review
from core.sanitise import plain
from core.view import view
from pages.parts import analysis_list, analysis_view, answer, evidence, messages
from pages.parts.address import Address
from pages.parts.identity import require
from pages.parts.layout import section, title, unselect

signed = require("review")
app = application()
address = Address("review")


def main() -> None:
    title("Review")
    if done := st.session_state.pop("review_done", None):
        st.toast(done, icon=":material/check:")
    search = _search()
    waiting = analysis_list.paged(app, search, key="review")
    if not waiting and (search.text or st.query_params.get("use_case")):
        messages.empty_state("Nothing matches", "Take away a filter, or search for other words.")
    elif not waiting:
        messages.empty_state("Nothing to review", "Completed analyses of your team wait here for your verdict.")
    chosen = analysis_list.table(app, waiting, key="review_table", with_user=True, waiting=True)
    analysis_list.pager(waiting, key="review")
    if chosen is None:
        if waiting:
            st.caption("Select a line to read the analysis.")
        return
    try:
        analysis = analysis_view.open_analysis(app, signed, chosen)
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    _read(analysis)


def _search() -> Search:
    use_cases = {one.name: one.title for one in app.use_cases.for_role(signed.user.role)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = address.text("Search", "q", placeholder="Record ID or words of the answer", type="search")
        name = address.select("Use case", {"": "All"} | use_cases, "use_case")
    return Search(
        use_cases=(name,) if name else tuple(use_cases), text=text.strip(), unreviewed_for=signed.user.username
    )


def _read(analysis: Analysis) -> None:
    st.divider()
    analysis_view.heading(app, analysis)
    analysis_view.facts(analysis)
    shown = view(analysis, app.use_cases, signed.user)
    if analysis.purpose:
        st.caption(f"Purpose: {plain(analysis.purpose)}")
    if analysis.question:
        st.caption(f"Question: {plain(analysis.question)}")
    if analysis.evidence and analysis.evidence.to_check:
        with st.container(border=True):
            section("Look at these first")
            answer.to_check_list(shown)
    evidence.draw(shown)
    _decide(analysis)
    analysis_view.behind(shown)


def _decide(analysis: Analysis) -> None:
    with st.form(f"verdict_{analysis.request_id}", border=False):
        comment = st.text_area("Comment", max_chars=2000, help="Needed when you return it; the analyst reads it.")
        with st.container(horizontal=True):
            approve = st.form_submit_button("Approve", type="primary", icon=":material/verified:")
            back = st.form_submit_button("Return", icon=":material/undo:")
    verdict: Verdict | None = "approved" if approve else "returned" if back else None
    if verdict is None:
        return
    try:
        review(app.audit, signed.actor, analysis.request_id, verdict, comment)
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["review_done"] = f"{plain(analysis.record_id)}: {verdict}."
    unselect("review_table")
    st.rerun()


main()

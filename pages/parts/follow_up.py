"""Going on from an answer: the rest of one that was cut, a further question about the same record."""

from __future__ import annotations

import streamlit as st

from core.analyses import Analysis
from core.audit.entry import Outcome
from core.bootstrap import Application
from core.steps import Request
from core.view import View
from pages.parts import asking
from pages.parts.identity import Signed

BROKEN_OFF = (Outcome.STOPPED, Outcome.TIMED_OUT, Outcome.FAILED, Outcome.ABORTED)


def thoughts(shown: View) -> None:
    """What a thinking model wrote before its answer, folded away; it is no part of the answer."""
    if shown.thinking:
        with st.expander("What the model thought", icon=":material/psychology:"):
            st.caption("Not part of the answer, and not checked.")
            st.text(shown.thinking)


def earlier(analysis: Analysis) -> None:
    """Where a follow-up comes from."""
    if analysis.follows:
        what = "A further question about the same record." if analysis.question else "It continues an earlier answer."
        st.caption(f"{what} [Open what came before](/analyze?request={analysis.follows})")


def go_on(app: Application, signed: Signed, analysis: Analysis) -> None:
    """For who asked it: continue an answer that broke off, or ask on."""
    if not analysis.answer.strip() or analysis.masked is None or not analysis.prompt:
        return
    if analysis.done_reason == "length" or analysis.outcome in BROKEN_OFF:
        st.caption("The answer is not whole.")
        if st.button("Continue the answer", icon=":material/resume:", key="continue"):
            _ask(app, signed, analysis, None, fetch_again=False)
    with st.form("follow_up", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            question = st.text_input(
                "Ask on about this record", placeholder="Which of these matters most?", max_chars=2000, width="stretch"
            )
            asked = st.form_submit_button("Ask on", icon=":material/send:")
        again = st.checkbox("Fetch the record again", help="Otherwise the model gets the record as it was read above.")
    if asked and question.strip():
        _ask(app, signed, analysis, question.strip(), fetch_again=again)


def _ask(app: Application, signed: Signed, analysis: Analysis, question: str | None, *, fetch_again: bool) -> None:
    request = Request(
        actor=signed.actor,
        use_case=analysis.use_case,
        record_id=analysis.record_id,
        model=analysis.model,
        purpose=analysis.purpose,
        question=question,
        parameters=analysis.parameters,
        follows=analysis.request_id,
        fetch_again=fetch_again,
    )
    asking.ask(app, request)

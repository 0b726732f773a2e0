"""Asking: one press is one request, however often the button is pressed before the page has changed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import streamlit as st

from core.audit.entry import Outcome
from core.bootstrap import Application
from core.steps import Request
from pages.parts import messages

ASKED = "asked_request"
ACCEPTED_SECONDS = 5.0  # a request is accepted or refused in some milliseconds, unless the audit log is busy


def ask(app: Application, request: Request) -> None:
    """Starts the request and leads to it; says here why it was refused, where it can be put right.

    A second press may reach the server before or after the first has led anywhere, and it comes from the page as it
    was. So what was asked is remembered until a page with something to press has been drawn whole.
    """
    before: UUID | None = st.session_state.get(ASKED)
    job = app.jobs.get(before) if before else None
    if before is None or job is None or job.request != replace(request, request_id=before):
        st.session_state[ASKED] = request.request_id
        job = app.jobs.start(request)
    _, begun = job.watch(0, ACCEPTED_SECONDS)
    if begun.outcome is Outcome.REFUSED:
        forget()
        messages.show_problem(begun.error_message or "", begun.error_hint)
        return
    st.query_params["request"] = str(begun.request_id)
    st.rerun()


def forget() -> None:
    """Nothing was pressed here: the next press is another request."""
    st.session_state.pop(ASKED, None)

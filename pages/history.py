"""History: own analyses; managers and admins see what their role may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from core.accounts.permissions import may
from core.analyses import Search
from core.audit.entry import Outcome
from core.bootstrap import application
from pages.parts import analysis_list, messages
from pages.parts.analysis_view import OUTCOMES
from pages.parts.identity import require
from pages.parts.layout import title

TIMES = {"Any time": None, "Today": 1, "7 days": 7, "30 days": 30, "A year": 365}

signed = require("history")
app = application()

title("History")
everyone = may(signed.user.role, "history of all")
use_cases = {one.name: one.title for one in app.use_cases.for_role(signed.user.role)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Search", key="q", bind="query-params", placeholder="Record ID or words of the answer", type="search"
    )
    name = st.selectbox(
        "Use case",
        ["", *use_cases],
        format_func=lambda name: use_cases.get(name, "All"),
        key="use_case",
        bind="query-params",
    )
    outcome = st.selectbox(
        "Outcome",
        ["", *Outcome],
        format_func=lambda value: OUTCOMES[Outcome(value)][0] if value else "All",
        key="outcome",
        bind="query-params",
    )
    when = st.selectbox("Time", list(TIMES), key="time", bind="query-params")
    whose = st.selectbox("Whose", ["Mine", "Everybody's"], key="whose", bind="query-params") if everyone else "Mine"

days = TIMES[when]
search = Search(
    username=signed.user.username if whose == "Mine" else None,
    use_cases=(name,) if name else (None if whose == "Mine" else tuple(use_cases)),
    text=text.strip(),
    outcomes=(outcome,) if outcome else (),
    since=datetime.now(UTC) - timedelta(days=days) if days else None,
)
found = analysis_list.paged(app, search, key="history")
if found:
    chosen = analysis_list.table(app, found, key="history_table", with_user=whose != "Mine")
    analysis_list.pager(found, key="history")
    if chosen:
        st.switch_page("analyze.py", query_params={"request": str(chosen.request_id)})
    st.caption("Press a record to open its analysis.")
elif search.text or name or outcome or days:
    messages.empty_state("Nothing matches", "Take away a filter, or search for other words.")
else:
    messages.empty_state("No analyses yet", "What you ask under Analyze is kept here, and can be opened again.")
    if st.button("Analyze a record", type="primary", key="start"):
        st.switch_page("analyze.py")

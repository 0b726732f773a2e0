"""History: own analyses; managers and admins see what their role may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from core.accounts.permissions import may
from core.analysis_search import Search
from core.audit.entry import Outcome
from core.bootstrap import application
from pages.parts import analysis_list, messages
from pages.parts.address import Address
from pages.parts.analysis_view import OUTCOMES
from pages.parts.identity import require
from pages.parts.layout import title

TIMES = {"Any time": None, "Today": 1, "7 days": 7, "30 days": 30, "A year": 365}

signed = require("history")
app = application()
address = Address("history")

title("History")
everyone = may(signed.user.role, "history of all")
use_cases = {one.name: one.title for one in app.use_cases.for_role(signed.user.role)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    text = address.text("Search", "q", placeholder="Record ID or words of the answer", type="search")
    name = address.select("Use case", {"": "All"} | use_cases, "use_case")
    outcome = address.select("Outcome", {"": "All"} | {one.value: OUTCOMES[one][0] for one in Outcome}, "outcome")
    when = address.select("Time", {time: time for time in TIMES}, "time")
    whose = address.select("Whose", {"mine": "Mine", "all": "Everybody's"}, "whose") if everyone else "mine"

days = TIMES[when]
search = Search(
    username=signed.user.username if whose == "mine" else None,
    use_cases=(name,) if name else (None if whose == "mine" else tuple(use_cases)),
    text=text.strip(),
    outcomes=(outcome,) if outcome else (),
    since=datetime.now(UTC) - timedelta(days=days) if days else None,
)
found = analysis_list.paged(app, search, key="history")
if found:
    chosen = analysis_list.table(app, found, key="history_table", with_user=whose != "mine")
    analysis_list.pager(found, key="history")
    if chosen:
        st.switch_page("analyze.py", query_params={"request": str(chosen)})
    st.caption("Press a record to open its analysis.")
elif search.text or name or outcome or days:
    messages.empty_state("Nothing matches", "Take away a filter, or search for other words.")
else:
    messages.empty_state("No analyses yet", "What you ask under Analyze is kept here, and can be opened again.")
    if st.button("Analyze a record", type="primary", key="start"):
        st.switch_page("analyze.py")

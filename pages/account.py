"""Account: own password, own sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.bootstrap import application
from core.errors import RecordAnalystError
from core.sanitise import plain
from pages.parts import messages
from pages.parts.formats import local
from pages.parts.identity import require

signed = require("account")
app = application()


def main() -> None:
    st.markdown("### Account")
    st.caption(f"{plain(signed.user.name)} · {plain(signed.user.username)} · {signed.user.role}")
    if done := st.session_state.pop("account_done", None):
        st.success(done, icon=":material/check:")
    left, right = st.columns(2, gap="large")
    with left:
        _password()
    with right:
        _sessions()


def _password() -> None:
    st.markdown("**Change password**")
    with st.form("password", border=False):
        old = st.text_input("Current password", type="password", autocomplete="current-password")
        help = "At least 12 characters. A sentence is easy to remember and hard to guess."
        new = st.text_input("New password", type="password", autocomplete="new-password", help=help)
        again = st.text_input("New password again", type="password", autocomplete="new-password")
        if not st.form_submit_button("Change password", type="primary"):
            return
    if new != again:
        messages.show_problem("The two new passwords differ.", "Type the same one twice.")
        return
    try:
        app.users.change_password(signed.actor, old, new, keep_session=signed.session_id)
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["account_done"] = "The password is changed; your other sessions are signed out."
    st.rerun()


def _sessions() -> None:
    st.markdown("**Your sessions**")
    zone = st.context.timezone
    sessions = app.sessions.list(signed.user.username)
    frame = pd.DataFrame(
        {
            "Signed in": [local(one.created_at, zone).replace(tzinfo=None) for one in sessions],
            "Last seen": [local(one.last_seen_at, zone).replace(tzinfo=None) for one in sessions],
            "From": [one.address for one in sessions],
            "This one": [one.session_id == signed.session_id for one in sessions],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        column_config={
            "Signed in": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
            "Last seen": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
        },
    )
    if st.button("Sign out everywhere else", disabled=len(sessions) < 2, key="end_others"):
        ended = app.sessions.end_all(signed.actor, "ended by their owner", except_session=signed.session_id)
        st.session_state["account_done"] = f"{ended} other sessions are signed out."
        st.rerun()


main()

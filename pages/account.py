"""Account: own password, own sessions."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import streamlit as st

from core.accounts.user import Role
from core.bootstrap import application
from core.errors import RecordAnalystError
from core.sanitise import plain
from pages.parts import messages
from pages.parts.analysis_view import title_of
from pages.parts.identity import require
from pages.parts.layout import RELATIVE, choose, section, times, title

signed = require("account")
app = application()


def main() -> None:
    title("Account")
    st.markdown(f"**{plain(signed.user.name)}** signs in as **{plain(signed.user.username)}** ({signed.user.role}).")
    if done := st.session_state.pop("account_done", None):
        st.success(done, icon=":material/check:")
    left, right = st.columns(2, gap="large")
    with left:
        _password()
    with right:
        _sessions()
    _api_keys()


def _password() -> None:
    section("Change password")
    with st.form("password", border=False):
        old = st.text_input("Current password", type="password", autocomplete="current-password")
        help = "At least 12 characters. A sentence is easy to remember and hard to guess."
        new = st.text_input("New password", type="password", autocomplete="new-password", help=help)
        again = st.text_input("New password again", type="password", autocomplete="new-password")
        keys = app.api_keys.working(signed.user.username)
        revoke = bool(keys) and st.checkbox(
            f"Revoke my API keys ({len(keys)}) too", help="Programs that use them must get new ones."
        )
        if not st.form_submit_button("Change password", type="primary"):
            return
    if new != again:
        messages.show_problem("The two new passwords differ.", "Type the same one twice.")
        return
    try:
        app.users.change_password(signed.actor, old, new, keep_session=signed.session_id, revoke_keys=revoke)
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["account_done"] = "The password is changed; your other sessions are signed out."
    st.rerun()


def _sessions() -> None:
    section("Your sessions")
    sessions = app.sessions.list(signed.user.username)
    columns = {
        "Signed in": times(one.created_at for one in sessions),
        "Last seen": times(one.last_seen_at for one in sessions),
        "From": [one.address for one in sessions],
        "": ["This one" if one.session_id == signed.session_id else "" for one in sessions],
    }
    formats = {"Signed in": st.column_config.DatetimeColumn(format="D MMM, HH:mm"), "Last seen": RELATIVE}
    st.dataframe(pd.DataFrame(columns), hide_index=True, placeholder="", column_config=formats)
    if st.button("Sign out everywhere else", disabled=len(sessions) < 2, key="end_others"):
        ended = app.sessions.end_all(signed.actor, "ended by their owner", except_session=signed.session_id)
        st.session_state["account_done"] = f"{ended} other sessions are signed out."
        st.rerun()


def _api_keys() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("API keys", anchor=False, width="content")
        st.space("stretch")
        made = st.session_state.pop("account_key", None)
        number = st.session_state.setdefault("account_keys_made", 0)  # a new popover is a closed one
        with st.popover("New key", icon=":material/key:", key=f"new_api_key_{number}"):
            _make_key()
    if made:
        st.success("Copy the key now: it is shown only this once.", icon=":material/key:")
        st.code(made, language=None)
    keys = [key for key in app.api_keys.list(signed.user.username) if key.revoked_at is None]
    if not keys:
        st.caption("A key lets a program ask in your name over HTTP. You have none.")
        return
    columns = {
        "Name": [key.name for key in keys],
        "Key": [f"{key.prefix}…" for key in keys],
        "Role": [key.role.value.capitalize() for key in keys],
        "Use cases": [_titles(key.use_cases) for key in keys],
        "Last used": times(key.last_used_at for key in keys),
        "Expires": times(key.expires_at for key in keys),
    }
    formats = {"Last used": RELATIVE, "Expires": st.column_config.DatetimeColumn(format="D MMM YYYY")}
    by_id = {key.key_id: key for key in keys}
    chosen = by_id.get(choose(columns, list(by_id), "api_keys_table", formats, placeholder="never") or "")
    if chosen is None:
        st.caption("Select a key to revoke it.")
    elif st.button(f"Revoke {plain(chosen.name)}", icon=":material/block:", key="revoke_api_key"):
        try:
            app.api_keys.revoke(signed.actor, chosen.key_id)
        except RecordAnalystError as error:
            messages.show_error(error)
            return
        st.session_state["account_done"] = f"The key {plain(chosen.name)} does not work any more."
        st.rerun()


def _titles(use_cases: Collection[str] | None) -> str:
    return "All" if use_cases is None else ", ".join(title_of(app, name) for name in sorted(use_cases))


def _make_key() -> None:
    use_cases = {one.name: one.title for one in app.use_cases.for_role(signed.user.role)}
    roles = [signed.user.role] if signed.user.role is Role.ANALYST else [Role.ANALYST, signed.user.role]
    with st.form("new_api_key_form", border=False):
        name = st.text_input("Name", max_chars=60, placeholder="Nightly report", help="What the key is for.")
        role = st.selectbox("May act as", roles, format_func=str)
        chosen = st.multiselect(
            "Use cases",
            list(use_cases),
            format_func=lambda one: use_cases[one],
            placeholder="All that the role may use",
        )
        days = st.select_slider("Expires after", [7, 30, 90, 180, 365], 90, format_func=lambda one: f"{one} days")
        if not st.form_submit_button("Make the key", type="primary", width="stretch"):
            return
    try:
        key, _ = app.api_keys.create(signed.actor, signed.user.username, name, role, chosen or None, days)
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["account_key"] = key
    st.session_state["account_keys_made"] += 1
    st.rerun()


main()

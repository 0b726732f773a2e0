"""Users: create, set a role, reset a password, disable."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import streamlit as st

from core.accounts.user import Role
from core.accounts.users import Account
from core.bootstrap import application
from core.errors import RecordAnalystError
from core.sanitise import plain
from pages.parts import messages
from pages.parts.address import Address
from pages.parts.identity import require
from pages.parts.layout import RELATIVE, choose, times, title_line

signed = require("users")
app = application()


def main() -> None:
    with title_line("Users"):
        if st.button("Add a user", type="primary", icon=":material/person_add:", key="add_user"):
            _add()
    if done := st.session_state.pop("users_done", None):
        st.success(done, icon=":material/check:")
    search = Address("users").text("Find", "find", placeholder="Name or user name", icon=":material/search:", width=320)
    accounts = app.users.list(search)
    chosen = _table(accounts)
    if not accounts:
        messages.empty_state("Nobody of that name", "Type a part of a name or user name.")
    elif chosen:
        _change(chosen)
    else:
        st.caption("Select a line to change an account.")


def _table(accounts: list[Account]) -> Account | None:
    columns = {
        "User name": [one.user.username for one in accounts],
        "Name": [one.user.name for one in accounts],
        "Role": [one.user.role.value.capitalize() for one in accounts],
        "State": ["Disabled" if one.disabled_at else "Active" for one in accounts],
        "Last sign-in": times(one.last_sign_in_at for one in accounts),
        "Created": times(one.created_at for one in accounts),
    }
    formats = {"Last sign-in": RELATIVE, "Created": st.column_config.DatetimeColumn(format="D MMM YYYY")}
    by_name = {one.user.username: one for one in accounts}
    return by_name.get(choose(columns, list(by_name), "users_table", formats, placeholder="never") or "")


def _change(account: Account) -> None:
    user = account.user
    own = user.username == signed.user.username
    with st.container(border=True):
        st.markdown(f"**{plain(user.name)}** ({plain(user.username)})")
        if own:
            st.caption("This is you. Another admin must change your role or disable you.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            roles = list(Role)
            role = st.selectbox(
                "Role",
                roles,
                roles.index(user.role),
                format_func=str,
                key=f"role_{user.username}",
                disabled=own,
                width=180,
            )
            if st.button("Set role", disabled=own or role is user.role, key="set_role"):
                _do(f"{plain(user.name)} is now {role}.", lambda: app.users.set_role(signed.actor, user.username, role))
            if st.button("Reset password", icon=":material/key:", key="reset_password"):
                _confirm_reset(account)
            if account.disabled_at:
                if st.button("Enable", icon=":material/lock_open:", key="enable"):
                    _do(f"{plain(user.name)} may sign in again.", lambda: app.users.enable(signed.actor, user.username))
            elif st.button("Disable", icon=":material/block:", disabled=own, key="disable"):
                _confirm_disable(account)


@st.dialog("Reset this password?")
def _confirm_reset(account: Account) -> None:
    user = account.user
    st.markdown(f"**{plain(user.name)}** is signed out everywhere and gets a new password, which you pass on.")
    keys = app.api_keys.working(user.username)
    revoke = bool(keys) and st.checkbox(
        f"Revoke their API keys ({len(keys)}) too",
        True,
        help=f"{', '.join(map(plain, keys))}. Whoever knew the old password may have made one of them.",
        key="revoke_keys",
    )
    if st.button("Reset password", type="primary", icon=":material/key:", key="confirm_reset"):
        password = secrets.token_urlsafe(12)
        _do(
            f"New password of {plain(user.username)}, shown only now: `{password}`",
            lambda: app.users.reset_password(signed.actor, user.username, password, revoke_keys=revoke),
        )


@st.dialog("Disable this account?")
def _confirm_disable(account: Account) -> None:
    user = account.user
    st.markdown(f"**{plain(user.name)}** is signed out everywhere at the next click and cannot sign in again.")
    if st.button("Disable", type="primary", icon=":material/block:", key="confirm_disable"):
        _do(f"{plain(user.name)} is disabled.", lambda: app.users.disable(signed.actor, user.username))


@st.dialog("Add a user")
def _add() -> None:
    with st.form("add_user_form", border=False):
        username = st.text_input("User name", max_chars=64, help="Lower-case letters, digits, . _ -")
        name = st.text_input("Name", max_chars=100)
        role = st.selectbox("Role", list(Role), format_func=str)
        password = st.text_input(
            "Password", type="password", help="At least 12 characters.", autocomplete="new-password"
        )
        if st.form_submit_button("Add", type="primary", width="stretch"):
            _do(f"{plain(name)} can sign in now.", lambda: app.users.add(signed.actor, username, name, role, password))


def _do(done: str, action: Callable[[], object]) -> None:
    try:
        action()
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["users_done"] = done
    st.rerun()


main()

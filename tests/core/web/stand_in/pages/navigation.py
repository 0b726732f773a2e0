"""A page that says who it is drawn for, and counts what got as far as a callback."""

from __future__ import annotations

import sys

import streamlit as st

from core.bootstrap import application
from core.web.identity import session_of

session = session_of(application().sessions, st.user.to_dict())
st.write(f"told: {st.user.to_dict().get('username')}")
st.write(f"signed in: {session.user.username if session else 'nobody'}")
st.write(f"cookies: {sorted(st.context.cookies)}")


def count() -> None:
    st.session_state["clicks"] = st.session_state.get("clicks", 0) + 1
    sys.stderr.write("CALLBACK RAN\n")


st.button("Count", on_click=count, key="count")
st.write(f"clicks: {st.session_state.get('clicks', 0)}")
if session and st.button("Sign out", key="leave"):
    application().sessions.end(session.actor, session.session_id)
    st.logout()
if st.query_params.get("fail"):
    raise RuntimeError("the secret cause")

"""What a page becomes when its session has ended meanwhile."""

from __future__ import annotations

import streamlit as st

from pages.parts.layout import title

title("Signed out")
st.markdown("Your session has ended. What you asked is kept under History.")
st.link_button("Sign in", "/sign-in", icon=":material/login:", type="primary")

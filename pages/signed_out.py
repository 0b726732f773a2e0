"""What a page becomes when its session has ended meanwhile."""

from __future__ import annotations

import streamlit as st

st.markdown("### Signed out")
st.markdown("Your session has ended. [Sign in](/sign-in) to go on; what you asked is kept under History.")

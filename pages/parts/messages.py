"""Errors as a person reads them: what happened, then what to do."""

from __future__ import annotations

import streamlit as st

from core.errors import RecordAnalystError
from core.sanitise import plain


def show_error(error: RecordAnalystError) -> None:
    show_problem(error.message, error.hint)


def show_problem(message: str, hint: str | None = None) -> None:
    st.error(f"{plain(message)}  \n{plain(hint)}" if hint else plain(message), icon=":material/error:")


def empty_state(title: str, text: str) -> None:
    with st.container(border=True, vertical_alignment="center", height=220):
        st.markdown(f"**{title}**")
        st.caption(text)

"""Errors as a person reads them: what happened, then what to do."""

from __future__ import annotations

import streamlit as st

from core.errors import RecordAnalystError
from core.sanitise import plain


def show_error(error: RecordAnalystError) -> None:
    show_problem(error.message, error.hint)


def show_problem(message: str, hint: str | None = None) -> None:
    st.error(_sentences(message, hint), icon=":material/error:")


def _sentences(message: str, hint: str | None) -> str:
    return f"**{plain(message)}**  \n{plain(hint)}" if hint else plain(message)


def show_notice(message: str, hint: str | None = None) -> None:
    """Something that is nobody's fault."""
    st.info(_sentences(message, hint), icon=":material/info:")


def empty_state(title: str, text: str) -> None:
    with st.container(border=True, vertical_alignment="center", horizontal_alignment="center", height=220):
        st.subheader(title, anchor=False, width="content")
        st.caption(text, width="content", text_alignment="center")

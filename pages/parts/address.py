"""Filters and choices that stand in the address, so that a reload, a bookmark and a colleague see the same.

By their value and not by their title: Streamlit's own binding writes titles there, shares what is chosen between pages
that use the same key, and so lets the use case of one page filter another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st


class Address:
    """What one page keeps in its address; `moved` is called after somebody has chosen something else."""

    def __init__(self, page: str, moved: Callable[[], None] = lambda: None) -> None:
        self._page = page
        self._moved = moved
        self._defaults: dict[str, str] = {}

    def select(self, label: str, choices: Mapping[str, str], name: str, **how: Any) -> str:
        """One of `choices`, value → title; the first is what an address without `name` means."""
        first = next(iter(choices))
        key = self._follow(name, first, lambda value: value in choices)
        # A list that has changed since: the choice of another role, or a use case whose file is gone.
        if st.session_state[key] not in choices:
            st.session_state[key] = first
        return st.selectbox(
            label, list(choices), format_func=choices.__getitem__, key=key, on_change=self._write, **how
        )

    def text(self, label: str, name: str, **how: Any) -> str:
        key = self._follow(name, "", lambda value: True)
        return st.text_input(label, key=key, on_change=self._write, **how)

    def put(self, name: str, value: str) -> None:
        """Chooses it for the next time this page is drawn."""
        st.query_params[name] = value

    def _follow(self, name: str, default: str, known: Callable[[str], bool]) -> str:
        """The widget's key, with the value that the address names when that is another one than it was."""
        key = f"{self._page}_{name}"
        self._defaults[name] = default
        given = st.query_params.get(name, "")
        if key not in st.session_state or st.session_state.get(f"{key}_given") != given:
            st.session_state[key] = given if given and known(given) else default
            st.session_state[f"{key}_given"] = given
        return key

    def _write(self) -> None:
        """All of the page's choices: the browser may have sent this one with an address that lacks the one before."""
        for name, default in self._defaults.items():
            value = st.session_state.get(f"{self._page}_{name}", default)
            if value == default:
                st.query_params.pop(name, None)
            else:
                st.query_params[name] = value
            st.session_state[f"{self._page}_{name}_given"] = "" if value == default else value
        self._moved()

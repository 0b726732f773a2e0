"""Filters and choices that stand in the address, so that a reload, a bookmark and a colleague see the same.

By their value and not by their title: Streamlit's own binding writes titles there, shares what is chosen between pages
that use the same key, and so lets the use case of one page filter another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
        options = list(choices)
        key, value = self._follow(name, options[0], choices.__contains__)
        # The index in every run, so that a browser that has forgotten what was chosen shows what is. Beyond the list
        # when that has changed since: the choice of another role, or a use case whose file is gone.
        index = options.index(value) if value in choices else 0
        return st.selectbox(
            label, options, index, format_func=choices.__getitem__, key=key, on_change=self._write, **how
        )

    def text(self, label: str, name: str, **how: Any) -> str:
        key, value = self._follow(name, "", lambda value: True)
        return st.text_input(label, value, key=key, on_change=self._write, **how)

    def only(self, **values: str) -> None:
        """An address with these and nothing else, for the next time this page is drawn."""
        st.query_params.from_dict(values)

    def _follow(self, name: str, default: str, known: Callable[[str], bool]) -> tuple[str, str]:
        """The widget's key and value: what was chosen, unless the address has come to name another one since.

        Such a one gets a widget of its own. Streamlit's browser side forgets a widget that is not drawn and answers
        with its first choice; and a click that was made before it had forgotten lets the server believe that it has
        not, and so tell it nothing.
        """
        kept: _Kept | None = st.session_state.get(f"{self._page}_{name}")
        given = st.query_params.get(name, "")
        if kept is None or kept.given != given:
            kept = _Kept(given, given if given and known(given) else default, kept.turn + 1 if kept else 0)
        key = f"{self._page}_{name}_{kept.turn}"
        value = st.session_state.get(key, kept.value)
        st.session_state[f"{self._page}_{name}"] = replace(kept, value=value)
        self._defaults[name] = default
        return key, value

    def _write(self) -> None:
        """All of the page's choices: the browser may have sent this one with an address that lacks the one before."""
        for name, default in self._defaults.items():
            kept: _Kept = st.session_state[f"{self._page}_{name}"]
            value = st.session_state.get(f"{self._page}_{name}_{kept.turn}", kept.value)
            if value == default:
                st.query_params.pop(name, None)
            else:
                st.query_params[name] = value
            given = "" if value == default else value
            st.session_state[f"{self._page}_{name}"] = replace(kept, given=given, value=value)
        self._moved()


@dataclass(frozen=True, slots=True)
class _Kept:
    """One choice: what the address named when it was last looked at, what is chosen, and which widget shows it."""

    given: str
    value: str
    turn: int

"""Pieces of a page that run on a clock of their own and draw the whole page anew once something has changed.

Only when they run alone: a run of the whole page may carry somebody's click, and a rerun in its middle would lose it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def every(seconds: float, key: str, draw: Callable[[], bool]) -> None:
    """Draws a piece now and every `seconds`; when `draw` returns True, the whole page."""
    whole = f"{key}_in_a_whole_run"
    st.session_state[whole] = True

    @st.fragment(run_every=seconds)
    def piece() -> None:
        alone = not st.session_state.pop(whole, False)
        if draw() and alone:
            st.rerun()

    piece()

"""A list of analyses, one selectable line each, paged by key rather than by number."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import streamlit as st

from core.analysis_search import PAGE, Search, Summary
from core.bootstrap import Application
from pages.parts.analysis_view import OUTCOMES, title_of
from pages.parts.layout import choose, times


def paged(app: Application, search: Search, key: str) -> list[Summary]:
    """The lines of the page this list is at; one more than a page when there are older ones."""
    state = st.session_state.setdefault(f"{key}_pages", {})
    if state.get("search") != search:
        # `since` moves with the clock: a change of anything else starts from the newest again.
        if not state or replace(state["search"], since=None) != replace(search, since=None):
            state["befores"] = []
        state["search"] = search
    before = state["befores"][-1] if state["befores"] else None
    return app.analyses.search(replace(search, before=before, limit=PAGE + 1))


def table(app: Application, lines: list[Summary], key: str, *, with_user: bool, waiting: bool = False) -> UUID | None:
    """Draws the lines; returns the request of the one that was selected.

    `waiting`: all are completed and none has a verdict yet.
    """
    lines = lines[:PAGE]
    columns = {
        "Record": [line.record_id for line in lines],  # first: the one column that a phone always shows
        "Use case": [title_of(app, line.use_case) for line in lines],
        "Asked": times(line.asked_at for line in lines),
        **({"Who": [line.username for line in lines]} if with_user else {}),
        "Figures": [_figures(line) for line in lines],
        **({} if waiting else {"Outcome": [_outcome(line) for line in lines]}),
        **({} if waiting else {"Review": [_review(line) for line in lines]}),
        "Model": [line.model.rpartition("/")[2] for line in lines],
        "Seconds": [line.total_ms / 1000 if line.total_ms is not None else None for line in lines],
    }
    formats = {
        "Asked": st.column_config.DatetimeColumn(format="D MMM, HH:mm", help="In your time zone."),
        "Figures": st.column_config.TextColumn(help="Of the figures, dates and identifiers in the answer."),
        "Model": st.column_config.TextColumn(width=170),
        "Seconds": st.column_config.NumberColumn(format="%.1f", width="small"),
    }
    ids = [line.request_id for line in lines]
    return choose(
        columns, ids, key, formats, opens=None if waiting else "Record", height="auto" if waiting else "content"
    )


def pager(lines: list[Summary], key: str) -> None:
    befores = st.session_state[f"{key}_pages"]["befores"]

    def older() -> None:
        last = lines[PAGE - 1]
        befores.append((last.asked_at, last.request_id))

    if not befores and len(lines) <= PAGE:
        return
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Newer", icon=":material/chevron_left:", disabled=not befores, on_click=befores.pop, key=f"{key}_newer"
        )
        st.button(
            "Older", icon=":material/chevron_right:", disabled=len(lines) <= PAGE, on_click=older, key=f"{key}_older"
        )


def _figures(line: Summary) -> str:
    if not line.claims:
        return ""
    return f"⚠ {line.to_check} of {line.claims} to check" if line.to_check else f"{line.claims} supported"


def _outcome(line: Summary) -> str:
    return OUTCOMES[line.outcome][0] if line.outcome else "Running"


def _review(line: Summary) -> str:
    return {"approved": "✓ Approved", "returned": "↩ Returned"}.get(line.verdict or "", "")

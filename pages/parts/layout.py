"""How every page begins, and the tables whose lines can be chosen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import pandas as pd
import streamlit as st

from pages.parts.formats import local

TEXT_WIDTH = 620  # pixels: about 75 characters a line
Id = TypeVar("Id", bound=Hashable)
RELATIVE = st.column_config.DatetimeColumn(format="distance")


def title(text: str) -> None:
    st.title(text, anchor=False)


@contextmanager
def title_line(text: str) -> Iterator[None]:
    """A title; what is drawn inside stands at the right end of its line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(text, anchor=False, width="content")
        st.space("stretch")
        yield


def section(text: str) -> None:
    st.subheader(text, anchor=False)


def times(moments: Iterable[datetime | None]) -> list[datetime | None]:
    """A column of moments in the reader's time zone, as tables want them."""
    zone = st.context.timezone
    return [local(moment, zone).replace(tzinfo=None) if moment else None for moment in moments]


def choose(
    columns: Mapping[str, Sequence[Any]],
    ids: Sequence[Id],
    key: str,
    formats: Mapping[str, Any],
    *,
    opens: str | None = None,
    placeholder: str = "",
    height: Literal["auto", "content"] | int = "auto",
) -> Id | None:
    """Draws one line for each of `ids`, and nothing where there are none; returns the one that is selected, also in the
    run in which it went away.

    Any cell selects its line, and so do the arrow keys. Where a selection leads away from the page that would be too
    easily done: with `opens`, the name of a column, only the box before a line and the buttons in that column do.
    """
    shown: _Shown[Id] | None = st.session_state.get(f"{key}_shown")
    moved = None
    if shown is None:
        shown = _Shown(key, 0, tuple(ids))
    elif shown.ids != tuple(ids):
        # A browser names a line by its number, which is another line's by now: a new table begins with the same line.
        moved = shown.selected()
        shown = _Shown(key, shown.version + 1, tuple(ids), ids.index(moved) if moved in ids else None)
    st.session_state[f"{key}_shown"] = shown
    if not ids:
        return moved
    if opens:
        button = st.column_config.ButtonColumn(type="tertiary", alignment="left", key=shown.click)
        formats = {**formats, opens: button}
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key=shown.table,
        on_select="rerun",
        selection_mode="single-row" if opens else ["single-row", "single-cell"],
        selection_default=None if shown.first is None else {"selection": {"rows": [shown.first]}},
        placeholder=placeholder,
        height=height,
        column_config=dict(formats),
    )
    return shown.selected() if moved is None else moved


def unselect(key: str) -> None:
    """No line of this table is selected in the next run."""
    if shown := st.session_state.get(f"{key}_shown"):
        st.session_state[f"{key}_shown"] = _Shown(key, shown.version + 1, shown.ids)


@dataclass(frozen=True)
class _Shown(Generic[Id]):
    """The lines that a browser has before it; `first` is the number of the line that was selected from the start."""

    key: str
    version: int
    ids: tuple[Id, ...]
    first: int | None = None

    @property
    def table(self) -> str:
        return f"{self.key}_{self.version}"

    @property
    def click(self) -> str:
        return f"{self.table}_click"

    def selected(self) -> Id | None:
        if clicked := st.session_state.get(self.click):
            return self.ids[clicked["row"]]
        if picked := st.session_state.get(self.table):
            rows = picked.selection.rows or [row for row, _ in picked.selection.cells]
            return self.ids[rows[0]] if rows else None
        return None

"""How every page begins, and the tables whose lines can be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar

import pandas as pd
import streamlit as st

from pages.parts.formats import local

TEXT_WIDTH = 760  # pixels: about 75 characters a line
Line = TypeVar("Line")
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
    lines: Sequence[Line],
    key: str,
    formats: Mapping[str, Any],
    *,
    opens: str | None = None,
    placeholder: str = "",
    height: Literal["auto", "content"] | int = "auto",
) -> Line | None:
    """Draws one line for each of `lines`; returns the one that is selected.

    Any cell selects its line, and so do the arrow keys. Where a selection leads away from the page that would be too
    easily done: with `opens`, the name of a column, only the box before a line and the buttons in that column do.
    """
    click = f"{key}_click"
    if opens:
        button = st.column_config.ButtonColumn(type="tertiary", alignment="left", key=click)
        formats = {**formats, opens: button}
    picked = st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row" if opens else ["single-row", "single-cell"],
        placeholder=placeholder,
        height=height,
        column_config=dict(formats),
    )
    rows = picked.selection.rows or [row for row, _ in picked.selection.cells]
    if opens and (clicked := st.session_state.get(click)):
        rows = [clicked["row"]]
    return lines[rows[0]] if rows and rows[0] < len(lines) else None

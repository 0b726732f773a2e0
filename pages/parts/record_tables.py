"""Result sets as tables with human names and formats, and a line chart where one runs over time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.records.record import Column, ColumnType, ResultSet
from pages.parts.formats import human

CHART_ROWS = 4  # fewer points are no line
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
NOT_A_QUANTITY = re.compile(r"(^|_)(id|no|number|year|rank|version|code|row)$", re.IGNORECASE)
PERIOD = re.compile(r"\d{4}-(\d{2}|Q[1-4]|W\d{2})")


def draw(result_set: ResultSet, key: str) -> None:
    if not result_set.rows:
        st.caption("The procedure returned no rows here.")
        return
    frame = as_frame(result_set)
    if len(result_set.rows) == 1 and len(result_set.columns) > 2:
        _draw_one(result_set, 0)
    else:
        if chart := chart_columns(result_set):
            x, ys = chart
            st.caption(f"{' and '.join(ys)} by {x[:1].lower()}{x[1:]}")
            st.line_chart(frame, x=x, y=ys, height=220, x_label="", y_label="")
        st.dataframe(
            frame, hide_index=True, column_config=column_config(result_set), placeholder="", key=key, width="stretch"
        )
    if result_set.truncated:
        st.caption(f"First {len(result_set.rows):,} rows of more.")


def draw_rows(result_set: ResultSet, rows: Sequence[int], key: str) -> None:
    """These rows (from 0) alone, with their numbers; without any, all of them."""
    rows = rows or range(len(result_set.rows))
    if not rows:
        st.caption("The procedure returned no rows here.")
    elif len(rows) == 1:
        _draw_one(result_set, rows[0], widths=(130, 160))
    else:
        draw_cells(result_set, {(row, column) for row in rows for column in result_set.column_names}, key, mark=False)


def draw_cells(result_set: ResultSet, cells: set[tuple[int, str]], key: str, *, mark: bool = True) -> None:
    """The rows of these cells (row from 0, column name) beside what names the row; the cells are highlighted."""
    wanted = {column for _, column in cells}
    names = unique_names(result_set)
    kept = [i for i, column in enumerate(result_set.columns) if i == 0 or column.name in wanted]
    rows = sorted({row for row, _ in cells})
    frame = as_frame(result_set).iloc[rows, kept]
    marked = [[mark and (row, result_set.columns[i].name) in cells for i in kept] for row in rows]
    styles = pd.DataFrame([[MARKED if one else "" for one in line] for line in marked], frame.index, frame.columns)
    frame.index = pd.Index([row + 1 for row in rows], name="Row")
    styles.index = frame.index
    config = {name: setting for name, setting in column_config(result_set).items() if name in {names[i] for i in kept}}
    st.dataframe(
        frame.style.apply(lambda _: styles, axis=None),
        column_config=config,
        placeholder="",
        key=key,
        width="stretch",
        height="auto" if len(rows) > 5 else "content",
    )


MARKED = "background-color: rgba(46, 160, 98, 0.28); font-weight: bold"


def as_frame(result_set: ResultSet) -> pd.DataFrame:
    """Exact values under human, unique column names."""
    names = unique_names(result_set)
    columns = [
        pd.Series([_cell(row[index], column) for row in result_set.rows], name=name, dtype=_dtype(column))
        for index, (name, column) in enumerate(zip(names, result_set.columns, strict=True))
    ]
    return pd.concat(columns, axis=1) if columns else pd.DataFrame()


def unique_names(result_set: ResultSet) -> list[str]:
    seen: Counter[str] = Counter()
    names: list[str] = []
    for column in result_set.columns:
        name = human(column.name)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def column_config(result_set: ResultSet) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name, column, index in zip(unique_names(result_set), result_set.columns, range(1000), strict=False):
        match column.type:
            case ColumnType.INTEGER:
                quantity = not NOT_A_QUANTITY.search(column.name)
                config[name] = st.column_config.NumberColumn(format="%,d" if quantity else "%d")
            case ColumnType.DECIMAL | ColumnType.FLOAT:
                config[name] = st.column_config.NumberColumn(format=_number_format(result_set, index))
            case ColumnType.DATE:
                months = all(getattr(row[index], "day", 1) == 1 for row in result_set.rows)
                config[name] = st.column_config.DateColumn(format="MMM YYYY" if months else "D MMM YYYY")
            case ColumnType.TIMESTAMP:
                config[name] = st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
            case ColumnType.BOOLEAN:
                config[name] = st.column_config.CheckboxColumn()
            case _:
                longest = max((len(str(row[index])) for row in result_set.rows), default=0)
                config[name] = st.column_config.TextColumn(width="large" if longest > 60 else None)
    return config


def chart_columns(result_set: ResultSet) -> tuple[str, list[str]] | None:
    """The time column and up to two quantities worth a line, as they are named in the frame; None: no chart."""
    if len(result_set.rows) < CHART_ROWS:
        return None
    names = unique_names(result_set)
    x = next((i for i, column in enumerate(result_set.columns) if _runs_over_time(result_set, i, column)), None)
    if x is None:
        return None
    quantities = [
        i
        for i, column in enumerate(result_set.columns)
        if column.type in NUMBERS and not NOT_A_QUANTITY.search(column.name)
    ]
    money = [i for i in quantities if "(" in names[i] and not names[i].endswith("(%)")]
    chosen = (money or quantities)[:2]
    return (names[x], [names[i] for i in chosen]) if chosen else None


def _runs_over_time(result_set: ResultSet, index: int, column: Column) -> bool:
    values = [row[index] for row in result_set.rows]
    if any(value is None for value in values) or len(set(values)) < len(values):
        return False
    if column.type is ColumnType.DATE:
        return True
    return column.type is ColumnType.TEXT and all(PERIOD.fullmatch(str(value)) for value in values)


def _draw_one(result_set: ResultSet, row: int, widths: tuple[int, int] = (200, 400)) -> None:
    """One row reads better downwards."""
    values = result_set.rows[row]
    lines = [(name, _words(value)) for name, value in zip(unique_names(result_set), values, strict=True)]
    frame = pd.DataFrame(lines, columns=["Field", "Value"])
    config = {name: st.column_config.TextColumn(width=width) for name, width in zip(frame, widths, strict=True)}
    st.dataframe(frame, hide_index=True, column_config=config, placeholder="", width="stretch", height="content")


def _words(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case int():
            return str(value)
        case _ if hasattr(value, "isoformat"):
            return value.isoformat(sep=" ", timespec="minutes") if hasattr(value, "hour") else value.isoformat()
        case _:
            return f"{value:,f}"


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.type in (ColumnType.DECIMAL, ColumnType.FLOAT):
        return float(value)  # for the eye only: the record keeps the exact value
    return str(value) if column.type in (ColumnType.TEXT, ColumnType.TIME) else value


def _dtype(column: Column) -> Any:
    return {
        ColumnType.INTEGER: "Int64",
        ColumnType.DECIMAL: "Float64",
        ColumnType.FLOAT: "Float64",
        ColumnType.BOOLEAN: "boolean",
    }.get(column.type, "object")


def _number_format(result_set: ResultSet, index: int) -> str:
    places = max((_places(row[index]) for row in result_set.rows), default=0)
    return f"%,.{min(places, 6)}f"


def _places(value: Any) -> int:
    text = f"{value:f}" if value is not None else ""
    return len(text.partition(".")[2])

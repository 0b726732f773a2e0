"""What a use case lets a person choose beside the record ID."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.parameters import ParameterRule, ParameterType
from core.use_cases import UseCase


def ask(use_case: UseCase, *, required: bool) -> None:
    """A field for each parameter that must be chosen, or for each that has a default."""
    for name, rule in use_case.parameters.items():
        if rule.label and (rule.default is None) == required:
            _field(_key(use_case, name), rule.label, rule)


def chosen(use_case: UseCase) -> dict[str, str]:
    """What the fields hold, as text; what was left at its default is left out."""
    given: dict[str, str] = {}
    for name, rule in use_case.parameters.items():
        value = st.session_state.get(_key(use_case, name))
        if rule.label and value not in (None, "", rule.default):
            given[name] = str(value)
    return given


def _field(key: str, label: str, rule: ParameterRule) -> None:
    if rule.choices:
        first = rule.choices.index(rule.default) if rule.default is not None else None
        st.selectbox(label, rule.choices, index=first, key=key)
        return
    match rule.type:
        case ParameterType.DATE:
            st.date_input(label, rule.default if isinstance(rule.default, date) else None, key=key)
        case ParameterType.BOOLEAN:
            st.checkbox(label, bool(rule.default), key=key)
        case ParameterType.INTEGER:
            st.number_input(label, value=rule.default if isinstance(rule.default, int) else None, step=1, key=key)
        case _:
            st.text_input(label, "" if rule.default is None else str(rule.default), max_chars=200, key=key)


def _key(use_case: UseCase, name: str) -> str:
    return f"parameter_{use_case.name}_{name}"

"""The model picker: what each model is, whether it is loaded, and why one may not be used."""

from __future__ import annotations

import streamlit as st

from core.bootstrap import Application
from core.models.model import ModelInfo
from core.use_cases import UseCase
from pages.parts.formats import size
from pages.parts.messages import show_problem


def pick(app: Application, use_case: UseCase, key: str = "model") -> str | None:
    """Draws the picker; returns the chosen model's id, None when there is none to choose."""
    found = app.catalogue.list()
    allowed = {info.id: info for info in found.models if app.catalogue.allowed(info, use_case.sensitivity) is None}
    if not allowed:
        show_problem("No model may answer this.", "An administrator finds the reason under Health.")
        return None
    if st.session_state.get(key) not in allowed:
        st.session_state[key] = default(app, use_case, allowed)
    chosen = st.selectbox(
        "Model",
        list(allowed),
        format_func=lambda model_id: label(allowed[model_id]),
        key=key,
        persist_state="session",
        help="Another model answers the next request; nothing is restarted.",
    )
    refused = [info for info in found.models if info.id not in allowed]
    for info in refused:
        st.caption(f":gray[{info.name}: {app.catalogue.allowed(info, use_case.sensitivity)}]")
    for server, message in found.unavailable:
        st.caption(f":orange[:material/cloud_off: {server}: {message}]")
    return chosen


def default(app: Application, use_case: UseCase, allowed: dict[str, ModelInfo]) -> str:
    wanted = use_case.model or app.settings.default_model
    return next((one for one, info in allowed.items() if wanted in (one, info.name)), next(iter(allowed)))


def label(info: ModelInfo) -> str:
    """`qwen3:14b · 14B · 9.3 GB · 8k context · loaded · local`"""
    parts = [info.name]
    if not info.language_model:
        parts.append("not a language model")
    parts += [part for part in (info.parameters, size(info.size_bytes) if info.size_bytes else "") if part]
    if info.language_model:
        parts.append(f"{round(info.context_length / 1024)}k context")
        parts.append("loaded" if info.loaded else "not loaded")
    parts.append("local" if info.local else "cloud")
    return " · ".join(parts)

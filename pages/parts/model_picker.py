"""The model picker: what each model is, what it did here, whether it is loaded, and why one may not be used."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from core.bootstrap import Application
from core.errors import RecordAnalystError
from core.models.model import ModelInfo
from core.performance import Performance
from core.sanitise import plain
from core.use_cases import UseCase
from pages.parts.clock import every
from pages.parts.formats import parameters, size
from pages.parts.identity import Signed
from pages.parts.messages import show_error, show_notice, show_problem

ASK_AGAIN_SECONDS = 10.0  # between two looks at a server that is down


def pick(app: Application, signed: Signed, use_case: UseCase, key: str = "model") -> str | None:
    """Draws the picker; returns the chosen model's id, None when there is none to choose.

    A model that is chosen and not loaded begins to load at once.
    """
    found = app.catalogue.list()
    allowed = {info.id: info for info in found.models if app.catalogue.allowed(info, use_case.sensitivity) is None}
    if not allowed:
        show_problem("No model may answer this.", "An administrator finds the reason under Health.")
        return None
    kept = f"{key}_kept"
    before = st.session_state.get(kept)
    lost = before is not None and before not in allowed
    st.session_state[f"{key}_lost"] = lost
    if before not in allowed:
        st.session_state[kept] = default(app, use_case, allowed)
    if lost:
        now = st.session_state[kept]
        show_notice(f"{before} cannot be used here just now.", f"{now} is chosen instead. Choose, then ask.")
    names = Counter(info.name for info in allowed.values())
    labels = {model_id: label(info, tell_server=names[info.name] > 1) for model_id, info in allowed.items()}
    widget = f"{key}_{_turn(key, tuple(labels.values()))}"

    def chosen_now() -> None:  # in the list that was on the screen; when it is drawn anew it may be another one
        st.session_state[kept] = st.session_state["chosen_model"] = st.session_state[widget]

    chosen = st.selectbox(
        "Model",
        list(allowed),
        list(allowed).index(st.session_state[kept]),
        format_func=labels.__getitem__,
        key=widget,
        on_change=chosen_now,
        help="Another model answers the next request; nothing is restarted.",
    )
    st.session_state[kept] = chosen
    if st.session_state.pop("chosen_model", None) == chosen:
        try:
            app.warming.choose(signed.actor, chosen, use_case.sensitivity)
        except RecordAnalystError as error:
            show_error(error)
    # Here all is drawn anew as it is. A fragment that asked for it once more would swallow the click on Analyze.
    st.session_state.pop("saw_loading", None)
    if app.warming.of(chosen):
        every(1.0, f"{key}_loading", lambda: _loading(app, chosen, allowed[chosen]))
    st.caption(plain(details(allowed[chosen], app.performances.all().get(chosen))))
    for info in found.models:
        if info.id not in allowed:
            reason = app.catalogue.allowed(info, use_case.sensitivity)
            st.caption(f":gray[:material/block: {plain(info.id)}: {plain(reason or '')}]")
    for server, message in found.unavailable:
        st.caption(f":orange[:material/cloud_off: {plain(server)}: {plain(message)}]")
    if found.unavailable:
        every(ASK_AGAIN_SECONDS, f"{key}_down", lambda: app.catalogue.list().unavailable != found.unavailable)
    return chosen


def is_lost(key: str = "model") -> bool:
    """Whether the model that had been chosen was gone in this very run: a click was meant for that one."""
    return bool(st.session_state.get(f"{key}_lost"))


def _turn(key: str, labels: tuple[str, ...]) -> int:
    """How often the list has changed.

    The browser remembers a choice by its label, so what a label says may only change together with the widget. And it
    may have forgotten one where the server believes that it has not, so the index is given in every run.
    """
    before: tuple[int, tuple[str, ...]] | None = st.session_state.get(f"{key}_labels")
    turn = 0 if before is None else before[0] + (before[1] != labels)
    st.session_state[f"{key}_labels"] = (turn, labels)
    return turn


def _loading(app: Application, model_id: str, drawn: ModelInfo) -> bool:
    """How far the load of a model is; whether the page was drawn before it ended."""
    load = app.warming.of(model_id)
    if load is None:
        return False
    if load.ended is None:
        st.caption(f":material/hourglass_top: Loading {plain(drawn.name)} · {int(load.seconds)} s")
    elif load.error:
        st.caption(f":red[:material/error: {plain(load.error.message)} {plain(load.error.hint)}]")
    else:
        st.caption(f":material/check: {plain(drawn.name)} was loaded in {load.seconds:.1f} s")
    return load.ended is not None and load.error is None and not drawn.loaded


def default(app: Application, use_case: UseCase, allowed: dict[str, ModelInfo]) -> str:
    wanted = app.parts.default_model(use_case)
    return next((one for one, info in allowed.items() if wanted in (one, info.name)), next(iter(allowed)))


def label(info: ModelInfo, *, tell_server: bool) -> str:
    """`qwen3:14b · loaded · local`, or `qwen3:14b · on gpu · loaded · local` where another server has one, too."""
    state = ("loaded" if info.loaded else "not loaded") if info.language_model else "not a language model"
    where = (f"on {info.server}",) if tell_server else ()
    return " · ".join((info.name, *where, state, "local" if info.local else "cloud"))


def details(info: ModelInfo, performance: Performance | None) -> str:
    """`On gpu: 14B, Q4_K_M, 9.3 GB, 8k context. Here: 2.1 s to the first token, 71 tokens/s, 94 % supported.`"""
    facts = [
        info.parameters and parameters(info.parameters),
        info.quantisation,
        size(info.size_bytes) if info.size_bytes else None,
    ]
    if info.language_model:
        facts.append(f"{round(info.context_length / 1024)}k context")
    about = ", ".join(fact for fact in facts if fact)
    text = f"On {info.server}: {about}." if about else f"On {info.server}."
    return f"{text} {what_it_did(performance)}".strip()


def what_it_did(performance: Performance | None) -> str:
    if performance is None:
        return "It has not answered here yet."
    parts: list[str] = []
    if performance.first_token_seconds is not None:
        parts.append(f"{performance.first_token_seconds:.1f} s to the first token")
    if performance.tokens_per_second is not None:
        parts.append(f"{performance.tokens_per_second:,.0f} tokens/s")
    if performance.evidence_score is not None:
        parts.append(f"{performance.evidence_score:.0%} of its figures supported")
    answers = f"{performance.answers:,} {'answer' if performance.answers == 1 else 'answers'}"
    return f"Here, in {answers}: {', '.join(parts)}." if parts else ""

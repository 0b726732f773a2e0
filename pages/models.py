"""Models: every server and what it offers; load, unload, pull, delete."""

from __future__ import annotations

import threading

import streamlit as st

from core.bootstrap import application
from core.errors import RecordAnalystError
from core.models.model import Feature, ModelInfo, ModelServer
from core.sanitise import plain
from pages.parts import messages
from pages.parts.formats import seconds, size
from pages.parts.identity import require
from pages.parts.layout import title

signed = require("models")
app = application()


def main() -> None:
    title("Models")
    if done := st.session_state.pop("models_done", None):
        st.toast(done, icon=":material/check:")
    found = app.catalogue.list(fresh=True)
    unavailable = dict(found.unavailable)
    for server in app.catalogue.servers:
        models = [model for model in found.models if model.server == server.name]
        if models or server.name in unavailable or not getattr(server, "optional", False):
            _draw_server(server, models, unavailable.get(server.name))
    if not any(model.server != "embedded" for model in found.models):
        st.caption(
            "To answer with a larger model, start Ollama on this machine: its models appear here by themselves. Or put "
            f"a GGUF file into `{app.settings.var / 'models'}`; docs/models.md has the other ways."
        )


def _draw_server(server: ModelServer, models: list[ModelInfo], problem: str | None) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(server.name)}**", width="content")
            st.badge("local" if server.local else "cloud", color="green" if server.local else "orange")
        if problem:
            messages.show_problem(problem, "It is asked again each time this page is drawn.")
            return
        if not models:
            st.caption("No models yet.")
        for model in models:
            _draw_model(server, model)
        if Feature.PULL in server.features:
            _pull(server)


def _draw_model(server: ModelServer, model: ModelInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(model.name), width="content")
        facts = [model.parameters, model.quantisation, size(model.size_bytes)]
        facts.append(f"{model.context_length:,} tokens of context" if model.language_model else "not a language model")
        st.caption(" · ".join(fact for fact in facts if fact), width="content")
        st.space("stretch")
        if not model.language_model:
            return
        if model.loaded:
            st.badge("loaded", color="green", icon=":material/check:")
            if Feature.UNLOAD in server.features and st.button("Unload", key=f"unload_{model.id}"):
                _do(f"{model.name} unloaded.", lambda: app.model_administration.unload(signed.actor, model))
        elif Feature.LOAD in server.features and st.button("Load", key=f"load_{model.id}"):
            with st.spinner(f"Loading {model.name}", show_time=True):
                _do(f"{model.name} loaded in {{}}.", lambda: app.model_administration.load(signed.actor, model))
        if Feature.DELETE in server.features and st.button("Delete", key=f"delete_{model.id}", type="tertiary"):
            _confirm_delete(model)


def _do(done: str, action) -> None:
    try:
        took = action()
    except RecordAnalystError as error:
        messages.show_error(error)
        return
    st.session_state["models_done"] = done.format(seconds(took)) if took is not None else done
    st.rerun()


@st.dialog("Delete this model?")
def _confirm_delete(model: ModelInfo) -> None:
    st.markdown(f"**{plain(model.name)}** is deleted from {plain(model.server)}. It can be pulled again.")
    if st.button("Delete", type="primary", icon=":material/delete:"):
        _do(f"{model.name} deleted.", lambda: app.model_administration.delete(signed.actor, model))


def _pull(server: ModelServer) -> None:
    with st.form(f"pull_{server.name}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Pull a model", placeholder="qwen3:14b", max_chars=200, width=320)
        wanted = st.form_submit_button("Pull", icon=":material/download:")
    if not wanted or not name.strip():
        return
    stop = threading.Event()
    bar = st.progress(0.0, text="Asking the server")
    try:
        for progress in app.model_administration.pull(signed.actor, server.name, name.strip(), stop):
            share = progress.completed / progress.total if progress.completed and progress.total else 0.0
            bar.progress(min(share, 1.0), text=plain(progress.status))
    except RecordAnalystError as error:
        bar.empty()
        messages.show_error(error)
        return
    finally:
        stop.set()
    st.session_state["models_done"] = f"{name.strip()} pulled."
    st.rerun()


main()

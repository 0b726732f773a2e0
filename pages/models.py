"""Models: every server and what it offers; load, unload, pull, delete; defaults and keep-alive."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.bootstrap import application
from core.errors import RecordAnalystError
from core.model_administration import Pull
from core.models.model import Feature, ModelInfo, ModelServer
from core.sanitise import plain
from core.use_cases import UseCase
from pages.parts import messages
from pages.parts.clock import every
from pages.parts.formats import seconds
from pages.parts.identity import require
from pages.parts.layout import section, title
from pages.parts.model_picker import details

NO_CHOICE = "As the use case says"
ASK_AGAIN_SECONDS = 10.0

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
    if unavailable:
        every(ASK_AGAIN_SECONDS, "servers_down", lambda: app.catalogue.list().unavailable != found.unavailable)
    if not any(model.server != "embedded" for model in found.models):
        st.caption(
            "To answer with a larger model, start Ollama on this machine: its models appear here by themselves. Or put "
            f"a GGUF file into `{app.settings.var / 'models'}`; docs/models.md has the other ways."
        )
    _defaults(found.models)


def _draw_server(server: ModelServer, models: list[ModelInfo], problem: str | None) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(server.name)}**", width="content")
            st.badge("local" if server.local else "cloud", color="green" if server.local else "orange")
            if problem:
                st.caption(f":red[:material/cloud_off: {plain(problem)}] It is asked again by itself.", width="content")
            st.space("stretch")
            if Feature.LOAD in server.features and not problem:
                _keep_alive(server)
        if problem:
            return
        if not models:
            st.caption("No models yet.")
        for model in models:
            _draw_model(server, model)
        if Feature.PULL in server.features:
            _pull(server)


def _keep_alive(server: ModelServer) -> None:
    now = app.model_administration.keep_alive(server.name)
    words = f"Keeps models {now or 'as the server thinks best'}"
    with st.popover(words, icon=":material/timer:", type="tertiary"), st.form(f"keep_{server.name}", border=False):
        value = st.text_input(
            "How long a model stays loaded after an answer",
            now or "",
            placeholder="30m",
            help="30m, 2h, 0 for not at all, -1 for ever. Empty: as the server thinks best.",
        )
        if st.form_submit_button("Save", icon=":material/save:"):
            choose = app.model_administration.choose_keep_alive
            _do("Saved.", lambda: choose(signed.actor, server.name, value.strip()))


def _draw_model(server: ModelServer, model: ModelInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="content", gap=None):
            st.markdown(plain(model.name), width="content")
            said = details(model, app.performances.all().get(model.id)).removeprefix(f"On {server.name}").lstrip(":. ")
            st.caption(plain(said if model.language_model else f"Not a language model. {said}"), width="content")
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


def _do(done: str, action: Callable[[], float | None]) -> None:
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
    pull = app.model_administration.pull_of(server.name)
    if pull and not pull.ended:
        every(1.0, f"pull_{server.name}", lambda: _progress(pull))
        return
    if pull and pull.error:
        messages.show_problem(f"{pull.model}: {pull.error.message}", pull.error.hint)
    with st.form(f"pull_{server.name}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Pull a model", placeholder="qwen3:14b", max_chars=200, width=320)
        wanted = st.form_submit_button("Pull", icon=":material/download:")
    if wanted and name.strip():
        try:
            app.model_administration.pull(signed.actor, server.name, name)
        except RecordAnalystError as error:
            messages.show_error(error)
            return
        st.rerun()


def _progress(pull: Pull) -> bool:
    """It goes on when this page is left. Returns whether it has ended."""
    now = pull.progress
    share = now.completed / now.total if now.completed and now.total else 0.0
    size = f" · {now.completed / 1e9:.2f} of {now.total / 1e9:.2f} GB" if now.completed and now.total else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(share, 1.0), text=plain(f"Pulling {pull.model}: {now.status}{size}"), width="stretch")
        if st.button("Cancel", icon=":material/close:", key=f"cancel_{pull.server}"):
            pull.stop.set()
    if pull.ended and not pull.error:
        st.session_state["models_done"] = f"{pull.model} {'cancelled' if pull.stop.is_set() else 'pulled'}."
    return pull.ended


def _defaults(models: tuple[ModelInfo, ...]) -> None:
    section("Default models")
    st.caption("What the picker offers first, and what answers when nobody picks.")
    with st.container(border=True, gap="small"):
        for use_case in app.use_cases.all():
            _default(use_case, models)


def _default(use_case: UseCase, models: tuple[ModelInfo, ...]) -> None:
    allowed = [model.id for model in models if app.catalogue.allowed(model, use_case.sensitivity) is None]
    now = app.choices.get(f"default_model.{use_case.name}")
    options = [NO_CHOICE, *allowed, *([now] if now and now not in allowed else [])]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(use_case.title), width="content")
        if use_case.sensitivity == "restricted":
            st.badge("local only", color="gray")
        st.space("stretch")
        chosen = st.selectbox(
            use_case.title,
            options,
            index=options.index(now or NO_CHOICE),
            key=f"default_{use_case.name}",
            label_visibility="collapsed",
            width=360,
        )
        wanted = None if chosen == NO_CHOICE else chosen
        if wanted != now:
            choose = app.model_administration.choose_default
            _do(f"Default of {use_case.title} changed.", lambda: choose(signed.actor, use_case, wanted))


main()

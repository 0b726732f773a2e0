"""Analyze: choose a use case, enter a record ID, pick a model, watch the checked answer, look behind it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.analyses import Analysis
from core.analysis import Request
from core.bootstrap import application
from core.errors import NotFound, RecordAnalystError
from core.sanitise import plain
from core.use_cases import UseCase
from pages.parts import analysis_view, asking, messages, model_picker, parameters
from pages.parts.address import Address
from pages.parts.identity import require
from pages.parts.layout import section, title

COLUMNS = [1, 2]

signed = require("analyze")
app = application()
address = Address("analyze")


def main() -> None:
    analysis = _requested()
    # Two places, one of them emptied first: Streamlit takes away what the last run drew only when this one ends, and a
    # finished answer would stay below a new one for as long as that is written.
    if analysis and not analysis.running:
        place = st.container()
        st.empty()
    else:
        st.empty()
        place = st.container()
    with place:
        if analysis is None:
            _compose()
        elif analysis.running:
            _watch(analysis)
        else:
            _finished(analysis)


def _requested() -> Analysis | None:
    """The analysis that the address names, if this person may see it."""
    wanted = st.query_params.get("request")
    if not wanted:
        return None
    try:
        return analysis_view.open_analysis(app, signed, UUID(wanted))
    except ValueError:
        messages.show_error(NotFound("There is no such analysis."))
    except RecordAnalystError as error:
        messages.show_error(error)
    return None


def _compose() -> None:
    left, right = st.columns(COLUMNS, gap="large")
    with left:
        title("Analyze a record")
        use_case = _choose_use_case()
        if use_case is None:
            return
        with st.container():  # lines that come and go in it do not move the form, which would lose what is typed there
            model = model_picker.pick(app, signed, use_case)
        asked = _form(use_case, model)
        _recent(use_case)
    record_id = st.session_state.get("record_id") or ""
    with right:
        if _invite(use_case, model):
            _ask(use_case, use_case.record_id.example, model)
        _say_how_to_connect()
    if asked and not model_picker.is_lost():
        with left:
            _ask(use_case, record_id, model)
    else:
        asking.forget()


def _invite(use_case: UseCase, model: str | None) -> bool:
    """What will happen, and one click to see it; returns whether the example was asked for."""
    rule = use_case.record_id
    with st.container(border=True, key="invite", gap="medium"):
        section(use_case.question)
        st.markdown(
            f":material/database: &ensp;One stored procedure reads the {_noun(rule.label)}’s record. "
            "The model has no way to the database.  \n"
            ":material/visibility_off: &ensp;What identifies people is masked before the model reads it.  \n"
            ":material/fact_check: &ensp;Each figure, date and identifier of the answer is checked against the record."
        )
        if use_case.purpose == "required":
            st.caption("Say for what purpose you need the record; it is kept in the audit log.")
            return False
        return st.button(f"Try {rule.example}", icon=":material/play_arrow:", key="try_example", disabled=model is None)


def _say_how_to_connect() -> None:
    if all(info.server == "embedded" for info in app.catalogue.list().models):
        st.caption(
            ":material/memory: &ensp;Only the models that come with the product are here. For a capable one, start "
            "Ollama on this machine: its models appear under Model by themselves."
        )


def _noun(label: str) -> str:
    """`Customer ID` names a customer."""
    return label.removesuffix(" ID").lower()


def _choose_use_case() -> UseCase | None:
    with st.container():
        for broken in (*app.use_cases.broken(), *app.contracts.broken()) if signed.is_admin else ():
            messages.show_error(broken)
    choices = app.use_cases.for_role(signed.user.role)
    if not choices:
        messages.empty_state("Nothing to ask yet", "No use case is open to your role. Ask your administrator.")
        return None
    by_name = {one.name: one for one in choices}
    return by_name[address.select("Use case", {name: one.title for name, one in by_name.items()}, "use_case")]


def _form(use_case: UseCase, model: str | None) -> bool:
    rule = use_case.record_id
    if picked := st.session_state.pop("picked_record_id", None):
        st.session_state["record_id"] = picked
    with st.form("ask", border=False):
        st.text_input(
            rule.label,
            key="record_id",
            placeholder=rule.example,
            help=f"Looks like {rule.example}.",
            validate=(rf"^\s*({rule.pattern})\s*$", f"This is not a {rule.label}. It looks like {rule.example}."),
        )
        required = use_case.purpose == "required"
        if required:
            _purpose("Purpose", use_case)
        parameters.ask(use_case, required=True)
        more = "More: question" if required else "More: question, purpose"
        with st.expander(more, expanded=bool(st.session_state.get("question"))):
            st.text_area(
                "Question",
                key="question",
                placeholder=use_case.question,
                max_chars=2000,
                help="Ask something else about this record. Empty: the use case's own question.",
            )
            if use_case.purpose == "optional":
                _purpose("Purpose (optional)", use_case)
            parameters.ask(use_case, required=False)
        return st.form_submit_button("Analyze", type="primary", width="stretch", disabled=model is None)


def _purpose(label: str, use_case: UseCase) -> None:
    help = "Why you need this record. It is kept in the audit log."
    st.text_input(label, key=f"purpose_{use_case.name}", max_chars=500, help=help)


def _recent(use_case: UseCase) -> None:
    recent = app.analyses.recent_record_ids(signed.user.username, use_case.name)
    if not recent:
        return

    def pick() -> None:
        st.session_state["picked_record_id"] = st.session_state.pop("recent", None)

    st.pills("Recent", recent, format_func=plain, key="recent", on_change=pick)


def _ask(use_case: UseCase, record_id: str, model: str | None) -> None:
    request = Request(
        actor=signed.actor,
        use_case=use_case.name,
        record_id=record_id,
        model=model,
        purpose=(st.session_state.get(f"purpose_{use_case.name}") or "").strip() or None,
        question=(st.session_state.get("question") or "").strip() or None,
        parameters=parameters.chosen(use_case),
    )
    asking.ask(app, request)


def _watch(analysis: Analysis) -> None:
    use_case = analysis_view.use_case_of(app, analysis)
    left, right = st.columns(COLUMNS, gap="large")
    with left:
        title("Analyze a record")
        st.text_input(
            "Use case", use_case.title if use_case else analysis.use_case, disabled=True, key="running_use_case"
        )
        st.text_input("Model", analysis.model.rpartition("/")[2], disabled=True, key="running_model")
        st.caption("You may leave this page: the answer goes on, and History has it.")
        label = use_case.record_id.label if use_case else "Record"
        st.text_input(label, analysis.record_id, disabled=True, key="running_record")
        with st.expander("More: question, purpose"):
            st.caption(f"Question: {plain(analysis.question or 'the one of the use case')}")
            st.caption(f"Purpose: {plain(analysis.purpose or 'none given')}")
        if analysis.username == signed.user.username:
            if st.button("Stop", icon=":material/stop:", width="stretch", type="primary", key="stop"):
                app.jobs.stop(analysis.request_id)
        else:
            st.caption(f"{plain(analysis.username)} asked this and can stop it.")
    with right:
        analysis_view.watch(app, signed, analysis)
    st.rerun()


def _finished(analysis: Analysis) -> None:
    if wanted := analysis_view.header(app, analysis):
        address.only(use_case=analysis.use_case)
        if wanted == "change":
            st.session_state["picked_record_id"] = analysis.record_id
            st.session_state["question"] = analysis.question or ""
            st.session_state[f"purpose_{analysis.use_case}"] = analysis.purpose or ""
        st.rerun()
    analysis_view.draw(app, signed, analysis)
    asking.forget()


main()

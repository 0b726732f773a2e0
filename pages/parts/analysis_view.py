"""One analysis as several pages show it: facts, answer, evidence, what stands behind it."""

from __future__ import annotations

import time
from uuid import UUID

import streamlit as st

from core.access import check_may_open
from core.analyses import Analysis
from core.analysis import Request
from core.audit.entry import Entry, Event, Outcome
from core.bootstrap import Application
from core.errors import UnknownUseCase
from core.masking import MaskedRecord
from core.sanitise import plain
from core.use_cases import UseCase
from core.view import View, view
from pages.parts import answer, asking, evidence, follow_up, model_picker, record_tables
from pages.parts.formats import ago, exact, human, seconds
from pages.parts.identity import Signed
from pages.parts.layout import TEXT_WIDTH
from pages.parts.messages import show_notice, show_problem

OUTCOMES = {
    Outcome.COMPLETED: ("Completed", "green", ":material/check:"),
    Outcome.STOPPED: ("Stopped", "gray", ":material/stop_circle:"),
    Outcome.NO_RECORD: ("No such record", "gray", ":material/search_off:"),
    Outcome.REFUSED: ("Refused", "red", ":material/block:"),
    Outcome.FAILED: ("Failed", "red", ":material/error:"),
    Outcome.TIMED_OUT: ("Timed out", "red", ":material/timer_off:"),
    Outcome.ABORTED: ("Aborted", "red", ":material/power_off:"),
}


def open_analysis(app: Application, signed: Signed, request_id: UUID) -> Analysis:
    """Raises NotFound when it does not exist or this person may not see it: the two look the same."""
    analysis = app.jobs.analysis(request_id)
    check_may_open(signed.actor, analysis, app.use_cases)
    if analysis.username != signed.user.username:
        _audit_opening(app, signed, analysis)
    return analysis


def _audit_opening(app: Application, signed: Signed, analysis: Analysis) -> None:
    """Once per person, analysis and visit."""
    opened: set[UUID] = st.session_state.setdefault("opened", set())
    if analysis.request_id not in opened:
        app.audit.append(
            Entry(
                event=Event.OPENED,
                actor=signed.actor,
                request_id=analysis.request_id,
                use_case=analysis.use_case,
                record_id=analysis.record_id,
            )
        )
        opened.add(analysis.request_id)


def use_case_of(app: Application, analysis: Analysis) -> UseCase | None:
    try:
        return app.use_cases.get(analysis.use_case)
    except UnknownUseCase:
        return None


def title_of(app: Application, name: str) -> str:
    """The use case's title; its name made human when the file is gone."""
    try:
        return app.use_cases.get(name).title
    except UnknownUseCase:
        return human(name)


def watch(app: Application, signed: Signed, analysis: Analysis) -> None:
    """Draws a running analysis until it ends, also when another replica runs it."""
    job = app.jobs.get(analysis.request_id)

    def from_database(_: int, timeout: float) -> tuple[int, Analysis]:
        time.sleep(timeout)
        return 0, app.analyses.get(analysis.request_id)

    answer.stream(job.watch if job else from_database, lambda now: view(now, app.use_cases, signed.user))


def header(app: Application, analysis: Analysis) -> str | None:
    """One line; returns "change" or "new" when that button was pressed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        heading(app, analysis)
        st.space("stretch")
        if st.button("Change", icon=":material/tune:", key="change"):
            return "change"
        if st.button("New analysis", type="primary", icon=":material/add:", key="new_analysis"):
            return "new"
    return None


def heading(app: Application, analysis: Analysis) -> None:
    """The record, and beside it what was asked of which model."""
    beside = f"{title_of(app, analysis.use_case)} · {analysis.model.rpartition('/')[2]}"
    st.title(f"{plain(analysis.record_id)} &ensp;:small[:gray[{plain(beside)}]]", anchor=False, width="content")


def draw(app: Application, signed: Signed, analysis: Analysis) -> None:
    shown = view(analysis, app.use_cases, signed.user)
    facts(analysis)
    if analysis.erased_at:
        st.info(
            f"Its content was erased {ago(analysis.erased_at)}. The audit log has its story.", icon=":material/delete:"
        )
    if analysis.question:
        st.caption(f"Question: {plain(analysis.question)}")
    follow_up.earlier(analysis)
    if analysis.error_message:
        quiet = analysis.outcome in (Outcome.NO_RECORD, Outcome.STOPPED)
        (show_notice if quiet else show_problem)(analysis.error_message, analysis.error_hint)
    for warning in analysis.warnings:
        st.warning(plain(warning), icon=":material/content_cut:")
    if analysis.review:
        _review(analysis)
    if analysis.answer:
        with st.container(width=TEXT_WIDTH):
            follow_up.thoughts(shown)
        evidence.draw(shown)
    actions(app, signed, analysis, shown)
    behind(shown)


def facts(analysis: Analysis) -> None:
    label, colour, icon = OUTCOMES[analysis.outcome or Outcome.ABORTED]
    parts = [seconds(analysis.total_ms)]
    if analysis.first_token_ms is not None:
        parts.append(f"first token {seconds(analysis.first_token_ms)}")
    if analysis.prompt_tokens is not None and analysis.answer_tokens is not None:
        parts.append(f"{analysis.prompt_tokens:,} + {analysis.answer_tokens:,} tokens")
    if analysis.audit_asked and analysis.audit_outcome:
        parts.append(f"audit \\#{analysis.audit_asked:,}–{analysis.audit_outcome:,}")
    parts.append(ago(analysis.asked_at))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(label, icon=icon, color=colour)
        st.caption(" · ".join(part for part in parts if part), help=_precisely(analysis), width="content")


def _precisely(analysis: Analysis) -> str:
    lines = [
        f"Asked {exact(analysis.asked_at, st.context.timezone)} by {plain(analysis.username)}",
        f"Model {plain(analysis.model)}",
        f"Procedure {seconds(analysis.procedure_ms)}" if analysis.procedure_ms is not None else "",
        f"Loading the model {seconds(analysis.load_ms)}" if analysis.load_ms else "",
        "Tokens are those of the prompt and of the answer" if analysis.prompt_tokens is not None else "",
    ]
    return "  \n".join(line for line in lines if line)


def _review(analysis: Analysis) -> None:
    review = analysis.review
    assert review is not None
    comment = f": {plain(review.comment)}" if review.comment else "."
    if review.verdict == "approved":
        st.success(f"Approved by {plain(review.reviewer)}{comment}", icon=":material/verified:")
    else:
        st.warning(f"Returned by {plain(review.reviewer)}{comment}", icon=":material/undo:")


def actions(app: Application, signed: Signed, analysis: Analysis, shown: View) -> None:
    use_case = use_case_of(app, analysis)
    with st.container(horizontal=True):
        if shown.answer:
            with st.popover("Copy", icon=":material/content_copy:"):
                st.caption("The copy button is at the top right of the text.")
                st.code(shown.answer, language=None, wrap_lines=True, height=320)
        own = analysis.username == signed.user.username and analysis.outcome is not Outcome.NO_RECORD
        if use_case and signed.user.role in use_case.roles and own:
            again(app, signed, analysis, use_case)
    if use_case and signed.user.role in use_case.roles and own:
        with st.container(width=TEXT_WIDTH):
            follow_up.go_on(app, signed, analysis)


def again(app: Application, signed: Signed, analysis: Analysis, use_case: UseCase) -> None:
    """The same record with another model."""
    with st.popover("Ask again", icon=":material/swap_horiz:"):
        model = model_picker.pick(app, signed, use_case, key="again_model")
        wanted = st.button("Ask", type="primary", key="again", disabled=model is None)
        if wanted and not model_picker.is_lost("again_model"):
            request = Request(
                actor=signed.actor,
                use_case=analysis.use_case,
                record_id=analysis.record_id,
                model=model,
                purpose=analysis.purpose,
                question=analysis.question,
                parameters=analysis.parameters,
            )
            asking.ask(app, request)


@st.fragment
def behind(shown: View) -> None:
    """The record as tables, the prompt, and the record as the model saw it; only the open tab is drawn and sent."""
    analysis, record = shown.analysis, shown.record
    if record is None or analysis.masked is None:
        return
    names = [f"{human(result_set.name)} {len(result_set.rows):,}" for result_set in record.result_sets]
    masked = bool(analysis.masked.tokens or analysis.masked.dropped)
    labels = [*names, "Prompt", *(["As the model saw it"] if masked else [])]
    tabs = st.tabs(labels, key=f"behind_{analysis.request_id}", on_change="rerun")
    for tab, result_set in zip(tabs, record.result_sets, strict=False):
        if tab.open:
            with tab:
                record_tables.draw(result_set, key=f"set_{result_set.name}")
    if tabs[len(names)].open:
        with tabs[len(names)]:
            _prompt(analysis)
    if masked and tabs[-1].open:
        with tabs[-1]:
            _as_the_model_saw_it(analysis.masked)


def _prompt(analysis: Analysis) -> None:
    st.caption("Exactly what was sent to the model.")
    for message in analysis.prompt:
        st.code(message.content, language=None, wrap_lines=True, height=360)


def _as_the_model_saw_it(masked: MaskedRecord) -> None:
    left_out = [column.partition(".") for column in masked.dropped]
    for name in dict.fromkeys(name for name, _, _ in left_out):
        columns = ", ".join(human(column) for of, _, column in left_out if of == name)
        st.caption(f"Left out of {plain(human(name))}: {plain(columns)}.")
    for result_set in masked.record.result_sets:
        st.markdown(f"**{human(result_set.name)}**")
        record_tables.draw(result_set, key=f"masked_{result_set.name}")

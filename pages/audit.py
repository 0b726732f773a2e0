"""Audit: every event, whether the chain is whole, and the story of one request."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd
import streamlit as st

from core.accounts.user import Role
from core.audit.entry import Entry, Event, Outcome
from core.audit.export import MANIFEST, Format, export
from core.audit.query import AuditRow, Filter, models, page, story
from core.audit.verification import State
from core.audit.verify import verify
from core.bootstrap import application
from core.errors import RecordAnalystError
from core.retention import erase
from core.sanitise import plain
from pages.parts import messages
from pages.parts.address import Address
from pages.parts.analysis_view import OUTCOMES, title_of
from pages.parts.formats import ago, exact, human, seconds
from pages.parts.identity import require
from pages.parts.layout import choose, section, times, title

TIMES = {"Last 24 hours": 1, "7 days": 7, "30 days": 30, "A year": 365, "All time": None}
STATES = {
    State.INTACT: ("green", ":material/verified:"),
    State.UNANCHORED: ("orange", ":material/anchor:"),
    State.BROKEN: ("red", ":material/gpp_bad:"),
}
EVENTS = {event: human(event.value.replace(".", " ")) for event in Event} | {
    Event.SIGNED_IN: "Signed in",
    Event.SIGN_IN_REFUSED: "Sign-in refused",
    Event.SIGNED_OUT: "Signed out",
    Event.PASSWORD_CHANGED: "Password changed",
    Event.KEY_ADDED: "API key added",
    Event.KEY_REVOKED: "API key revoked",
    Event.AUDIT_VIEWED: "Audit log viewed",
    Event.AUDIT_EXPORTED: "Audit log exported",
}

signed = require("audit")
app = application()


def main() -> None:
    title("Audit")
    _chain()
    chosen = _filter()
    _audit_look(chosen)
    before = _number("before")
    after = _number("after")
    found = page(app.engine, chosen, before=before, after=after, limit=50)
    if not found.rows:
        messages.empty_state("No events", "Nothing in the log matches. Take a longer time or fewer filters.")
        return
    row = _table(found.rows)
    with st.container(horizontal=True, horizontal_alignment="right"):
        _export(chosen)
        st.space("stretch")
        if st.button("Newer", icon=":material/chevron_left:", disabled=not found.has_newer, key="newer"):
            _go(after=found.rows[0].seq)
        if st.button("Older", icon=":material/chevron_right:", disabled=not found.has_older, key="older"):
            _go(before=found.rows[-1].seq)
    if row:
        _details(row)


def _chain() -> None:
    with st.spinner("Checking the chain", show_time=True):
        found = verify(app.audit)
    colour, icon = STATES[found.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"Intact to #{found.up_to:,}" if found.state is State.INTACT else found.state.value.capitalize()
        st.badge(label, color=colour, icon=icon)
        if found.state is State.INTACT and found.anchored_at:
            anchored = datetime.fromisoformat(found.anchored_at)
            words = f"Last checkpoint {ago(anchored)} · kept outside the database"
            st.caption(words, help=plain(found.words), width="content")
        else:
            st.caption(plain(found.words))


def _filter() -> Filter:
    address = Address("audit", moved=_from_the_newest)
    titles = {one.name: one.title for one in app.use_cases.all()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        when = address.select("Time", {time: time for time in TIMES}, "time")
        user = address.text("User", "user", placeholder="Everyone")
        role = address.select("Role", {"": "All"} | {one.value: one.value.capitalize() for one in Role}, "role")
        use_case = address.select("Use case", {"": "All"} | titles, "use_case")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        record = address.text("Record", "record", placeholder="Any")
        seen = models(app.engine)
        model = address.select("Model", {"": "All"} | {one: one for one in seen}, "model")
        event = address.select("What", {"": "All"} | EVENTS, "event")
        outcome = address.select("Outcome", {"": "All"} | {one.value: OUTCOMES[one][0] for one in Outcome}, "outcome")
    days = TIMES[when]
    return Filter(
        since=datetime.now(UTC) - timedelta(days=days) if days else None,
        username=user.strip().lower() or None,
        role=role or None,
        use_case=use_case or None,
        record_id=record.strip() or None,
        model=model or None,
        event=Event(event) if event else None,
        outcome=Outcome(outcome) if outcome else None,
    )


def _from_the_newest() -> None:
    for key in ("before", "after"):
        st.query_params.pop(key, None)


def _go(**place: int) -> None:
    _from_the_newest()
    for key, seq in place.items():
        st.query_params[key] = str(seq)
    st.rerun()


def _number(key: str) -> int | None:
    text = st.query_params.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _audit_look(chosen: Filter) -> None:
    """Looking is audited: once for each filter."""
    what = {name: value for name, value in chosen.to_json().items() if name != "since"}
    if st.session_state.get("audit_looked") != what:
        app.audit.append(Entry(event=Event.AUDIT_VIEWED, actor=signed.actor, details=what or None))
        st.session_state["audit_looked"] = what


def _table(rows: tuple[AuditRow, ...]) -> AuditRow | None:
    columns = {
        "#": [row.seq for row in rows],
        "When": times(row.at for row in rows),
        "Who": [row.username or "system" for row in rows],
        "What": [_what(row) for row in rows],
        "Use case": [title_of(app, row.use_case) if row.use_case else None for row in rows],
        "Record": [row.record_id for row in rows],
        "Model": [row.model.rpartition("/")[2] if row.model else None for row in rows],
        "Seconds": [row.total_ms / 1000 if row.total_ms is not None else None for row in rows],
    }
    formats = {
        "#": st.column_config.NumberColumn(format="%,d", width=60),
        "When": st.column_config.DatetimeColumn(format="D MMM, HH:mm:ss", help="In your time zone."),
        "Use case": st.column_config.TextColumn(width=125),
        "Model": st.column_config.TextColumn(width=150),
        "Seconds": st.column_config.NumberColumn(format="%.1f", width="small"),
    }
    by_seq = {row.seq: row for row in rows}
    chosen = choose(columns, list(by_seq), "audit_table", formats, height=min(560, 36 * (len(rows) + 1)))
    return by_seq.get(chosen) if chosen is not None else None


def _what(row: AuditRow) -> str:
    if row.event == Event.OUTCOME and row.outcome:
        return f"Analysis {OUTCOMES[Outcome(row.outcome)][0].lower()}"
    if row.event == Event.REVIEWED:
        return f"Review {row.reason}"
    return EVENTS[Event(row.event)]


def _details(row: AuditRow) -> None:
    section(f"\\#{row.seq:,} {_what(row)}")
    st.caption(exact(row.at, st.context.timezone))
    if row.request_id:
        st.markdown("**The whole story of this request**")
        for step in story(app.engine, UUID(str(row.request_id))):
            took = f", {seconds(step.total_ms)}" if step.total_ms is not None else ""
            who = plain(step.username or "system")
            st.markdown(
                f"- \\#{step.seq:,} · {exact(step.at, st.context.timezone)} · {who} · {plain(_what(step))}{took}"
            )
        _erase(row)
    known = [
        (human(name), str(value))
        for name, value in row.to_json().items()
        if value is not None and name not in ("seq", "at", "event")
    ]
    st.dataframe(pd.DataFrame(known, columns=["Field", "Value"]), hide_index=True, height="content")


def _erase(row: AuditRow) -> None:
    """The content of an analysis, on request; the events stay."""
    if row.event not in (Event.ASKED, Event.OUTCOME):
        return
    with st.popover("Erase content", icon=":material/delete:", key=f"erase_{row.seq}"):
        st.caption(
            "Record, prompt, answer, question and comments go for good, here and in what goes on from this analysis. "
            "Who asked what, and when, stays."
        )
        with st.form(f"erase_form_{row.seq}", border=False):
            reason = st.text_input("Reason", max_chars=500, placeholder="Request of the person, ticket 4711")
            if not st.form_submit_button("Erase", type="primary", icon=":material/delete:"):
                return
        try:
            erase(app.audit, signed.actor, UUID(str(row.request_id)), reason)
        except RecordAnalystError as error:
            messages.show_error(error)
            return
    st.success("The content is erased.", icon=":material/check:")


def _export(chosen: Filter) -> None:
    with st.popover("Export", icon=":material/download:"):
        st.caption("What the filter shows, with a manifest that `python -m core audit verify --export FILE` checks.")
        format = st.segmented_control("Format", list(Format), default=Format.CSV, format_func=str.upper, key="format")
        st.download_button(
            "Download",
            lambda: _zip(chosen, format or Format.CSV),
            file_name=f"audit-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip",
            mime="application/zip",
            type="primary",
            on_click="ignore",
        )


def _zip(chosen: Filter, format: Format) -> bytes:
    """The rows and their manifest in one file. Runs when the button is pressed, and is audited first."""
    app.audit.append(Entry(event=Event.AUDIT_EXPORTED, actor=signed.actor, details=dict(chosen.to_json()) or None))
    rows, archive = io.BytesIO(), io.BytesIO()
    manifest = export(app.audit, chosen, format, rows)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"audit.{format}", rows.getvalue())
        file.writestr(f"audit.{format}{MANIFEST}", manifest.to_json())
    return archive.getvalue()


main()

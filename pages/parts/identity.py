"""Who a page is drawn for. `require` is the first statement of every page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from core.accounts.permissions import may
from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event, Outcome
from core.bootstrap import application
from core.errors import NotAllowed, NotSignedIn, RecordAnalystError
from core.web.identity import session_of
from pages.parts.messages import show_error


@dataclass(frozen=True, slots=True)
class Signed:
    """A person whose session lives at this moment."""

    user: User
    actor: Actor
    session_id: UUID

    @property
    def is_admin(self) -> bool:
        return self.user.role is Role.ADMIN


def signed_in() -> Signed | None:
    """Looked up in the database at every run: a session that was ended is out at the next click."""
    session = session_of(application().sessions, st.user.to_dict())
    return Signed(session.user, session.actor, session.session_id) if session else None


def require(action: str) -> Signed:
    """Who is signed in and may do `action`; for everybody else the page ends here."""
    try:
        signed = signed_in()
        if signed is None:
            show_error(NotSignedIn("Your session has ended."))
            st.link_button("Sign in", "/sign-in", icon=":material/login:", type="primary")
            st.stop()
        if not may(signed.user.role, action):
            _refuse(signed, action)
    except RecordAnalystError as error:
        show_error(error)
        st.stop()
    return signed


def _refuse(signed: Signed, action: str) -> None:
    application().audit.append(
        Entry(
            event=Event.PAGE_REFUSED,
            actor=signed.actor,
            outcome=Outcome.REFUSED,
            reason="the role may not",
            details={"page": action},
        )
    )
    show_error(NotAllowed("This page is not for your role."))
    if st.button("Back to Analyze", icon=":material/arrow_back:", key="back"):
        st.switch_page("analyze.py")
    st.stop()


def sign_out(signed: Signed) -> None:
    try:
        application().sessions.end(signed.actor, signed.session_id)
    except RecordAnalystError as error:
        show_error(error)
        return
    st.logout()

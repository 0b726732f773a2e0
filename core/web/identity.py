"""Who a page is drawn for. The gate names the session to Streamlit; whether it still lives is looked up every time."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.accounts.sessions import Session, Sessions

SESSION_KEY = "session"  # in st.user, by server.trustedUserHeaders


def session_of(sessions: Sessions, told: Mapping[str, object]) -> Session | None:
    """The session that `st.user.to_dict()` names, if it has not ended. Raises StoreUnavailable."""
    try:
        session_id = UUID(str(told.get(SESSION_KEY)))
    except ValueError:
        return None
    return sessions.find(session_id)

"""The shell: who is signed in decides which pages exist for them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.accounts.permissions import may
from core.accounts.user import Role
from core.sanitise import plain
from pages.parts.identity import sign_out, signed_in

PARTS = Path(__file__).parent / "parts"
STYLE, LOGO, MARK = PARTS / "style.css", PARTS / "logo" / "logo.svg", PARTS / "logo" / "mark.svg"
SECTIONS = {
    "Work": [
        ("analyze", "Analyze", ":material/query_stats:"),
        ("history", "History", ":material/history:"),
        ("review", "Review", ":material/rate_review:"),
    ],
    "Admin": [
        ("audit", "Audit", ":material/fact_check:"),
        ("users", "Users", ":material/group:"),
        ("models", "Models", ":material/memory:"),
        ("health", "Health", ":material/monitor_heart:"),
    ],
    "You": [("account", "Account", ":material/person:")],
}


def pages_for(role: Role) -> dict[str, list[st.Page]]:
    """The pages of this role, by section. The others are there, unlisted, to refuse whoever types their address."""
    sections: dict[str, list[st.Page]] = {}
    unlisted = [st.Page(home, title="Record Analyst", url_path="home", default=True, visibility="hidden")]
    for section, pages in SECTIONS.items():
        for name, title, icon in pages:
            allowed = may(role, name)
            visibility = "visible" if allowed else "hidden"
            page = st.Page(f"{name}.py", title=title, icon=icon, url_path=name, visibility=visibility)
            (sections.setdefault(section, []) if allowed else unlisted).append(page)
    sections["You"] += unlisted
    return sections


def home() -> None:
    st.switch_page("analyze.py", query_params=dict(st.query_params))


st.set_page_config(page_title="Record Analyst", page_icon=MARK, layout="wide")
st.html(STYLE)
st.logo(LOGO, icon_image=MARK)
signed = signed_in()
page = st.navigation(pages_for(signed.user.role) if signed else [st.Page("signed_out.py", title="Signed out")])
if signed:
    with st.sidebar:
        st.caption(f"Signed in as **{plain(signed.user.name)}** · {signed.user.role}")
        if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out"):
            sign_out(signed)
page.run()

"""Health: what is up, what is not, and what to do."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.bootstrap import application
from core.health import Finding, Level, check
from core.sanitise import plain
from pages.parts.identity import require

SIGNS = {
    Level.OK: ("Up", "green", ":material/check:"),
    Level.WARNING: ("Look at it", "orange", ":material/warning:"),
    Level.DOWN: ("Down", "red", ":material/error:"),
}

signed = require("health")
app = application()


def main() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("### Health", width="content")
        st.space("stretch")
        st.button("Check again", icon=":material/refresh:", key="check_again")
    with st.spinner("Asking everything once", show_time=True):
        findings = check(app.engine, app.audit, app.databases, app.use_cases, app.catalogue, app.settings.var)
    bad = [finding for finding in findings if finding.level is not Level.OK]
    if bad:
        st.markdown(f"{len(bad)} of {len(findings)} checks need a look.")
    else:
        st.markdown(f"All {len(findings)} checks are well.")
    for area, group in groupby(findings, key=lambda finding: finding.area):
        st.markdown(f"**{area}**")
        with st.container(border=True, gap="small"):
            for finding in group:
                _draw(finding)


def _draw(finding: Finding) -> None:
    label, colour, icon = SIGNS[finding.level]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(label, color=colour, icon=icon)
        st.markdown(f"**{plain(finding.subject)}**", width="content")
        st.caption(plain(f"{finding.text} {finding.remedy}".strip()), width="content")


main()

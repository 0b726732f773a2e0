"""Health: what is up, what is not, and what to do."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.bootstrap import application
from core.health import Finding, Level, check
from core.sanitise import plain
from pages.parts.identity import require
from pages.parts.layout import section, title_line

SIGNS = {
    Level.OK: ("Up", "green", ":material/check:"),
    Level.WARNING: ("Look at it", "orange", ":material/warning:"),
    Level.DOWN: ("Down", "red", ":material/error:"),
}

signed = require("health")
app = application()


def main() -> None:
    with title_line("Health"):
        st.button("Check again", icon=":material/refresh:", key="check_again")
    with st.spinner("Asking everything once", show_time=True):
        findings = check(
            app.engine, app.audit, app.databases, app.use_cases, app.catalogue, app.settings.var, app.settings.auth
        )
    bad = [finding for finding in findings if finding.level is not Level.OK]
    if bad:
        st.markdown(f"{len(bad)} of {len(findings)} checks need a look.")
    else:
        st.markdown(f"All {len(findings)} checks are well.")
    for area, group in groupby(findings, key=lambda finding: finding.area):
        section(area)
        with st.container(border=True, gap="small"):
            for finding in group:
                _draw(finding)


def _draw(finding: Finding) -> None:
    label, colour, icon = SIGNS[finding.level]
    remedy = f" **{plain(finding.remedy)}**" if finding.remedy else ""
    sign = f":{colour}-badge[{icon} {label}]"
    st.markdown(f"{sign} &ensp;**{plain(finding.subject)}** &ensp;:gray[{plain(finding.text)}]{remedy}")


main()

"""A figure that stands inside free text: a note, a subject, a clause."""

from __future__ import annotations

from core.evidence.claims import Claim, Form
from core.evidence.frame import Frame, scopes
from core.evidence.match import Fit, convert, fit
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict


def read(frame: Frame, claim: Claim) -> Support | None:
    """Only in rows the words allow, and with the same unit where the text has one."""
    if claim.form in (Form.FRACTION, Form.MULTIPLE, Form.ORDINAL, Form.NONE):
        return None
    for value, _ in claim.readings:
        for entry in frame.index.text_figures.get(value, ()):
            if entry.unit is not None and claim.unit is not None and convert(claim.unit, entry.unit) != 1.0:
                continue
            if (entry.unit is None) != (claim.unit is None) and value < 10:
                continue
            if fit(claim, value) is Fit.NO:
                continue
            facts = frame.index.sets[entry.column.set_index]
            if any(scope.mask >> entry.row & 1 for scope in scopes(frame, facts, claim)):
                why = f"{where(facts, entry.row)}: stands in the text of {entry.column.name}."
                return Support(Verdict.FOUND, why, (facts.cell(entry.row, entry.column),))
    return None

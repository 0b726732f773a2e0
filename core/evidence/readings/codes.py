"""Identifiers: known ones stand in the record; unknown ones that look like the record's are invented or mistyped."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Claim
from core.evidence.frame.frame import Frame
from core.evidence.index.index import shape_of
from core.evidence.language.stems import fold
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict


def read(frame: Frame, claim: Claim) -> Support | None:
    """None when the record does not have it; an IGNORED support when it is no identifier of a record."""
    index = frame.index
    code = fold(claim.text.lstrip("# "))
    if code == fold(index.record.record_id):
        return Support(Verdict.FOUND, "The record's own ID.")
    for facts in index.sets:
        for column in facts.columns:
            if code not in column.folded:
                continue
            for row, text in enumerate(column.texts):
                if text and code in fold(text) and re.search(rf"(?<![\w]){re.escape(code)}(?![\w])", fold(text)):
                    return Support(
                        Verdict.FOUND,
                        f"{where(facts, row)}: {column.name} has {claim.text}.",
                        (facts.cell(row, column),),
                    )
    if shape_of(code) in index.shapes or looks_like_code(claim.text):
        return None
    return Support(Verdict.IGNORED, "A name or a label, not an identifier of this record.")


def looks_like_code(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    return text.startswith("#") or digits >= 4 or (digits >= 3 and bool(re.search(r"[-_/]", text)))

"""A figure that is told to so many places that chance hardly makes it: whatever arithmetic over the rows and columns
that the words allow makes it, carries it."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import DIFFERENCE
from core.evidence.match import fit
from core.evidence.readings.choice import candidates, compatible
from core.evidence.readings.matching import matching
from core.evidence.readings.nouns import Noun
from core.evidence.readings.pairs import direction, near_stems
from core.evidence.readings.workings.amounts import amounts
from core.evidence.readings.workings.chance import tries
from core.evidence.readings.workings.lengths import lengths
from core.evidence.readings.workings.products import products, quotients
from core.evidence.readings.workings.ratios import ratios
from core.evidence.readings.workings.twos import is_ratio
from core.evidence.readings.workings.working import Working
from core.evidence.support import Support, derived


def read(frame: Frame, claim: Claim, noun: Noun | None, *, told_otherwise: bool) -> Support | None:
    """`told_otherwise`: the words name a cell that has another figure, so the figure may only be set against it."""
    most = tries(claim)
    if most == 0 or claim.form in (Form.NONE, Form.ORDINAL):
        return None
    if told_otherwise and near_stems(frame, claim).isdisjoint(DIFFERENCE):
        return None
    if _stands_elsewhere(frame, claim) and near_stems(frame, claim).isdisjoint(DIFFERENCE) and not frame.adds_up:
        return None  # the figure of another place is not worked out
    way = direction(frame, claim)
    for workings in _workings(frame, claim, noun):
        for working in _plainest(workings, most):
            if working.way is not None and way not in (0, working.way):
                continue
            if told_otherwise and len(working.terms) < 2:
                continue
            quality = fit(claim, working.value, sign=False)
            if quality is not Fit.NO:
                if working.against is not None:
                    frame.set_against[claim] = working.against
                return derived(quality, str(working.why), working.cells)
    return None


def _stands_elsewhere(frame: Frame, claim: Claim) -> bool:
    return any(compatible(frame, claim, c) and matching(claim, c).exact for c in frame.index.numbers)


def _plainest(workings: Iterator[Working], most: int) -> Iterator[Working]:
    """As many as may be tried; the same value again is no new try."""
    tried: set[float] = set()
    for working in workings:
        tried.add(round(abs(working.value), 4))
        if len(tried) > most:
            return
        yield working


def _workings(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[Iterator[Working]]:
    """By kinds, each of which has its own tries."""
    if is_ratio(claim):
        yield ratios(frame, claim)
        return
    columns = candidates(frame, claim)
    if noun is not None and noun.sets:
        columns = [c for c in columns if noun.allows(frame, c, claim)]
    yield amounts(frame, claim, columns)
    yield lengths(frame, claim)
    yield products(frame, claim, columns)
    yield quotients(frame, claim, columns)

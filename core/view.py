"""What one person sees of an analysis: the values behind tokens for those who may, tokens for everybody else.

The check ran on what the model saw, so its offsets are into the masked answer; `segments` carries them over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from core.accounts.user import User
from core.analyses import Analysis
from core.citations import Citation, cited
from core.errors import UnknownUseCase
from core.evidence.verdict import TO_CHECK, CheckedClaim, Verdict
from core.masking import Tokens, Unmasker, may_unmask, unmask, unmask_record
from core.records.record import Record
from core.use_cases import UseCases

_LEAD = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,3}[.)]|#{1,6})[ \t]+)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the answer, as this person sees it: with the verdict on it if it claims something, with the rows it
    cites if it is a citation."""

    text: str
    claim: CheckedClaim | None = None
    citation: Citation | None = None


@dataclass(frozen=True)
class View:
    analysis: Analysis
    tokens: Tokens  # empty for eyes that may not see

    @property
    def sees_values(self) -> bool:
        masked = self.analysis.masked
        return masked is None or not masked.tokens or bool(self.tokens)

    @cached_property
    def record(self) -> Record | None:
        masked = self.analysis.masked
        if masked is None:
            return None
        return unmask_record(masked) if self.tokens else masked.record

    @cached_property
    def answer(self) -> str:
        return unmask(self.analysis.answer, self.tokens)

    @cached_property
    def thinking(self) -> str:
        return unmask(self.analysis.thinking, self.tokens)

    def settled_answer(self, start: int = 0) -> str:
        """The answer from offset `start`; while it streams, without last letters that may still become a token."""
        text = self.analysis.answer[start:]
        return Unmasker(self.tokens).feed(text) if self.analysis.running else unmask(text, self.tokens)

    def settled_segments(self, start: int) -> list[Segment]:
        """What `settled_answer` tells, with the verdicts there are so far."""
        claims = self.analysis.evidence.claims if self.analysis.evidence else ()
        judged = max((self._around_tokens(one)[1] for one in claims if one.start >= start), default=start)
        rest = self.settled_answer(judged)
        return [*self.segments(start, judged), *([Segment(rest)] if rest else [])]

    def explain(self, claim: CheckedClaim) -> str:
        """Why the claim has its verdict, in the values this person may see."""
        return unmask(claim.why, self.tokens)

    def segments_to_check(self) -> list[Segment]:
        """The lines of the answer in which something needs a look, as a list."""
        text = self.analysis.answer
        claims = self.analysis.evidence.claims if self.analysis.evidence else ()
        lines: dict[tuple[int, int], int] = {}  # with the start of its first claim
        for claim in claims:
            if claim.verdict in TO_CHECK:
                end = text.find("\n", claim.end)
                line = text.rfind("\n", 0, claim.start) + 1, end if end >= 0 else len(text)
                lines.setdefault(line, claim.start)
        pieces: list[Segment] = []
        for (start, end), first in lines.items():
            lead = _LEAD.match(text, start, end)
            begin = min(lead.end(), first) if lead else start  # the # of a claimed "# 10" is no heading's
            pieces += [Segment("- "), *self.segments(begin, end), Segment("\n")]
        return pieces

    @cached_property
    def _token_places(self) -> list[tuple[int, int]]:
        tokens = self.analysis.masked.tokens if self.analysis.masked else {}
        if not tokens:
            return []
        names = "|".join(re.escape(token) for token in sorted(tokens, key=len, reverse=True))
        return [
            found.span()
            for found in re.finditer(rf"(?:{names})(?!\d)(?:['’]s\b)?", self.analysis.answer, re.IGNORECASE)
        ]

    def _around_tokens(self, one: CheckedClaim | Citation) -> tuple[int, int]:
        """Its place, never cutting a token in two: half a token cannot be put back."""
        cut = [place for place in self._token_places if place[0] < one.end and one.start < place[1]]
        return min([one.start, *(a for a, _ in cut)]), max([one.end, *(b for _, b in cut)])

    @cached_property
    def _citations(self) -> list[Citation]:
        masked = self.analysis.masked
        return cited(self.analysis.answer, masked.record) if masked else []

    def segments(self, start: int = 0, end: int | None = None) -> list[Segment]:
        """The answer from offset `start` to `end` (of the masked answer), cut at the edges of its claims and of what it
        cites."""
        text = self.analysis.answer
        end = len(text) if end is None else end
        claims = self.analysis.evidence.claims if self.analysis.evidence else ()
        marked = [(one, one, None) for one in claims if one.verdict is not Verdict.IGNORED and one.start >= start]
        pieces: list[Segment] = []
        done = start
        for place, claim, citation in sorted(
            [*marked, *((one, None, one) for one in self._citations)], key=lambda one: one[0].start
        ):
            first, last = self._around_tokens(place)
            if first < done or last > end:
                continue
            if first > done:
                pieces.append(Segment(unmask(text[done:first], self.tokens)))
            pieces.append(Segment(unmask(text[first:last], self.tokens), claim, citation))
            done = last
        if done < end:
            pieces.append(Segment(unmask(text[done:end], self.tokens)))
        return pieces


def view(analysis: Analysis, use_cases: UseCases, viewer: User) -> View:
    """Fails closed: when the use case is gone, nobody sees values."""
    try:
        may = may_unmask(viewer.role, use_cases.get(analysis.use_case))
    except UnknownUseCase:
        may = False
    tokens = analysis.masked.tokens if analysis.masked and may else {}
    return View(analysis, tokens)

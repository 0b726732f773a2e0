"""What one person sees of an analysis: the values behind tokens for those who may, tokens for everybody else.

The check ran on what the model saw, so its offsets are into the masked answer; `segments` carries them over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from core.accounts.user import User
from core.analyses import Analysis
from core.errors import UnknownUseCase
from core.evidence.verdict import TO_CHECK, CheckedClaim, Verdict
from core.masking import Tokens, Unmasker, may_unmask, unmask, unmask_record
from core.records.record import Record
from core.use_cases import UseCases

_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)]|#{1,6})[ \t]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the answer, as this person sees it; `claim` is the verdict on it, if it is one."""

    text: str
    claim: CheckedClaim | None = None


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

    def explain(self, claim: CheckedClaim) -> str:
        """Why the claim has its verdict, in the values this person may see."""
        return unmask(claim.why, self.tokens)

    def segments_to_check(self) -> list[Segment]:
        """The lines of the answer in which something needs a look, as a list."""
        text = self.analysis.answer
        claims = self.analysis.evidence.claims if self.analysis.evidence else ()
        lines = dict.fromkeys(
            (text.rfind("\n", 0, claim.start) + 1, end if (end := text.find("\n", claim.end)) >= 0 else len(text))
            for claim in claims
            if claim.verdict in TO_CHECK
        )
        pieces: list[Segment] = []
        for start, end in lines:
            bullet = _BULLET.match(text, start, end)
            pieces += [Segment("- "), *self.segments(bullet.end() if bullet else start, end), Segment("\n")]
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

    def _around_tokens(self, claim: CheckedClaim) -> tuple[int, int]:
        """The claim's place, never cutting a token in two: half a token cannot be put back."""
        cut = [place for place in self._token_places if place[0] < claim.end and claim.start < place[1]]
        return min([claim.start, *(a for a, _ in cut)]), max([claim.end, *(b for _, b in cut)])

    def segments(self, start: int = 0, end: int | None = None) -> list[Segment]:
        """The answer from offset `start` to `end` (of the masked answer), cut at the edges of its claims."""
        text = self.analysis.answer
        end = len(text) if end is None else end
        claims = self.analysis.evidence.claims if self.analysis.evidence else ()
        pieces: list[Segment] = []
        done = start
        for claim in claims:
            first, last = self._around_tokens(claim)
            if claim.verdict is Verdict.IGNORED or first < done or last > end:
                continue
            if first > done:
                pieces.append(Segment(unmask(text[done:first], self.tokens)))
            pieces.append(Segment(unmask(text[first:last], self.tokens), claim))
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

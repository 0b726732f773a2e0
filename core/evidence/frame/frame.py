"""One sentence, linked: its claims, the rows its words mean, the columns and sets its words name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import MARKS_OF, Column
from core.evidence.fields import Field, field_before
from core.evidence.index.facts import SetFacts
from core.evidence.index.index import Index
from core.evidence.language.cues import EITHER_WAY, TOTAL_PHRASES, Cue
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.support import Support
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token

PREPOSITIONS = words(
    "in on during for at among of since between from with by within over after before until to across "
    "under as via through per including excluding compared versus vs against into onto towards toward"
)


LEADS_OWN_SUBJECT = words(
    "the a an total overall all no each every other others another average its their his her this "
    "that these those there it they he she we both neither most many some few"
)


SMALL = words("the a an its his her their each every all this that and")


TOLD = 2.0  # the score of a column whose name stands before the figure


@dataclass(slots=True, eq=False)
class Hit:
    """A word that names a column or a set."""

    place: int  # token; -1 for words of the heading, the table's head or the label
    weight: float


@dataclass(frozen=True, slots=True)
class Extreme:
    """`direction`: 1 the most, -1 the least, 0 either. `rank`: 2 for "second-largest". `steps`: not a value but a
    change between neighbours in time is meant ("the widest step"), 1 a rise, -1 a fall, 0 either."""

    place: int
    group: int
    direction: int
    hint: frozenset[str]
    temporal: bool
    rank: int = 1
    steps: int | None = None


@dataclass(slots=True, eq=False)
class Scope:
    """Rows of one set that the words about a claim mean. `used`: the mentions behind it."""

    facts: SetFacts
    mask: int
    used: tuple[Mention, ...]

    @property
    def restricted(self) -> bool:
        return self.mask != self.facts.all

    def __str__(self) -> str:
        """What to call its rows, behind the name of a column."""
        if self.mask.bit_count() == 1:
            return f", {self.facts.name} row {self.mask.bit_length()}"
        return "".join(f", {m.text}" for m in self.used)


@dataclass(slots=True, eq=False)
class Slots:
    """The mentions that mean rows of one set, those of one slot together; and what of them can matter at all."""

    mentions: list[list[Mention]]
    several: bool  # a slot has more than one
    weak: bool  # some bind only where conditions do
    dated: bool


_TURNS = words("but however though although whereas yet")
_BEYOND = words("over under above below")
MARK_STEMS = frozenset(stem(word) for word in MARKS_OF if word not in {"n", "number", "count"})
ScopeKey = tuple[Claim, int, bool, bool, bool, bool]


@dataclass(slots=True)
class Frame:
    """Everything the readings ask about one sentence."""

    index: Index
    sentence: Sentence
    tokens: list[Token]
    claims: list[Claim]
    mentions: list[Mention]
    column_hits: dict[int, list[Hit]] = field(default_factory=dict[int, list[Hit]])  # by id of the column
    set_hits: dict[int, list[Hit]] = field(default_factory=dict[int, list[Hit]])  # by index of the set
    group: list[int] = field(default_factory=list[int])  # the group of each segment
    label_groups: frozenset[int] = frozenset()
    groups: list[int] = field(default_factory=list[int])  # the group of each token
    owners: dict[int, list[Claim]] = field(default_factory=dict[int, list[Claim]])  # token of a hit → nearest claims
    scores: dict[Claim, dict[int, float]] = field(default_factory=dict[Claim, dict[int, float]])
    extremes: list[Extreme] = field(default_factory=list[Extreme])
    clear: list[Mention] | None = None
    near: dict[Claim, frozenset[int]] = field(default_factory=dict[Claim, frozenset[int]])
    in_cells: dict[Claim, Support | None] = field(default_factory=dict[Claim, "Support | None"])
    set_against: dict[Claim, tuple[float, float]] = field(default_factory=dict[Claim, tuple[float, float]])
    """Of a figure that is a difference the two values, the newer or the one told of first."""
    fields: list[Field] = field(default_factory=list[Field])
    candidates: dict[Claim, list[Column]] = field(default_factory=dict[Claim, list[Column]])
    slots: dict[int, Slots] = field(default_factory=dict[int, Slots])  # by index of the set
    scopes: dict[ScopeKey, tuple[Scope, ...]] = field(default_factory=dict[ScopeKey, tuple[Scope, ...]])
    words_of: dict[int, list[int]] = field(default_factory=dict[int, list[int]])  # by group
    stems_of: dict[int, frozenset[str]] = field(default_factory=dict[int, frozenset[str]])  # by group
    named: frozenset[int] | None = None  # words that are half of a column's name, found when first asked for
    marks: dict[Claim, frozenset[str]] = field(default_factory=dict[Claim, frozenset[str]])
    words: frozenset[str] = field(init=False)  # all of the sentence, folded
    adds_up: bool = field(init=False)  # "in total", "comes to"
    ways: list[int] = field(init=False)  # words that say up or down
    word_stems: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.sentence.words
        self.adds_up = self.search(TOTAL_PHRASES) is not None
        stems = [t.stem for t in self.tokens]
        self.word_stems = frozenset(stems)
        moves = not self.word_stems.isdisjoint(EITHER_WAY)
        self.ways = [i for i, word in enumerate(stems) if word in EITHER_WAY] if moves else []

    def search(self, cue: Cue) -> re.Match[str] | None:
        return cue.search(self.sentence.text, self.words)

    def places(self, group: int) -> list[int]:
        """The words of a group, by their places."""
        if not self.words_of:
            self.words_of = {group: [] for group in self.groups}
            for place, (token, its) in enumerate(zip(self.tokens, self.groups, strict=True)):
                if token.is_word:
                    self.words_of[its].append(place)
        return self.words_of[group]

    def stems(self, group: int) -> frozenset[str]:
        """The stems of a group's words."""
        if group not in self.stems_of:
            self.stems_of[group] = frozenset([self.tokens[i].stem for i in self.places(group)])
        return self.stems_of[group]

    def turns_between(self, one: int, other: int) -> bool:
        """Whether the sentence turns to something else between two tokens: "but", "although"."""
        first, last = sorted((one, other))
        return not _TURNS.isdisjoint(t.low for t in self.tokens[first + 1 : last])

    def related(self, claim: Claim) -> frozenset[int]:
        """The sets that hold what the claim's stretch clearly names; empty when it names nothing, or only sets of one
        row."""
        if claim not in self.near:
            group = self.groups[claim.first]
            strong = [m for m in self._clear() if m.claim is not claim]
            own = [m for m in strong if not m.context and self.groups[m.first] in {group, *self.label_groups}]
            if strong and not own and inherits(self, claim):
                before = [m for m in strong if m.context or m.first < claim.first]
                own = before[-1:]
            self.near[claim] = frozenset(s for m in own for s, masks in m.options.items() if any(masks))
        return self.near[claim]

    @property
    def told_twice(self) -> bool:
        """Whether several words name one column."""
        return any(len(hits) > 1 for hits in self.column_hits.values())

    def _clear(self) -> list[Mention]:
        """Mentions that leave no doubt, of sets with several rows."""
        if self.clear is None:
            self.clear = [
                m
                for m in self.mentions
                if m.sort is Sort.VALUE
                and (m.strength >= 2.5 or (m.strength >= 2 and any(len(e.rows) == 1 and e.whole for e in m.entries)))
                and any(self.index.sets[e.column.set_index].size > 1 for e in m.entries)
            ]
        return self.clear

    def named_sets(self, claim: Claim) -> frozenset[int]:
        """The sets that words of the claim's stretch name."""
        group = self.groups[claim.first]
        return frozenset(
            s for s, hits in self.set_hits.items() for h in hits if h.place >= 0 and self.groups[h.place] == group
        )

    def score(self, column: Column, claim: Claim) -> float:
        """How strongly the words about this claim name this column, 0 to about 1."""
        return self.scores_of(claim).get(id(column), 0.0)

    def scores_of(self, claim: Claim) -> dict[int, float]:
        """By the id of the column; of those that the words about this claim name."""
        found = self.scores.get(claim)
        if found is None:
            columns = self.index.by_id
            found = {one: self._score(columns[one], claim, hits) for one, hits in self.column_hits.items()}
            if self.fields and (name := field_before(self.fields, self.tokens, claim.first)) is not None:
                found |= dict.fromkeys(map(id, name.columns), TOLD)
            self.scores[claim] = found
        return found

    def _score(self, column: Column, claim: Claim, hits: Sequence[Hit]) -> float:
        group = self.groups[claim.first]
        best: dict[int, float] = {}
        for hit in hits:
            if hit.place < 0:
                near = 0.8
            else:
                same = self.groups[hit.place] == group
                if hit.place > claim.last and self._is_reference(hit.place):
                    best[hit.place] = max(best.get(hit.place, 0.0), 0.3 * hit.weight)
                    continue
                near = 1.0 if claim in self.owners.get(hit.place, ()) and same else 0.45 if same else 0.3
            word = hit.place
            best[word] = max(best.get(word, 0.0), hit.weight * near)
        stems = len(column.stems) or 1
        strongest = sorted(best.values(), reverse=True)[:stems]
        covered = min(1.0, len({self.tokens[w].stem if w >= 0 else str(w) for w in best}) / stems)
        if self._only_marked(column, best):
            return 0.3 * max(strongest)
        score = min(1.2, max(strongest) + 0.15 * sum(strongest[1:])) * (0.6 + 0.4 * covered)
        return score + 0.3 * self._is_marked(column, claim)

    def _is_reference(self, place: int) -> bool:
        """ "EUR 500 under its budget": the budget is what the figure is told against."""
        return any(t.low in _BEYOND for t in self.tokens[max(0, place - 2) : place])

    def _only_marked(self, column: Column, places: Iterable[int]) -> bool:
        """ "on average", "than usual": a mark's word alone does not name `average_satisfaction`."""
        if not column.marks or all(s in MARK_STEMS for s in column.stems):
            return False
        return all(place >= 0 and self.tokens[place].stem in MARK_STEMS for place in places)

    def _is_marked(self, column: Column, claim: Claim) -> bool:
        """ "the upper limit of 3.0": a mark's word just before the figure points at the marked column."""
        if not column.marks:
            return False
        near = self.tokens[max(0, claim.first - 4) : claim.first]
        return any(column.marks & MARKS_OF.get(t.low, frozenset()) for t in near if t.is_word)


def inherits(frame: Frame, claim: Claim) -> bool:
    """Whether the claim's stretch goes on about the subject before it: it brings no subject of its own."""
    group = frame.groups[claim.first]
    for place in frame.places(group):
        token = frame.tokens[place]
        if token.low in _JOINS:
            continue
        if place >= claim.first:
            return claim.unit is not None or claim.kind is Kind.DATE
        return token.low not in LEADS_OWN_SUBJECT and token.stem not in frame.index.set_words
    return True


_JOINS = words("and then also but which that while or whereas")

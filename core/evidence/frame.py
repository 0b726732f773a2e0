"""One sentence, linked: its claims, the rows its words mean, the columns and sets its words name, what binds what."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.evidence.claims import Claim, Form, Kind, find_claims
from core.evidence.columns import MARKS_OF, Column
from core.evidence.conditions import find_conditions
from core.evidence.fields import Field, field_before
from core.evidence.index import Index, SetFacts
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions import Mention, Sort, find_rows, find_times, find_values
from core.evidence.text import Sentence, Token, tokenise

PREPOSITIONS = words(
    "in on during for at among of since between from with by within over after before until to across "
    "under as via through per including excluding compared versus vs against into onto towards toward"
)
LEADS_OWN_SUBJECT = words(
    "the a an total overall all no each every other others another average its their his her this "
    "that these those there it they he she we both neither most many some few"
)
RIGHT_BINDERS = words("for in at from of by to on with during via through since as")
SMALL = words("the a an its his her their each every all this that and")


TOLD = 2.0  # the score of a column whose name stands before the figure


@dataclass(frozen=True, slots=True)
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
    owners: dict[int, list[int]] = field(default_factory=dict[int, list[int]])  # token of a hit → nearest claims
    scores: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])
    extremes: list[Extreme] = field(default_factory=list[Extreme])
    near: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    fields: list[Field] = field(default_factory=list[Field])
    candidates: dict[int, list[Column]] = field(default_factory=dict[int, list[Column]])  # by id of the claim
    marks: dict[int, frozenset[str]] = field(default_factory=dict[int, frozenset[str]])

    @property
    def words(self) -> list[Token]:
        return [token for token in self.tokens if token.is_word]

    def group_of(self, place: int) -> int:
        return self.group[self.sentence.segments[place]] if self.tokens else 0

    def lows(self, group: int | None = None) -> set[str]:
        return {t.low for i, t in enumerate(self.tokens) if t.is_word and (group is None or self.group_of(i) == group)}

    def related(self, claim: Claim) -> frozenset[int]:
        """The sets that hold what the claim's stretch clearly names; empty when it names nothing, or only sets of one
        row."""
        key = id(claim)
        if key not in self.near:
            group = self.group_of(claim.first)
            strong = [
                m
                for m in self.mentions
                if m.sort is Sort.VALUE
                and (m.strength >= 2.5 or (m.strength >= 2 and any(len(e.rows) == 1 and e.whole for e in m.entries)))
                and m.claim is not claim
                and m.entries
                and any(self.index.sets[e.column.set_index].size > 1 for e in m.entries)
            ]
            own = [m for m in strong if not m.context and self.group_of(m.first) in {group, *self.label_groups}]
            if not own and _inherits(self, claim):
                before = [m for m in strong if m.context or m.first < claim.first]
                own = before[-1:]
            self.near[key] = frozenset(s for m in own for s, masks in m.options.items() if any(masks))
        return self.near[key]

    def named_sets(self, claim: Claim) -> frozenset[int]:
        """The sets that words of the claim's stretch name."""
        group = self.group_of(claim.first)
        return frozenset(
            s for s, hits in self.set_hits.items() for h in hits if h.place >= 0 and self.group_of(h.place) == group
        )

    def score(self, column: Column, claim: Claim) -> float:
        """How strongly the words about this claim name this column, 0 to about 1."""
        key = (id(column), id(claim))
        if key not in self.scores:
            self.scores[key] = self._score(column, claim)
        return self.scores[key]

    def _score(self, column: Column, claim: Claim) -> float:
        name = field_before(self.fields, self.tokens, claim.first)
        if name is not None and column in name.columns:
            return TOLD
        hits = self.column_hits.get(id(column))
        if not hits:
            return 0.0
        mine = self.claims.index(claim)
        group = self.group_of(claim.first)
        best: dict[int, float] = {}
        for hit in hits:
            if hit.place < 0:
                near = 0.8
            else:
                same = self.group_of(hit.place) == group
                near = 1.0 if mine in self.owners.get(hit.place, ()) and same else 0.45 if same else 0.3
            word = hit.place
            best[word] = max(best.get(word, 0.0), hit.weight * near)
        stems = len(column.stems) or 1
        strongest = sorted(best.values(), reverse=True)[:stems]
        covered = min(1.0, len({self.tokens[w].stem if w >= 0 else str(w) for w in best}) / stems)
        score = min(1.2, max(strongest) + 0.15 * sum(strongest[1:])) * (0.6 + 0.4 * covered)
        return score + 0.3 * self._is_marked(column, claim)

    def _is_marked(self, column: Column, claim: Claim) -> bool:
        """ "the upper limit of 3.0": a mark's word just before the figure points at the marked column."""
        near = {t.low for t in self.tokens[max(0, claim.first - 4) : claim.first] if t.is_word}
        return bool(column.marks and near and any(column.marks & MARKS_OF.get(word, frozenset()) for word in near))


def build_frame(sentence: Sentence, index: Index, context: list[Mention]) -> Frame:
    tokens = sentence.tokens
    fields = index.fields.find(tokens)
    values = [m for m in find_values(sentence, index) if not _is_told_figure(fields, tokens, m)]
    known = [
        (tokens[m.first].start, tokens[m.last].end)
        for m in values
        if (any(c.isdigit() for c in m.text) and m.strength >= 2) or (m.strength >= 3 and m.last > m.first + 1)
    ]
    known += [(tokens[one.first].start, tokens[one.last].end) for one in fields if one.last > one.first]
    claims = find_claims(sentence, known)
    for claim in claims:
        _drop_false_unit(claim, sentence, index)
    told = [name for c in claims if (name := field_before(fields, tokens, c.first))]
    fields = [name for name in fields if name.last > name.first or name in told]
    conditions = find_conditions(sentence, index, values)
    mentions = [*values, *conditions, *find_times(sentence, claims, index), *find_rows(sentence, index)]
    mentions = [m for m in mentions if not any(one.first <= m.first and m.last <= one.last for one in told)]
    mentions = _without_overlaps(mentions, claims)
    frame = Frame(index, sentence, tokens, claims, mentions, fields=fields)
    frame.group, frame.label_groups = _group_segments(frame)
    _find_hits(frame)
    _find_owners(frame)
    frame.mentions += context
    return frame


def _is_told_figure(fields: list[Field], tokens: list[Token], mention: Mention) -> bool:
    """ "lines 2" tells how many lines, where `lines` is a column: it is no line of that number."""
    if not mention.text.isdigit():
        return False
    name = field_before(fields, tokens, mention.first)
    return name is not None and not any(e.column in name.columns for e in mention.entries)


def _drop_false_unit(claim: Claim, sentence: Sentence, index: Index) -> None:
    """ "four meters" of a record of meters are no length."""
    if claim.unit is None or claim.dimension in _SURE_UNITS or claim.first == claim.last:
        return
    last = sentence.tokens[claim.last]
    if len(last.low) > 2 and any(w == 1.0 for _, w in index.set_words.get(last.stem, ())):
        claim.unit = None
        while claim.last > claim.first and not any(c.isdigit() for c in sentence.tokens[claim.last].low):
            claim.last -= 1
            if sentence.tokens[claim.last].is_word:
                break
        claim.end = sentence.tokens[claim.last].end
        claim.text = sentence.text[claim.start - sentence.start : claim.end - sentence.start]


_SURE_UNITS = frozenset({Dimension.TIME, Dimension.MONEY, Dimension.PERCENT, Dimension.POINTS})


def _without_overlaps(mentions: list[Mention], claims: list[Claim]) -> list[Mention]:
    """Inside a figure or a date nothing else is meant."""
    kept: list[Mention] = []
    for mention in mentions:
        clash = any(
            c is not mention.claim
            and c.kind is not Kind.IGNORED
            and c.first <= mention.last
            and mention.first <= c.last
            for c in claims
        )
        if not clash or mention.sort is Sort.ROW:
            kept.append(mention)
    return sorted(kept, key=lambda m: m.first)


def _group_segments(frame: Frame) -> tuple[list[int], frozenset[int]]:
    """Stretches that only say when, where or of what go with the stretch they belong to."""
    tokens, numbers = frame.tokens, frame.sentence.segments
    if not tokens:
        return [0], frozenset()
    count = numbers[-1] + 1
    words: list[list[Token]] = [[] for _ in range(count)]
    first_mark: list[str] = [""] * count
    for token, number in zip(tokens, numbers, strict=True):
        if token.is_word:
            words[number].append(token)
        elif not words[number] and not first_mark[number]:
            first_mark[number] = token.text
    figures = [0] * count
    for claim in frame.claims:
        if claim.kind is Kind.NUMBER:
            figures[numbers[claim.first]] += 1
    group = list(range(count))
    labels: set[int] = set()
    for number in range(count):
        if not words[number]:
            group[number] = group[number - 1] if number else 0
            continue
        adverbial = words[number][0].low in PREPOSITIONS and len(words[number]) <= 9
        if figures[number] == 0 and adverbial:
            if number == 0 or all(not words[n] or group[n] == -1 for n in range(number)):
                group[number] = -1
            elif number and group[number - 1] != -1:
                group[number] = group[number - 1]
        elif number and words[number][0].low == "or" and len(words[number]) <= 4 and figures[number]:
            group[number] = group[number - 1]  # "by EUR 500, or 20 %,": the same thing told another way
        elif first_mark[number] == "(" and number and (figures[number] == 0 or len(words[number]) <= 2):
            group[number] = group[number - 1]
        elif first_mark[number] == ")" and number > 1 and first_mark[number - 1] == "(" and figures[number] == 0:
            group[number] = group[number - 2]  # "EUR 120 (5 %) above" goes on after the brackets
        if number + 1 < count and first_mark[number + 1] == ":" and figures[number] == 0 and not labels:
            labels.add(number)
    following = count - 1
    for number in reversed(range(count)):
        if group[number] == -1:
            group[number] = following
        elif words[number]:
            following = group[number]
    return group, frozenset(group[n] for n in labels)


def _find_hits(frame: Frame) -> None:
    """Words inside a value of the record name no column ("Open" of a status is no opening)."""
    covered = {
        i for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2.5 for i in range(m.first, m.last + 1)
    }
    for claim in frame.claims:
        if claim.kind is not Kind.NUMBER or claim.form is Form.DIGITS:
            covered.update(range(claim.first, claim.last + 1))
    index = frame.index
    for place, token in enumerate(frame.tokens):
        if token.stem and place not in covered and not token.is_digits:
            _hit(frame, index, token.stem, place, _standing(frame.tokens, place))
    lead = frame.sentence.lead
    if lead:
        for token in tokenise(lead):
            if token.stem:
                _hit(frame, index, token.stem, -1, 1.0)


def _standing(tokens: list[Token], place: int) -> float:
    """How far a word may name a column: "totals" is a verb, "largest" a superlative, "after arrival" a reference."""
    low = tokens[place].low
    if low in _VERBS_OF_SUM:
        return 0.4
    if low in _ORDERING:
        return 0.4
    before = [t.low for t in tokens[max(0, place - 2) : place]]
    return 0.3 if _REFERENCES & set(before) else 1.0


_VERBS_OF_SUM = words("totals totalled totaled totalling totaling amounts amounted sums best worst most least")
_ORDERING = words("first last latest next previous earlier earliest highest lowest")
_REFERENCES = words("after before since until following prior")


def _hit(frame: Frame, index: Index, word: str, place: int, standing: float) -> None:
    for column, weight in index.column_words.get(word, ()):
        frame.column_hits.setdefault(id(column), []).append(Hit(place, weight * standing))
    for facts, weight in index.set_words.get(word, ()):
        frame.set_hits.setdefault(facts.index, []).append(Hit(place, weight))


def _find_owners(frame: Frame) -> None:
    """For each naming word the claims nearest to it: what it says, it says of them."""
    places = {hit.place for hits in frame.column_hits.values() for hit in hits if hit.place >= 0}
    real = [(i, c) for i, c in enumerate(frame.claims) if c.kind in (Kind.NUMBER, Kind.DATE)]
    for place in places:
        costs: list[tuple[float, int]] = []
        for number, claim in real:
            if claim.first <= place <= claim.last:
                continue
            cost = _distance(frame, place, claim)
            if claim.kind is Kind.DATE and any(c.kind is Kind.NUMBER for _, c in real):
                cost += 0.5
            costs.append((cost, number))
        if costs:
            least = min(costs)[0]
            frame.owners[place] = [number for cost, number in costs if cost <= least + 0.6]


def _distance(frame: Frame, place: int, claim: Claim) -> float:
    """Words between, more across commas, over other claims, and when the word comes after the figure."""
    low, high = (place, claim.first) if place < claim.first else (claim.last, place)
    between = frame.tokens[low + 1 : high]
    cost = sum(0.3 if t.low in SMALL else 1.0 for t in between if t.is_word)
    cost += 4.0 * (frame.group_of(place) != frame.group_of(claim.first))
    cost += 3.0 * sum(
        low < other.first and other.last < high and other.kind in (Kind.NUMBER, Kind.DATE) for other in frame.claims
    )
    if place > claim.last:
        cost += 0.4
    return cost


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of one set that the words about a claim mean. `used`: the mentions behind it."""

    facts: SetFacts
    mask: int
    used: tuple[Mention, ...]

    @property
    def restricted(self) -> bool:
        return self.mask != self.facts.all


MOST_SCOPES = 24


def scopes(
    frame: Frame, facts: SetFacts, claim: Claim, *, union: bool = False, free: bool = False, strict: bool = False
) -> list[Scope]:
    """The row sets that may be meant, the most restricted first; every mention that binds the claim is in each.

    `union`: several mentions of one slot count together ("A and B"). `free`: mentions of the claim's own stretch may
    be left out too ("4 of the 35 orders were returned": the 35 were not). `strict`: conditions bind as well.
    """
    slots: dict[str, list[Mention]] = {}
    for mention in frame.mentions:
        if mention.sort is Sort.TIME and claim.kind is Kind.DATE:
            continue  # a date is not restricted by another date
        if facts.index in mention.options and (mention.claim is None or mention.claim is not claim):
            slots.setdefault(mention.slot if mention.sort is not Sort.VALUE else f"v:{mention.slot}", []).append(
                mention
            )
    found: list[tuple[int, tuple[Mention, ...]]] = [(facts.all, ())]
    for mentions in slots.values():
        choices = _choices(frame, facts, claim, mentions, union=union, free=free, strict=strict)
        if not choices:
            continue
        grown: list[tuple[int, tuple[Mention, ...]]] = []
        for mask, used in found:
            for option, chosen in choices:
                item = (mask & option, (*used, *chosen))
                if item[0] not in [m for m, _ in grown]:
                    grown.append(item)
        found = grown[:MOST_SCOPES]
    ordered = sorted(found, key=lambda item: -len(item[1]))
    return [Scope(facts, mask, used) for mask, used in ordered]


def _choices(
    frame: Frame,
    facts: SetFacts,
    claim: Claim,
    mentions: list[Mention],
    *,
    union: bool,
    free: bool,
    strict: bool,
) -> list[tuple[int, tuple[Mention, ...]]]:
    """For one slot: (mask, mentions) alternatives; (all, ()) among them where the slot need not bind."""
    group = frame.group_of(claim.first)
    own = [
        m
        for m in mentions
        if not m.context and (frame.group_of(m.first) == group or frame.group_of(m.first) in frame.label_groups)
    ]
    choices: list[tuple[int, tuple[Mention, ...]]] = []
    everything = (facts.all, ())
    if own:
        bound = bind(frame, claim, own)
        for mention in bound:
            choices += [(_masked(facts, mention, mask), (mention,)) for mask in mention.options[facts.index]]
        if union and len(own) > 1:
            total = 0
            for mention in own:
                for mask in mention.options[facts.index]:
                    total |= mask
            choices.append((total, tuple(own)))
        weak = all(m.strength < (1.5 if strict else 2) or m.sort is Sort.ROW for m in bound)
        trivial = all(mask == facts.all for m in own for mask in m.options[facts.index])
        if free or weak or trivial:
            choices.append(everything)
        return choices
    outside = [m for m in mentions if not m.context]
    if outside:
        before = [m for m in outside if m.first < claim.first]
        nearest = before[-1] if before else outside[0]
        choices = [(_masked(facts, nearest, mask), (nearest,)) for mask in nearest.options[facts.index]]
        if union and len(outside) > 1:
            choices.append((_union(facts, outside), tuple(outside)))
        if not before or not _inherits(frame, claim) or nearest.strength < 2.5 or free:
            choices.append(everything)
        return choices
    chosen = mentions[-1]
    choices = [(_masked(facts, chosen, mask), (chosen,)) for mask in chosen.options[facts.index]]
    if chosen.binding and not _SPEAKS_OF_ALL & frame.lows() and any(mask for mask, _ in choices):
        return choices
    return [*choices, everything]


_SPEAKS_OF_ALL = words("all other others total totals overall average mean altogether combined each every sum")


def _union(facts: SetFacts, mentions: list[Mention]) -> int:
    total = 0
    for mention in mentions:
        for mask in mention.options[facts.index]:
            total |= mask
    return total


def _masked(facts: SetFacts, mention: Mention, mask: int) -> int:
    return facts.all & ~mask if mention.negated and mention.sort is Sort.VALUE and mention.strength < 3 else mask


def _inherits(frame: Frame, claim: Claim) -> bool:
    """Whether the claim's stretch goes on about the subject before it: it brings no subject of its own."""
    group = frame.group_of(claim.first)
    for place, token in enumerate(frame.tokens):
        if frame.group_of(place) == group and token.is_word:
            if token.low in {"and", "then", "also", "but", "which", "that", "while", "or", "whereas"}:
                continue
            if place >= claim.first:
                return claim.unit is not None or claim.kind is Kind.DATE
            return token.low not in LEADS_OWN_SUBJECT and token.stem not in frame.index.set_words
    return True


def bind(frame: Frame, claim: Claim, mentions: list[Mention]) -> list[Mention]:
    """Which of several mentions of one slot the claim is about."""
    if len(mentions) == 1:
        return mentions
    tokens = frame.tokens
    after = [m for m in mentions if m.first > claim.last]
    before = [m for m in mentions if m.last < claim.first]
    if before and after and _directly_after(tokens, claim, after[0]):
        return [after[0]]
    figures = [c for c in frame.claims if c.kind is Kind.NUMBER and c.form is not Form.ORDINAL]
    aligned = _respectively(mentions, figures, claim)
    if aligned is not None:
        return [aligned]
    group = frame.group_of(claim.first)
    first_figure = min((c.first for c in figures if frame.group_of(c.first) == group), default=claim.first)
    if before and mentions[0].first < first_figure:
        return _coordinated(tokens, before, before[-1])
    if after:
        return _coordinated(tokens, after, after[0])
    return [before[-1]] if before else mentions


def _directly_after(tokens: list[Token], claim: Claim, mention: Mention) -> bool:
    between = [t for t in tokens[claim.last + 1 : mention.first] if t.low not in SMALL]
    if any(not t.is_word for t in between):
        return False
    return 0 < len(between) <= 3 and between[-1].low in RIGHT_BINDERS


def _respectively(mentions: list[Mention], figures: list[Claim], claim: Claim) -> Mention | None:
    """ "A and B cost 100 and 200": two lists of one length, one after the other."""
    if claim not in figures or len(mentions) != len(figures):
        return None
    if mentions[-1].last < figures[0].first or figures[-1].last < mentions[0].first:
        return mentions[figures.index(claim)]
    return None


def _coordinated(tokens: list[Token], mentions: list[Mention], chosen: Mention) -> list[Mention]:
    """The chosen one and those listed with it: "A, B and C"."""
    listed = [chosen]
    at = mentions.index(chosen)
    for step in (-1, 1):
        place = at
        while 0 <= place + step < len(mentions):
            left, right = sorted((mentions[place], mentions[place + step]), key=lambda m: m.first)
            between = tokens[left.last + 1 : right.first]
            if any(t.low not in {"and", "or", ",", "&", "the", "/"} for t in between):
                break
            place += step
            listed.append(mentions[place])
    return listed

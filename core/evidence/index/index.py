"""The record made searchable, once: columns with roles and units, phrases of its values, words of its names."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta

from core.evidence.columns.build import build_columns
from core.evidence.columns.column import GENERIC, Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.fields import FieldNames
from core.evidence.index.facts import Entry, SetFacts, row_nouns
from core.evidence.index.prose import DATED, PROSE_CHARACTERS, TextFigure, figures_in
from core.evidence.index.sheets import Sheet, parsed, sheet_of
from core.evidence.index.words import STOP, TOKEN
from core.evidence.language.calendar import Moment
from core.evidence.language.dates import find_moments
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, name_parts, stem
from core.evidence.language.synonyms import synonyms
from core.evidence.language.units import Dimension, Unit, unit_of_word
from core.records.record import Record

_PHRASE_WORDS = 9
_MOST_LIMITS = 100  # rows of a set that says something about the columns of another


_FUTURE = frozenset(
    stem(w)
    for w in words(
        "due deadline expire end next renew plan until eta expect forecast request valid promise schedule "
        "target maturity notice earliest latest start effective"
    )
)


DUE = frozenset(stem(w) for w in words("due promised planned target expected scheduled requested deadline eta"))
_DELAYS = frozenset(stem(w) for w in words("delay delayed late lateness overdue"))
DONE = frozenset(
    stem(w)
    for w in words(
        "returned delivered arrived paid completed finished closed done shipped received settled actual solved"
    )
)
PERIODS = frozenset(stem(w) for w in words("day week month quarter year hour minute"))


class Index:
    """Everything the readings look up. Built from a record; never changes."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.sets: list[SetFacts] = []
        for i, result_set in enumerate(record.result_sets):
            columns = build_columns(result_set, i)
            nouns, topics, summary = row_nouns(result_set.name, columns)
            facts = SetFacts(
                i, result_set.name, len(result_set.rows), columns, nouns, topics, summary, result_set.truncated
            )
            facts.times = [c for c in columns if c.role is Role.TIME and any(c.spans)]
            self.sets.append(facts)
        for facts in list(self.sets):
            if (sheet := sheet_of(facts, len(self.sets))) is not None:
                sheet.times = [c for c in sheet.columns if c.role is Role.TIME and any(c.spans)]
                self.sets.append(sheet)
        self.columns = [column for facts in self.sets for column in facts.columns]
        self.by_id = {id(column): column for column in self.columns}
        self.numbers = [column for column in self.columns if column.is_number]
        self.fields = FieldNames(self.columns)
        self.phrases: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self.phrase_lengths: dict[str, list[int]] = {}  # by first word, longest first
        self.labels_by_stem: dict[str, list[Entry]] = defaultdict(list)
        self._index_values(record.record_id)
        self.column_words = self._index_names()
        self.set_words = self._index_sets()
        self.joins = self._find_joins()
        self.limits = self._find_limits()
        self.owners = self._find_owners()
        self.conditional, self.flag_masks, self.empty_masks = self._find_conditional()
        self.false_masks = {
            id(c): mask_of(row for row, text in enumerate(c.texts) if text == "false")
            for c in self.conditional
            if c.role is Role.FLAG
        }
        self.years, self.today = self._calendar()
        self.punctual = self._find_punctual()
        self.codes = {fold(text) for c in self.columns if c.role is Role.CODE for text in c.texts if text}
        self.shapes = {shape_of(text) for text in self.codes}
        self.currencies = self._currencies()
        self.text_figures: dict[float, list[TextFigure]] = defaultdict(list)
        self.text_moments: list[tuple[Column, int, Moment]] = []
        self._stems: dict[str, frozenset[str]] = {}
        self._index_prose()

    def _index_values(self, record_id: str) -> None:
        downwards = [facts.values for facts in self.sets if isinstance(facts, Sheet)]
        for column in self.columns:
            if column.role not in (Role.CODE, Role.LABEL, Role.PROSE):
                continue
            rows_of: dict[str, list[int]] = defaultdict(list)
            for row, text in enumerate(column.texts):
                if text and len(text) <= 80 and not (column in downwards and not isinstance(parsed(text), str)):
                    rows_of[text].append(row)
            for text, rows in rows_of.items():
                self._index_value(column, text, tuple(rows))
        self.record_id = tuple(TOKEN.findall(fold(record_id)))

    def _index_value(self, column: Column, text: str, rows: tuple[int, ...]) -> None:
        words = tuple(TOKEN.findall(fold(text)))
        if not words or len(words) > _PHRASE_WORDS:
            return
        mask = mask_of(rows)
        self._add(words, Entry(column, text, rows, mask, True))
        if column.role is Role.LABEL and len(words) == 1 and len(words[0]) > 2:
            self.labels_by_stem[stem(words[0])].append(Entry(column, text, rows, mask, True))
        if column.role is Role.LABEL and len(words) > 1:
            for word in set(words):
                if len(word) >= 3 and word not in STOP and not word.isdigit():
                    self._add((word,), Entry(column, text, rows, mask, False))

    def _add(self, words: tuple[str, ...], entry: Entry) -> None:
        self.phrases[words].append(entry)
        lengths = self.phrase_lengths.setdefault(words[0], [])
        if len(words) not in lengths:
            lengths.append(len(words))
            lengths.sort(reverse=True)

    def _index_names(self) -> dict[str, list[tuple[Column, float]]]:
        """Stem → columns whose name has it (1.0), a synonym of it (0.5); words that say little count half."""
        found: dict[str, dict[int, tuple[Column, float]]] = defaultdict(dict)
        for place, column in enumerate(self.columns):
            for word in column.stems:
                weight = 0.6 if word in GENERIC else 0.4 if word in PERIODS and column.is_number else 1.0
                found[word][place] = (column, weight)
                for other in synonyms(word):
                    if place not in found[other]:
                        found[other][place] = (column, 0.5 * weight)
        return {word: list(columns.values()) for word, columns in found.items()}

    def _index_sets(self) -> dict[str, list[tuple[SetFacts, float]]]:
        found: dict[str, dict[int, tuple[SetFacts, float]]] = defaultdict(dict)
        for facts in self.sets:
            for noun in facts.nouns:
                found[noun][facts.index] = (facts, 1.0)
            for noun in facts.nouns:
                for other in synonyms(noun):
                    if facts.index not in found[other]:
                        found[other][facts.index] = (facts, 0.5)
        return {word: list(sets.values()) for word, sets in found.items()}

    def _find_joins(self) -> dict[tuple[int, int], list[tuple[Column, dict[str, list[int]]]]]:
        """(from set, to set) → pairs of a key column of the first and the rows of the second by that key."""
        keys: list[tuple[Column, set[str]]] = [
            (c, {fold(t) for t in c.texts if t})
            for c in self.columns
            if c.role is Role.CODE or (c.role is Role.LABEL and c.distinct == sum(t is not None for t in c.texts) > 1)
        ]
        joins: dict[tuple[int, int], list[tuple[Column, dict[str, list[int]]]]] = defaultdict(list)
        for column, values in keys:
            for other in self.columns:
                if other.set_index == column.set_index or other.role not in (Role.CODE, Role.LABEL):
                    continue
                if other.key != column.key and values.isdisjoint(fold(t) for t in other.texts[:50] if t):
                    continue
                rows: dict[str, list[int]] = defaultdict(list)
                for row, text in enumerate(other.texts):
                    if text:
                        rows[fold(text)].append(row)
                if not values.isdisjoint(rows):
                    joins[column.set_index, other.set_index].append((column, dict(rows)))
        return joins

    def _find_owners(self) -> dict[int, list[tuple[Column, SetFacts, dict[str, list[int]]]]]:
        """Index of a set → its columns that name a row of another set each, with those rows by name."""
        found: dict[int, list[tuple[Column, SetFacts, dict[str, list[int]]]]] = defaultdict(list)
        for (origin, target), pairs in self.joins.items():
            for key, rows in pairs:
                for column in self.sets[target].columns:
                    if column.key == key.key and column.role in (Role.CODE, Role.LABEL) and rows:
                        by_name = {fold(text): [row] for row, text in enumerate(key.texts) if text}
                        found[target].append((column, self.sets[origin], by_name))
        return found

    def _find_limits(self) -> dict[int, list[tuple[SetFacts, int]]]:
        """Number column, by id → rows of other sets that are called as it is, such as its limits."""
        found: dict[int, list[tuple[SetFacts, int]]] = defaultdict(list)
        for labels in self.columns:
            facts = self.sets[labels.set_index]
            if labels.role is not Role.LABEL or labels.distinct != facts.size or facts.size > _MOST_LIMITS:
                continue
            for row, text in enumerate(labels.texts):
                told = {stem(part) for part in name_parts(text or "")}
                for column in self.numbers:
                    if told and column.set_index != facts.index and told <= set(column.stems):
                        found[id(column)].append((facts, row))
        return found

    def _find_conditional(self) -> tuple[list[Column], dict[int, int], dict[int, int]]:
        """Flags, and columns that some rows of a set leave empty; with their masks of true and of empty rows."""
        conditional: list[Column] = []
        flags: dict[int, int] = {}
        empty: dict[int, int] = {}
        for column in self.columns:
            size = self.sets[column.set_index].size
            if size < 2 and column.role is not Role.TIME:
                continue
            if column.role is Role.FLAG:
                flags[id(column)] = mask_of(r for r, text in enumerate(column.texts) if text == "true")
                conditional.append(column)
            elif column.role is Role.TIME:
                mask = mask_of(r for r, span in enumerate(column.spans) if span is None)
                empty[id(column)] = mask
                if mask or size == 1:
                    conditional.append(column)
        return conditional, flags, empty

    def _find_punctual(self) -> dict[int, tuple[int, int]]:
        """Index of a set with a due date and the date it was done → masks of the rows that are late and on time."""
        found: dict[int, tuple[int, int]] = {}
        for facts in self.sets:
            due = [c for c in facts.times if DUE & set(c.stems)]
            done = [c for c in facts.times if c not in due and DONE & set(c.stems)]
            delays = [c for c in facts.columns if c.is_number and _DELAYS & set(c.stems)]
            if facts.size > 1 and len(delays) == 1:
                numbers = [(row, n) for row, n in enumerate(delays[0].numbers) if n is not None]
                found[facts.index] = mask_of(r for r, n in numbers if n > 0), mask_of(r for r, n in numbers if n <= 0)
            if facts.size < 2 or len(due) != 1 or len(done) != 1:
                continue
            ends = enumerate(zip(due[0].moments, done[0].moments, strict=True))
            days = [(row, by, on) for row, (by, on) in ends if by and on]
            late = mask_of(row for row, by, on in days if on > by)
            found[facts.index] = late, mask_of(row for row, by, on in days if on <= by)
        return found

    def _calendar(self) -> tuple[range, date | None]:
        years: set[int] = set()
        past: date | None = None
        explicit: date | None = None
        for column in self.columns:
            if column.role is not Role.TIME or set(column.stems) & {"birth", "dob", "bear"}:
                continue
            ends = [span[1] for span in column.spans if span]
            starts = [span[0] for span in column.spans if span]
            years.update(d.year for d in ends)
            years.update(d.year for d in starts)
            if not ends:
                continue
            if set(name_parts(column.name)) & {"as", "today", "asof"}:
                explicit = max(ends)
            if not _FUTURE & set(column.stems):
                past = max(past or max(starts), max(starts))
        explicit = explicit or self._counted_from()
        if len(years) > 60:
            years = {max(years) - 60, max(years)}
        return (range(min(years) - 1, max(years) + 2) if years else range(0)), explicit or past

    def _counted_from(self) -> date | None:
        """The day from which `days_left` and `days_since_last_order` count, where all rows agree on one."""
        for facts in self.sets:
            for days in facts.columns:
                parts = set(name_parts(days.name))
                if not days.is_number or "days" not in parts or not parts & {"left", "since"}:
                    continue
                sign = -1 if "left" in parts else 1
                for column in facts.times:
                    if facts.size < 2 and not set(column.stems) & set(days.stems):
                        continue
                    counted = {
                        span[0] + timedelta(days=sign * number)
                        for span, number in zip(column.spans, days.numbers, strict=True)
                        if span and span[0] == span[1] and number is not None and abs(number) < 40_000
                    }
                    if len(counted) == 1:
                        return counted.pop()
        return None

    def _currencies(self) -> set[str]:
        found = {c.unit.name for c in self.columns if c.unit and c.unit.dimension is Dimension.MONEY}
        for column in self.columns:
            if column.units:
                found |= {u.name for u in column.units if u and u.dimension is Dimension.MONEY}
            elif column.role is Role.LABEL and set(column.stems) & {"currency", "ccy", "curr"}:
                units = [unit_of_word(text) for text in set(filter(None, column.texts))]
                found |= {u.name for u in units if u and u.dimension is Dimension.MONEY}
        return found

    def stems_of(self, text: str) -> frozenset[str]:
        """Stems of the words of one of the record's texts that say something."""
        if text not in self._stems:
            self._stems[text] = frozenset(stem(w) for w in TOKEN.findall(fold(text)) if w not in STOP)
        return self._stems[text]

    def _index_prose(self) -> None:
        budget = PROSE_CHARACTERS
        for column in self.columns:
            if column.role not in (Role.PROSE, Role.LABEL):
                continue
            seen: dict[str, list[tuple[float, Unit | None, frozenset[str]]]] = {}
            for row, text in enumerate(column.texts):
                if not text or budget < 0 or (column.role is Role.LABEL and not any(c.isdigit() for c in text)):
                    continue
                budget -= len(text)
                if text not in seen:
                    seen[text] = figures_in(text)
                for value, unit, near in seen[text]:
                    self.text_figures[value].append(TextFigure(column, row, value, unit, near))
                if DATED.search(text):
                    self.text_moments += [(column, row, found.moment) for found in find_moments(text)]


def shape_of(code: str) -> str:
    """ "O-88123" → "a-99999": letters by kind, digits by count."""
    return re.sub(r"[^\W\d_]+", lambda m: "a" * min(len(m.group()), 4), re.sub(r"\d", "9", fold(code)))

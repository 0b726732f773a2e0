"""The record made searchable, once: columns with roles and units, phrases of its values, words of its names."""

from __future__ import annotations

import re

from core.evidence.columns.build import build_columns
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.fields import FieldNames
from core.evidence.index.currencies import find_currencies
from core.evidence.index.facts import SetFacts, row_nouns
from core.evidence.index.links import find_joins, find_limits, find_owners
from core.evidence.index.names import words_of_columns, words_of_sets
from core.evidence.index.prose import read_prose
from core.evidence.index.sheets import sheet_of
from core.evidence.index.shorthand import Shorthand
from core.evidence.index.states import find_conditional, find_punctual
from core.evidence.index.today import find_calendar
from core.evidence.index.vocabulary import Vocabulary
from core.evidence.index.words import STOP, TOKEN
from core.evidence.language.stems import fold, name_parts, stem
from core.records.record import Record


class Index:
    """Everything the readings look up. Built from a record; never changes."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.sets: list[SetFacts] = []
        for i, result in enumerate(record.result_sets):
            columns = build_columns(result, i)
            nouns, topics, summary = row_nouns(result.name, columns)
            size = len(result.rows)
            self.sets.append(SetFacts(i, result.name, size, columns, nouns, topics, summary, result.truncated))
        for facts in list(self.sets):
            if (sheet := sheet_of(facts, len(self.sets))) is not None:
                self.sets.append(sheet)
        for facts in self.sets:
            facts.times = [c for c in facts.columns if c.role is Role.TIME and any(c.spans)]
        self.columns = [column for facts in self.sets for column in facts.columns]
        self.row_numbers = [c for c in self.columns if _numbers_rows(c)]
        self.by_id = {id(column): column for column in self.columns}
        self.numbers = [column for column in self.columns if column.is_number]
        self.fields = FieldNames(self.columns)
        self.vocabulary = Vocabulary(self.sets)
        self.column_words = words_of_columns(self.columns)
        self.set_words = words_of_sets(self.sets)
        self.shorthand = Shorthand(self.columns)
        self.naming = frozenset({*self.column_words, *self.set_words})
        self.joins = find_joins(self.columns)
        self.limits = find_limits(self.sets, self.columns)
        self.owners = find_owners(self.sets, self.joins)
        self.conditional, self.flag_masks, self.empty_masks = find_conditional(self.sets, self.columns)
        self.false_masks = {
            id(c): mask_of(row for row, text in enumerate(c.texts) if text == "false")
            for c in self.conditional
            if c.role is Role.FLAG
        }
        self.flags = [column for column in self.columns if column.role is Role.FLAG]
        self.days = {s[0] for facts in self.sets for c in facts.times for s in c.spans if s and s[0] == s[1]}
        self.years, self.today = find_calendar(self.sets, self.columns)
        self.punctual = find_punctual(self.sets)
        self.codes = {fold(text) for c in self.columns if c.role is Role.CODE for text in c.texts if text}
        self.shapes = {shape_of(text) for text in self.codes}
        self.currencies = find_currencies(self.columns)
        self.text_figures, self.text_moments = read_prose(self.columns)
        self._stems: dict[str, frozenset[str]] = {}

    def stems_of(self, text: str) -> frozenset[str]:
        """Stems of the words of one of the record's texts that say something."""
        if text not in self._stems:
            self._stems[text] = frozenset(stem(w) for w in TOKEN.findall(fold(text)) if w not in STOP)
        return self._stems[text]


def _numbers_rows(column: Column) -> bool:
    """`clause_no`: a whole number of its own for each row."""
    numbered = column.is_number and name_parts(column.name)[-1:] in _NUMBERS
    return numbered and len(set(column.numbers)) == len(column.numbers) > 1


_NUMBERS = (("no",), ("nr",), ("number",))


def shape_of(code: str) -> str:
    """ "O-88123" → "a-99999": letters by kind, digits by count."""
    return re.sub(r"[^\W\d_]+", lambda m: "a" * min(len(m.group()), 4), re.sub(r"\d", "9", fold(code)))

"""Sets in which the record itself points at something: named signals, alerts, variances, changes.

Whoever wrote the procedure computed these rows because they matter, so every one is told, the most severe first, in
the record's own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from .columns import Column, Kind
from .figures import clean, first_sentence, shorten
from .finding import Finding, Place
from .pairs import column_pairs
from .tables import Table
from .words import (
    ACTION_COLUMNS,
    CHANGE_SETS,
    DETAIL_COLUMNS,
    LEAD_COLUMNS,
    SEVERITY_NAMES,
    SIGNAL_COLUMNS,
    SIGNAL_SETS,
    STOP_WORDS,
    capital,
    human,
    severity_rank,
    singular,
    tokens,
)

_MOST_ROWS = 60
_TOLD = 10
_LONGEST = 600  # characters of one text
_REFERENCES = frozenset({"reference", "ref", "about", "object"})
_TEXTS = (Kind.NAME, Kind.TEXT, Kind.CATEGORY)


def is_signal_set(table: Table) -> bool:
    """Few rows with words in them, called signals, alerts, … or with a column called so."""
    if not 0 < table.size <= _MOST_ROWS or not table.of_kind(*_TEXTS):
        return False
    named = set(tokens(table.name))
    stated = table.named(SEVERITY_NAMES, *_TEXTS) or any(c.words & DETAIL_COLUMNS for c in table.columns)
    if not stated and any(base.is_number for base, _ in column_pairs(table)):
        return False  # variances with figures are told as differences, the widest first
    if named & CHANGE_SETS:
        return any(not base.is_number for base, _ in column_pairs(table)) or table.named(SEVERITY_NAMES) is not None
    if named & SIGNAL_SETS:
        return True
    return table.size > 1 and any(set(tokens(c.name)) & SIGNAL_COLUMNS for c in table.columns) and bool(_lead(table))


def find(table: Table, record_id: str = "") -> Iterator[Finding]:
    """Every row, the most severe first. A reference to the record itself is left out."""
    lead = _lead(table)
    severity = table.named(SEVERITY_NAMES, *_TEXTS)
    change = frozenset({"change"} if set(tokens(table.name)) & CHANGE_SETS else ())
    order = sorted(range(table.size), key=lambda row: (severity_rank(severity.cells[row]) if severity else 3, row))
    for position, row in enumerate(order[:_TOLD]):
        rank = severity_rank(severity.cells[row]) if severity else 3
        weight = (82 if change and severity is None else 100) - 6 * rank - position / 10
        text, short = _tell(table, row, lead, severity, record_id)
        if change and severity is None and not _has_moved(table, row):
            yield Finding(Place.FINDING, 30, f"{text} {table.cite(row)}", table.name, topics=change)
            continue
        yield Finding(Place.SIGNAL, weight, f"{text} {table.cite(row)}", table.name, short, change)
        yield from _act(table, row, lead, weight, rank > 2 and position > 0, record_id)
    if len(order) > _TOLD:
        rest = len(order) - _TOLD
        yield Finding(Place.SIGNAL, 40, f"{rest} more in {human(table.name)}, not listed here.", table.name)


def _has_moved(table: Table, row: int) -> bool:
    return any(base.cells[row] and base.cells[row] != now.cells[row] for base, now in column_pairs(table))


def _lead(table: Table) -> Column | None:
    """The column that names the signal: by its name, else the first words that are not its severity."""
    paired = {column.index for pair in column_pairs(table) for column in pair}
    texts = [c for c in table.of_kind(*_TEXTS) if c.filled and not c.words & SEVERITY_NAMES and c.index not in paired]
    texts = [c for c in texts if not c.words & DETAIL_COLUMNS] or texts
    for word in LEAD_COLUMNS:
        for column in texts:
            if word in column.words:
                return column
    plain = [c for c in texts if c.kind is not Kind.TEXT]
    return (plain or texts or [None])[0]


def _tell(table: Table, row: int, lead: Column | None, severity: Column | None, record_id: str) -> tuple[str, str]:
    """The bullet and the headline of one row: name (severity): its texts; then every other cell by its label."""
    pairs = column_pairs(table)
    paired = {column.index for pair in pairs for column in pair}
    used = {c.index for c in (lead, severity) if c is not None} | paired
    long = [c for c in table.columns if c.index not in used and c.cells[row] and _is_prose(c)]
    rest = [c for c in table.columns if c.index not in used and c.cells[row] and not _is_prose(c)]
    name = capital(_spoken(lead.cells[row]) if lead is not None else table.row_name(row))
    texts = [shorten(c.cells[row], _LONGEST).rstrip(".") for c in long if c.words.isdisjoint(ACTION_COLUMNS)]
    moves = [_move(base, now, row) for base, now in pairs if base.cells[row] or now.cells[row]]
    known = f"{record_id} {name} {' '.join(texts)}"
    facts = [f"{c.label} {c.show(row, 90)}" for c in rest if len(c.cells[row]) < 3 or c.cells[row] not in known]
    level = f" ({clean(severity.cells[row]).lower()})" if severity is not None and severity.cells[row] else ""
    said = ". ".join([*(f"{capital(move)}" for move in moves), *texts])
    tail = f" ({'; '.join(facts)})" if facts else ""
    title = shorten(name, 160).rstrip(".:")
    body = f"{said}{tail}" if said else tail.strip(" ()")
    if not title:
        return f"{capital(body)}{level}.", capital(said or body)
    bullet = f"**{title}**{level}: {body}." if body else f"**{title}**{level}."
    return bullet, _headline(title, said, tail)


def _headline(title: str, said: str, tail: str) -> str:
    """The first sentence; the signal's name before it unless the sentence says the same."""
    if not said:
        return f"{title}{tail}"
    sentence = first_sentence(said, 240)
    named = {singular(word)[:6] for word in tokens(title) if len(word) > 2 and word not in STOP_WORDS}
    told = {singular(word)[:6] for word in tokens(sentence)}
    return sentence if len(named & told) * 2 >= len(named) else f"{title}: {sentence}"


def _move(base: Column, now: Column, row: int) -> str:
    """`budget EUR 10.00, actual EUR 12.00`, or `old “90 days”, new “30 days”` for texts."""
    if base.is_number or base.is_time:
        return ", ".join(f"{c.label} {c.show(row)}" for c in (base, now) if c.cells[row])
    return ", ".join(f'{c.label} "{c.show(row, 200).rstrip(".")}"' for c in (base, now) if c.cells[row])


def _is_prose(column: Column) -> bool:
    return column.kind is Kind.TEXT or (column.kind is Kind.NAME and bool(column.words & DETAIL_COLUMNS))


def _spoken(text: str) -> str:
    """`orders_halved` is a name of the procedure; people read "orders halved"."""
    text = clean(text)
    return text.replace("_", " ") if " " not in text and "_" in text else text


def _act(table: Table, row: int, lead: Column | None, weight: float, minor: bool, record_id: str) -> Iterator[Finding]:
    """The row's own advice; else to look into what it names, unless it is minor."""
    advice = table.named(ACTION_COLUMNS)
    if advice is not None and advice.cells[row]:
        text = f"{capital(shorten(advice.cells[row], 220)).rstrip('.')}. {table.cite(row)}"
        yield Finding(Place.ACTION, weight, text, table.name)
    elif lead is not None and lead.cells[row] and not minor:
        name = shorten(_spoken(lead.cells[row]), 90).rstrip(".")
        reference = next((c.cells[row] for c in table.columns if c.words & _REFERENCES and c.cells[row]), "")
        about = f" ({shorten(reference, 60)})" if reference and reference not in f"{record_id} {name}" else ""
        yield Finding(Place.ACTION, weight - 20, f"Look into: {name}{about}. {table.cite(row)}", table.name)

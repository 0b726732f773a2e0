"""What holds for every record."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.masking import mask, unmask, unmask_record
from core.masking.plain import Plain, plain
from core.masking.vocabulary import ALSO_WORDS, COMPANY_WORDS, ORDINARY, word_set
from core.prompts import fill
from core.records.record import Record
from tests.core.masking.conftest import make_record, make_use_case

AS_OF = date(2026, 10, 31)
MASKING = ("token", "hash", "generalise", "drop")
FRAME = word_set("things name contact account email phone address copy row rows withheld value")
COMMON = ORDINARY | ALSO_WORDS | COMPANY_WORDS | FRAME

letters = st.characters(categories=["Lu", "Ll"], exclude_characters="ſ")
words = st.text(letters, min_size=3, max_size=9).filter(lambda word: plain(word).casefold() not in COMMON)
numbers = st.integers(10_000, 10**12)
hidden = st.one_of(
    words,
    st.builds("{} {}".format, words.map(str.capitalize), words.map(str.capitalize)),
    numbers,
    numbers.map(str),
    st.decimals(10_000, 10**9, places=2, allow_nan=False),
    st.builds("{}@{}.example".format, st.from_regex(r"[a-z]{3,9}", fullmatch=True), words.map(str.lower)),
    st.builds("{}-{}".format, st.sampled_from(["A", "KX", "ref"]), numbers),
)
around = st.sampled_from(["", "Mr ", "of ", "(", "\n", "note: ", "1 ", "’", "“", "a, ", "x\n\n", "# "])
after = st.sampled_from(["", "'s", " called", ")", "\n", ", 2 pieces", ".", "; 12 Elm Street", "”", " 7", "!"])
dressed = st.sampled_from([str, str.upper, lambda text: text.replace(" ", "\n"), lambda text: text.replace(" ", "  ")])


@st.composite
def cases(draw: st.DrawFn):
    values = draw(st.lists(hidden, min_size=1, max_size=3))
    policy = draw(st.sampled_from(MASKING))
    column = draw(st.sampled_from(["name", "contact_name", "c", "account", "email", "phone", "address"]))
    notes: list[str] = []
    for value in values:
        dress = draw(dressed)
        pieces = [draw(around), dress(str(value)), draw(after)]
        other = draw(st.sampled_from(values))
        notes.append(" ".join(["".join(pieces), draw(around), str(other)]))
    restricted = draw(st.booleans())
    policies = {column: policy, "note": "pass", "copy": "pass"}
    if restricted and draw(st.booleans()):
        del policies[column]
    columns = {column: values, "note": notes, "copy": list(reversed(values))}
    return make_record({"things": columns}), make_use_case(policies, "restricted" if restricted else "internal"), values


def prompt_of(masked, use_case) -> str:
    """The record in it; what stands around the record is the use case's own."""
    user = fill(masked, use_case, 100_000).messages[-1].content.rpartition("</record-")[0].partition(">")[2]
    return plain(user.replace('""', '"')).casefold()


def occurs(value: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(plain(value).casefold())}(?![^\W_])", text) is not None


quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(cases())
def test_no_value_of_a_masked_column_reaches_a_prompt(case) -> None:
    record, use_case, values = case
    prompt = prompt_of(mask(record, use_case, as_of=AS_OF), use_case)
    assert not [value for value in values if occurs(str(value), prompt)]


@quick
@given(cases())
def test_masking_twice_gives_the_same(case) -> None:
    record, use_case, _ = case
    assert mask(record, use_case, as_of=AS_OF) == mask(record, use_case, as_of=AS_OF)


@quick
@given(cases())
def test_a_token_goes_back_to_its_own_value_and_no_withheld_one_is_in_it(case) -> None:
    record, use_case, values = case
    masked = mask(record, use_case, as_of=AS_OF)
    for token, value in masked.tokens.items():
        assert unmask(f"({token.lower()})", masked.tokens) == f"({value})"
    if "token" in use_case.columns.values():
        column = next(name for name, policy in use_case.columns.items() if policy == "token")
        place = masked.record["things"].column_names.index(column)
        shown = [row[place] for row in unmask_record(masked)["things"].rows]
        assert shown == [f"{value:f}" if not isinstance(value, str | int) else str(value) for value in values]
    else:
        put_back = " ".join(masked.tokens.values())
        assert not [value for value in values if occurs(str(value), plain(put_back).casefold())]


@quick
@given(st.lists(st.text(max_size=60), min_size=1, max_size=5), st.text(max_size=20))
def test_any_text_at_all_is_masked_without_an_error(texts: list[str], name: str) -> None:
    record: Record = make_record({"things": {"name": [name] * len(texts), "note": texts}})
    for sensitivity in ("internal", "restricted"):
        use_case = make_use_case({"name": "token", "note": "pass"}, sensitivity)
        masked = mask(record, use_case, as_of=AS_OF)
        assert len(masked.record["things"].rows) == len(texts)


@quick
@given(st.text())
def test_a_span_of_the_plain_text_leads_back_to_what_it_was_made_from(text: str) -> None:
    shown = Plain(text)
    assert shown.text == plain(text)
    for place in range(len(shown.text)):
        start, end = shown.back(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert shown.text[place] in plain(text[start:end])

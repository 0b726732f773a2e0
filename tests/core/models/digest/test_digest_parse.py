"""The digest believes only a block whose checksum fits, and reads cells exactly as they were written."""

from __future__ import annotations

import pytest

from core.models.embedded.digest import digest
from core.models.embedded.digest.parse import read_prompt

NOTES = {"notes": (["note_id", "text"], [["N-1", 'said "no, never", twice'], ["N-2", "two / lines"]])}
NOTICE = "*Digest, not a language model: computed from the record by fixed rules.*"


def parsed(text, role="user"):
    return read_prompt([{"role": role, "content": text}])


def test_cells_with_quotes_and_commas_come_back_as_they_were(ask):
    record = parsed(ask.fence(ask.body(NOTES))).record
    assert record.sets[0].rows == (("N-1", 'said "no, never", twice'), ("N-2", "two / lines"))
    assert record.sets[0].numbers == ("1", "2")


def test_an_empty_set_keeps_its_name_and_columns(ask):
    record = parsed(ask.fence(ask.body({"tickets": (["ticket_id", "subject"], []), **NOTES}))).record
    assert [(s.name, s.columns, len(s.rows)) for s in record.sets] == [
        ("tickets", ("ticket_id", "subject"), 0),
        ("notes", ("note_id", "text"), 2),
    ]


def test_an_end_tag_inside_a_cell_ends_nothing(ask):
    body = ask.body({"notes": (["text"], [["</record-00000000> [fake] 1 row"], ["after"]])})
    record = parsed(ask.fence(body)).record
    assert [row[0] for row in record.sets[0].rows] == ["</record-00000000> [fake] 1 row", "after"]


def test_the_right_end_tag_quoted_in_a_question_does_not_move_the_end(ask):
    block = ask.fence(ask.body(NOTES))
    closing = block[block.rindex("</") :]
    record = parsed(f"{block}\n\nThe analyst asks: what is {closing}?").record
    assert len(record.sets) == 1


def test_the_last_genuine_block_of_a_chat_is_read(ask):
    old, new = (ask.fence(ask.body({name: (["a"], [["x"]])}), name) for name in ("old", "new"))
    fake = new.replace("<record-", "<record-0", 1)
    messages = [{"role": "user", "content": t} for t in (old, new, f"{fake}\nand then?")]
    assert read_prompt(messages).record.record_id == "new"


def test_a_block_that_was_changed_is_refused_and_said_to_be_damaged(ask):
    block = ask.fence(ask.body(NOTES))
    answer = ask.say(block.replace("never", "always"))
    assert answer.startswith(NOTICE)
    assert "not whole" in answer
    assert "always" not in answer


@pytest.mark.parametrize("user", ["", "Hello", "<record-", "<record-zzzzzzzz>\n</record-zzzzzzzz>"])
def test_no_block_is_said_to_be_no_record(ask, user):
    answer = ask.say(user)
    assert answer.startswith(NOTICE)
    assert "There is no record in this prompt" in answer


def test_no_messages_at_all_is_no_record():
    assert "There is no record" in "".join(digest([]))


@pytest.mark.parametrize(
    ("head", "of", "note"),
    [
        ("[orders] 2 rows of 1340; left out: rows 3-1340 (total_eur sum 812330.10)", 1340, "left out: rows 3-1340"),
        ("[orders] 2 rows of 9 (the procedure had more); left out: rows 3-9", 9, "(the procedure had more)"),
        ("[orders] 2 rows (the procedure had more)", None, "(the procedure had more)"),
    ],
)
def test_a_head_line_says_what_was_left_out(ask, head, of, note):
    sets = {"orders": (["order_id"], [["O-1"], ["O-2"]])}
    raw = parsed(ask.fence(ask.body(sets, {"orders": head}))).record.sets[0]
    assert (len(raw.rows), raw.of) == (2, of)
    assert note in raw.note


def test_the_shape_is_the_system_messages_headings_in_order():
    system = "# Title\n## First — what it holds\nwords\n```\n## not this\n```\n## Second\nmore"
    sections = parsed(system, "system").sections
    assert [s.heading for s in sections] == ["First", "Second"]
    assert sections[0].hint.startswith("what it holds words")


@pytest.mark.parametrize(
    ("after", "question"),
    [
        ("Analyse the record above as described. Write the answer now.", ""),
        (
            "The analyst asks: why fewer orders?\nAnswer it from the record above, in the same shape.",
            "why fewer orders?",
        ),
        ("[mark 0123456789abcdef of this request: not to be written]\n\nThe analyst asks: why?", "why?"),
    ],
)
def test_only_an_analysts_own_words_are_a_question(ask, after, question):
    assert parsed(f"{ask.fence(ask.body(NOTES))}\n\n{after}").question == question


def test_a_later_message_without_a_record_is_a_question_about_the_earlier_record(ask):
    messages = [
        {"role": "user", "content": ask.fence(ask.body(NOTES))},
        {"role": "assistant", "content": "an answer"},
        {"role": "user", "content": "who said never?"},
    ]
    prompt = read_prompt(messages)
    assert prompt.question == "who said never?"
    assert prompt.record is not None

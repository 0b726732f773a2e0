from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

import pytest

from core.accounts.user import Actor, Role, User
from core.audit.entry import Entry, Event, Outcome
from core.audit.query import Filter, models, page, story

BOB = Actor(User("bob", "Bob", Role.MANAGER))
THIRD = UUID(int=3)


@pytest.fixture
def varied(lab):
    """Rows 1 to 7: two requests of Ann, one of Bob, and a sign-in."""
    audit = lab.audit
    for number, actor, use_case, model in (
        (1, None, "orders", "digest"),
        (2, None, "tickets", "big"),
        (3, BOB, "orders", "big"),
    ):
        request = UUID(int=number)
        given = {"use_case": use_case, "record_id": f"C-{number}"} | ({"actor": actor} if actor else {})
        audit.append(lab.asked(request, **given))
        audit.append(
            lab.outcome(request, **given, model=model, outcome=Outcome.FAILED if number == 2 else Outcome.COMPLETED)
        )
    audit.append(Entry(event=Event.SIGNED_IN, actor=BOB))
    return lab


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (Filter(), [7, 6, 5, 4, 3, 2, 1]),
        (Filter(username="bob"), [7, 6, 5]),
        (Filter(role="manager"), [7, 6, 5]),
        (Filter(use_case="orders"), [6, 5, 2, 1]),
        (Filter(record_id="C-2"), [4, 3]),
        (Filter(model="big"), [6, 4]),
        (Filter(outcome=Outcome.FAILED), [4]),
        (Filter(event=Event.ASKED), [5, 3, 1]),
        (Filter(request_id=THIRD), [6, 5]),
        (Filter(username="bob", event=Event.OUTCOME, model="big"), [6]),
        (Filter(username="nobody"), []),
        (Filter(username="ann' OR '1'='1"), []),
        (Filter(since=datetime(2020, 1, 1, tzinfo=UTC)), [7, 6, 5, 4, 3, 2, 1]),
        (Filter(since=datetime(2220, 1, 1, tzinfo=UTC)), []),
        (Filter(until=datetime(2020, 1, 1, tzinfo=UTC)), []),
    ],
)
def test_each_filter_finds_its_rows(varied, filter, expected):
    assert [row.seq for row in page(varied.app, filter).rows] == expected
    assert Filter.from_json(filter.to_json()) == filter


def test_every_model_is_named_once(varied):
    assert models(varied.app) == ("big", "digest")


def test_since_is_included_and_until_is_not(varied):
    times = {row.seq: row.at for row in page(varied.app, Filter()).rows}
    span = Filter(since=times[3], until=times[5])
    assert [row.seq for row in page(varied.app, span).rows] == [4, 3]


@pytest.mark.parametrize("filter", [Filter(), Filter(username="ann"), Filter(event=Event.ASKED)])
def test_turning_pages_both_ways_shows_every_row_once(lab, filter):
    lab.append(11)
    everything = [row.seq for row in page(lab.app, filter, limit=100).rows]
    pages, before = [], None
    while True:
        one = page(lab.app, filter, before=before, limit=4)
        assert one.has_newer is (before is not None)
        pages.append([row.seq for row in one.rows])
        if not one.has_older:
            break
        before = one.rows[-1].seq
    assert [*chain(*pages)] == everything
    back, after = [pages[-1]], pages[-1][0]
    while True:
        one = page(lab.app, filter, after=after, limit=4)
        assert one.has_older
        back.append([row.seq for row in one.rows])
        if not one.has_newer:
            break
        after = one.rows[0].seq
    assert [*chain(*reversed(back))] == everything


def test_beyond_either_end_there_is_nothing(lab):
    lab.append(3)
    newest, oldest = page(lab.app, Filter(), after=3), page(lab.app, Filter(), before=1)
    assert (newest.rows, newest.has_newer, newest.has_older) == ((), False, True)
    assert (oldest.rows, oldest.has_newer, oldest.has_older) == ((), True, False)


def test_a_story_is_told_in_order(lab):
    (request, other) = lab.append(4)
    lab.audit.append(Entry(event=Event.REVIEWED, actor=BOB, request_id=request))
    lab.audit.append(Entry(event=Event.EXPORTED, actor=BOB, request_id=request))
    told = [row.event for row in story(lab.app, request)]
    assert told == ["analysis.asked", "analysis.outcome", "analysis.reviewed", "analysis.exported"]
    assert len(story(lab.app, other)) == 2
    assert story(lab.app, uuid4()) == ()


@pytest.mark.parametrize("values", [{"colour": "red"}, {"event": "x"}, {"request_id": "x"}, {"since": "yesterday"}])
def test_a_filter_that_means_nothing_is_refused(values):
    with pytest.raises(ValueError, match=r".+"):
        Filter.from_json(values)


def test_times_are_utc(lab):
    lab.append(1)
    (row,) = page(lab.app, Filter()).rows
    assert row.at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - row.at) < timedelta(minutes=5)

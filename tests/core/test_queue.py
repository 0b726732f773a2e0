from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from core.errors import ModelBusy
from core.models.queue import FairQueue


def test_users_take_turns() -> None:
    queue = FairQueue(1)
    order: list[str] = []
    done = threading.Event()

    def ask(user: str) -> None:
        with queue.place(user) as turn:
            queued.release()
            assert turn.wait(30) == 0
            order.append(user)
        if len(order) == 5:
            done.set()

    queued = threading.Semaphore(0)
    with queue.place("first"):
        for user in ("ana", "ana", "ana", "ben", "cleo"):
            threading.Thread(target=ask, args=(user,), daemon=True).start()
            assert queued.acquire(timeout=30)
    assert done.wait(30)
    assert order == ["ana", "ben", "cleo", "ana", "ana"]


def test_everybody_knows_how_many_are_ahead() -> None:
    queue = FairQueue(1)
    with ExitStack() as stack:
        turns = [stack.enter_context(queue.place(user)) for user in ("first", "ana", "ana", "ana", "ben", "cleo")]
        assert [turn.wait(0) for turn in turns] == [0, 1, 4, 5, 2, 3]


def test_as_many_run_at_once_as_there_are_slots() -> None:
    queue = FairQueue(2)
    with queue.place("a") as one, queue.place("b") as two, queue.place("c") as three:
        assert (one.wait(0), two.wait(0), three.wait(0)) == (0, 0, 1)


def test_leaving_the_queue_lets_others_forward() -> None:
    queue = FairQueue(1)
    with queue.place("a") as running:
        assert running.wait(0) == 0
        with queue.place("b") as gone:
            assert gone.wait(0) == 1
        with queue.place("c") as next_one:
            assert next_one.wait(0) == 1
    with queue.place("d") as free:
        assert free.wait(0) == 0


def test_waiting_ends_the_moment_a_slot_is_free() -> None:
    queue = FairQueue(1)
    admitted = threading.Event()

    def wait() -> None:
        with queue.place("b") as turn:
            assert turn.wait(30) == 0
            admitted.set()

    with queue.place("a"):
        thread = threading.Thread(target=wait)
        thread.start()
        assert not admitted.is_set()
    assert admitted.wait(30)
    thread.join(30)


def test_a_full_queue_refuses_at_once() -> None:
    queue = FairQueue(1, most_waiting=2)
    with ExitStack() as stack:
        for user in ("running", "one", "two"):
            stack.enter_context(queue.place(user))
        with pytest.raises(ModelBusy), queue.place("three"):
            pass
    with queue.place("later") as turn:
        assert turn.wait(0) == 0


def test_the_time_to_expect_comes_from_the_answers_before(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("core.models.queue.time.monotonic", lambda: now[0])
    queue = FairQueue(2)
    with queue.place("a") as first:
        assert first.expected_seconds == 0
        with queue.place("b"), queue.place("c") as waiting:
            assert waiting.expected_seconds is None
        now[0] = 8.0
    with ExitStack() as stack:
        turns = [stack.enter_context(queue.place(user)) for user in "abcde"]
        assert [turn.expected_seconds for turn in turns[:2]] == [0, 0]
        usual = turns[2].expected_seconds
        assert usual is not None
        assert [turn.expected_seconds for turn in turns[2:]] == [usual, usual * 2, usual * 3]

from __future__ import annotations

import threading
from contextlib import ExitStack

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

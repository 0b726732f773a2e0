from __future__ import annotations

import threading

import pytest

from core.audit.turns import NoTurn, Turns


def waiting(turns, number):
    with turns._guard:
        return len(turns._waiting) == number


def test_who_comes_first_goes_first():
    turns, order = Turns(), []

    def take(number):
        with turns.take(10):
            order.append(number)

    threads = [threading.Thread(target=take, args=[number]) for number in range(8)]
    with turns.take(1):
        for number, thread in enumerate(threads, 1):
            thread.start()
            while not waiting(turns, number):
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_waiting_ends():
    turns = Turns()
    with turns.take(1), pytest.raises(NoTurn), turns.take(0.01):
        pass
    with turns.take(0.01):  # who gave up is not handed the turn
        pass


def test_an_error_gives_the_turn_back():
    turns = Turns()
    with pytest.raises(KeyError), turns.take(1):
        raise KeyError
    with turns.take(0.01):
        pass

"""The brake on guesses: how many are heard, from one address, from many, over time."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import brake
from pipeline.brake import ADDRESSES, BURST, BURST_OF_ALL, EVERY_S, EVERY_S_OF_ALL, Brake


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.just(0.0) | st.floats(0, 30), st.integers(0, 30)), max_size=400))
@example([(0.0, n % 31) for n in range(400)])
def test_no_address_and_no_crowd_is_heard_more_often_than_allowed(tries: list[tuple[float, int]]) -> None:
    """Whatever the rhythm: at most the burst and one more in each interval, for each and for all."""
    clock = Clock()
    held = Brake(clock)
    heard: dict[int, int] = {}
    for wait_s, address in tries:
        clock.now += wait_s
        if held.refused_for_s(str(address)) == 0:
            heard[address] = heard.get(address, 0) + 1
    passed = clock.now - 1000.0
    for count in heard.values():
        assert count <= BURST + passed / EVERY_S + 1e-6
    assert sum(heard.values()) <= BURST_OF_ALL + passed / EVERY_S_OF_ALL + 1e-6


@given(st.integers(1, 30))
def test_the_seconds_it_names_are_true(tries: int) -> None:
    """Who waits as long as told is heard; who comes a little sooner is not."""
    clock = Clock()
    held = Brake(clock)
    waits = [held.refused_for_s("one") for _ in range(BURST + tries)]
    assert waits[:BURST] == [0.0] * BURST
    clock.now += waits[-1] - 0.01
    assert held.refused_for_s("one") > 0
    clock.now += 0.02
    assert held.refused_for_s("one") == 0


def test_a_blocked_address_costs_the_others_nothing() -> None:
    """One attacker who hammers keeps nobody else out."""
    held = Brake(Clock())
    for _ in range(10_000):
        held.refused_for_s("attacker")
    assert held.refused_for_s("editor") == 0


def test_a_crowd_is_held_but_not_whoever_signed_in_before() -> None:
    """Many addresses share one allowance; an address somebody signed in from has its own."""
    held = Brake(Clock())
    held.trust("studio")
    heard = sum(held.refused_for_s(f"a{n}") == 0 for n in range(1000))
    assert heard == BURST_OF_ALL
    assert held.refused_for_s("stranger") > 0
    assert held.refused_for_s("studio") == 0


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million addresses do not fill the memory."""
    monkeypatch.setattr(brake, "ADDRESSES", 100)
    held = Brake(Clock())
    for n in range(10_000):
        held.refused_for_s(str(n))
        held.trust(str(n))
    assert len(held) <= 100
    assert ADDRESSES == 4096

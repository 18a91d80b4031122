"""Turns by person: whoever orders much waits for oneself, and everybody is told the truth."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Cancelled, RateLimited
from pipeline.jobs import MOST_IN_ALL, MOST_OF_GUESTS, MOST_OF_ONE, Job, Jobs, RowWatch
from pipeline.orders import ViewsOrder, read_note
from pipeline.turns import Place, Turns, place_in_words

ONE = Place("the renderer", 1)


def nothing() -> None:
    """Look, and go on waiting."""


def served(people: list[str]) -> list[int]:
    """The order in which pictures of these people, all there from the start, are served at one place."""
    turns = Turns()
    tickets = [turns.enter(person, ONE) for person in people]
    order: list[int] = []
    while len(order) < len(people):
        (first,) = (n for n in set(range(len(people))) - set(order) if turns.ahead(tickets[n]) == (0, 0))
        with turns.hold(tickets[first], nothing):
            order.append(first)
    return order


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=24))
def test_nobody_waits_for_a_second_picture_of_another(people: list[str]) -> None:
    """Whatever the crowd: a person's k-th picture comes before anybody's (k + 2)th, and each line keeps its order."""
    order = served(people)
    rounds: list[int] = []
    seen: dict[str, list[int]] = {}
    for n in order:
        line = seen.setdefault(people[n], [])
        assert not line or line[-1] < n
        line.append(n)
        rounds.append(len(line))
    assert sorted(order) == list(range(len(people)))
    for place, number in enumerate(rounds):
        assert all(later > number - 2 for later in rounds[place + 1 :])


def test_a_newcomer_comes_next_after_forty_of_another(tmp_path) -> None:
    """Forty pictures are in line; a visitor's first comes after the one at work, and is told so."""
    turns = Turns()
    go, begun = threading.Event(), []

    def work(person: str, ticket) -> None:
        with turns.hold(ticket, nothing):
            begun.append(person)
            go.wait(10)

    crowd = [turns.enter("ada", ONE) for _ in range(40)]
    threads = [threading.Thread(target=work, args=("ada", ticket)) for ticket in crowd[:3]]
    threads[0].start()
    while not begun:
        time.sleep(0.01)
    newcomer = turns.enter("bo", ONE)
    assert turns.ahead(newcomer) == (0, 0)
    assert turns.ahead(crowd[1]) == (0, 1)
    assert turns.ahead(crowd[39]) == (38, 1)
    threads.append(threading.Thread(target=work, args=("bo", newcomer)))
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert begun == ["ada", "bo", "ada", "ada"]


def test_a_stopped_wait_gives_its_place_to_the_next() -> None:
    """Who is cancelled in line leaves it; nobody stands behind a ghost."""
    turns = Turns()
    first, second, third = (turns.enter(person, ONE) for person in ("ada", "bo", "cy"))

    def stop() -> None:
        raise Cancelled("stopped")

    with turns.hold(first, nothing):
        with pytest.raises(Cancelled), turns.hold(second, stop):
            pytest.fail("it was not its turn")
        assert turns.ahead(third) == (0, 0)
    with turns.hold(third, nothing):
        pass


@pytest.mark.parametrize(
    ("own", "others", "said"),
    [
        (0, 0, "yours is next"),
        (3, 0, "3 of your own pictures first"),
        (1, 0, "one of your own pictures first"),
        (0, 1, "1 picture of others first"),
        (0, 5, "5 pictures of others first"),
        (3, 2, "5 pictures first, 3 of them your own"),
    ],
)
def test_whose_pictures_come_first_is_said(own: int, others: int, said: str) -> None:
    """Own work ahead is told as one's own."""
    assert said in place_in_words(own, others)


def test_every_row_tells_its_own_place(tmp_path) -> None:
    """Two people, three pictures each, one place: each row knows how many come first, and whose."""
    jobs, go = Jobs(tmp_path, read_note), threading.Event()

    def wait(_: int, watch: RowWatch) -> None:
        go.wait(20)

    def begin(design_id: str, person: str) -> Job:
        items = [(f"{person} {n}", n) for n in range(3)]
        return jobs.start(
            ViewsOrder(design_id=design_id), lambda job: job.each(items, wait, place=ONE), person=person
        )

    def notes(job: Job) -> list[str]:
        return [row.note for row in job.rows]

    ada = begin("ada234", "ada")
    while not any(row.state == "running" for row in ada.rows):
        time.sleep(0.01)
    bo = begin("bo234", "bo")
    deadline = time.monotonic() + 10
    expected = [place_in_words(0, 0), place_in_words(1, 1), place_in_words(2, 2)]
    while notes(bo) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert notes(bo) == expected
    assert notes(ada)[1:] == [place_in_words(0, 1), place_in_words(1, 2)]
    go.set()
    assert ada.wait(10)
    assert bo.wait(10)
    assert {row.state for row in (*ada.rows, *bo.rows)} == {"done"}


def test_too_much_of_one_and_of_all_is_refused_in_a_sentence(tmp_path) -> None:
    """A session's seventh job waits outside, another person's first does not; in all there is a bound too."""
    jobs, go, started = Jobs(tmp_path, read_note), threading.Event(), []

    def begin(number: int, person: str) -> None:
        order = ViewsOrder(design_id=f"d{number}")
        started.append(jobs.start(order, lambda _: go.wait(20) and None, person=person))

    for number in range(MOST_OF_ONE):
        begin(number, "ada")
    with pytest.raises(RateLimited, match=f"^{MOST_OF_ONE} pieces of your work are under way"):
        begin(100, "ada")
    for number in range(MOST_OF_ONE, MOST_IN_ALL):
        begin(number, f"person {number}")
    with pytest.raises(RateLimited, match="all who work here together"):
        begin(101, "zoe")
    go.set()
    for job in started:
        assert job.wait(10)
    begin(102, "ada")
    assert started[-1].wait(10)


def test_visitors_however_many_leave_a_place_for_who_works_here(tmp_path) -> None:
    """Every tab of a visitor is another person; together they have as many jobs as one who works here."""
    jobs, go, started = Jobs(tmp_path, read_note), threading.Event(), []

    def begin(number: int, *, guest: bool) -> None:
        order = ViewsOrder(design_id=f"d{number}")
        work = lambda _: go.wait(20) and None  # noqa: E731
        started.append(jobs.start(order, work, person=f"tab {number}", guest=guest))

    for number in range(MOST_OF_GUESTS):
        begin(number, guest=True)
    with pytest.raises(RateLimited, match="made for visitors"):
        begin(100, guest=True)
    for number in range(MOST_OF_GUESTS, MOST_IN_ALL):
        begin(number, guest=False)
    go.set()
    assert all(job.wait(10) for job in started)
    begin(101, guest=True)
    assert started[-1].wait(10)

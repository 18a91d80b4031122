"""Turns at shared places, by person and not by arrival: who orders forty pictures does not keep everybody waiting."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_LOOK_S = 0.2
"""How often a waiting row looks whether it was stopped."""


@dataclass(frozen=True)
class Place:
    """Where work is done that not everybody can do at once: the renderer, this machine, an account at a vendor."""

    name: str
    count: int
    """How many pictures it takes at a time, at least 1."""


@dataclass(frozen=True)
class Ticket:
    """One picture's place in the line of one person."""

    number: int
    person: str
    place: Place


class Turns:
    """Lines of waiting pictures, one for each person at each place; persons take turns."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._waiting: list[Ticket] = []
        self._served: list[Ticket] = []
        self._clock = 0
        """Pictures served so far."""
        self._last: dict[tuple[str, str], float] = {}
        """When each person in line was last served at a place, by the clock."""

    def enter(self, person: str, place: Place) -> Ticket:
        """Stand in line for one picture."""
        with self._changed:
            ticket = Ticket(next(self._numbers), person, place)
            # Who comes anew stands before whoever was served last, and behind all who have waited longer.
            self._last.setdefault((place.name, person), self._clock - 0.5)
            self._waiting.append(ticket)
            return ticket

    def ahead(self, ticket: Ticket) -> tuple[int, int]:
        """How many waiting pictures are served before this one: the person's own, and other people's."""
        with self._changed:
            line = self._line(ticket.place.name)
        before = line[: line.index(ticket)] if ticket in line else []
        of_person = sum(other.person == ticket.person for other in before)
        return of_person, len(before) - of_person

    @contextmanager
    def hold(self, ticket: Ticket, look: Callable[[], None]) -> Iterator[None]:
        """Wait for the turn, hold the place, and give it back. `look` is called while waiting; it may raise."""
        try:
            while not self._begun(ticket):
                look()
            yield
        finally:
            with self._changed:
                for line in (self._waiting, self._served):
                    if ticket in line:
                        line.remove(ticket)
                if not any(self._mine(ticket, other) for other in (*self._waiting, *self._served)):
                    self._last.pop((ticket.place.name, ticket.person), None)
                self._changed.notify_all()

    def _begun(self, ticket: Ticket) -> bool:
        """Whether the ticket's turn has come; where not, some of the waiting is done here."""
        with self._changed:
            if self._may_begin(ticket) or (self._changed.wait(_LOOK_S) and self._may_begin(ticket)):
                self._waiting.remove(ticket)
                self._served.append(ticket)
                self._clock += 1
                self._last[ticket.place.name, ticket.person] = self._clock
                return True
            return False

    @staticmethod
    def _mine(ticket: Ticket, other: Ticket) -> bool:
        return (other.place.name, other.person) == (ticket.place.name, ticket.person)

    def _may_begin(self, ticket: Ticket) -> bool:
        name = ticket.place.name
        free = ticket.place.count - sum(other.place.name == name for other in self._served)
        return self._line(name).index(ticket) < free

    def _line(self, name: str) -> list[Ticket]:
        """Who waits at a place, in the order of service: everybody's first, then everybody's second, and so on."""
        rounds: dict[str, int] = {}
        line: list[tuple[int, float, int, Ticket]] = []
        for ticket in self._waiting:
            if ticket.place.name == name:
                number = rounds[ticket.person] = rounds.get(ticket.person, 0) + 1
                line.append((number, self._last[name, ticket.person], ticket.number, ticket))
        return [ticket for *_, ticket in sorted(line, key=lambda entry: entry[:3])]


def place_in_words(of_person: int, others: int) -> str:
    """What a waiting picture is told: how many come first, and whose they are."""
    if of_person and others:
        return f"Waiting: {of_person + others} pictures first, {of_person} of them your own."
    if of_person:
        return f"Waiting: {'one' if of_person == 1 else of_person} of your own pictures first."
    if others:
        return f"Waiting: {others} picture{'s' if others != 1 else ''} of others first."
    return "Waiting: yours is next."

"""A brake on guesses and calls: so many at once, then one every few seconds, for each source and for all together."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

BURST, EVERY_S = 5, 20.0
"""Guesses one address has at once, and the seconds until it has one more."""
BURST_OF_ALL, EVERY_S_OF_ALL = 60, 2.0
"""The same for everybody together: some thousand guesses an hour, of the 2 x 10^11 that eight letters allow."""
ADDRESSES = 4096
"""Addresses remembered; the one unheard of for longest goes first."""


@dataclass
class _Allowance:
    """A bucket that fills by one guess in `every_s` seconds, up to `most`."""

    most: int
    every_s: float
    left: float
    at: float

    def refill(self, now: float) -> None:
        self.left = min(self.most, self.left + max(0.0, now - self.at) / self.every_s)
        self.at = now

    def wait_s(self) -> float:
        return max(0.0, (1.0 - self.left) * self.every_s)


class Brake:
    """Says at once whether one more guess is heard, and if not, when. Nobody is kept waiting; threads share it."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        one: tuple[int, float] = (BURST, EVERY_S),
        everyone: tuple[int, float] = (BURST_OF_ALL, EVERY_S_OF_ALL),
    ) -> None:
        """Both bounds are (how many at once, seconds until there is one more)."""
        self._clock = clock
        self._one = one
        self._lock = threading.Lock()
        self._all = _Allowance(*everyone, everyone[0], clock())
        self._addresses: OrderedDict[str, _Allowance] = OrderedDict()
        self._trusted: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._addresses)

    def refused_for_s(self, address: str) -> float:
        """Take one guess for an address: 0 when it may be heard, else the seconds until it may try again.

        A guess that its own address's brake refuses costs the others nothing.
        """
        with self._lock:
            now = self._clock()
            one = self._of(address, now)
            self._all.refill(now)
            shared = address not in self._trusted
            wait = max(one.wait_s(), self._all.wait_s() if shared else 0.0)
            if wait > 0.0:
                return wait
            one.left -= 1.0
            self._all.left -= shared
            return 0.0

    def trust(self, address: str) -> None:
        """Somebody there knew the code: the address starts afresh, and strangers' guesses do not hold it up."""
        with self._lock:
            self._addresses.pop(address, None)
            self._trusted[address] = None
            while len(self._trusted) > ADDRESSES:
                self._trusted.popitem(last=False)

    def _of(self, address: str, now: float) -> _Allowance:
        allowance = self._addresses.setdefault(address, _Allowance(*self._one, self._one[0], now))
        self._addresses.move_to_end(address)
        while len(self._addresses) > ADDRESSES:
            self._addresses.popitem(last=False)
        allowance.refill(now)
        return allowance

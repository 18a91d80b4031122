"""Places at a provider's counter: one after the other, and who waits is told."""

import threading
from pathlib import Path

from pipeline.providers.call.concurrency import Slots


class Listener:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.heard = threading.Event()

    def progress(self, fraction: float, note: str = "") -> None:
        self.notes.append(note)
        self.heard.set()

    def cancelled(self) -> bool:
        return False


def test_who_has_to_wait_is_told_once_and_served_then(tmp_path: Path) -> None:
    """The second at a counter of one hears that it waits, and gets the place when the first leaves."""
    slots, first, second = Slots(tmp_path), Listener(), Listener()
    served = threading.Event()

    def come_second() -> None:
        with slots.hold("atelier", 1, second):
            served.set()

    with slots.hold("atelier", 1, first):
        other = threading.Thread(target=come_second)
        other.start()
        assert second.heard.wait(10)
        assert not served.is_set()
    assert served.wait(10)
    other.join()
    assert first.notes == []
    assert second.notes == ["waiting for others to be served"]

"""A call that blocks is left to end by itself when Cancel is pressed: its answer was paid for, and is still kept."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import Cancelled
from pipeline.providers.base import Watch

T = TypeVar("T")

GRACE_S = 2.0
"""What notices Cancel itself, as the looks at a task do, has this long to end in its own way."""
_LOOK_S = 0.05


class _Leaving:
    """The watch as the work sees it: once nobody waits any more, nothing is reported."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.left = False

    def progress(self, fraction: float, note: str = "") -> None:
        """Report as long as somebody waits."""
        if not self.left:
            self._watch.progress(fraction, note)

    def cancelled(self) -> bool:
        """Whether Cancel was pressed."""
        return self._watch.cancelled()


def leaving(work: Callable[[Watch], T], watch: Watch, name: str) -> T:
    """Do work, and stop waiting for it soon after Cancel. Raises Cancelled, which may have cost something."""
    results: list[T] = []
    errors: list[BaseException] = []
    seen = _Leaving(watch)

    def run() -> None:
        try:
            results.append(work(seen))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            errors.append(error)

    thread = threading.Thread(target=run, name=f"call {name}", daemon=True)
    thread.start()
    pressed_at = None
    while thread.is_alive():
        thread.join(_LOOK_S)
        if pressed_at is None and watch.cancelled():
            pressed_at = time.monotonic()
        if pressed_at is not None and time.monotonic() > pressed_at + GRACE_S and thread.is_alive():
            seen.left = True
            error = Cancelled(
                f"Stopped. The order had gone out to {name}, which may charge for it; if its answer still comes it is "
                "kept, and asking again shows it without buying."
            )
            error.charged = True
            raise error
    if errors:
        raise errors[0]
    return results[0]

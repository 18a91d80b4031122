"""Memory beside a server of pages: what is there for good is not looked through, what was freed goes to the system.

Streamlit has all memory looked through after every run of a script, so that what a run left behind is freed at once.
Of half a million objects nearly all belong to modules; looking at them again took three times as long as a page.
Pictures are freed in threads that come and go, and the C library keeps such memory for others of their kind: a busy
hour would leave a server some hundred megabytes larger, until it is told to hand them back.
"""

import gc
import sys
import threading
import time

from streamlit import runtime
from streamlit.runtime import Runtime

from pipeline.memory import hand_back

LOOK_AGAIN_S = 600.0
"""Seconds after which everything is looked through once more."""

HAND_BACK_S = 20.0
"""Seconds between two times that freed memory is handed back; it takes some milliseconds."""

_sparing = threading.Lock()
_spared_at = 0
"""How many modules were loaded when their objects were last set aside."""
_looked_at = 0.0


def spare_modules() -> None:
    """Set aside what is in memory whenever more modules were loaded: the engines come with the first page that asks.

    What others hold at that moment is set aside, too: a session, a run. Objects among it that name one another in a
    circle would stay for good once nobody needs them; so everything is looked through first, and again now and then.
    """
    if not runtime.exists() or not isinstance(runtime.get_instance(), Runtime):
        return
    with _sparing:
        if not _looked_at:
            threading.Thread(target=_keep_small, name="memory", daemon=True).start()
        if len(sys.modules) > _spared_at or _is_due():
            _look_through()


def _keep_small() -> None:
    """Hand memory back now and then, and look through everything also when nobody comes any more."""
    while True:
        time.sleep(HAND_BACK_S)
        with _sparing:
            if _is_due():
                _look_through()
        hand_back()


def _is_due() -> bool:
    return time.monotonic() - _looked_at > LOOK_AGAIN_S


def _look_through() -> None:
    global _spared_at, _looked_at
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _spared_at, _looked_at = len(sys.modules), time.monotonic()

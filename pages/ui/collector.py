"""The garbage collector beside a server of pages: what modules loaded is there for good and need not be looked through.

Streamlit has all memory looked through after every run of a script, so that what a run left behind is freed at once.
Of half a million objects nearly all belong to modules; looking at them again took three times as long as a page.
"""

import gc
import sys
import threading
import time

from streamlit import runtime
from streamlit.runtime import Runtime

LOOK_AGAIN_S = 600.0
"""Seconds after which everything is looked through once more."""

_sparing = threading.Lock()
_spared_at = 0
"""How many modules were loaded when their objects were last set aside."""
_looked_at = 0.0


def spare_modules() -> None:
    """Set aside what is in memory whenever more modules were loaded: the engines come with the first page that asks.

    What others hold at that moment is set aside, too: a session, a run. Objects among it that name one another in a
    circle would stay for good once nobody needs them; so everything is looked through first, and again now and then.
    """
    global _spared_at, _looked_at
    if not runtime.exists() or not isinstance(runtime.get_instance(), Runtime):
        return
    with _sparing:
        if len(sys.modules) > _spared_at or time.monotonic() - _looked_at > LOOK_AGAIN_S:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            _spared_at, _looked_at = len(sys.modules), time.monotonic()

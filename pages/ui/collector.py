"""The garbage collector beside a server of pages: what modules loaded is there for good and need not be looked through.

Streamlit has all memory looked through after every run of a script, so that what a run left behind is freed at once.
Of half a million objects nearly all belong to modules; looking at them again took three times as long as a page.
"""

import gc
import sys
import threading

from streamlit import runtime
from streamlit.runtime import Runtime

_sparing = threading.Lock()
_spared_at = 0
"""How many modules were loaded when their objects were last set aside."""


def spare_modules() -> None:
    """Set aside what is in memory whenever more modules were loaded: the engines come with the first page that asks.

    What others hold at that moment is set aside, too; it is freed as ever when nothing names it any more.
    """
    global _spared_at
    if not runtime.exists() or not isinstance(runtime.get_instance(), Runtime):
        return
    with _sparing:
        if len(sys.modules) > _spared_at:
            gc.collect()
            gc.freeze()
            _spared_at = len(sys.modules)

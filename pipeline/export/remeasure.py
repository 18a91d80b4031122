"""Imported figures, measured again here: what a stranger's file says of its close-ups vouches for nothing."""

import logging
import threading

from pipeline.errors import LoupeError, UnknownDesign
from pipeline.export.verify import check_close_up
from pipeline.records.provenance import Provenance
from pipeline.store import Store

log = logging.getLogger(__name__)

_turn = threading.Lock()
"""One design at a time: measuring takes a core for seconds."""
_under_way: set[tuple[str, str]] = set()


def remeasure(store: Store, design_id: str) -> Provenance | None:
    """Measure the close-ups a design came with, and write down which figures do not hold; None for one made here.

    Raises UnknownDesign, StorageError and ReadOnly. A file that is missing or damaged is a fault of its close-up.
    """
    provenance = store.provenance(design_id)
    if provenance is None or provenance.state == "measured":
        return provenance
    faults = {}
    for branch in store.load(design_id).branches:
        for close_up in branch.close_ups:
            if close_up.id not in provenance.close_ups:
                continue
            try:
                wrong = [line.text for line in check_close_up(store, branch, close_up) if not line.ok]
            except LoupeError as error:
                wrong = [f"it could not be measured: {error}"]
            if wrong:
                faults[close_up.id] = "; ".join(wrong)
    measured = provenance.model_copy(update={"state": "measured", "faults": faults})
    store.set_provenance(design_id, measured)
    return measured


def begin(store: Store, design_id: str) -> threading.Thread | None:
    """Measure in the background, in turn; None where that is under way already."""
    work = (str(store.folder), design_id)
    if work in _under_way:
        return None
    _under_way.add(work)
    thread = threading.Thread(
        target=_run, args=(store, design_id, work), name=f"remeasure-{design_id}", daemon=True
    )
    thread.start()
    return thread


def _run(store: Store, design_id: str, work: tuple[str, str]) -> None:
    try:
        with _turn:
            remeasure(store, design_id)
    except UnknownDesign:
        log.info("a design went away while it was measured again")
    except LoupeError as error:
        log.warning("an imported design could not be measured again: %s", error)
    finally:
        _under_way.discard(work)

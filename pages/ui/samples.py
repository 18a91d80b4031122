"""The finished sample designs a fresh machine starts with, made by the atelier itself."""

import logging
import threading
import time
from pathlib import Path

from pipeline.errors import LoupeError, StorageError
from pipeline.export import archive
from pipeline.images import THUMBNAIL_SIDES
from pipeline.records import Design
from pipeline.workbench import Workbench

FOLDER = Path(__file__).parents[2] / "samples"
_NOTE = "samples-imported"
_THREAD = "sample-import"
_AFTER_S = 0.5
"""The first page goes first: unpacking at once would keep it waiting."""

log = logging.getLogger(__name__)


def import_once(bench: Workbench) -> None:
    """Bring the samples in on the first start of a data folder, beside the first page; deleted ones stay away."""
    if not (bench.settings.data_dir / _NOTE).exists():
        timer = threading.Timer(_AFTER_S, _import, args=(bench, FOLDER))
        timer.name, timer.daemon = _THREAD, True
        timer.start()


def importing() -> bool:
    """Whether the samples are still being unpacked."""
    return any(thread.name == _THREAD for thread in threading.enumerate())


def wait() -> None:
    """Return when the samples are unpacked; it is a matter of seconds."""
    while importing():
        time.sleep(0.1)


def _import(bench: Workbench, folder: Path) -> None:
    designs: list[Design] = []
    if _begun_elsewhere(bench):
        return
    for file in sorted(folder.glob("*.loupe")):
        try:
            designs.append(archive.read(bench.store, file.read_bytes(), ours=True))
        except (LoupeError, OSError):
            log.warning("the sample %s could not be imported", file.name, exc_info=True)
    try:
        (bench.settings.data_dir / _NOTE).touch()
    except OSError:
        log.warning("the import of the samples could not be noted", exc_info=True)
    threading.Thread(target=_warm, args=(bench, designs), name="sample-thumbnails", daemon=True).start()


def _begun_elsewhere(bench: Workbench) -> bool:
    """Whether this empty disk stands beside a bucket that holds designs: then the samples came, or went, long ago."""
    try:
        return bench.replica is not None and bench.replica.holds_designs()
    except StorageError:
        return True  # nobody knows; a later start does


def _warm(bench: Workbench, designs: list[Design]) -> None:
    """Make the thumbnails that the first visitor will look at, covers first, beside the pages."""
    shown = [design.cover for design in designs if design.cover]
    for design in designs:
        if design.branch:
            shown += [c.result for c in design.branch.chosen_close_ups]
            shown += [s.sheet for s in design.branch.latest_sketches]
    for asset in shown:
        for side in THUMBNAIL_SIDES:
            try:
                bench.store.thumbnail(asset, side)
            except LoupeError:
                return  # the folder went away

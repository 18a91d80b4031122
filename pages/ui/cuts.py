"""Small pictures of a master that a page shows again and again: made once, the newest few hundred kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence

from pages.ui import canvas
from pipeline import images
from pipeline.records import Asset, Box
from pipeline.store import Store

MOST = 400
"""Pictures kept, of some 20 kB each."""
_LOSSLESS_PX = 20_000_000
"""A larger master would be some hundred megabytes of PNG on its way to the browser."""
_pictures: "OrderedDict[Hashable, bytes]" = OrderedDict()
_lock = threading.Lock()


def cuts(store: Store, master: Asset, boxes: Sequence[Box]) -> dict[Box, bytes]:
    """The regions of a master as JPEGs of at most 384 px; the master is decoded only where one is new."""
    master_pixels: list[images.Pixels] = []

    def cut(box: Box) -> bytes:
        if not master_pixels:
            master_pixels.append(store.pixels(master))
        return images.thumbnail(images.crop(master_pixels[0], box), 384)

    return {box: _once((master.id, box), lambda box=box: cut(box)) for box in boxes}  # type: ignore[misc]


def backdrop(store: Store, master: Asset, view: canvas.View) -> bytes:
    """The master as the canvas shows it."""
    return _once((master.id, view), lambda: canvas.backdrop(store.thumbnail(master, 900), view))


def whole(store: Store, master: Asset) -> bytes:
    """A master with all of its pixels, for who comes close: its own file, or of a very large one a JPEG."""
    if master.width * master.height <= _LOSSLESS_PX:
        return store.read(master)
    return images.encode_jpeg(store.pixels(master), quality=92)


def _once(key: Hashable, make: Callable[[], bytes]) -> bytes:
    with _lock:
        if key in _pictures:
            _pictures.move_to_end(key)
            return _pictures[key]
    picture = make()
    with _lock:
        _pictures[key] = picture
        while len(_pictures) > MOST:
            _pictures.popitem(last=False)
    return picture

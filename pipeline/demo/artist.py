"""Who makes what the stand-ins deliver: plain drawings for tests, the atelier's own pieces for shows.

Image models draw what a prompt says and editors redesign now and then what they are given: both can be seen in a show
without a key, and the gate at work on it.
"""

import threading
import zlib
from collections import Counter, deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline import images
from pipeline.demo import pictures
from pipeline.errors import LoupeError
from pipeline.fidelity.faulty import answer_carelessly
from pipeline.images import Pixels
from pipeline.providers.base import GenerateRequest, ModelRequest, Provider, Silent

_FILM_PX = 1024
"""Side of what the atelier renders for a show: some seconds, and its stones are clear."""
_ONE_IN = 3
"""Of so many crops an editor alters one."""
_REMEMBERED = 64
_SIGNATURE_PX = 24
_SAME = 2.5
"""Grey levels that two small copies of one picture may differ in the mean: it was encoded and resampled meanwhile."""


class Artist:
    """Draws plainly and at once, whatever the prompt says."""

    def __init__(self) -> None:
        self._takes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def drawn(self, prompt: str, width: int, height: int, seed: int | None = None) -> Pixels:
        """A picture of what a prompt asks for; without a seed another one each time."""
        return pictures.drawn(width, height, self._seed(prompt, seed))

    def edited(self, data: bytes, width: int, height: int, prompt: str) -> Pixels:
        """What an editor makes of a picture: a drawing if it is asked for one, else the same, larger."""
        work = pictures.sketched if _asks_for_a_drawing(prompt) else pictures.enhanced
        return work(data, width, height)

    def modelled(self, data: bytes) -> bytes:
        """A GLB of what a picture shows, as far as that is known."""
        return pictures.glb_of(data)

    def read(self, words: str) -> str:
        """What a text model makes of a prompt: the piece its last line names, as the schema has it."""
        from pipeline.atelier.language.prompt import read
        from pipeline.atelier.language.reader import as_answer

        return as_answer(read(words).spec)

    def _seed(self, prompt: str, seed: int | None) -> int:
        if seed is not None:
            return seed
        with self._lock:
            self._takes[prompt] += 1
            return self._takes[prompt] - 1


@dataclass(frozen=True)
class _Work:
    """A picture delivered earlier, small and grey, and the piece it shows."""

    signature: Pixels
    origin: str


class AtelierArtist(Artist):
    """Has the atelier make the piece of a prompt; as an editor alters one crop in three, until it is told so."""

    def __init__(self, atelier: Provider) -> None:
        super().__init__()
        self._atelier = atelier
        self._render = lru_cache(maxsize=8)(self._rendered)
        self._works: deque[_Work] = deque(maxlen=_REMEMBERED)

    def drawn(self, prompt: str, width: int, height: int, seed: int | None = None) -> Pixels:
        """The atelier's own picture of the prompt; a plain drawing where it cannot render."""
        number = self._seed(prompt, seed)
        try:
            square, origin = self._render(prompt, number)
        except LoupeError:
            return super().drawn(prompt, width, height, number)
        picture = _on_ground(square, width, height)
        with self._lock:
            self._works.append(_Work(_signature(picture), origin))
        return picture

    def edited(self, data: bytes, width: int, height: int, prompt: str) -> Pixels:
        """As every editor's, but for one crop in three, which is redesigned: another stone, a bent prong.

        The same crop always meets the same fate, except that whoever names the fault gets it as it is.
        """
        crop = images.decode(data)
        fate = zlib.crc32(crop.tobytes())
        is_told = "was refused, because" in prompt
        is_crop = max(crop.shape[:2]) < max(width, height)
        if fate % _ONE_IN or is_told or not is_crop or _asks_for_a_drawing(prompt):
            return super().edited(data, width, height, prompt)
        factor = min(4, max(1, round(width / crop.shape[1])))
        return images.resize(answer_carelessly(crop, fate, factor=factor).picture, width, height)

    def modelled(self, data: bytes) -> bytes:
        """The geometry of a piece this artist drew; a plain ring for pictures of others."""
        signature = _signature(images.decode(data))
        with self._lock:
            works = list(self._works)
        origin = next((work.origin for work in reversed(works) if _is_same(work.signature, signature)), "")
        if not origin:
            return super().modelled(data)
        try:
            return self._atelier.run(ModelRequest((data,), origin=origin), Silent()).data
        except LoupeError:
            return super().modelled(data)

    def _rendered(self, prompt: str, seed: int) -> tuple[Pixels, str]:
        request = GenerateRequest(prompt, "", _FILM_PX, _FILM_PX, seed=seed, draft=True)
        answer = self._atelier.run(request, Silent())
        return images.decode(answer.data), answer.origin


def _asks_for_a_drawing(prompt: str) -> bool:
    return any(word in prompt.lower() for word in ("drawing", "sketch", "pencil"))


def _on_ground(square: Pixels, width: int, height: int) -> Pixels:
    """A square picture in the middle of a canvas whose ground is that of its border."""
    side = min(width, height)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = np.median(square[0], axis=0).astype(np.uint8)
    top, left = (height - side) // 2, (width - side) // 2
    picture[top : top + side, left : left + side] = images.resize(square, side, side)
    return picture


def _signature(picture: Pixels) -> Pixels:
    return images.resize(picture, _SIGNATURE_PX, _SIGNATURE_PX)


def _is_same(signature: Pixels, other: Pixels) -> bool:
    return float(np.abs(signature.astype(np.int16) - other.astype(np.int16)).mean()) < _SAME

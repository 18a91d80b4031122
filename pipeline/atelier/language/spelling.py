"""Words nearly written as the trade writes them: typing errors mended, compounds taken apart, and both are told.

Every word of the trade is indexed by what is left of it without one letter, so that mending one word of a text takes
time in its length, however many words the trade has.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

SHORTEST = 6
"""Letters a word needs before one wrong letter is forgiven: among shorter ones "chair" would become a chain."""

SHORTEST_HALF = 4
"""Letters each half of a compound needs."""

SHORTEST_RUN, SHORTEST_PART, LONGEST_PART = 12, 3, 14
"""Letters of several words that are written as one, and of each of them."""

LONGEST_WORD = 30
"""Letters; what is longer is no word."""

_JOINTS = ("", "s", "n", "en")
"""Letters that German puts between the halves of a compound."""


_HEADS = (
    "halsketten", "halskette", "armketten", "armkette", "ketten", "kette", "armbander", "armband", "armreif",
    "ohrringe", "ohrring", "ohrstecker", "ohrhanger", "creolen", "anhanger", "brosche", "trauringe",
    "trauring", "ketting", "oorbellen", "oorringen", "oorstekers",
)  # fmt: skip
"""Words for pieces at the end of German and Dutch compounds, which English words do not end in; the longer first."""


class Dictionary:
    """The trade's words, ready to be recognised in those that are nearly written so."""

    def __init__(
        self, jewelers: Mapping[str, object], others: Collection[str], inflected: Callable[[str], bool]
    ) -> None:
        """Take the trade's words, the nearer ones first, with what each means by itself, other known words, and a test
        for inflections.
        """
        self._jewelers, self._others, self._inflected = jewelers, others, inflected
        self._rank = {word: rank for rank, word in enumerate(jewelers)}
        self._near: dict[str, list[str]] = defaultdict(list)
        self._single: dict[str, list[str]] = defaultdict(list)
        self._shuffled: dict[str, list[str]] = defaultdict(list)
        for word in jewelers:
            if len(word) >= SHORTEST_HALF:
                self._single[_single(word)].append(word)
            if len(word) >= SHORTEST:
                self._shuffled["".join(sorted(word))].append(word)
            if len(word) >= SHORTEST - 1:
                for short in _shortened(word):
                    self._near[short].append(word)

    def mend(self, word: str) -> tuple[str, ...]:
        """The words meant by one that is neither jewelers' nor another known word; itself where none is near.

        One letter wrong, missing or swapped is mended where one meaning fits (none stands for a part of a phrase), and
        letters wrongly doubled or single; a compound such as "whitegold" or "Silberkette" is taken apart in two.
        """
        if word in self._jewelers or word in self._others or not word.isalpha() or len(word) > LONGEST_WORD:
            return (word,)
        if halves := self._halves(word) or self._run(word):
            return halves
        candidates = sorted(set(self._candidates(word)), key=self._rank.__getitem__)
        near = [other for other in candidates if _alike(word, other)]
        # A word that means something by itself goes before one that is only part of a phrase.
        whole: dict[object, str] = {}
        for other in near:
            if self._jewelers[other]:
                whole.setdefault(self._jewelers[other], other)
        meant = set(whole.values()) or set(near)
        return tuple(meant) if len(meant) == 1 else self._headed(word)

    @staticmethod
    def _headed(word: str) -> tuple[str, ...]:
        """A compound whose last half alone is known as a kind of piece: "Königskette" is a chain of some kind."""
        head = next((head for head in _HEADS if word.endswith(head) and len(word) >= len(head) + 3), "")
        return (word.removesuffix(head), head) if head else (word,)

    def _halves(self, word: str) -> tuple[str, ...] | None:
        """The two words of a compound; the second may be inflected, a joint may stand between."""
        for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
            last = word[cut:]
            if last not in self._jewelers and not self._inflected(last):
                continue
            for joint in _JOINTS:
                first = word[:cut].removesuffix(joint) if joint else word[:cut]
                if len(first) >= SHORTEST_HALF and (
                    first in self._jewelers or (joint and first in self._others)
                ):
                    return first, last
        return None

    def _run(self, word: str) -> tuple[str, ...] | None:
        """The words of a title that is written without spaces, "goldchainmens": all known, two of them the trade's."""
        if len(word) < SHORTEST_RUN:
            return None
        best: list[tuple[str, ...]] = [(), *(() for _ in word)]
        for end in range(SHORTEST_PART, len(word) + 1):
            starts = range(max(end - LONGEST_PART, 0), end - SHORTEST_PART + 1)
            runs = [
                (*best[k], word[k:end]) for k in starts if (best[k] or not k) and self._knows(word[k:end])
            ]
            best[end] = min(runs, key=len, default=())
        trade = [part for part in best[-1] if self._jewelers.get(part)]
        return best[-1] if len(best[-1]) > 2 and len(trade) > 1 else None

    def _knows(self, word: str) -> bool:
        return word in self._jewelers or word in self._others

    def _candidates(self, word: str) -> Iterator[str]:
        yield from self._single.get(_single(word), ())
        yield from self._shuffled.get("".join(sorted(word)), ())
        if len(word) >= SHORTEST - 1:
            for short in _shortened(word):
                yield from self._near.get(short, ())


def _shortened(word: str) -> set[str]:
    """The word, and all that is left of it without one of its letters."""
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


def _alike(word: str, other: str) -> bool:
    """Whether two words of one first letter differ by doubled letters, or by one slip if long enough to tell."""
    if word[0] != other[0]:
        return False
    if min(len(word), len(other)) >= SHORTEST_HALF and _single(word) == _single(other):
        return True
    if len(word) >= SHORTEST and word[-1] == other[-1] and sorted(word) == sorted(other):
        return True  # "amythest"
    return (
        max(len(word), len(other)) >= SHORTEST and abs(len(word) - len(other)) <= 1 and _one_slip(word, other)
    )


def _single(word: str) -> str:
    """The word with doubled letters written once."""
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one word the other."""
    start = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return longer[start + 1 :] == shorter[start:]
    return a[start + 1 :] == b[start + 1 :] or (
        a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    )

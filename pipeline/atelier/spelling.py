"""Words nearly written as the trade writes them: typing errors mended, compounds taken apart, and both are told."""

from collections.abc import Collection, Iterable, Mapping

SHORTEST = 6
"""Letters a word needs before one wrong letter is forgiven: among shorter ones "chair" would become a chain."""

SHORTEST_HALF = 4
"""Letters each half of a compound needs."""


def mend(word: str, jewelers: Mapping[str, object], others: Collection[str]) -> tuple[str, ...]:
    """The words meant by one that is neither jewelers' nor another known word; the word itself where none is near.

    One letter wrong, missing, doubled or swapped is mended where one meaning of ``jewelers`` fits; a compound such as
    "whitegold" or "Silberkette" is taken apart into two of them.
    """
    if word in jewelers or word in others or not word.isalpha():
        return (word,)
    for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
        if word[:cut] in jewelers and word[cut:] in jewelers:
            return word[:cut], word[cut:]
    if len(word) < SHORTEST - 1:
        return (word,)
    near = {jewelers[other]: other for other in _near(word, jewelers)}
    return tuple(near.values()) if len(near) == 1 else (word,)


def _near(word: str, jewelers: Collection[str]) -> Iterable[str]:
    """Jewelers' words that begin alike and are one slip of the hand away."""
    for other in jewelers:
        if other[0] != word[0] or abs(len(other) - len(word)) > 1 or max(len(other), len(word)) < SHORTEST:
            continue
        if _one_slip(word, other):
            yield other


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one word the other."""
    start = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return longer[start + 1 :] == shorter[start:]
    return a[start + 1 :] == b[start + 1 :] or (
        a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    )

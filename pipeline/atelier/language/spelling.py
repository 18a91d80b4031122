"""Words nearly written as the trade writes them: typing errors mended, compounds taken apart, and both are told."""

from collections.abc import Collection, Mapping

SHORTEST = 6
"""Letters a word needs before one wrong letter is forgiven: among shorter ones "chair" would become a chain."""

SHORTEST_HALF = 4
"""Letters each half of a compound needs."""


def mend(word: str, jewelers: Mapping[str, object], others: Collection[str]) -> tuple[str, ...]:
    """The words meant by one that is neither jewelers' nor another known word; the word itself where none is near.

    One letter wrong, missing or swapped is mended where one meaning of ``jewelers`` fits (none stands for a part of
    a phrase), and letters wrongly doubled or single; a compound such as
    "whitegold" or "Silberkette" is taken apart into two of them.
    """
    if word in jewelers or word in others or not word.isalpha():
        return (word,)
    for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
        if word[:cut] in jewelers and word[cut:] in jewelers:
            return word[:cut], word[cut:]
    near = [other for other in jewelers if other[0] == word[0] and _alike(word, other)]
    # A word that means something by itself goes before one that is only part of a phrase.
    whole = {jewelers[other]: other for other in near if jewelers[other]}
    found = set(whole.values()) or set(near)
    return tuple(found) if len(found) == 1 else (word,)


def _alike(word: str, other: str) -> bool:
    """Whether two words differ by doubled letters, or by one slip if they are long enough to tell."""
    if len(word) >= SHORTEST_HALF and len(other) >= SHORTEST_HALF and _single(word) == _single(other):
        return True
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

"""What is understood of a prompt: terms, measures, and the sentence they stand in."""

from dataclasses import dataclass

STONE_SLOTS = frozenset({"gem", "substitute"})
"""Slots of terms that name a stone."""
BREAKS = frozenset(",.;:()!?\u21ba|\u2022\u00b7\u2013\u2014-*") | {
    "with",
    "and",
    "but",
    "on",
    "plus",
    "featuring",
}
"""Tokens behind which another thing is spoken of."""


@dataclass(frozen=True)
class Term:
    """Something understood: where it stands (tokens ``start`` to ``end``) and what it means."""

    start: int
    end: int
    text: str
    slot: str
    value: str
    negated: bool = False


@dataclass(frozen=True)
class Measure:
    """A number with its unit: ``mm``, ``ct``, ``karat``, ``percent``, or none (a count)."""

    start: int
    end: int
    text: str
    number: float
    unit: str
    second: float | None = None
    """The width in "8 x 6 mm"."""


@dataclass(frozen=True)
class Sentence:
    """A prompt taken apart."""

    tokens: tuple[str, ...]
    terms: tuple[Term, ...]
    measures: tuple[Measure, ...]
    roles: tuple[Term, ...]
    unknown: tuple[str, ...]
    engraving: str
    letter: str
    cut_short: bool
    mended: tuple[tuple[str, str], ...] = ()
    """Words that were read as others, with what they were taken for."""
    aside: tuple[str, ...] = ()
    """Words of the camera or the image model, which say nothing of the piece."""
    word: str = ""
    """A word that is to be made itself, as a name plate."""
    unread: int = 0
    """Measures beyond the most that are read."""
    articles: tuple[str, ...] = ()
    """Numbers of articles, which say nothing of the piece."""
    idle: tuple[str, ...] = ()
    """Words that say something of a piece, and change nothing of this one."""
    pictographs: tuple[str, ...] = ()
    """Little pictures among the words, which are not read."""

    def broken(self, start: int, end: int) -> bool:
        """Whether a comma, "with" or "and" stands between two places."""
        return any(token in BREAKS for token in self.tokens[start:end])

"""A prompt's letters: what is read of it, folded to plain lower case, and cut into tokens."""

import re
import unicodedata
from functools import lru_cache

Meaning = tuple[str, str]
"""A slot of the vocabulary and its value."""

LONGEST_TEXT = 4000
"""Characters that are read; a description of a piece is far shorter."""

MOST_WORDS = 600
"""Words, numbers and signs that are read."""

_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u093c\u093e-\u094d\u0955-\u0957\u0962\u0963"
"""Marks that belong to the letter before them: Latin accents, and the vowel signs of Devanagari."""

_TOKEN = re.compile(
    rf"(?<![\d.,])\.\d{{1,4}}|\d{{1,9}}(?:[.,]\d{{1,4}})?(?:/\d{{1,4}})?|(?:[^\W\d_][{_MARKS}]*)+(?:'(?:[^\W\d_])+)?|''|[^\s\w]"
)
_ACCENT = re.compile(r"([A-Za-z])[\u0300-\u036f]+")
_RUN_OF_MARKS = re.compile(r"([\u0300-\u036f]{4})[\u0300-\u036f]+")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None}
    | dict.fromkeys(map(chr, range(0x64B, 0x653)), None)
)
_SIGNS = str.maketrans({"×": " x ", "″": '"', "”": '"', "⁄": "/", "’": "'", "，": ",", "。": "."})
_HYPHEN = re.compile(r"(?<=\w)[-\u2010-\u2015](?=\w)|_")
_RANGE = re.compile(r"\b\d{1,3}(?:[.,]\d{1,2})?\s?[-\u2010-\u2015]\s?(\d{1,3}(?:[.,]\d{1,2})?\s?(?:mm|cm)\b)")
_TOTAL = re.compile(
    r"(?<![a-z])(?:c\.\s?t\.\s?(?:t\.?\s?)?w|(?:ct|cts|carats?)\.?\s?(?:t\.?\s?[dg]?\.?\s?w|tot\.?\s?wt))\b\.?"
)
"""Total weights in every spelling: "ct. t.w.", "c.t.w.", "ct tw", "carat t.w.", "ct TDW"."""

_HAN = re.compile(r"[\u4e00-\u9fff]+(?:k[\u4e00-\u9fff]+)?")


def fold(text: str) -> str:
    """Lower case without accents, hyphens as spaces, typographic signs as plain ones, ranges as their upper end."""
    # Runs of marks beyond a letter's few would be sorted in quadratic time.
    plain = unicodedata.normalize("NFKD", _RUN_OF_MARKS.sub(r"\1", text.translate(_SIGNS)))
    plain = unicodedata.normalize("NFC", _ACCENT.sub(r"\1", plain[: 2 * LONGEST_TEXT]))[:LONGEST_TEXT]
    plain = plain.casefold().translate(_ARABIC).replace("\u2044", "/").replace("\u2019", "'")
    plain = plain.replace("w/o", "without").replace("w/", "with ").replace("&", " and ")
    return _HYPHEN.sub(" ", _RANGE.sub(r"\1", _TOTAL.sub("ctw", plain)))


def tokens_of(folded: str) -> list[str]:
    """Words, numbers and signs of a folded text."""
    return _TOKEN.findall(folded)


def segmented(folded: str, words: frozenset[str], longest: int) -> str:
    """The text with its runs of Chinese characters cut into the longest ``words`` in them."""

    def cut(run: re.Match[str]) -> str:
        characters, parts, at = run.group(), [], 0
        while at < len(characters):
            sizes = range(min(longest, len(characters) - at), 1, -1)
            size = next((n for n in sizes if characters[at : at + n] in words), 1)
            parts.append(characters[at : at + size])
            at += size
        return f" {' '.join(parts)} "

    return _HAN.sub(cut, folded)


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """The singular of a regular English plural; other words unchanged."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3:
        return word[:-1]
    return word


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())

"""A prompt's letters: what is read of it, folded to plain lower case, and cut into tokens."""

import re
import unicodedata
from collections.abc import Callable
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
    rf"(?<![\w.,])\.\d{{1,4}}|\d{{1,9}}[.,]\d{{1,4}}|\d{{1,9}}(?:/\d{{1,4}}(?![.,]?\d))?|(?:[^\W\d_][{_MARKS}]*)+(?:'(?:[^\W\d_])+)?|''|[^\s\w]"
)
_ACCENT = re.compile(r"([A-Za-z])[\u0300-\u036f]+")
_RUN_OF_MARKS = re.compile(r"([\u0300-\u036f]{4})[\u0300-\u036f]+")
_LETTERS = str.maketrans(
    {"ँ": "ं", "أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None, "ı": "i", "ł": "l", "ё": "е"}
    | dict.fromkeys(map(chr, range(0x64B, 0x653)), None)
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
)
"""Letters that are written in several ways or without their stroke, marks of vowels, and the digits of Arabic, Persian
and Hindi."""
_FRACTION = re.compile(r"(\d)(?=[\u00bc-\u00be\u2150-\u215e])")
_SIGNS = str.maketrans({"×": " x ", "″": '"', "”": '"', "⁄": "/", "’": "'", "，": ",", "。": "."})
_HYPHEN = re.compile(r"(?<=\w)[-\u2010-\u2015](?=\w)|_")
_MEASURED = r"(?:mm|cm|cts?|carats?|ctw|tcw|inch(?:es)?|in(?!\s[a-z])|grams?|gms?|g|\"|'')"
_RANGE = re.compile(
    rf"(?<![\w.,/])(?:between\s)?(\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?{_MEASURED}?\s?(?:[-\u2010-\u2015~]|to|bis|and(?<=\d\sand))\s?"
    rf"((\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?{_MEASURED})(?![\w])",
    re.IGNORECASE,
)
"""Ranges such as "7-7.5 mm", "1 to 2 ct", '16"-18"'."""
_TOTAL = re.compile(
    r"(?<![a-z])(?:c\.\s?t\.\s?(?:t\.?\s?)?w|(?:ct|cts|carats?)\.?\s?(?:t\.?\s?[dg]?\.?\s?w|tot\.?\s?wt))\b\.?"
)
"""Total weights in every spelling: "ct. t.w.", "c.t.w.", "ct tw", "carat t.w.", "ct TDW"."""

_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+(?:k[\u4e00-\u9fff]+)?|[\uac00-\ud7a3]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_KATAKANA = re.compile(r"[\u30a0-\u30ff]+")

_COUNTING = frozenset("一二两三四五六七八九十半")
"""Characters of numbers."""

_GOLDS = {"w": "white gold", "y": "yellow gold", "g": "yellow gold", "p": "rose gold", "r": "rose gold"}
"""Golds by the letter the trade writes for their colour."""
_CHINESE_GOLDS = {
    "白": "white gold",
    "黄": "yellow gold",
    "红": "rose gold",
    "彩": "rose gold",
    "玫瑰": "rose gold",
}
_KARATS = r"(9|10|14|18|20|21|22|24)"
_PARTS = r"(333|375|417|585|750|916)"
_CODES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # "K18", "K18WG"; "18KGP", "14k gf"; "14KW", "18k yg"; "750 WG", "WG585"; "Pt950"; "SV925", "Ag925"
    (
        re.compile(rf"(?<![a-z\d])k(?!9){_KARATS}(?!\d)(?:([wypr])g?(?![a-z]))?"),
        lambda m: f"{m[1]}k {_GOLDS[m[2]] if m[2] else 'gold'} ",
    ),
    (
        re.compile(rf"(?<!\d){_KARATS}\s?kt?\s?(?:gp|rgp|gf|hge)(?![a-z])"),
        lambda m: f"{m[1]}k gold plated ",
    ),
    (
        re.compile(rf"(?<!\d){_KARATS}\s?(?:kt?([wypr])|(?:kt?|ct)\s?([wypr])g)(?![a-z])"),
        lambda m: f"{m[1]}k {_GOLDS[m[2] or m[3]]} ",
    ),
    # "18K W 4 prong", "14k y": the letter stands alone
    (
        re.compile(rf"(?<!\d){_KARATS}\s?(?:kt?|ct)[\s/]([wypr])(?=\s*(?:[\d,;/)]|$))"),
        lambda m: f"{m[1]}k {_GOLDS[m[2]]} ",
    ),
    # "白18K金": the colour stands before the fineness
    (
        re.compile(rf"(白|黄|红|彩|玫瑰){_KARATS}k金"),
        lambda m: f"{m[2]}k {_CHINESE_GOLDS[m[1]]} ",
    ),
    (re.compile(rf"(?<!\d){_KARATS}([wypr])(?![a-z\d])"), lambda m: f"{m[1]}k {_GOLDS[m[2]]} "),
    # "18WG", "YG18"
    (re.compile(rf"(?<![\d.,]){_KARATS}([wypr])g(?![a-z])"), lambda m: f"{m[1]}k {_GOLDS[m[2]]} "),
    (
        re.compile(rf"(?<![a-z])([wyrp])g\s?{_KARATS}(?![\d.,]|\s?(?:in|inch|\"|mm|cm|''))"),
        lambda m: f"{m[2]}k {_GOLDS[m[1]]} ",
    ),
    (re.compile(rf"(?<!\d){_KARATS}\s?kt?\s?tt(?![a-z])"), lambda m: f"{m[1]}k two tone gold "),
    # "9ct W Gold", "y. gold"
    (re.compile(r"(?<![a-z'])([wyr])[. ]{1,2}gold(?![a-z])"), lambda m: f"{_GOLDS[m[1]]} "),
    (re.compile(rf"(?<!\d){_PARTS}\s?/?\s?([wyrpg])g(?![a-z])"), lambda m: f"{m[1]} {_GOLDS[m[2]]} "),
    (re.compile(rf"(?<![a-z])([wyrpg])g\s?{_PARTS}(?!\d)"), lambda m: f"{m[2]} {_GOLDS[m[1]]} "),
    (re.compile(r"(?<![a-z])roze gold(?![a-z])"), lambda _: "rose gold"),
    (re.compile(r"(?<=[a-z] )hallo(?= [a-z])"), lambda _: "halo"),
    (re.compile(rf"(?<![a-z])au\s?{_PARTS}(?!\d)"), lambda m: f"{m[1]} gold "),
    (re.compile(r"(?<![a-z])(?:pt|plat)\s?\.?(850|900|950|999|1000)(?!\d)"), lambda m: f"platinum {m[1]} "),
    (re.compile(r"(?<![a-z])(?:sv|ag|s)\s?(800|835|925|950|999)(?!\d)"), lambda m: f"{m[1]} silver "),
    # ".925 Rh plated", "sapph/dia"; as it is dictated: "too carrot", "18 carrot gold"
    (re.compile(r"(?<![\w.,])\.(800|835|925|999)(?!\d|\s?ct)"), lambda m: f"{m[1]} silver "),
    (re.compile(r"(?<![a-z])rh(?:od)?\.?[\s-]?(?=plate|plt|finish|flash)"), lambda _: "rhodium "),
    (re.compile(r"(?<=/)dia(?![a-z])|(?<![a-z])dia(?=/[a-z])"), lambda _: "diamond"),
    (
        re.compile(
            r"(?<![\w.])(too|two|to|won|one|half|\d{1,2}(?:\.\d{1,2})?)(\s(?:and )?a half)?\scarr?[oe]ts?(?![a-z])"
        ),
        lambda m: f"{ {'too': 'two', 'to': 'two', 'won': 'one'}.get(m[1], m[1]) }{m[2] or ''} carat",
    ),
)
"""Stamps and the trade's abbreviations of them, and the words they stand for."""


def _spelt_out(plain: str) -> str:
    for code, words in _CODES:
        plain = code.sub(words, plain)
    return plain


def fold(text: str) -> str:
    """Lower case without accents, hyphens as spaces, typographic signs as plain ones."""
    # Runs of marks beyond a letter's few would be sorted in quadratic time.
    text = _FRACTION.sub(r"\1 ", text)  # "6½" is no 61/2
    plain = unicodedata.normalize("NFKD", _RUN_OF_MARKS.sub(r"\1", text.translate(_SIGNS)))
    plain = unicodedata.normalize("NFC", _ACCENT.sub(r"\1", plain[: 2 * LONGEST_TEXT]))[:LONGEST_TEXT]
    plain = plain.casefold().translate(_LETTERS).replace("\u2044", "/").replace("\u2019", "'")
    plain = plain.replace("w/o", "without").replace("w/", "with ").replace("&", " and ")
    return _HYPHEN.sub(" ", _TOTAL.sub("ctw", _spelt_out(plain)))


def upper_ends(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with the upper end of each range in its place, and both as they were written."""
    ranges: dict[str, str] = {}

    def upper(match: re.Match[str]) -> str:
        low, high = (float(number.replace(",", ".")) for number in match.group(1, 3))
        counted = "and" in match.group().lower() and not match.group().lower().startswith("between")
        if low >= high or counted:
            return match.group()
        ranges[match.group()] = match.group(2)
        return match.group(2)

    return _RANGE.sub(upper, text), tuple(ranges.items())


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_BORN_IN = re.compile(
    rf"(?<![a-z])(?:in|of|for|on)\s(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?({_MONTHS})(?![a-z])",
    re.IGNORECASE,
)
_OF_A_MONTH = re.compile(rf"(?:{_MONTHS})\sbirthstone", re.IGNORECASE)
_BIRTHSTONE = re.compile(r"(?<![a-z])birthstone", re.IGNORECASE)


def with_months(text: str) -> str:
    """The text with the month of a birthday before its birthstone: "born in March, with her birthstone"."""
    born = {match[1].lower() for match in _BORN_IN.finditer(text)}
    if len(born) != 1 or _OF_A_MONTH.search(text) or not _BIRTHSTONE.search(text):
        return text
    return _BIRTHSTONE.sub(f"{born.pop()} birthstone", _BORN_IN.sub(" ", text))


_SIZES_ON_OFFER = re.compile(
    r"(?<![a-z])sizes?\s?:?\s?(?!2[-.]\d)(?:us\s|eu\s|uk\s)?(?:\d{1,2}(?:[.,]\d)?|[a-z])\s?(?:[-\u2010-\u2015~]|to|through|thru)\s?"
    r"(?:\d{1,2}(?:[.,]\d)?|[a-z])(?![\w.,]\d|\w|/)",
    re.IGNORECASE,
)
"""Sizes that a shop offers, "size 4-15", "sizes J to T": none of them is asked for."""


_EXTENDER = re.compile(
    r"(?<![\w.])(\d{1,3}(?:[.,]\d)?)\s?\+\s?\d{1,2}(?:[.,]\d)?\s?(mm|cm|inch(?:es)?|in\b|\"|'')",
    re.IGNORECASE,
)


def without_extenders(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with lengths but not those of extenders, "18+2 inch", and both as they were written."""
    meant = {match.group(): f"{match[1]} {match[2]}" for match in _EXTENDER.finditer(text)}
    return _EXTENDER.sub(r"\1 \2", text), tuple(meant.items())


def without_sizes_on_offer(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text without ranges of ring sizes, and each of those as it is read."""
    ranges = dict.fromkeys(match.group() for match in _SIZES_ON_OFFER.finditer(text))
    return _SIZES_ON_OFFER.sub(" ", text), tuple((written, "any size") for written in ranges)


def tokens_of(folded: str) -> list[str]:
    """Words, numbers and signs of a folded text."""
    return _TOKEN.findall(folded)


def segmented(folded: str, words: frozenset[str], longest: int, pieces: frozenset[str]) -> str:
    """The text with its runs of Chinese, Japanese and Korean characters cut into the longest ``words`` in them.

    Characters that no word begins with stay together up to the next word, as Katakana do and Hangul; of Katakana only a
    long word or one of the ``pieces`` ends the strange one, and a single Hangul behind a word is a particle.
    """
    cutter = _Cutter(words, longest, pieces)
    return _UNSPACED.sub(lambda run: f" {' '.join(cutter.parts(run.group()))} ", folded)


_CHANCE_KATAKANA = 3
"""Characters of a word that a longer one may hold by chance."""


class _Cutter:
    """Cuts runs of characters without spaces into words."""

    def __init__(self, words: frozenset[str], longest: int, pieces: frozenset[str]) -> None:
        self._words, self._longest, self._pieces = words, longest, pieces

    def parts(self, run: str) -> list[str]:
        """The words of a run, and what lies between them."""
        return self._of_hangul(run) if _HANGUL.match(run) else self._of_characters(run)

    def _begins(self, run: str, at: int) -> int:
        """Length of the longest word of two characters or more at a place."""
        most = min(self._longest, len(run) - at)
        return next((n for n in range(most, 1, -1) if run[at : at + n] in self._words), 0)

    def _of_hangul(self, run: str) -> list[str]:
        parts, at, behind = [], 0, False
        while at < len(run):
            if size := self._begins(run, at):
                parts.append(run[at : at + size])
            else:
                size = next((n for n in range(1, len(run) - at) if self._begins(run, at + n)), len(run) - at)
                if size > 1 or not behind:
                    parts.append(run[at : at + size])
            behind, at = size > 1 or behind, at + size
        return parts

    def _of_characters(self, run: str) -> list[str]:
        parts, at = [], 0
        while at < len(run):
            size = self._begins(run, at) or self._strange(run, at)
            parts.append(run[at : at + size])
            at += size
        return parts

    def _strange(self, run: str, at: int) -> int:
        """How many characters belong together that no word begins with."""
        if kana := _KATAKANA.match(run, at):
            whole = len(kana.group())
            return next((n for n in range(1, whole) if self._ends_a_strange_one(run, at + n)), whole)
        if self._means(run, at):
            return 1
        n = 1
        while at + n < len(run) and not (
            self._means(run, at + n) or self._begins(run, at + n) or _KATAKANA.match(run, at + n)
        ):
            n += 1
        return n

    def _ends_a_strange_one(self, run: str, at: int) -> bool:
        """Whether a word at a place is no chance part of a longer one, as a star is of an adjuster."""
        size = self._begins(run, at)
        return size > _CHANCE_KATAKANA or run[at : at + size] in self._pieces

    def _means(self, run: str, at: int) -> bool:
        return run[at] in self._words or run[at] in _COUNTING


_ALREADY_SINGULAR = frozenset({"lapis", "iris", "rubis"})


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """The singular of a regular English plural; other words unchanged."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word in _ALREADY_SINGULAR:
        return word
    if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3:
        return word[:-1]
    return word


def plural(gem: str) -> str:
    """The name of several of a gem: "rubies", "black diamonds"."""
    return {"ruby": "rubies", "topaz": "topaz"}.get(gem, f"{gem.replace('_', ' ')}s")


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())

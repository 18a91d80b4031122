"""What a prompt wants written on the piece: a text to engrave, initials, or the letter of an initial pendant."""

import re
from dataclasses import dataclass

_QUOTES = "\"\u201c\u201d\u00ab\u00bb'\u2018\u2019"
_APOSTROPHE = re.compile(r"(?<=\w)\u2019(?=\w)")
_QUOTED = rf"(?:[^{_QUOTES}]|'(?=\w))"
"""A character between quotes; an apostrophe within a word closes none."""
_ENGRAVED = r"\b(?:engrav|inscri|gravier|gravur|grav[ée]|grabad|incis|gravad|gegrave|grawer|гравир)\w{0,8}"
_ENGRAVING = re.compile(
    rf"{_ENGRAVED}"
    r"(?:\s(?:with|text|reading|saying|of|that|the|words?|reads|says|name|initials|letters|mit|avec|con|com|"
    r"inside|on|in|band|ring|shank|its|back|innen|dentro)){0,5}\s?:?\s?"
    rf"[{_QUOTES}]({_QUOTED}{{1,60}}+)[{_QUOTES}](?!\w)",
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(
    rf"(?<!\w)[{_QUOTES}]({_QUOTED}{{1,60}}+)[{_QUOTES}],?(?:\s[^\s.;!?{_QUOTES}]{{1,15}}){{0,4}}\s{_ENGRAVED}",
    re.IGNORECASE,
)
"""The text may stand before the word: "with \"Forever\" inside, engraved"."""
_CAPITALS = re.compile(
    r"\b(?i:engrav|inscri|gravier|gravur|grav[ée]|grabad|incis|gravad)\w{0,8}"
    r"(?:\s(?i:with|text|reading|saying|the|an?|words?|reads|says|name|initials?|letters?|monogram|mit|avec|con|com))"
    r"{0,4}\s?:?\s([A-Z](?:\s?[&+.]?\s?[A-Z]){0,11})\b\.?"
    r"(?=$|\s?[,;:.)!?]|\s(?i:on|in|at|inside|across|along|into|and|size|for)\b)"
)
"""Capitals after the word need no quotes: "engraved M". Whatever follows must not make them part of a phrase."""
_INITIALS = re.compile(
    r"\b(?:[Ii]nitials|[Mm]onogram(?:med)?)(?:\swith)?\s[\"'\u201c]?([A-Z](?:\s?[&.+]?\s?[A-Z]){1,3})\b\.?[\"'\u201d]?"
)
_SEVERAL = re.compile(
    r"(?<!\w)(?:initials|letters|initialen|buchstaben|initiales|lettres|iniciales|letras|iniciais|iniziali|lettere|"
    r"inicjały|литеры|инициалы|инициалами|буквы|буквами)(?!\w)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?<![\w'’])[A-Z](?:(?:\s?[,&+/]\s?|\s)(?:(?:and|und|et|y|e|en|i|и)\s)?[A-Z]){1,5}(?![\w'’])"
)
_CAPITAL = re.compile(r"[A-Z]")
"""Several letters are a text: "the initials of my kids: A, J and M"."""
_A_LETTER = (
    "letter|initial|monogram|inicial|iniziale|initiale|lettre|letra|lettera|buchstaben?|litera|literą|inicjał|буква|"
    "буквой|инициал|harfi?|harfli"
)
_LETTER = re.compile(
    rf"(?:\b(?i:{_A_LETTER})\s[\"'\u201c]?([A-Za-z])\b[\"'\u201d]?)"
    r"|(?:[\"'\u201c]?\b([A-Z])\b[\"'\u201d]?[\s-](?i:initial|letter|monogram)\b)"
)
_NAME = re.compile(
    r"\b(?:name ?plate|name|word|reads|reading|says|saying|spells|spelling|nombre|nome|"
    r"prénom|schriftzug|naam\w{0,12}|namens\w{0,12}|nominativ\w{0,3}|nominat\w{0,3}|isimli|isim|imieniem|imię|именн\w{2,3}|именем|имя)\b"
    rf"[^{_QUOTES}]{{0,60}}[{_QUOTES}]({_QUOTED}{{1,600}}+)[{_QUOTES}](?!\w)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?<!\w)[{_QUOTES}]({_QUOTED}{{1,600}}+)[{_QUOTES}][\s-](?:name ?plate|name|word)\b", re.IGNORECASE
)


_OF_A_LETTER = re.compile(
    r"(?<!\w)(?:initial|letter|monogram|buchstabe|initiale|lettre|lettera|letra|inicial|iniziale|harf|litera|inicjał|"
    r"буква|инициал)(?!\w)|이니셜|イニシャル|字母|حرف",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?<![\w'’&./-])(?<!size )(?<!sz )(?<!Size )(?<!taille )([A-Z])(?![\w'’&./-])(?!\s[a-z])"
)
"""A capital by itself, and no article before a word."""


@dataclass(frozen=True)
class Inscription:
    """A prompt without the words that are to be written on the piece, and those words."""

    text: str
    engraving: str = ""
    letter: str = ""
    word: str = ""
    """What is to be cut out as a name plate."""


def inscription(text: str) -> Inscription:
    """Take the words to write out of a prompt whose white space is single."""
    text, engraving, word = _written(_APOSTROPHE.sub("'", text))
    letter = ""
    if match := _LETTER.search(text):
        letter = (match.group(1) or match.group(2)).upper()
        text = f"{text[: match.start()]} initial {text[match.end() :]}"
    elif not engraving and _OF_A_LETTER.search(text) and len(alone := [*_ALONE.finditer(text)]) == 1:
        letter = alone[0].group(1)
        text = f"{text[: alone[0].start()]} {text[alone[0].end() :]}"
    return Inscription(text, engraving, letter, word)


def _written(text: str) -> tuple[str, str, str]:
    """A prompt without a text that is to be engraved or cut out, that text, and that word."""
    if match := _ENGRAVING.search(text) or _BEFORE_IT.search(text):
        rest = f"{text[: match.start(1) - 1]} engraved {text[match.end(1) + 1 :]}"
        return rest, match.group(1).strip(), ""
    capitals = _CAPITALS.search(text)
    if capitals and len(capitals.group(1)) > 1 and text.upper() == text:
        capitals = None  # in a title all in capitals they are any word
    if match := _INITIALS.search(text) or capitals:
        return f"{text[: match.start()]} engraved {text[match.end() :]}", match.group(1).strip(), ""
    if match := _NAME.search(text) or _NAMED.search(text):
        return f"{text[: match.start(1) - 1]} name {text[match.end(1) + 1 :]}", "", match.group(1).strip()
    if (match := _SEVERAL.search(text)) and (listed := _LISTED.search(text, match.end())):
        between = text[match.end() : listed.start()]
        rest = f"{text[: match.start()]} engraved {between} {text[listed.end() :]}"
        return rest, " ".join(_CAPITAL.findall(listed.group())), ""
    return text, "", ""

"""Prompts that are filled-in forms ("Stone: none | Metal - silver", JSON): their fields in plain words."""

import re

from pipeline.atelier.alloys import PARTS_BY_KARAT

FINENESS = frozenset(PARTS_BY_KARAT)

_LABELS = (
    r"(?:(?:product|item|jewel(?:le)?ry|piece)\s)?(?:name|kind|type|title|category|description|sku|article|item|product|"
    r"kategorie|artikel|categoria|catégorie|nombre|nome|nom|назв\w{2,6}|тип|rodzaj|ürün)"
)
_LABEL = re.compile(rf"(?<![\w'])(?:{_LABELS})\s?(?::|=|\s[-–]\s)\s?(?![\"\u201c\u00ab'])", re.IGNORECASE)
_PARTS = r"[^\W\d_]{3,14}(?:\s[^\W\d_]{3,14})?"
_NONE = r"(?:none|no|n/?a|nil|null|false|0|keine?|ohne|nein|aucune?|non|nessuna?|ninguna?|sem|нет|brak|yok)"
_END = r"(?=\s*(?:[|,;/.}\]\n]|$))"
_DENIED = re.compile(rf"(?<!\w)({_PARTS})\s?(?::|=|\s[-–]\s)\s?{_NONE}{_END}", re.IGNORECASE)
_AFFIRMED = re.compile(rf"(?<!\w)({_PARTS})\s?(?::|=)\s?(?:yes|true|ja|oui|si|sí|sim){_END}", re.IGNORECASE)
_UNIT_FIRST = re.compile(
    r"(?<![\w-])([a-z]{3,12}(?:[ _][a-z]{3,12})?)[ _(]{1,2}(mm|cm|ct|carats?|inch(?:es)?|g|grams?)\)?\"?\s?"
    r"[:=]\s?\"?(\d{1,4}(?:[.,]\d{1,3})?)\"?",
    re.IGNORECASE,
)
"""A field whose unit stands in its label: "width_mm: 3", "Weight (g) = 8"."""
_CARATS = re.compile(
    r"(?<!\w)(?:carats?|ct|carat weight|karaty?|karat)\s?(?:\([^)]{1,8}\)\s?)?"
    r"[:=]\s?(\d{1,2}(?:[.,]\d{1,3})?)(?!\s?[\d%k])",
    re.IGNORECASE,
)
_KEY = re.compile(r'[{,\[]\s*"([\w ]{2,30})"\s*:')
_VALUE = re.compile(r':\s*"([^"]{1,120})"')


def in_words(text: str) -> str:
    """The text with its fields as a sentence has them: labels that name no part are gone, a part without is denied."""
    if len(_KEY.findall(text)) > 1:
        text = _KEY.sub(lambda match: f", {match[1].replace('_', ' ')}:", _VALUE.sub(r": \1 ", text))
    text = _CARATS.sub(_weighed, text)
    text = _UNIT_FIRST.sub(r"\1 \3 \2", text)
    text = _LABEL.sub(", ", text)
    text = _DENIED.sub(r", without \1 ,", text)
    return _AFFIRMED.sub(r"\1 ", text)


def _weighed(match: re.Match[str]) -> str:
    """A field of carats: of the gold where it is a fineness, else of the stone."""
    number = match[1].replace(",", ".")
    return f"{number}k gold" if float(number) in FINENESS else f"{number} ct"

"""The trade's abbreviations and article numbers, as they stand on tags and in price lists."""

import re

_WORDS: dict[str, str] = {
    "DIA": "diamond", "DIAM": "diamond", "DIAS": "diamonds", "SAPH": "sapphire", "SAPPH": "sapphire", "EMER": "emerald",
    "EMD": "emerald", "RBY": "ruby", "AMETH": "amethyst", "AMY": "amethyst", "MORG": "morganite", "MOISS": "moissanite",
    "PRL": "pearl", "PRLS": "pearls", "GARN": "garnet", "TOPZ": "topaz", "PERI": "peridot", "OV": "oval",
    "RND": "round", "RD": "round", "MQ": "marquise", "PRIN": "princess", "CUSH": "cushion", "ETERN": "eternity",
    "SOLI": "solitaire", "RNG": "ring", "BNGL": "bangle", "BRCLT": "bracelet", "BRLT": "bracelet", "BRAC": "bracelet",
    "PEND": "pendant", "STN": "stone", "STNS": "stones", "EMR": "emerald cut", "RAD": "radiant", "ASC": "asscher",
    "HRT": "heart", "TRIL": "trillion", "BGT": "baguette", "FLR": "flower", "WED": "wedding", "ENG": "engagement",
    "MRQ": "marquise", "PRS": "pear", "PND": "pendant",
    "PNDT": "pendant", "PDT": "pendant", "NKLC": "necklace", "NCKLC": "necklace", "EARR": "earrings",
    "ERNGS": "earrings", "PLN": "plain", "PLTD": "plated", "PLT": "plated", "RHOD": "rhodium", "SHLDR": "shoulder",
    "SHLDRS": "shoulders", "GF": "gold filled", "SS": "sterling silver", "W/G": "white gold", "Y/G": "yellow gold",
    "R/G": "rose gold", "RGP": "rose gold plated", "YGP": "gold plated", "WGP": "white gold plated", "BRC": "bracelet",
    "NKL": "necklace", "NCK": "necklace", "ERG": "earrings", "OXI": "oxidised", "OXID": "oxidised",
    "S/S": "sterling silver", "SS316L": "stainless steel", "316L": "stainless steel",
}  # fmt: skip
"""Abbreviations in capitals, whatever they stand beside."""

_ON_TAGS: dict[str, str] = {
    "AQ": "aquamarine", "AQUA": "aquamarine", "TANZ": "tanzanite", "TZ": "tanzanite", "CIT": "citrine", "OPL": "opal",
    "BT": "blue topaz", "TOUR": "tourmaline", "MS": "moonstone", "BE": "bezel",
    "SOL": "solitaire", "NK": "necklace", "ER": "earrings", "BR": "bracelet", "CHN": "chain", "LDS": "ladies",
    "GTS": "gents", "PR": "pair", "PC": "pair", "STD": "stud", "EM": "emerald",
}  # fmt: skip
"""Those that mean other things in a sentence: read where all letters are capitals."""

_EDGE = r"(?<![A-Za-z])(?:{})(?![A-Za-z])"
_PATTERN = {
    table: re.compile(_EDGE.format("|".join(sorted(map(re.escape, words), key=len, reverse=True))))
    for table, words in (("any", _WORDS), ("tags", _ON_TAGS))
}
_NUMBER = re.compile(
    r"(?<![\w-])(?:(?:[A-Z]{1,5}[-/]){1,3}\d{4,9}(?:[-/]?\w{1,8}){0,2}|[A-Z]{2,5}-(?!(?:333|375|417|585|750|800|835|850|900|916|925|950|990|999)\b)\d{3}(?:-\w{1,6})?"
    r"|(?:SKU|Sku|sku|Art|Ref|REF|ref)(?:\.|:|\s|#|-?Nr\.?|\s?no\.?){1,4}[A-Za-z]{0,4}-?\d{2,}\w{0,6})(?![\w-])"
)
"""Article numbers: "RG-10234", "SKU 88-12", "Ref. 4411"."""


def without_numbers(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its article numbers, and those."""
    numbers = tuple(dict.fromkeys(match.group() for match in _NUMBER.finditer(text)))
    return (_NUMBER.sub(" ", text) if numbers else text), numbers


def spelt_out(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with its abbreviations in words, and each of them with its meaning."""
    meant: dict[str, str] = {}
    tag = text.upper() == text

    def spell(match: re.Match[str]) -> str:
        word = match.group()
        meant[word] = _WORDS.get(word) or _ON_TAGS[word]
        # Digits may stand right beside: "ER925", "PC1"; a hyphen joins, as in "3-STN".
        joined = match.string[match.start() - 1 : match.start()] == "-"
        return f"{'' if joined else ' '}{meant[word]} "

    text = _PATTERN["any"].sub(spell, text)
    return (_PATTERN["tags"].sub(spell, text) if tag else text), tuple(meant.items())

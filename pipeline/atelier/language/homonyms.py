"""Words of two meanings, as their neighbours settle them."""

from collections.abc import Callable
from dataclasses import replace

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.people import PEOPLE, is_said_of_people
from pipeline.atelier.language.terms import Term

_COMPARED = frozenset({
    "border", "body", "stitch", "country",
    "brand", "company", "label", "shop", "store", "boutique", "quality", "rated", "rating", "review", "lined", "kissed",
    "sized", "neck", "back", "backs", "backing", "nut", "clasp", "closure", "catch", "hook", "hooks", "setting",
    "basket", "gallery", "prong", "prongs",
})  # fmt: skip
"""Words behind a motif that it only compares with, or that it names a part of: "tree-lined", "butterfly back"."""
_BETWEEN = frozenset({"jewelry", "jewellery"})


def settled(tokens: tuple[str, ...], terms: list[Term]) -> list[Term]:
    """The terms, each homonym with the one meaning it has here.

    A heart before a gem, or on a ring or earring with one, is the stone's cut and no shape in metal. "Radiant" is
    praise where another cut is named or no stone is. An emerald before "emerald-cut diamond" is that cut. A motif in
    front of "lined", "quality" or "clasp" is no motif of the piece.
    """
    around, named = _Around(terms), _Pieces(tokens, terms)
    pieces = {term.start for term in terms if term.slot.startswith("kind") or term.slot == "bead"}
    ends = {term.end for term in terms if term.slot.startswith("kind")}
    turned: tuple[tuple[Callable[[Term], bool], str, str], ...] = (
        (lambda term: is_said_of_people(tokens, term), PEOPLE, ""),
        (lambda term: _is_of_pieces(tokens, term, ends), "standin", "set of pieces"),
        (lambda term: _is_of_clasp(tokens, term, pieces), "of_clasp", ""),
        (lambda term: named.names_a_shape(term) or named.names_links(tokens, term), "shape wish", ""),
        (named.is_of_a_finger, "noun", "band"),
        (around.is_a_crystal, "stone", "any"),
        (lambda term: around.cuts_a_heart(term) or around.cuts_an_emerald(term), "cut", "as it is"),
        (lambda term: around.praises(term) and not _is_weighed(tokens, term), "style wish", ""),
        (lambda term: _is_a_likeness(tokens, term) or around.colours(term), "likeness", ""),
    )
    return [_turned(term, turned) for term in terms]


_SET_WITH = frozenset(
    {"with", "in", "by", "throughout", "all", "to", "between", "within", "on", "of", "the", "into"}
)
"""Words behind a piece that is set with stones."""
_COUNTED = frozenset({"piece", "pieces", "pc", "pcs"})


def _is_of_pieces(tokens: tuple[str, ...], term: Term, ends: set[int]) -> bool:
    """Whether a set is one of pieces: "a choker set", and not "a choker set with emeralds"."""
    if term.text not in ("set", "sets") or (term.slot, term.value) != ("noun", "setting"):
        return False
    counted = tokens[max(term.start - 1, 0) : term.start]
    return (term.start in ends or bool(_COUNTED & {*counted})) and not _SET_WITH & {
        *tokens[term.end : term.end + 1]
    }


def _turned(term: Term, turned: tuple[tuple[Callable[[Term], bool], str, str], ...]) -> Term:
    """The term in the first role that it has here; with its text as the value where none is given."""
    for holds, slot, value in turned:
        if holds(term):
            return replace(term, slot=slot, value=term.value if value == "as it is" else value or term.text)
    return term


def _is_a_likeness(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether a word only compares, or says how metal is finished."""
    return _compares(tokens, term) or _is_said_of_one(tokens, term) or _is_faceted_metal(tokens, term)


_SETS = ("set", "jewelry set", "jewellery set", "parure")
_LINKS = frozenset({"chain", "chains", "kette", "chaine", "catena", "cadena", "链", "链子"})


_CLASPS = frozenset({"clasp", "closure", "fermoir", "verschluss", "schliesse", "chiusura", "cierre"})
_CLASPS_FIRST = frozenset({"fermoir", "chiusura", "cierre", "fecho", "broche"})
"""Clasps of languages that name what they are set with behind them."""
_SET_INTO = frozenset({"gem", "substitute", "cluster", "accents", "cut"})


def _is_of_clasp(tokens: tuple[str, ...], term: Term, pieces: set[int]) -> bool:
    """Whether stones are named for the clasp: "with a sapphire and diamond cluster clasp"."""
    behind = tokens[term.end : term.end + 5]
    place = next((k for k, token in enumerate(behind) if token in _CLASPS), None)
    parted = {",", ".", ";", "with", "on", "mit", "con", "avec", "com"}
    if term.slot not in _SET_INTO or place is None or parted & {*behind[:place]}:
        return False
    if behind[place] in _CLASPS_FIRST:
        return False  # "sautoir de perles 80 cm fermoir or"
    return not pieces & {*range(term.end, term.end + place)}


def _is_weighed(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether carats stand before a word: "3.01 ct VS1 radiant" is no praise."""
    return bool({"ct", "cts", "carat", "carats"} & {*tokens[max(term.start - 5, 0) : term.start]})


_OF_STONES = frozenset(
    {"ct", "cts", "carat", "carats", "ctw", "tcw", "solitaire", "engagement", "halo", "stone", "stones"}
)
_FACETED_METAL = frozenset({
    "chain", "chains", "rope", "curb", "figaro", "hoop", "hoops", "bangle", "bangles", "anklet", "bead", "beads",
    "band", "ball", "necklace", "bracelet",
})  # fmt: skip


def _is_faceted_metal(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether "diamond cut" says how the metal of a chain, hoop or band is finished, and no stone is meant."""
    said = {*tokens}
    cut = (term.slot, term.text) == ("gem", "diamond") and tokens[term.end : term.end + 1] == ("cut",)
    return cut and bool(said & _FACETED_METAL) and not said & _OF_STONES and tokens.count("diamond") == 1


_ARE = frozenset({
    "is", "are", "be", "was", "she's", "he's", "you're", "i'm", "ist", "sind", "bist", "est", "es", "eres", "sei",
    "seja",
})  # fmt: skip
_LIKE = frozenset({"like", "wie", "comme", "como", "come", "als"})
_ARTICLES = frozenset({
    "a", "an", "the", "my", "ein", "eine", "der", "die", "das", "un", "une", "le", "la", "el", "una", "il", "lo", "uma",
    "um", "o", "een", "de", "mein", "meine", "ma", "mon", "mi", "mia",
})  # fmt: skip
_SHAPED = frozenset({
    "shaped", "shape", "looks", "look", "formed", "form", "designed", "cut", "geformt", "forme", "forma", "aussehend",
})  # fmt: skip


def _is_said_of_one(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether somebody is called by the motif or does as it does: "she is a star", "shine like the sun".

    What looks like a star or is shaped like one is a star.
    """
    if term.slot != "motif" or term.start < 2 or tokens[term.start - 1] not in _ARTICLES:
        return False
    verb = tokens[term.start - 2]
    before = tokens[max(term.start - 4, 0) : term.start - 2]
    article = tokens[term.start - 1] not in ("my", "mein", "meine", "ma", "mon", "mi", "mia")
    return (verb in _ARE and article) or (verb in _LIKE and not _SHAPED & {*before})


_COLOUR_GIVERS = frozenset({
    "leaf", "rose", "cherry", "sun", "moon", "wave", "cloud", "lotus", "palm", "tree", "clover", "shell", "swan", "fox",
    "flower", "fish", "star", "lightning", "mushroom", "feather",
})  # fmt: skip
"""Motifs that shades are named by: leaf-green, rose-pink, kirschrot, vert feuille."""
_SHADES_OF_STONES = frozenset({"leaf", "rose", "cherry", "wave", "cloud"})
"""Of these, what shades a stone whose own name begins with its colour; a "star blue topaz necklace" has a star."""


def _compares(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether a motif is said of something else than the piece."""
    if term.slot != "motif" and (term.slot, term.value) not in {("form", "heart"), ("form", "cross")}:
        return False
    behind = tokens[term.end : term.end + 2]
    if behind[:1] and behind[0] in _BETWEEN:
        behind = behind[1:]
    return bool(behind) and (behind[0] in _COMPARED or (term.value, behind[0]) == ("feather", "light"))


def _places(terms: list[Term], slot: str, value: str) -> set[int]:
    return {term.start for term in terms if (term.slot, term.value) == (slot, value)}


def _is_worn(terms: list[Term]) -> bool:
    """Whether the piece is one whose hearts are set stones."""
    return any(term.slot.startswith("kind") and term.value in ("ring", "earrings") for term in terms)


def _emerald_cut_of_another(gems: list[Term], cuts: list[Term]) -> int:
    """Where "emerald cut" stands before another gem; 0 where it does not."""
    others = {gem.start for gem in gems if gem.value != "emerald"}
    return next((cut.start for cut in cuts if cut.value == "emerald" and cut.end in others), 0)


def _shades(terms: list[Term]) -> set[tuple[int, str]]:
    """Where colours begin that a thing before them may name, and where foreign ones end that one behind them may."""
    hues = [term for term in terms if term.slot == "hue"]
    foreign = {(term.end, "behind") for term in hues if term.text not in lexicon.COLOURS}
    stones = {term.start for term in terms if term.slot == "gem" and term.text.split()[0] in lexicon.COLOURS}
    return foreign | {(term.start, "before") for term in hues} | {(start, "stone") for start in stones}


_OF_A_SIZE = frozenset({"size", "sz", "taille", "ringgrosse", "taglia", "talla"})
"""Words before a ring's size: a ring that has one is no shape of another piece."""


class _Pieces:
    """Which of the pieces and links that a prompt names are meant."""

    def __init__(self, tokens: tuple[str, ...], terms: list[Term]) -> None:
        self._sized = not _OF_A_SIZE.isdisjoint(tokens)
        named = [term for term in terms if term.slot in ("kind", "kind_medium")]
        self._others = {piece.start for piece in named if piece.value != "ring"}
        self._listed = any(piece.text.startswith(_SETS) for piece in named)
        self._rings = {piece.start for piece in named if (piece.slot, piece.value) == ("kind", "ring")}
        self._earrings = any(piece.value == "earrings" and piece.text != "hoop" for piece in named)
        self._links = {term.start for term in terms if term.slot == "chain"}

    def names_a_shape(self, term: Term) -> bool:
        """Whether a ring before another piece only says what that looks like: "a ring brooch", "a ring pendant"."""
        ring = (term.slot, term.text) == ("kind", "ring")
        return ring and self._others == {term.end} and not self._listed and not self._sized

    def names_links(self, tokens: tuple[str, ...], term: Term) -> bool:
        """Whether a word that is a motif as well names the links of a chain right behind: "snake bone chain"."""
        also = term.slot == "motif" and term.start in self._links
        return also and bool(_LINKS & {*tokens[term.end : term.end + 2]})

    def is_of_a_finger(self, term: Term) -> bool:
        """Whether a hoop is the shank of a ring that is spoken of before: "a gold ring, the hoop chased"."""
        hoop = term.text == "hoop" and not self._earrings
        return hoop and bool(self._rings) and min(self._rings) < term.start


class _Around:
    """What the words of a prompt say together about one of two meanings."""

    def __init__(self, terms: list[Term]) -> None:
        gems = [term for term in terms if term.slot in ("gem", "substitute") and not term.negated]
        cuts = [term for term in terms if term.slot == "cut" and term.text != "radiant"]
        self._stones = {gem.start for gem in gems} | _places(terms, "stone", "any")
        self._gems = {gem.text for gem in gems}
        self._set_hearts = _is_worn(terms) and bool(gems) and not cuts
        self._shaped = bool(cuts) or bool(_places(terms, "shape", "round"))
        self._emerald_cut = _emerald_cut_of_another(gems, cuts)
        self._cut = {cut.end for cut in cuts}
        self._shades = _shades(terms)

    def colours(self, term: Term) -> bool:
        """Whether a motif names a shade: before its colour, in the languages of the south behind it."""
        shade = term.slot == "motif" and term.value in _COLOUR_GIVERS
        places = {(term.end, "before"), (term.start, "behind")}
        if term.value in _SHADES_OF_STONES:
            places.add((term.end, "stone"))
        return shade and not self._shades.isdisjoint(places)

    def cuts_a_heart(self, term: Term) -> bool:
        """Whether a heart is a stone's cut."""
        before = bool({term.end, term.end + 1} & self._stones)
        return (term.slot, term.value) == ("form", "heart") and (before or self._set_hearts)

    def cuts_an_emerald(self, term: Term) -> bool:
        """Whether an emerald names the cut of another stone that comes later."""
        with_cut = term.start in self._cut  # "a pear emerald and an emerald-cut diamond"
        return (
            term.slot == "gem" and term.text == "emerald" and term.start < self._emerald_cut and not with_cut
        )

    def is_a_crystal(self, term: Term) -> bool:
        """Whether a crystal is one of a gem that is named: "natural crystal point, amethyst"."""
        others = self._gems - {"crystal", "crystals"}
        return term.slot == "substitute" and term.text == "crystal" and bool(others)

    def praises(self, term: Term) -> bool:
        """Whether "radiant" is praise."""
        return term.slot == "cut" and term.text == "radiant" and (self._shaped or not self._stones)

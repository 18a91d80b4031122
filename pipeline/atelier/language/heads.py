"""The noun that a title is about, where it is none the atelier knows and a piece only stands beside it."""

from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.terms import BREAKS, STONE_SLOTS, Term
from pipeline.atelier.language.text import singular, words_of

_PIECES = ("kind", "kind_medium", "kind_weak", "form", "chain", "clasp", "strand")
_BARE = words_of(
    """
    ring band chain loop hoop link bar pin stud drop disc medal clasp hook cuff box bow cross heart
    kette kettchen chaine chainette anneau catena catenella anello cadena anillo corrente
    ketting цепочка кольцо lancuszek
    """
)
"""Words of pieces that are parts of other things as often."""
_WITH = words_of("with mit avec con com met с z on")
_SPEAKERS = words_of(
    """
    i i'm i'd we we're we'd my our me us you your she he her his want wants need needs like love please would could can
    make made design ich wir je nous mi quiero vorrei ik chce хочу
    """
)
"""Words of somebody who writes a sentence: there the first noun is a greeting as often as a thing."""
_WITHIN = 4
"""Words from "with" to what a thing has."""


def strange_head(draft: Draft) -> str:
    """The unknown noun at the head of a title, of which what is named besides is only a part; empty where a piece is.

    "Astrolabe with a suspension ring", "Ladle, silver, ring terminal".
    """
    tokens, unknown = draft.sentence.tokens, {*draft.sentence.unknown}
    first = next(
        (place for place, token in enumerate(tokens) if token in BREAKS or token in _WITH), len(tokens)
    )
    words = [token for token in tokens[:first] if token.isalpha()]
    head = next((word for word in (*words[-1:], *words[:1]) if word in unknown), "")
    named = draft.every("style", "motif", "shape", "unmade", "near")
    pieces = draft.every(*_PIECES)
    if named or not head or not pieces or not _SPEAKERS.isdisjoint(tokens):
        return ""
    return head if all(_is_a_part(draft, piece, first) for piece in pieces) else ""


def _is_a_part(draft: Draft, piece: Term, first: int) -> bool:
    """Whether a word of a piece behind the first break names a part: before a strange noun, or what the head has."""
    tokens = draft.sentence.tokens
    bare = {*map(singular, piece.text.split())} <= _BARE and piece.start > first
    before_a_noun = not {*tokens[piece.end : piece.end + 1]}.isdisjoint(draft.sentence.unknown)
    return bare and (before_a_noun or _belongs(draft, first, piece.start))


def _belongs(draft: Draft, first: int, start: int) -> bool:
    """Whether a piece is what the head of a title has: right behind "with", and set with nothing."""
    tokens = draft.sentence.tokens
    near = first < start <= first + _WITHIN and tokens[first] in _WITH
    return near and not any(draft.at(place, *STONE_SLOTS) for place in range(first, start))

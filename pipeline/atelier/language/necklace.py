"""What a prompt says about a necklace: what hangs, its stone, and the chain."""

from typing import Any

from pipeline.atelier.language import evidence
from pipeline.atelier.language.chain import BY_SCALE, beads_of, form_of, letter_of, read_chain
from pipeline.atelier.language.context import Draft, beside, clamp, leftover, longest
from pipeline.atelier.language.motif import motif_name, ornament, read_motif, usual_share
from pipeline.atelier.language.stones import no_stone, read_line, read_stone, surround
from pipeline.atelier.language.terms import STONE_SLOTS
from pipeline.atelier.spec import LARGEST_SHARE, Chain, Framing, Pendant, Stone

CLOSE = "The picture is close on the pendant and the chain runs out of it; “whole necklace” shows all of it."
"""What the user is told of a framing that no word settled."""

LEAST_HUNG_MM = 7.0
"""A smaller measure that no word explains is a chain's width, where a pendant and its chain are named."""
_SHARES = {"bar": 1.6, "initial": 0.8, "cross": 1.3, "heart": 0.9}
"""Heights of forms, over that of a disc."""


def read_necklace(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a necklace: "chain", "pendant", "stone" and "accents"."""
    form = form_of(draft)
    if draft.has("style", "tennis") and not no_stone(draft):
        return _riviera(draft)
    if draft.has("style", "tennis"):
        draft.assume("A tennis necklace without its stones is a chain.")
    # A stone that is the whole pendant is larger than one set into a plate.
    usual = 6.0 if form else 7.5
    stone = read_stone(
        draft, default=False, size_mm=usual, assumption="The stone is not named; a diamond is used."
    )
    stone = None if _is_of_the_chain(draft) else stone
    accents = surround(draft, stone, 1.2)
    motif = read_motif(draft, "necklace") if form == "motif" else None
    if motif is not None:
        stone, accents = ornament(draft, stone, accents, 17.0)
    if stone is not None and form is None and not draft.every("motif"):
        _size_alone(draft, stone)
    pendant = _pendant(draft, form, stone) if form or stone or _hangs_something(draft) else None
    _tell_bareness(draft, pendant)
    chain = read_chain(draft, preset="chain", alone=pendant is None, share=_share(pendant, stone))
    chain |= _manner(draft, chain["style"], motif, alone=pendant is None)
    return {"chain": chain, "pendant": pendant, "stone": stone, "accents": accents, "motif": motif}


def _tell_bareness(draft: Draft, pendant: dict[str, Any] | None) -> None:
    if pendant is None and not _is_strung(draft):
        draft.assume("No pendant is named; it is a plain chain.")


def _is_of_the_chain(draft: Draft) -> bool:
    """Whether the stones that are named are beads, or set into links, and nothing hangs."""
    if not _hangs_something(draft):
        return beads_of(draft) is not None or _is_of_links(draft)
    beads = [term for term in draft.every("bead") for gem in draft.at(term.start, *STONE_SLOTS)]
    return bool(beads) and len(draft.every(*STONE_SLOTS)) == 1  # "black beads", and the pendant is of metal


def _is_of_links(draft: Draft) -> bool:
    """Whether stones are named for the links of a chain: "iced out", "a moissanite cuban chain"."""
    if any(term.text == "iced out" for term in draft.every("standin")):
        return True
    links = {term.start for term in draft.every("chain") if term.value in _SET_LINKS}
    ends = {place for term in draft.every(*STONE_SLOTS) for place in (term.end, term.end + 1)}
    return bool(links & ends)


_SET_LINKS = frozenset({"curb", "figaro", "rope"})
"""Chains that are worn without a pendant, so that stones named before them are their links'."""


def _size_alone(draft: Draft, stone: dict[str, Any]) -> None:
    """A stone that is all the pendant is as large as the pendant is said to be."""
    if (
        stone["halo"]
        or stone["cluster"]
        or {"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    ):
        return
    size = beside(draft, "mm", {"pendant", "diameter"}, "stone size", below=20)
    size = size or leftover(draft, "stone size", below=20)
    if size is None and not draft.every("chain"):
        # "A sapphire necklace 8 mm" measures the stone: no chain that it hangs from is as wide.
        size = beside(draft, "mm", {"chain", "piece"}, "stone size", above=3.5, below=20)
    if size:
        stone["length_mm"] = clamp(draft, Stone, "length_mm", size)


def _is_strung(draft: Draft) -> bool:
    """Whether pearls or beads make the necklace."""
    return bool(draft.strung) or draft.has("chain", "pearl") or draft.has("bead")


def _is_written_on(draft: Draft) -> bool:
    """Whether a text is to be engraved, which needs a plain face: no row of pearls has one."""
    return bool(draft.sentence.engraving) and not _is_strung(draft)


def _manner(draft: Draft, style: str, motif: dict[str, Any] | None, *, alone: bool) -> dict[str, Any]:
    """How a chain is laid out: as a lariat where nothing hangs from it, or in layers where it holds no motif."""
    if motif is not None and motif.get("mount") == "station":
        return {}
    if draft.has("lay", "lariat") and alone and style not in ("pearl", "bead", "cord"):
        return {"lay": "lariat"}
    return {"strands": _layers(draft)} if draft.has("layers") or _in_rows(draft) else {}


def _in_rows(draft: Draft) -> bool:
    """Whether rows of pearls or beads are counted: "a two-row cultured pearl necklace"."""
    behind = (draft.sentence.tokens[measure.end : measure.end + 1] for measure, _ in draft.measures(""))
    counted = any({*word} & {"row", "rows", "strand", "strands"} for word in behind)
    several = any(measure.number > 1 for measure, _ in draft.measures(""))
    return counted and several and _is_strung(draft)


def _layers(draft: Draft) -> int:
    """How many chains are worn over one another: counted, or by their word, else two."""
    for measure, _ in list(draft.measures("")):
        behind = draft.sentence.tokens[measure.end : measure.end + 5]
        if {"chain", "chains", "layer", "layers", "strand", "strands", "row", "rows", "layered"} & {*behind}:
            draft.take(measure, "layers", f"{measure.number:g}")
            if measure.number > 4:
                draft.assume("Four chains are worn over one another at most; four are made.")
            return int(min(max(measure.number, 2), 4))
    return 3 if any(term.text.split()[0] in _THREE for term in draft.every("layers")) else 2


_THREE = frozenset({"triple", "tres", "drei"})


def _riviera(draft: Draft) -> dict[str, Any]:
    """A necklace of stones in a line."""
    length = beside(draft, "mm", {"chain", "length", "piece"}, "chain length", above=140)
    length = length or longest(draft, "chain length")
    if length is None:
        draft.assume("The length is not given; 42 cm is used.")
    length = clamp(draft, Chain, "length_mm", length or 420.0)
    return {"chain": {"style": "tennis", "length_mm": length}, "accents": read_line(draft, length)}


def _hangs_something(draft: Draft) -> bool:
    """Whether a pendant is named, a motif that hangs as one, or a text that needs one."""
    named = draft.has("noun", "pendant") or draft.has("kind_medium", "necklace") or bool(draft.every("motif"))
    return named or _is_written_on(draft)


def _pendant(draft: Draft, form: str | None, stone: dict[str, Any] | None) -> dict[str, Any]:
    if form is None and stone is not None and not draft.every("motif"):
        form = "stone"
    if form is None:
        draft.assume("The pendant's shape is not named; a round disc is used.")
    form = form or "round"
    height = beside(draft, "mm", {"pendant", "height", "diameter"}, "pendant height", below=60)
    height = height or leftover(draft, "pendant height", above=LEAST_HUNG_MM, below=60)
    if form == "motif":
        # "A star necklace 25 mm" measures the star: no chain is as wide.
        height = height or beside(draft, "mm", {"chain", "piece"}, "pendant height", above=6, below=60)
    usual = BY_SCALE["pendant"][draft.scale("pendant", slots=("scale",))] * _share_of(draft, form)
    pendant: dict[str, Any] = {
        "form": form,
        "height_mm": clamp(draft, Pendant, "height_mm", height or round(usual, 1)),
        "letter": letter_of(draft, form),
        "framing": draft.choose("framing", Framing, "pendant", CLOSE),
    }
    if stone is not None and form != "stone":
        _fit_stone(draft, stone, pendant["height_mm"])
    return pendant


def _share_of(draft: Draft, form: str) -> float:
    return usual_share(motif_name(draft)) if form == "motif" else _SHARES.get(form, 1.0)


def _fit_stone(draft: Draft, stone: dict[str, Any], height: float) -> None:
    """Keep a stone well inside its plate; one whose size is given may fill it, and is told if it cannot."""
    given = any(slot in ("stone size", "stone weight") for slot, _ in draft.measured.values())
    most = round((LARGEST_SHARE if given else 0.5) * height - 0.005, 2)
    if given and stone["length_mm"] > most:
        draft.assume(
            f"A stone of {stone['length_mm']:g} mm does not fit on this pendant; {most:g} mm is used.",
            evidence.field("stone.length_mm", most),
        )
    stone["length_mm"] = min(stone["length_mm"], most)


def _share(pendant: dict[str, Any] | None, stone: dict[str, Any] | None) -> float:
    """A small pendant hangs on a fine chain: its gauge over the usual one."""
    if pendant is None:
        return 1.0
    hung = stone["length_mm"] / 7.5 if stone and pendant["form"] == "stone" else pendant["height_mm"] / 17
    return float(min(max(hung, 0.65), 1.0))

"""What a prompt asks for that the piece does not show: told after the piece is settled, from the piece itself.

Every slot of the vocabulary has a rule that says whether the piece shows a word, and a sentence for where it does not;
so no sentence can speak against the piece.
"""

from collections.abc import Callable, Iterator

from pipeline.atelier.companions import companions
from pipeline.atelier.language import evidence, lexicon
from pipeline.atelier.language.context import Draft, stone_of
from pipeline.atelier.language.evidence import Holds, gems_of, metals_of
from pipeline.atelier.language.gold import is_plain
from pipeline.atelier.language.lexicon import is_disc
from pipeline.atelier.language.ornaments import ENAMEL_COLOURS, is_enamel, motif_of
from pipeline.atelier.language.stones import no_stone
from pipeline.atelier.language.terms import STONE_SLOTS, Term
from pipeline.atelier.language.text import singular
from pipeline.atelier.language.vocabulary import exactly, inflected, is_plural
from pipeline.atelier.spec import Spec, is_hollow, is_tiara

_SHAPES = frozenset(
    {"round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "cabochon", "heart"}
)
"""Cuts whose names are said of metal too: an oval locket, a square signet."""

_STYLES_OF: dict[str, str] = {
    **dict.fromkeys(("three_stone", "eternity", "signet", "toi_et_moi", "band"), "ring"),
    **dict.fromkeys(("circle", "flower", "bar_brooch", "cufflinks", "tie_bar"), "brooch"),
    **dict.fromkeys(("ear_cuff", "climber", "nose_stud", "nose_ring", "stud", "hoop", "huggie"), "earrings"),
    **dict.fromkeys(("bangle", "cuff"), "bracelet"),
}
"""Styles that are made of one kind of piece only."""


def tell_omissions(draft: Draft, spec: Spec, spoken: set[str]) -> None:
    """Add a sentence for each term without a trace in `spec`; `spoken` are the spec's fields already told."""
    for standin in _standins(draft, spec):
        draft.assume(standin)
    bare = no_stone(draft) or bool(spoken & {"stone", "accents"})
    for term in _firsts(draft):
        rule = RULES[term.slot]
        if (bare and _goes_without_saying(spec, term)) or _is_told(draft, term) or rule.shown(spec, term):
            continue
        if term.slot in _EITHER and _is_shown_otherwise(draft, spec, term):
            continue
        if term.slot in _PARTS and draft.at(term.start, *_SAID_OTHERWISE):
            continue  # a "solitaire pendant" is told of as a style, "snakes" on a ring as a motif
        if sentence := rule.sentence(draft, spec, term):
            draft.assume(sentence)
    _tell_single_stones(draft, spec)
    _tell_chain(draft, spec)
    if not bare:
        _tell_halo(draft, spec)


_PARTS = ("kind_medium", "kind_weak", "chain")
_SAID_OTHERWISE = ("style", "form", "shape", "accents", "motif", "standin")
_EITHER = ("chain", "cord", "motif", "style")


def _is_shown_otherwise(draft: Draft, spec: Spec, term: Term) -> bool:
    """Whether a word of several meanings is made in another one: a snake as a motif, a cordón as a rope chain."""
    others = (other for other in draft.every(*_EITHER) if other.start == term.start)
    return any(
        (other.slot, other.value) != (term.slot, term.value) and shows(spec, other) for other in others
    )


def _tell_single_stones(draft: Draft, spec: Spec) -> None:
    for term in draft.every(*STONE_SLOTS):
        if _is_one_of_many(spec, term) and not _is_told(draft, term):
            draft.assume(f"“{term.text}”: one is set on this {_name(spec)}.")


def _is_one_of_many(spec: Spec, term: Term) -> bool:
    """Whether stones are named in the plural and a single one is set, on a piece that is no pair."""
    single = (
        spec.stone is not None and spec.accents is None and spec.kind != "earrings" and not is_tiara(spec)
    )
    return single and is_plural(term) and stone_of(term) in gems_of(spec)


def _goes_without_saying(spec: Spec, term: Term) -> bool:
    """Whether a piece without stones says enough about a word for stones; a cut may be a shape of metal."""
    return term.slot in _OF_STONES and (term.slot != "cut" or bool(gems_of(spec)))


_SOLD_APART = (("not", "included"), ("sold", "separately"), ("excluded",))
"""What follows a chain that does not come with its pendant."""


def _tell_chain(draft: Draft, spec: Spec) -> None:
    """Say that a pendant has a chain, where it was asked for without."""
    if spec.kind != "necklace" or spec.pendant is None:
        return
    kinds = ("kind", "kind_medium", "kind_weak")
    apart = any(
        draft.sentence.tokens[term.end : term.end + len(words)] == words
        for term in draft.every(*kinds)
        for words in _SOLD_APART
    )
    if apart or any(term.value == "necklace" for term in draft.every(*kinds, negated=True)):
        draft.assume("A pendant always hangs from its chain here; it cannot be made without.")


def _lacks_its_halo(draft: Draft, spec: Spec) -> bool:
    haloed = spec.stone is not None and spec.stone.halo
    return draft.has("halo") and not haloed and not any("halo" in sentence for sentence in draft.assumed)


def _tell_halo(draft: Draft, spec: Spec) -> None:
    if _lacks_its_halo(draft, spec):
        draft.assume("There is no single stone for a halo to surround; it is left out.")
    elif (
        draft.has("halo", "double")
        and spec.stone is not None
        and spec.stone.halo
        and not spec.stone.double_halo
    ):
        draft.assume("A second halo surrounds a single stone only; one is made here.")


def _firsts(draft: Draft) -> Iterator[Term]:
    """The first term of each meaning, in the order of the rules."""
    for slot in RULES:
        terms = [*draft.every(slot), *(draft.side_cuts if slot == "cut" else ())]
        terms += sorted((term for term in draft.strung if term.slot == slot), key=lambda term: term.start)
        # "Brilliant" praises as often as it names a diamond.
        terms.sort(key=lambda term: term.text == "brilliant")
        named: dict[str, Term] = {}
        for term in terms:
            named.setdefault(term.text if slot in _BY_TEXT else term.value, term)
        yield from named.values()


def _standin_of(word: str) -> str | None:
    """What is said of a word that is made as something near."""
    return lexicon.STANDINS.get(word) or lexicon.STANDINS.get(singular(word))


def _standin_shown(spec: Spec, term: Term) -> bool:
    sentence = _standin_of(term.text)
    return sentence is None or _stands(sentence, spec)


def _standins(draft: Draft, spec: Spec) -> Iterator[str]:
    """Words that are made as something near, each quoted with what the trade's word for it becomes."""
    terms = [*draft.every("style", "cut", "chain", "kind", "kind_medium", "standin"), *draft.side_cuts]
    spoken: set[str] = set()
    for term in terms:
        for word in (term.value, term.text, *term.text.split()):
            sentence = _standin_of(word)
            if sentence is not None and sentence not in spoken and _stands(sentence, spec):
                spoken.add(sentence)
                yield f"“{term.text}”: {sentence}"


def _stands(sentence: str, spec: Spec) -> bool:
    """Whether what stands for a word is there."""
    return next((holds(spec) for beginning, holds in _STANDS.items() if sentence.startswith(beginning)), True)


_STANDS: dict[str, Holds] = {
    "A tapered baguette": evidence.cut("baguette"),
    "A transitional cut": evidence.cut("old_european"),
    "A briolette": evidence.cut("pear"),
    "An ear jacket": evidence.field("earrings.style", "stud"),
    "Studs have posts": evidence.group("earrings"),
    "A herringbone chain": evidence.field("chain.style", "snake"),
    "An omega chain": evidence.field("chain.style", "snake"),
    "Ball studs": evidence.every(
        evidence.field("earrings.style", "stud"),
        evidence.field("earrings.form", "round"),
        lambda spec: not gems_of(spec),
    ),
    "Of a bridal set": lambda spec: spec.ring is not None and spec.stone is not None,
    "Links set with stones": evidence.group("chain"),
    "Such a chain is made as a rope": evidence.field("chain.style", "rope"),
    "Such a chain is made with the oval links": evidence.field("chain.style", "cable"),
    "A paperclip chain": evidence.field("chain.style", "cable"),
    "A tie pin": evidence.field("brooch.style", "tie_bar"),
    "Of a stack": evidence.group("ring"),
    "A thumb ring": evidence.group("ring"),
    "A stone wrapped in wire": lambda spec: spec.stone is not None,
    "A threader earring": evidence.field("earrings.style", "drop"),
}
"""What a piece shows where it is made with a stand-in, by how that is told; of a set any piece may be the first."""


def _is_told(draft: Draft, term: Term) -> bool:
    """Whether a sentence speaks of a word, other than of how it is spelt."""
    return any(
        f"“{term.text}”" in sentence and "” is read as “" not in sentence for sentence in draft.assumed
    )


class Rule:
    """Whether a piece shows a word, and what is said where it does not."""

    def __init__(
        self, shown: Callable[[Spec, Term], bool], sentence: Callable[[Draft, Spec, Term], str | None]
    ) -> None:
        self.shown, self.sentence = shown, sentence


def shows(spec: Spec, term: Term) -> bool:
    """Whether a piece shows what a term asks for; words without a rule leave no trace of their own."""
    rule = RULES.get(term.slot)
    return rule is None or rule.shown(spec, term)


# --- what a piece shows


def _gem_shown(spec: Spec, term: Term) -> bool:
    return stone_of(term) in gems_of(spec) or term.text == "brilliant"


def _metal_shown(spec: Spec, term: Term) -> bool:
    # Plain gold is of any colour.
    plain = is_plain(term) and any("gold" in metal for metal in metals_of(spec))
    return plain or set(term.value.split()) <= metals_of(spec)


def _cut_shown(spec: Spec, term: Term) -> bool:
    groups = [group for group in (spec.stone, spec.second_stone, spec.accents) if group]
    if not groups:
        cut = term.text.endswith((" cut", "brilliant"))
        return not cut and (term.value in {*_forms(spec)} or term.value == "round")
    cuts = {str(group.cut) for group in groups}
    if spec.stone is not None and spec.stone.cut == "cabochon" and spec.stone.ratio > 1:
        cuts.add("oval")  # an outline here
    if not term.text.endswith((" cut", "brilliant")):
        cuts |= {"round", *_forms(spec)}  # said of metal, too
    return term.value in cuts


def _form_shown(spec: Spec, term: Term) -> bool:
    if term.value == "round" and (spec.ring is not None or spec.motif is not None):
        return False  # no ring is of a disc, and no motif either
    if term.value == "round" and spec.earrings is not None and spec.stone is not None:
        return not is_disc(term)  # a stone hangs there
    return term.value in {"round", *_forms(spec)}


def _forms(spec: Spec) -> Iterator[str]:
    """Outlines that a piece has, in the words of forms and cuts."""
    if spec.pendant is not None:
        yield spec.pendant.form
        if spec.pendant.form == "locket":
            yield "oval"
    if spec.earrings is not None:
        yield "teardrop" if spec.earrings.style == "drop" else spec.earrings.form
        yield spec.earrings.form
    if spec.brooch is not None:
        yield spec.brooch.style
    if spec.stone is not None:
        yield {"pear": "teardrop"}.get(spec.stone.cut, spec.stone.cut)
    if spec.engraving:
        yield "initial"
    if spec.motif is not None:
        yield spec.motif.name


def _setting_shown(spec: Spec, term: Term) -> bool:
    if spec.accents is None or spec.stone is not None or (spec.bracelet is not None and not _is_line(spec)):
        return True
    return term.value == "prong"


def _hue_shown(spec: Spec, term: Term) -> bool:
    enamel = spec.motif.enamel if spec.motif is not None else None
    if enamel is not None and enamel in ("own", ENAMEL_COLOURS.get(term.value)):
        return True
    return any(term.value in lexicon.GEM_HUES.get(gem, "").split(", ") for gem in gems_of(spec))


def _motif_shown(spec: Spec, term: Term) -> bool:
    name = motif_of(term.value)
    flower = spec.brooch is not None and spec.brooch.style == "flower"
    if (name in ("flower", "daisy") and flower) or (name == "text" and bool(spec.engraving)):
        return True
    shown = spec.motif.name if spec.motif is not None else None
    return name is not None and (name == shown or (shown == "moon_and_star" and name in ("moon", "star")))


def _material_shown(spec: Spec, term: Term) -> bool:
    return is_enamel(term) and spec.motif is not None and spec.motif.enamel is not None


def _inlay_shown(spec: Spec, term: Term) -> bool:
    enamel = spec.motif.enamel if spec.motif is not None else None
    return enamel is not None and enamel in ("own", ENAMEL_COLOURS.get(term.text))


def _of_motif(_: Draft, spec: Spec, term: Term) -> str:
    if motif_of(term.value) == "text":
        return f"“{term.text}”: the word itself is not given in quotes, in letters that can be set; it is left out."
    if motif_of(term.value) is None:
        return f"“{term.text}” is a motif that is not modelled; the {_name(spec)} is made without it."
    if spec.motif is not None:
        return f"One motif is made at a time; “{term.text}” is left out."
    return f"This {_name(spec)} carries no motif; “{term.text}” is left out."


def _of_material(draft: Draft, spec: Spec, term: Term) -> str:
    if is_enamel(term):
        return (
            f"Enamel fills the cells of a motif, and this {_name(spec)} has none; “{term.text}” is left out."
        )
    return _not_a_material(draft, spec, term)


def _of_inlay(_: Draft, spec: Spec, term: Term) -> str:
    if term.text not in ENAMEL_COLOURS:
        return f"Inlays of another metal are not made; “{term.text}” is left out."
    if spec.motif is None or spec.motif.enamel is None:
        return (
            f"Enamel fills the cells of a motif, and this {_name(spec)} has none; “{term.text}” is left out."
        )
    return f"The enamel has one colour; “{term.text}” is left out."


def _of_openwork(_: Draft, spec: Spec, term: Term) -> str | None:
    if spec.bracelet is not None or spec.ring is not None or spec.brooch is not None:
        return None
    return f"“{term.text}” found no place on this {_name(spec)}; it is left out."


def _kind_shown(spec: Spec, term: Term) -> bool:
    return term.value == spec.kind


def _part_shown(spec: Spec, term: Term) -> bool:
    """Whether a word that names a part as often as a piece is one of this piece's: the chain of a bracelet."""
    if term.value == spec.kind or not _OF_PARTS & {singular(word) for word in term.text.split()}:
        return True
    if "chain" in term.text:
        return spec.chain is not None
    return spec.motif is not None or (spec.earrings is not None and spec.earrings.style == "drop")


_OF_PARTS = frozenset(
    {"chain", "charm", "pendant", "medallion", "medal", "locket", "talisman", "amulet", "catena", "kette"}
)
"""Words for a piece that another one may carry."""


def _style_shown(spec: Spec, term: Term) -> bool:
    if term.value == "tennis":
        return _is_line(spec)
    if term.value == "drop" and spec.kind != "earrings":
        return ("kind", "earrings") not in (exactly(words := (*term.text.split(),)) or inflected(words))
    return _STYLES_OF.get(term.value, spec.kind) == spec.kind


def _is_line(spec: Spec) -> bool:
    """Whether the piece is a line of stones: a tennis bracelet or a riviera."""
    line = spec.chain is not None and spec.chain.style == "tennis"
    return line or (spec.bracelet is not None and spec.bracelet.style == "tennis")


# --- what is said where it does not


def _name(spec: Spec) -> str:
    if is_tiara(spec):
        return "tiara"
    return "pair of earrings" if spec.kind == "earrings" else spec.kind


def _says(sentence: str) -> Callable[[Draft, Spec, Term], str]:
    """A sentence of the term's `text`, and of the `piece`, `metal` and `finish` of the spec."""

    def say(_: Draft, spec: Spec, term: Term) -> str:
        metal = spec.metal.replace("_", " ")
        return sentence.format(text=term.text, piece=_name(spec), metal=metal, finish=spec.finish)

    return say


def _no_place(_: Draft, __: Spec, term: Term) -> str:
    """A word without a place; a stone that is named in another language is named in English, too."""
    stone = lexicon.called(term.value).replace("_", " ") if term.slot in STONE_SLOTS else term.text
    english = term.slot not in STONE_SLOTS or bool(
        lexicon.english().keys() & {term.text, singular(term.text)}
    )
    named = "" if english or stone in term.text else f" ({stone})"
    return f"“{term.text}”{named} found no place on this piece; it is left out."


_of_form = _says("“{text}” is not the shape that is made of this {piece}; it is left out.")
_of_row = _says("This piece carries no row of small stones; “{text}” is left out.")
_of_style = _says("“{text}” is not made as a {piece}; it is left out.")
_not_a_material = _says("“{text}” is not a material of the atelier; it is left out.")
_of_likeness = _says("“{text}” is no motif of this {piece} where it stands; it is left out.")
_of_choice = _says("Where a choice is given the first is made; “{text}” is left out.")
_of_correction = _says("“{text}” is taken back in the prompt; it is left out.")
_of_source = _says("“{text}” is said of what the {piece} is to be made from; it is left out.")
_of_people = _says("“{text}” is said of people or a place, and not of the {piece}; it is left out.")
_of_clasp = _says("The clasp carries no stones; “{text}” is left out.")
_of_metal = _says("This piece is made of {metal}; “{text}” is left out.")
_of_strand = _says("Only pearls are strung; “{text}” is left out.")
_of_finish = _says("A piece has one finish, {finish} here; “{text}” is left out.")


def _of_cut(_: Draft, spec: Spec, term: Term) -> str | None:
    if spec.stone is None and spec.accents is None:
        if term.value in _SHAPES:
            return f"“{term.text}” is not the shape that is made of this {_name(spec)}; it is left out."
        return f"“{term.text}” is a cut, and this piece has no stone; it is left out."
    return f"Only one cut can be told apart here; “{term.text}” is left out."


def _of_kind(_: Draft, spec: Spec, term: Term) -> str:
    if any(piece.kind == term.value for piece in companions(spec)):
        return (
            f"One piece is made at a time, a {_name(spec)} first; “{term.text}” of the same design is made by "
            "“Its set …” under its master."
        )
    return f"One piece is made at a time, a {_name(spec)}; “{term.text}” is left out."


def _of_setting(_: Draft, spec: Spec, term: Term) -> str | None:
    if spec.accents is None:
        return None
    if _is_line(spec):
        return f"Each stone of the line is held by prongs; “{term.text}” is left out."
    return f"Stones in a row are {spec.accents.setting} set; “{term.text}” is left out."


def _of_chain(_: Draft, spec: Spec, term: Term) -> str:
    if spec.chain is not None:
        return f"Only one kind of links is made; “{term.text}” is left out."
    return f"“{term.text}” speaks of a chain, which this {_name(spec)} does not have; it is left out."


def _of_band(_: Draft, spec: Spec, term: Term) -> str:
    if spec.ring is not None:
        return f"A band has one profile; “{term.text}” is left out."
    return f"“{term.text}” speaks of a band, which this {_name(spec)} does not have; it is left out."


def _never(_: Spec, __: Term) -> bool:
    return False


def _one_of(field: str, attribute: str) -> Callable[[Spec, Term], bool]:
    """Whether a field of a group has the term's value."""

    def shown(spec: Spec, term: Term) -> bool:
        group = getattr(spec, field)
        return group is not None and getattr(group, attribute) == term.value

    return shown


def _cord_shown(spec: Spec, term: Term) -> bool:
    # Leather without its colour is black or brown, a cord of any of them.
    if spec.chain is None or spec.chain.style != "cord":
        return False
    any_cord = term.value == "cotton" and "cotton" not in term.text
    any_leather = (term.value, spec.chain.cord) == ("leather", "brown_leather")
    return any_cord or any_leather or term.value == spec.chain.cord


def _layers_shown(spec: Spec, _: Term) -> bool:
    return spec.chain is not None and spec.chain.strands > 1


def _beads_shown(spec: Spec, _: Term) -> bool:
    return spec.chain is not None and spec.chain.style in ("bead", "ball", "pearl")


def _across_shown(spec: Spec, _: Term) -> bool:
    row = spec.accents is not None and spec.accents.lengthwise
    return row or (spec.stone is not None and spec.stone.east_west)


def _tips_shown(spec: Spec, term: Term) -> bool:
    stones = (stone for stone in (spec.stone, spec.second_stone) if stone is not None)
    return any(
        stone.setting == "prong" and stone.cut != "pearl" and stone.tips == term.value for stone in stones
    )


def _inclusions_shown(spec: Spec, _: Term) -> bool:
    stones = (stone for stone in (spec.stone, spec.second_stone) if stone is not None)
    return any(stone.clarity == "included" for stone in stones)


def _worn_shown(spec: Spec, term: Term) -> bool:
    if term.value == "toe":
        return spec.ring is not None and spec.ring.shank == "open"
    return spec.bracelet is not None and spec.bracelet.worn == term.value


_of_shank = _says("“{text}” is not the shank that carries this {piece}; it is left out.")
_of_hidden = _says(
    "A hidden halo runs between the prongs of a faceted stone of at least 4.5 mm; “{text}” is left out."
)
_of_cluster = _says("This {piece} carries no rosette of stones; “{text}” is left out.")
_of_hung = _says("“{text}” hangs from drop earrings, which these are not; it is left out.")
_of_lay = _says("“{text}” is not how this {piece} is laid; it is left out.")


def _of_cord(_: Draft, spec: Spec, term: Term) -> str:
    """A cord that is none here, or another one than the piece hangs from."""
    if spec.chain is not None and spec.chain.style == "cord":
        return f"A {_name(spec)} has one cord; “{term.text}” is left out."
    return f"“{term.text}” holds no part of this {_name(spec)}; it is left out."


_of_construction = _says(
    "This {piece} has no part that can be hollow; “{text}” is left out and it is made solid."
)
_of_casting = _says("This {piece} has its usual walls; “{text}” is left out.")
_of_inclusions = _says("“{text}” is seen in a single stone that is clear; it is left out.")
_of_tips = _says("No prongs hold a single stone of this {piece}; “{text}” is left out.")
_of_beads = _says("This {piece} is not strung of beads; “{text}” is left out.")


RULES: dict[str, Rule] = {
    "cut": Rule(_cut_shown, _of_cut),
    "gem": Rule(_gem_shown, _no_place),
    "substitute": Rule(_gem_shown, _no_place),
    "accents": Rule(lambda spec, _: spec.accents is not None, _of_row),
    "sides": Rule(lambda spec, _: spec.accents is not None, _of_row),
    "hue": Rule(_hue_shown, _no_place),
    "setting": Rule(_setting_shown, _of_setting),
    "chain": Rule(_one_of("chain", "style"), _of_chain),
    "clasp": Rule(_one_of("chain", "clasp"), _of_chain),
    "strand": Rule(lambda spec, _: spec.chain is not None and spec.chain.style == "pearl", _of_strand),
    "profile": Rule(_one_of("ring", "profile"), _of_band),
    "style": Rule(_style_shown, _of_style),
    "form": Rule(_form_shown, _of_form),
    "finish": Rule(lambda spec, term: spec.finish == term.value, _of_finish),
    "metal": Rule(_metal_shown, _of_metal),
    "metals": Rule(_metal_shown, _of_metal),
    "inlay": Rule(_inlay_shown, _of_inlay),
    "material": Rule(_material_shown, _of_material),
    "openwork": Rule(lambda spec, _: spec.motif is not None and spec.motif.openwork, _of_openwork),
    "east_west": Rule(_across_shown, _no_place),
    "mount": Rule(lambda spec, _: spec.motif is not None, _no_place),
    "motif": Rule(_motif_shown, _of_motif),
    "likeness": Rule(_never, _of_likeness),
    "tips": Rule(_tips_shown, _of_tips),
    "inclusions": Rule(_inclusions_shown, _of_inclusions),
    "shank": Rule(_one_of("ring", "shank"), _of_shank),
    "hidden_halo": Rule(lambda spec, _: spec.stone is not None and spec.stone.hidden_halo, _of_hidden),
    "cluster": Rule(lambda spec, _: spec.stone is not None and spec.stone.cluster, _of_cluster),
    "hung": Rule(_one_of("earrings", "hung"), _of_hung),
    "lay": Rule(_one_of("chain", "lay"), _of_lay),
    "layers": Rule(_layers_shown, _of_lay),
    "worn": Rule(_worn_shown, _of_lay),
    "cord": Rule(_cord_shown, _of_cord),
    "bead": Rule(_beads_shown, _of_beads),
    "casting": Rule(lambda spec, _: spec.least_wall_mm is not None, _of_casting),
    "construction": Rule(lambda spec, term: is_hollow(spec) == (term.value == "hollow"), _of_construction),
    "kind": Rule(_kind_shown, _of_kind),
    "kind_medium": Rule(_part_shown, _of_kind),
    "kind_weak": Rule(_part_shown, _of_kind),
    "standin": Rule(_standin_shown, _no_place),
    "alternative": Rule(_never, _of_choice),
    "taken back": Rule(_never, _of_correction),
    "of_clasp": Rule(_never, _of_clasp),
    "source": Rule(_never, _of_source),
    "people": Rule(_never, _of_people),
}
"""For each slot, in the order in which its sentences stand."""

_OF_STONES = frozenset({*STONE_SLOTS, "cut", "accents", "sides", "hue", "setting", "cluster", "hidden_halo"})
_BY_TEXT = frozenset(
    {"alternative", "taken back", "of_clasp", "source", "people", "motif", "likeness", "material", "inlay"}
)

"""What each sentence of a reading claims about the piece, checked against the spec that is built.

Every sentence has to match exactly one pattern: one that nobody has written a check for is a failure as well.
"""

import re
from collections.abc import Callable, Iterator

from pipeline.atelier.language import lexicon, ornaments
from pipeline.atelier.language.gold import is_plain
from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.prompt import Reading
from pipeline.atelier.language.terms import Term
from pipeline.atelier.language.text import plural
from pipeline.atelier.language.vocabulary import exactly, inflected
from pipeline.atelier.spec import Accents, Spec, Stone, is_hollow
from pipeline.atelier.weights import carats

Claim = Callable[[re.Match[str], Reading], bool]


def groups(spec: Spec) -> list[Stone | Accents]:
    """All stones of a piece."""
    return [group for group in (spec.stone, spec.second_stone, spec.accents) if group is not None]


def gems(spec: Spec) -> set[str]:
    """Gems of all stones and of a strand."""
    strung = (
        {"pearl": "pearl", "bead": spec.chain.gem}.get(spec.chain.style) if spec.chain is not None else None
    )
    return {group.gem for group in groups(spec)} | ({strung} if strung else set())


def metals(spec: Spec) -> set[str]:
    """Metals of the body, the settings and the chain, and what only looks like one of them."""
    chain = spec.chain.metal if spec.chain is not None else None
    return {metal for metal in (spec.metal, spec.second_metal, chain, spec.substance) if metal is not None}


def of(spec: Spec, path: str) -> object:
    """A field as "group.field"; none where the piece lacks the group."""
    value: object = spec
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def _is(path: str, wanted: object) -> Claim:
    return lambda _, reading: of(reading.spec, path) == wanted


def _names(path: str, group: int = 1) -> Claim:
    """Whether a field has the value that the sentence names."""
    return lambda match, reading: str(of(reading.spec, path)).replace("_", " ") == match[group]


def _measures(*paths: str, group: int = 1, scale: float = 1.0) -> Claim:
    """Whether any of some fields in mm has the number that the sentence names."""

    def claim(match: re.Match[str], reading: Reading) -> bool:
        number = float(match[group]) * scale
        return any(
            isinstance(value := of(reading.spec, path), float) and abs(value - number) < 0.006
            for path in paths
        )

    return claim


def _all(*claims: Claim) -> Claim:
    return lambda match, reading: all(claim(match, reading) for claim in claims)


def _gem(group: int = 1) -> Claim:
    return lambda match, reading: match[group].replace(" ", "_") in gems(reading.spec)


def _gems_called(match: re.Match[str], reading: Reading) -> bool:
    return match[1] in {plural(group.gem) for group in groups(reading.spec)}


def _golden(_: re.Match[str], reading: Reading) -> bool:
    return reading.spec.metal.endswith("gold")


def _bare(_: re.Match[str], reading: Reading) -> bool:
    return not gems(reading.spec)


def _stony(_: re.Match[str], reading: Reading) -> bool:
    return bool(gems(reading.spec))


def _anything(_: re.Match[str], __: Reading) -> bool:
    return True


def _round_brilliant(match: re.Match[str], reading: Reading) -> bool:
    return any(
        (group.gem.replace("_", " "), group.cut) == (match[1], "round") for group in groups(reading.spec)
    )


def _dome(match: re.Match[str], reading: Reading) -> bool:
    domed = reading.spec.stone is not None and reading.spec.stone.cut == "cabochon"
    return match[2].replace(" ", "_") in gems(reading.spec) and (domed or not match[3])


def _each(match: re.Match[str], reading: Reading) -> bool:
    stone = reading.spec.stone
    if stone is None:
        return False
    weight = carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm)
    return abs(weight / float(match[2]) - 1) < 0.05 or any("out of reach" in line for line in reading.assumed)


def _reach(match: re.Match[str], reading: Reading) -> bool:
    """Whether the measure brought into its limits is the piece's."""
    field = match[1].replace(" ", "_")
    dumped = reading.spec.model_dump()
    values = [
        value
        for group in (dumped, *(group for group in dumped.values() if isinstance(group, dict)))
        for name, value in group.items()
        if name.removesuffix("_mm") == field
    ]
    return any(isinstance(value, float) and abs(value - float(match[4])) < 0.006 for value in values)


def _circumference(match: re.Match[str], reading: Reading) -> bool:
    ring = reading.spec.ring
    return ring is not None and ring.inner_diameter_mm > 0 and bool(match[1])


def _excludes(match: re.Match[str], reading: Reading) -> bool:
    """Whether the first of two values is made and the second is not."""
    fields = ("ring.style", "ring.profile", "chain.style", "chain.clasp", "earrings.style", "pendant.framing")
    values = {str(of(reading.spec, path)).replace("_", " ") for path in fields}
    made, other = (match[1], match[2]) if match[3] == "first" else (match[2], match[1])
    return made in values and other not in values


def _two_metals(match: re.Match[str], reading: Reading) -> bool:
    spec = reading.spec
    second = match[2].replace(" ", "_") in metals(spec) or any(
        "made in one" in line for line in reading.assumed
    )
    return spec.metal == match[1].replace(" ", "_") and second


def _shown_as(match: re.Match[str], reading: Reading) -> bool:
    return match[2].replace(" ", "_") in metals(reading.spec)


def _nearest_motif(match: re.Match[str], reading: Reading) -> bool:
    words = tuple(match[1].split())
    values = [value for slot, value in exactly(words) or inflected(words) if slot == "motif"]
    motif = reading.spec.motif
    return motif is not None and motif.name in {
        ornaments.NEAREST[value][0] for value in values if value in ornaments.NEAREST
    }


def _one_stone(match: re.Match[str], reading: Reading) -> bool:
    return reading.spec.stone is not None and reading.spec.accents is None and _of_kind(match, reading)


def _of_kind(match: re.Match[str], reading: Reading) -> bool:
    called = "pair of earrings" if reading.spec.kind == "earrings" else reading.spec.kind
    if reading.spec.bracelet is not None and reading.spec.bracelet.style == "tiara":
        called = "tiara"
    return match["piece"] == called


def facts(spec: Spec) -> dict[str, set[str]]:
    """What a piece has, by slots of the vocabulary."""
    chain, ring = spec.chain, spec.ring
    return {
        "gem": gems(spec),
        "substitute": gems(spec),
        "metal": metals(spec),
        "cut": {str(group.cut) for group in groups(spec)},
        "finish": {spec.finish},
        "profile": {ring.profile} if ring is not None else set(),
        "chain": {chain.style} if chain is not None else set(),
        "clasp": {chain.clasp} if chain is not None else set(),
        "motif": {spec.motif.name} if spec.motif is not None else set(),
        "shank": {ring.shank} if ring is not None else set(),
        "kind": {spec.kind},
        "hung": {spec.earrings.hung} if spec.earrings is not None else set(),
        "worn": {spec.bracelet.worn} if spec.bracelet is not None else set(),
        "lay": {chain.lay} if chain is not None else set(),
        "layers": {"yes"} if chain is not None and chain.strands > 1 else set(),
        "bead": {"yes"} if chain is not None and chain.style in ("bead", "ball", "pearl") else set(),
        "cord": {chain.cord} if chain is not None and chain.style == "cord" else set(),
        "cluster": {"yes"} if spec.stone is not None and spec.stone.cluster else set(),
    }


def has(spec: Spec, term: Term) -> bool | None:
    """Whether a piece has what a term names, told from its fields alone; none where no field tells."""
    there = facts(spec).get(term.slot)
    if there is None or term.text == "brilliant":
        return None
    special = _SPECIAL.get(term.slot)
    return special(spec, term, there) if special is not None else term.value in there


def _has_stone(_: Spec, term: Term, there: set[str]) -> bool:
    return lexicon.stands_for(term.value) in there


def _has_motif(spec: Spec, term: Term, there: set[str]) -> bool:
    name = ornaments.motif_of(term.value)
    flower = name in ("flower", "daisy") and of(spec, "brooch.style") == "flower"
    both = "moon_and_star" in there and name in ("moon", "star")
    engraved = name == "text" and bool(spec.engraving)
    return flower or both or engraved or (name is not None and name in there)


def _has_metal(_: Spec, term: Term, there: set[str]) -> bool:
    plain = is_plain(term)
    return any("gold" in metal for metal in there) if plain else term.value in there


def _has_cut(spec: Spec, term: Term, there: set[str]) -> bool | None:
    """A cut is said of metal, too: an oval locket; what is called a cut is one."""
    dome = spec.stone is not None and spec.stone.cut == "cabochon" and spec.stone.ratio > 1
    if term.text.endswith((" cut", "brilliant")):
        return term.value in there or (term.value == "oval" and dome)
    if term.value == "round":
        return None
    shaped = spec.earrings is not None and spec.earrings.style in ("stud", "drop")
    paths = ("motif.name", "pendant.form", *(("earrings.form",) if shaped else ()))
    outlines = {str(of(spec, path)) for path in paths}
    if term.value == "oval" and (dome or "locket" in outlines):
        return True
    return term.value in there | outlines


_SPECIAL: dict[str, Callable[[Spec, Term, set[str]], bool | None]] = {
    "substitute": _has_stone,
    "motif": _has_motif,
    "metal": _has_metal,
    "cut": _has_cut,
}


def _left_out(match: re.Match[str], reading: Reading) -> bool:
    """Whether the piece lacks what a sentence says to be left out: each meaning of the words has no trace."""
    terms = [term for term in parse(match["out"]).terms if not term.negated]
    found = [has(reading.spec, term) for term in terms]
    return not found or not all(found)


_PIECES = "ring|necklace|pair of earrings|bracelet|brooch|tiara"


def _cut(name: str) -> Claim:
    return lambda _, reading: name in facts(reading.spec)["cut"]


def _there(group: str) -> Claim:
    return lambda _, reading: of(reading.spec, group) is not None


_STANDS: dict[str, Claim] = {
    "A tapered baguette is cut straight.": _cut("baguette"),
    "A transitional cut is made as an old European.": _cut("old_european"),
    "A briolette is cut as a pear-shaped brilliant.": _cut("pear"),
    "An ear jacket is made as a stud.": _is("earrings.style", "stud"),
    "Studs have posts with a nut, drops hang from a plain hook; other fittings are not made.": _there(
        "earrings"
    ),
    "A herringbone chain is made as a snake chain.": _is("chain.style", "snake"),
    "An omega chain is made as a snake chain.": _is("chain.style", "snake"),
    "Ball studs are made as plain discs.": _all(
        _is("earrings.style", "stud"), _is("earrings.form", "round"), _bare
    ),
    "Of a bridal set the engagement ring is made.": _all(_there("ring"), _there("stone")),
    "Links set with stones all over are made plain.": _there("chain"),
    "Such a chain is made as a rope chain.": _is("chain.style", "rope"),
    "Such a chain is made with the oval links of a cable chain.": _is("chain.style", "cable"),
    "Of a stack one ring is made.": _there("ring"),
    "A thumb ring is made in the size given, else in a finger's.": _there("ring"),
    "A threader earring is made as a drop on a hook.": _is("earrings.style", "drop"),
    "A tie pin is made as a tie bar.": _is("brooch.style", "tie_bar"),
    "A paperclip chain is made with the oval links of a cable chain.": _is("chain.style", "cable"),
}
"""Words that are made as something near; of a set, any piece may be the first."""


def _sentence(pattern: str, *claims: Claim) -> tuple[re.Pattern[str], Claim]:
    text = (
        re.escape(pattern)
        .replace(re.escape("{out}"), "“(?P<out>[^”]*)”")
        .replace(re.escape("{piece}"), f"(?P<piece>{_PIECES})")
    )
    text = (
        text.replace(re.escape("{n}"), r"([\d.]+)")
        .replace(re.escape("{w}"), r"([\w' -]+)")
        .replace(re.escape("{q}"), "“([^”]*)”")
    )
    return re.compile(text), _all(
        *(claims or (_anything,)),
        *((_left_out,) if "{out}" in pattern else ()),
        *((_of_kind,) if "{piece}" in pattern else ()),
    )


CLAIMS: tuple[tuple[re.Pattern[str], Claim], ...] = (
    # --- what was not said
    _sentence("No metal is named; yellow gold is used.", _is("metal", "yellow_gold")),
    _sentence("The cut is not named; the {w} is a round brilliant.", _round_brilliant),
    _sentence(
        "The length is not given; {n} cm is used.",
        _measures("chain.length_mm", "bracelet.length_mm", scale=10),
    ),
    _sentence("The height is not given; {n} mm in the middle is used.", _measures("bracelet.width_mm")),
    _sentence("The clasp is not named; a lobster clasp is used.", _is("chain.clasp", "lobster")),
    _sentence("The chain's links are not named; a cable chain is used.", _is("chain.style", "cable")),
    _sentence("No pendant is named; it is a plain chain.", _is("pendant", None)),
    _sentence(
        "A pendant always hangs from its chain here; it cannot be made without.",
        lambda _, reading: reading.spec.pendant is not None and reading.spec.chain is not None,
    ),
    _sentence("The pendant's shape is not named; a round disc is used.", _is("pendant.form", "round")),
    _sentence(
        "The picture is close on the pendant and the chain runs out of it; “whole necklace” shows all of it.",
        _is("pendant.framing", "pendant"),
    ),
    _sentence("The ring size is not given; EU 54 is used.", _is("ring.inner_diameter_mm", 17.19)),
    _sentence(
        "The band's profile is not named; it is D-shaped with a comfort fit.", _is("ring.profile", "d_shape")
    ),
    _sentence(
        "The band's profile is not named; it is flat, as a channel needs.", _is("ring.profile", "flat")
    ),
    _sentence("The prompt does not say what kind of piece; a {w} is made.", _names("kind")),
    _sentence("The kind of earring is not named; studs are made.", _is("earrings.style", "stud")),
    _sentence("The kind of bracelet is not named; a chain bracelet is made.", _is("bracelet.style", "chain")),
    _sentence(
        "The kind of bracelet is not named; a cuff is made, which has a face for the text.",
        _is("bracelet.style", "cuff"),
    ),
    _sentence("The brooch's form is not named; an open circle is made.", _is("brooch.style", "circle")),
    _sentence(
        "The stone is not named; a diamond is used.", lambda _, reading: "diamond" in gems(reading.spec)
    ),
    _sentence(
        "The stone is not named; diamonds are used.", lambda _, reading: "diamond" in gems(reading.spec)
    ),
    _sentence("The side stones are not named; diamonds are used.", _is("accents.gem", "diamond")),
    _sentence(
        "The second stone is not named; it is a {w} too.", _names("second_stone.gem"), _names("stone.gem")
    ),
    _sentence("The second metal is not named; {w} is used beside the first.", _names("second_metal")),
    _sentence(
        "The letter is not given; A is used.",
        lambda _, reading: "A" in (of(reading.spec, "pendant.letter"), of(reading.spec, "earrings.letter")),
    ),
    _sentence(
        "Which charms hang from the bracelet is not said; they are hearts.", _is("motif.name", "heart")
    ),
    _sentence("Only Latin letters are engraved; none of the text is.", _is("engraving", "")),
    (
        re.compile(r"Only Latin letters are engraved; of the text “([^”]*)” is\."),
        lambda match, reading: of(reading.spec, "engraving") == match[1],
    ),
    _sentence("Engraving is asked for without a text in quotes; none is cut.", _is("engraving", "")),
    _sentence(
        "The toe ring is open, to be bent to size; it measures 15 mm inside.",
        lambda match, reading: (
            _is("ring.inner_diameter_mm", 15.0)(match, reading) and _is("ring.shank", "open")(match, reading)
        ),
    ),
    _sentence("The toe ring measures 15 mm inside.", _is("ring.inner_diameter_mm", 15.0)),
    # --- stones
    (re.compile("“([^”]*)” is read as the stone's colour; an? ([a-z ]+) is used."), _gem(2)),
    (
        re.compile(r"“.+”: a row is of faceted stones; ([a-z_ ]+), the nearest in colour, is used\."),
        _gem(1),
    ),
    _sentence(
        "The stones around the middle one are faceted; diamonds are used.",
        _is("accents.gem", "diamond"),
        _is("stone.cluster", True),
    ),
    (
        re.compile(
            r"The atelier has no (.+); ([a-z_ ]+), the nearest in colour, is used(, cut in a dome as that is)?\."
        ),
        _dome,
    ),
    _sentence("The motif's face is set with small {w}.", _gems_called, _is("stone", None)),
    _sentence(
        "Each of the three stones is set in a halo.",
        _is("stone.halo", True),
        _is("ring.style", "three_stone"),
    ),
    _sentence(
        "A second halo surrounds a single stone only; one is made here.",
        _is("stone.halo", True),
        _is("stone.double_halo", False),
    ),
    _sentence(
        "There is no single stone for a halo to surround; it is left out.",
        lambda _, reading: of(reading.spec, "stone.halo") is not True,
    ),
    _sentence("The prompt asks for no stone and names one; it is made without.", _bare),
    _sentence("A ring without stones is a plain band.", _bare, _is("ring.style", "band")),
    _sentence("A tennis bracelet without its stones is a chain.", _bare, _is("bracelet.style", "chain")),
    _sentence("A tennis necklace without its stones is a chain.", _bare, _is("kind", "necklace")),
    _sentence("A flush-set stone can carry no halo; it is bezel set.", _is("stone.setting", "bezel")),
    _sentence("There is no plate to sink the stone into; it is bezel set.", _is("stone.setting", "bezel")),
    _sentence(
        "A motif's sheet is too thin to sink a stone into; it is bezel set.", _is("stone.setting", "bezel")
    ),
    _sentence(
        "A {w} is held by {n} prongs, one at each corner.", _names("stone.cut"), _is("stone.setting", "prong")
    ),
    _sentence(
        "{n} prongs are not made; {n} hold the stone.",
        lambda match, reading: str(of(reading.spec, "stone.prongs")) == match[2],
    ),
    _sentence("{n} ct in all is {n} ct each.", _each),
    (
        re.compile(
            r"An? ([a-z_ ]+) of ([\d.]+) ct measures ([\d.]+) mm; the gold's fineness is written “18 k gold”\."
        ),
        lambda match, reading: min(float(match[3]), 20.0) == of(reading.spec, "stone.length_mm"),
    ),
    (
        re.compile(
            r"An? ([a-z ]+) of ([\d.]+) mm is out of reach \(([\d.]+ to [\d.]+) mm\); ([\d.]+) mm is used\."
        ),
        _reach,
    ),
    (
        re.compile(r"([A-Z][a-z_ ]+) is opaque; it is cut as a cabochon\."),
        lambda match, reading: match[1].lower().replace(" ", "_") in gems(reading.spec),
    ),
    _sentence(
        "A stone of {n} mm does not fit on this pendant; {n} mm is used.",
        _measures("stone.length_mm", group=2),
    ),
    _sentence("A flush-set stone can measure 5 mm at most.", _is("stone.setting", "flush")),
    _sentence(
        "Stones of a halo and beside another stone are round; {q} is not cut for them.",
        _is("accents.cut", "round"),
    ),
    _sentence(
        "A signet's face has no room for a halo; the stone is set without.",
        _is("stone.halo", False),
        _is("ring.style", "signet"),
    ),
    _sentence(
        "The circle carries a row of {w} beside its stone.",
        _gems_called,
        _is("brooch.style", "circle"),
    ),
    _sentence("The bar carries a row of {w} beside its stone.", _gems_called, _is("brooch.style", "bar")),
    _sentence("The brooch carries a row of {w} beside its stone.", _gems_called, _there("brooch")),
    _sentence("Of a bridal set the engagement ring is made.", _is("kind", "ring"), _there("stone")),
    _sentence("{q}: one is set on this {piece}.", _one_stone),
    # --- sizes
    _sentence("The band's width is {n} mm, to hold {n} mm stones.", _measures("ring.width_mm"), _stony),
    _sentence(
        "The band's thickness is {n} mm, to hold {n} mm stones.", _measures("ring.thickness_mm"), _stony
    ),
    _sentence(
        "The band's width is {n} mm, to take the stone flush.",
        _measures("ring.width_mm"),
        _is("stone.setting", "flush"),
    ),
    _sentence(
        "The band's thickness is {n} mm, to take the stone flush.",
        _measures("ring.thickness_mm"),
        _is("stone.setting", "flush"),
    ),
    (
        re.compile(r"The (?:bangle|cuff)'s width is ([\d.]+) mm, to hold ([\d.]+) mm stones\."),
        _all(_measures("bracelet.width_mm"), _stony),
    ),
    (
        re.compile(r"The (?:bangle|cuff)'s thickness is ([\d.]+) mm, to hold ([\d.]+) mm stones\."),
        _all(_measures("bracelet.thickness_mm"), _stony),
    ),
    _sentence(
        "A row of stones finds no hold on a knife edge; the band is D-shaped.",
        _is("ring.profile", "d_shape"),
        _stony,
    ),
    (re.compile(r"Size ([\w./+ ]+) is read as an? ([\w ]+) ring size\."), _circumference),
    _sentence("Size {n} is read as an Indian bangle size.", _is("bracelet.style", "bangle")),
    _sentence("{q}: of several pieces one is made."),
    _sentence("Where a choice is given the first is made; {q} is left out."),
    _sentence("Stones in a row are set as a tennis bracelet.", _is("bracelet.style", "tennis")),
    _sentence("{q} is taken back in the prompt; it is left out."),
    _sentence("The clasp carries no stones; {q} is left out."),
    (re.compile(".+: an article's number, which says nothing of the piece."), _anything),
    _sentence("Four chains are worn over one another at most; four are made.", _is("chain.strands", 4)),
    _sentence(
        "{q} could not be assigned to a part of the piece.",
        lambda match, reading: all(chip.text != match[1] for chip in reading.understood),
    ),
    _sentence("{n} more numbers could not be assigned to a part of the piece."),
    _sentence("{q} is no size; the usual one is used."),
    _sentence(
        "{q} is no weight that this piece is made to.",
        lambda match, reading: all(chip.text != match[1] for chip in reading.understood),
    ),
    # --- metals, motifs, writing
    (re.compile(r"([A-Z][\w ]*) is shown as ([a-z ]+)\."), _shown_as),
    _sentence("More than two metals are named; {w} is used, and {w} beside it.", _two_metals),
    (re.compile("“([^”]*)” and “([^”]*)” exclude each other; the (first|second) is made."), _excludes),
    (
        re.compile("“[^”]*”: angles and turntable are taken at (f/\\d+), sharp at the head; the master, .+"),
        _names("aperture"),
    ),
    (
        re.compile("“[^”]*”: veils and fingerprints are seen in the stone."),
        lambda _, reading: (
            "included" in (of(reading.spec, "stone.clarity"), of(reading.spec, "second_stone.clarity"))
        ),
    ),
    _sentence(
        "No prongs hold a single stone of this {piece}; {out} is left out.",
        lambda _, reading: all(
            stone is None or stone.setting != "prong" or stone.tips == "round"
            for stone in (reading.spec.stone, reading.spec.second_stone)
        ),
    ),
    _sentence(
        "{q} is seen in a single stone that is clear; it is left out.",
        lambda _, reading: of(reading.spec, "stone.clarity") != "included",
    ),
    _sentence("A vintage look is made with milgrain edges.", _is("milgrain", True)),
    _sentence(
        "The eye is filled with enamel in its own colours; “no enamel” leaves it in bare metal.",
        _is("motif.enamel", "own"),
    ),
    _sentence(
        "The eye is filled with enamel in {w}; “no enamel” leaves it in bare metal.", _names("motif.enamel")
    ),
    (
        re.compile(r"A name plate holds 16 letters of its typeface; “([^”]*)” is set\."),
        lambda match, reading: of(reading.spec, "motif.text") == match[1],
    ),
    _sentence(
        "An engraving holds 24 characters; the rest is left out.",
        lambda _, reading: bool(reading.spec.engraving),
    ),
    # --- made as something near
    *(
        (re.compile(f"“([^”]*)”: {re.escape(told)}"), _nearest_motif)
        for told in sorted({told for _, told in ornaments.NEAREST.values()})
    ),
    *(
        (re.compile(f"“[^”]*”: {re.escape(told)}"), _STANDS.get(told, _anything))
        for told in sorted({*lexicon.STANDINS.values()})
    ),
    # --- no place on the piece
    _sentence("This piece has no place for a motif; it is left out.", _is("motif", None)),
    _sentence("This piece has no settings for a second metal; it is made in one.", _is("second_metal", None)),
    _sentence("Only a toi et moi ring carries a second stone; it is left out.", _is("second_stone", None)),
    _sentence(
        "This piece has no part that can be hollow; it is made solid.",
        lambda _, reading: not is_hollow(reading.spec),
    ),
    _sentence("This piece has no plain face to engrave; the engraving is left out.", _is("engraving", "")),
    _sentence("This piece has no edge for milgrain; it is left out.", _is("milgrain", False)),
    _sentence("This piece has no place for a row of small stones; they are left out.", _is("accents", None)),
    _sentence("This piece has no place for a single stone; it is left out.", _is("stone", None)),
    _sentence("This piece has no place for a single stone; {q} is left out.", _is("stone", None)),
    # --- left out because
    _sentence("{out} found no place on this piece; it is left out."),
    _sentence(
        "{out} ({w}) found no place on this piece; it is left out.",
        lambda match, reading: match[2].replace(" ", "_") not in gems(reading.spec),
    ),
    _sentence("{q} is said of what the {piece} is to be made from; it is left out."),
    _sentence("{q} is said of people or a place, and not of the {piece}; it is left out."),
    _sentence("{out} found no place on this {piece}; it is left out."),
    _sentence("{out} is not the shape that is made of this {piece}; it is left out."),
    _sentence("This piece carries no row of small stones; {out} is left out.", _is("accents", None)),
    _sentence("{out} is not made as a {piece}; it is left out."),
    _sentence("{out} is not a material of the atelier; it is left out."),
    _sentence("{q} is no motif of this {piece} where it stands; it is left out."),
    _sentence("Inlays of another metal are not made; {q} is left out."),
    _sentence("The enamel has one colour; {q} is left out.", _there("motif")),
    _sentence("This piece is made of {w}; {out} is left out.", _names("metal")),
    _sentence(
        "Only pearls are strung; {out} is left out.",
        lambda _, reading: of(reading.spec, "chain.style") != "pearl",
    ),
    _sentence("A piece has one finish, {w} here; {out} is left out.", _names("finish")),
    _sentence(
        "{out} is a cut, and this piece has no stone; it is left out.",
        lambda _, reading: not groups(reading.spec),
    ),
    _sentence("Only one cut can be told apart here; {out} is left out."),
    _sentence("One piece is made at a time, a {piece}; {out} is left out."),
    _sentence(
        "One piece is made at a time, a {piece} first; {out} of the same design is made by “Its set …” "
        "under its master."
    ),
    _sentence("Each stone of the line is held by prongs; {out} is left out."),
    _sentence("Stones in a row are {w} set; {out} is left out.", _names("accents.setting")),
    _sentence(
        "Only one kind of links is made; {out} is left out.",
        lambda _, reading: reading.spec.chain is not None,
    ),
    _sentence(
        "{out} speaks of a chain, which this {piece} does not have; it is left out.", _is("chain", None)
    ),
    _sentence("A band has one profile; {out} is left out.", lambda _, reading: reading.spec.ring is not None),
    _sentence("{out} speaks of a band, which this {piece} does not have; it is left out.", _is("ring", None)),
    _sentence("{out} is not the shank that carries this {piece}; it is left out."),
    _sentence(
        "A hidden halo runs between the prongs of a faceted stone of at least 4.5 mm; {out} is left out.",
        lambda _, reading: of(reading.spec, "stone.hidden_halo") is not True,
    ),
    _sentence(
        "This {piece} carries no rosette of stones; {out} is left out.",
        lambda _, reading: of(reading.spec, "stone.cluster") is not True,
    ),
    _sentence(
        "{out} hangs from drop earrings, which these are not; it is left out.",
        lambda _, reading: (
            of(reading.spec, "earrings.hung") in (None, "single", "double", "chandelier", "tassel", "jhumka")
        ),
    ),
    _sentence("{out} is not how this {piece} is laid; it is left out."),
    _sentence(
        "A {piece} has one cord; {out} is left out.",
        _is("chain.style", "cord"),
    ),
    _sentence(
        "{out} holds no part of this {piece}; it is left out.",
        lambda _, reading: of(reading.spec, "chain.style") != "cord",
    ),
    _sentence(
        "This {piece} has no part that can be hollow; {out} is left out and it is made solid.",
        lambda _, reading: not is_hollow(reading.spec),
    ),
    _sentence(
        "This {piece} is not strung of beads; {out} is left out.",
        lambda _, reading: of(reading.spec, "chain.style") not in ("bead", "ball", "pearl"),
    ),
    _sentence(
        "One motif is made at a time; {out} is left out.", lambda _, reading: reading.spec.motif is not None
    ),
    _sentence("This {piece} carries no motif; {out} is left out.", _is("motif", None)),
    _sentence("{out} is a motif that is not modelled; the {piece} is made without it."),
    _sentence("Enamel fills the cells of a motif, and this {piece} has none; {out} is left out."),
    _sentence(
        "{out}: the word itself is not given in quotes, in letters that can be set; it is left out.",
        lambda _, reading: of(reading.spec, "motif.name") != "text",
    ),
    # --- of the prompt as a whole
    _sentence("{q} is read as {q}."),
    _sentence("{q} is {n} ct.", lambda match, _: float(match[2]) > 0),
    (re.compile("“[^”]*” is a part of a piece, .+"), lambda _, reading: reading.refusal is not None),
    _sentence(
        "{q}: A stone wrapped in wire is set in prongs or a bezel.",
        lambda _, reading: of(reading.spec, "stone.setting") in ("prong", "bezel"),
    ),
    _sentence("{out} is not made as such; it is left out."),
    (re.compile("“[^”]*” is not made as such; .+"), lambda _, reading: reading.refusal is not None),
    (
        re.compile("“[^”]*” is none of the atelier's rings, .+; it cannot be made here."),
        lambda _, reading: reading.refusal is not None,
    ),
    (
        re.compile("The prompt names no piece the atelier makes .+"),
        lambda _, reading: reading.refusal is not None,
    ),
    (
        re.compile("A .+ of .+ cannot be made here; name a metal, and one is made of that."),
        lambda _, reading: reading.refusal is not None,
    ),
    (
        re.compile(".+: words for a camera or an image model; the studio always takes the same picture."),
        _anything,
    ),
    (
        re.compile("The prompt names nothing the atelier knows, so it starts from its plainest piece."),
        lambda _, reading: not any(chip.slot in ("kind", "gem", "metal") for chip in reading.understood),
    ),
    _sentence("{q}: earrings are made as a pair.", _is("kind", "earrings")),
    _sentence("“{w}” is read as gold's fineness; a stone's weight stands before the stone.", _golden),
    (re.compile("“.+: the piece is made the same with or without that."), _anything),
    (re.compile("“.+: little pictures are not read; say them in words."), _anything),
    (re.compile("Most of the prompt was not understood; .+"), _anything),
    (re.compile("Only the first 4,000 characters were read, and 600 words."), _anything),
)


def faults(prompt: str, reading: Reading) -> Iterator[str]:
    """Sentences that speak against the piece, or that nobody can check; nouns and chips that do."""
    for line in reading.assumed:
        claims = [claim(match, reading) for pattern, claim in CLAIMS if (match := pattern.fullmatch(line))]
        if not claims:
            yield f"no check for {line!r}"
        elif not claims[0]:
            yield f"not so: {line!r}"
    yield from _nouns(prompt, reading)


def _nouns(prompt: str, reading: Reading) -> Iterator[str]:
    """Nouns that are said to be made and are not, or to be left out while each of their meanings is there."""
    terms: dict[str, list[Term]] = {}
    for term in parse(prompt).terms:
        if not term.negated:
            terms.setdefault(term.text, []).append(term)
    for noun in reading.nouns:
        found = [has(reading.spec, term) for term in terms.get(noun.text, ())]
        told = [told for told in found if told is not None]
        if noun.end == "made" and told and not any(told):
            yield f"{noun.text!r} is said to be made"
        if noun.end == "left out" and found and all(found):
            yield f"{noun.text!r} is said to be left out: {noun.because}"

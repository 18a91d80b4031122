"""The spec written back as a prompt: what the remote providers are told, and what ``prompt.read`` reads again."""

from pipeline.atelier.alloys import KARATS
from pipeline.atelier.language.ornaments import MOTIFS
from pipeline.atelier.language.text import plural
from pipeline.atelier.spec import (
    CORNERS,
    USUAL_RATIO,
    Accents,
    Bracelet,
    Chain,
    Earrings,
    Motif,
    Ring,
    Spec,
    Stone,
    is_tiara,
    two_coloured,
)

CUT_WORDS = {
    "round": "round brilliant cut", "princess": "princess cut", "emerald": "emerald cut", "oval": "oval cut",
    "pear": "pear cut", "marquise": "marquise cut", "cushion": "cushion cut", "cabochon": "cabochon", "pearl": "",
    "heart": "heart cut", "trillion": "trillion cut", "baguette": "baguette cut", "asscher": "asscher cut",
    "radiant": "radiant cut", "rose": "rose cut", "old_european": "old european cut", "old_mine": "old mine cut",
    "hexagon": "hexagon cut", "kite": "kite cut",
}  # fmt: skip
PROFILE_WORDS = {
    "d_shape": "d-shape",
    "flat": "flat profile",
    "knife": "knife edge",
    "round": "round profile",
}
FORM_WORDS = {
    "round": "round disc pendant", "bar": "bar pendant", "heart": "heart pendant", "teardrop": "teardrop pendant",
    "initial": "initial pendant", "locket": "locket pendant", "cross": "cross pendant", "stone": "pendant",
    "motif": "motif pendant",
}  # fmt: skip
FRAMING_WORDS = {
    "whole": "the whole necklace in the picture",
    "pendant": "close view of the pendant, chain running out of frame",
}
CLOSING = "clean product photograph on a plain white background, soft studio lighting, sharp focus"


def describe(spec: Spec) -> str:
    """A prompt in plain English with every dimension that matters, ending with the picture wanted."""
    writers = {
        "ring": _ring,
        "necklace": _necklace,
        "earrings": _earrings,
        "bracelet": _bracelet,
        "brooch": _brooch,
    }
    phrases = [*writers[spec.kind](spec), f"{spec.finish} finish"]
    if spec.construction is not None:
        phrases.append("hollow" if spec.construction == "hollow" else "solid construction")
        phrases.append(f"{_mm(spec.wall_mm)} wall" if spec.wall_mm is not None else "")
    if spec.least_wall_mm is not None:
        phrases.append(f"castable with {_mm(spec.least_wall_mm)} walls")
    phrases += _by_wish(spec)
    if spec.milgrain:
        phrases.append("milgrain edges")
    if spec.engraving:
        phrases.append(f'engraved with "{spec.engraving}"')
    return ", ".join(phrase for phrase in (*phrases, CLOSING) if phrase)


def _by_wish(spec: Spec) -> list[str]:
    """Phrases for what only some pieces have: claws, veils in a stone, worn metal, a lens."""
    stones = [stone for stone in (spec.stone, spec.second_stone) if stone is not None]
    return [
        "filed claws" if any(stone.tips == "claw" for stone in stones) else "",
        "visible inclusions" if any(stone.clarity == "included" for stone in stones) else "",
        "worn metal with hair scratches" if spec.wear == "worn" else "",
        spec.aperture or "",
    ]


def title(spec: Spec) -> str:
    """A name of a few words as a shop would put it on a card: Oval morganite halo ring, rose gold."""
    stone = spec.stone
    gem = ""
    if stone is not None:
        cut = (
            ""
            if stone.cut == "round" or not CUT_WORDS[stone.cut]
            else CUT_WORDS[stone.cut].removesuffix(" cut")
        )
        halo = f"{'double ' if stone.double_halo else ''}halo" if stone.halo else ""
        gem = f"{cut} {stone.gem.replace('_', ' ')} {halo}"
    elif spec.accents is not None:
        cut = "" if spec.accents.cut == "round" else f"{CUT_WORDS[spec.accents.cut].removesuffix(' cut')} "
        gem = f"{cut}{spec.accents.gem.replace('_', ' ')}"
    words = " ".join(f"{gem} {_called(spec)}".split())
    return f"{words[:1].upper()}{words[1:]}, {metal_words(spec)}"


def motif_words(motif: Motif) -> str:
    """A motif as it is read again: "puffed open star motif"."""
    if motif.name == "path":
        name = "outline"
    elif motif.name == "text":
        name = f'name "{motif.text}"'
    else:
        name = MOTIFS[motif.name].split(",")[0].removesuffix(" motif")
    return " ".join(
        [
            *(["puffed"] if motif.relief == "domed" else []),
            *(["openwork"] if motif.openwork else []),
            name,
            "motif",
        ]
    )


def _motif(spec: Spec, *, sized: bool) -> list[str]:
    """Phrases for a motif's enamel and how it is mounted, and for its size where the piece has no other."""
    motif = spec.motif
    if motif is None:
        return []
    bare = motif.name in ("evil_eye", "nazar") and not (spec.stone or spec.accents or motif.openwork)
    return [
        "enamelled"
        if motif.enamel == "own"
        else f"{motif.enamel.replace('_', ' ')} enamel"
        if motif.enamel
        else "no enamel"
        if bare
        else "",
        f"motif {_mm(motif.size_mm)}" if sized else "",
        "station"
        if motif.mount == "station"
        else "hanging motif"
        if spec.kind == "necklace" and motif.name == "text"
        else "",
    ]


def _short(motif: Motif) -> str:
    return (
        f"“{motif.text}”"
        if motif.name == "text"
        else motif_words(motif.model_copy(update={"relief": "flat"})).removesuffix(" motif")
    )


def _called(spec: Spec) -> str:
    """The piece by its kind and form."""
    if spec.motif is not None:
        nouns = {
            "ring": "ring",
            "necklace": "pendant",
            "earrings": "earrings",
            "bracelet": "tiara" if is_tiara(spec) else "bracelet",
            "brooch": "brooch",
        }
        return f"{_short(spec.motif)} {nouns[spec.kind]}"
    if spec.ring is not None:
        forms = {
            "three_stone": "three-stone ring",
            "eternity": "eternity ring",
            "signet": "signet ring",
            "band": "band",
            "toi_et_moi": "toi et moi ring",
        }
        shank = {"split": "split shank ", "bypass": "bypass ", "open": "open "}.get(spec.ring.shank, "")
        return shank + forms.get(spec.ring.style, "ring")
    if spec.earrings is not None:
        forms = {
            "stud": "studs", "hoop": "hoops", "drop": "drop earrings", "huggie": "huggies", "cuff": "ear cuffs",
            "climber": "ear climbers", "nose_stud": "nose stud", "nose_ring": "nose ring",
        }  # fmt: skip
        hung = "" if spec.earrings.hung == "single" else f"{_HUNG_WORDS[spec.earrings.hung]} "
        return hung + forms[spec.earrings.style]
    if spec.pendant is not None:
        form = FORM_WORDS[spec.pendant.form]
        return f"letter {spec.pendant.letter} pendant" if spec.pendant.form == "initial" else form
    if spec.chain is not None:
        kind = "bracelet" if spec.kind == "bracelet" else "necklace"
        return _strung(spec.chain, "anklet" if spec.bracelet and spec.bracelet.worn == "ankle" else kind)
    if spec.bracelet is not None:
        return {"tennis": "tennis bracelet"}.get(spec.bracelet.style, spec.bracelet.style)
    if spec.brooch is not None and spec.brooch.style in ("cufflinks", "tie_bar"):
        return spec.brooch.style.replace("_", " ")
    return spec.kind


_HUNG_WORDS = {
    "single": "", "double": "double drop", "chandelier": "chandelier", "tassel": "tassel", "jhumka": "jhumka",
}  # fmt: skip
_CORD_WORDS = {
    "leather": "leather cord", "brown_leather": "brown leather", "cotton": "waxed cord", "silk": "silk cord",
}  # fmt: skip


def _strung(chain: Chain, kind: str) -> str:
    """A necklace or bracelet by what it is made of."""
    if chain.style in ("pearl", "bead"):
        return f"pearl {kind}" if chain.style == "pearl" else f"{chain.gem.replace('_', ' ')} bead {kind}"
    if chain.style == "cord":
        return f"{_CORD_WORDS[chain.cord]} {kind}"
    if chain.style == "tennis":
        return f"riviera {kind}"
    manner = "lariat " if chain.lay == "lariat" else "layered " if chain.strands > 1 else ""
    return f"{manner}{chain.style} chain {kind}"


def metal_words(spec: Spec) -> str:
    """The metal, and the settings' metal in a two-tone piece."""
    first = spec.metal.replace("_", " ")
    if spec.substance is not None:
        first = f"{'black ' if spec.metal == 'blackened_silver' else ''}{spec.substance}"
    elif spec.fineness is not None:
        karat = KARATS.get(spec.fineness)
        first = f"{karat}k {first}" if karat and "gold" in first else f"{first} {spec.fineness}"
    if spec.second_metal is None:
        return first
    second = spec.second_metal.replace("_", " ")
    return f"two-tone {first} and {second}" if two_coloured(spec) else f"{first} with {second} settings"


def _ring(spec: Spec) -> list[str]:
    assert spec.ring is not None  # noqa: S101 -- the spec's own validation guarantees it
    ring = spec.ring
    name = {
        "solitaire": "solitaire",
        "toi_et_moi": "toi et moi",
        "three_stone": "three-stone",
        "eternity": "eternity",
        "signet": "signet",
        "motif": motif_words(spec.motif) if spec.motif is not None else "motif",
    }.get(ring.style, "plain band" if spec.stone is None and spec.accents is None else "wedding band")
    return [
        f"{'An' if name[0] in 'aeiou' else 'A'} {name} ring in {metal_words(spec)}",
        _stone(spec.stone, spec.accents, each=ring.style == "three_stone")
        or ("no stone" if ring.style in ("signet", "band", "motif") and not spec.accents else ""),
        _row(spec, ring),
        *(_motif(spec, sized=True) if ring.style == "motif" else ()),
        f"{_mm(ring.width_mm)} wide band, {_mm(ring.thickness_mm)} thick, {PROFILE_WORDS[ring.profile]}",
        f"inner diameter {_mm(ring.inner_diameter_mm)}",
        "untapered" if ring.taper == 1.0 else f"tapered to {100 * ring.taper:g} %",
        "cathedral shank" if ring.cathedral else "",
        _shank(ring),
        _second(spec.second_stone),
    ]


def _shank(ring: Ring) -> str:
    """The shank, where it is another than the style's usual one."""
    usual = "bypass" if ring.style == "toi_et_moi" else "closed"
    return "" if ring.shank == usual else f"{ring.shank} shank"


def _second(stone: Stone | None) -> str:
    """The other stone of a toi et moi."""
    if stone is None:
        return ""
    size = f"{stone.length_mm:g} x {stone.width_mm:.2f} mm"
    return f"beside it a {size} {CUT_WORDS[stone.cut]} {stone.gem.replace('_', ' ')}".replace("  ", " ")


def _row(spec: Spec, ring: Ring) -> str:
    accents = spec.accents
    if accents is None:
        return ""
    if spec.stone is not None and spec.stone.halo and ring.style != "three_stone":
        return "pave band" if ring.pave else ""
    if spec.stone is not None and spec.stone.cluster:
        return ""
    size = _mm(accents.diameter_mm)
    if ring.style == "motif":
        return _small(accents)
    if ring.style == "three_stone":
        cut = "" if accents.cut == "round" else f"{CUT_WORDS[accents.cut]} "
        return f"with {size} {cut}side {plural(accents.gem)}"
    if ring.style == "solitaire":
        return f"{accents.setting} band with {_count(accents)}{size} accent {plural(accents.gem)}"
    return _small(accents)


def _necklace(spec: Spec) -> list[str]:
    assert spec.chain is not None  # noqa: S101 -- the spec's own validation guarantees it
    chain = spec.chain
    if chain.style == "tennis":
        return [
            f"A riviera necklace in {metal_words(spec)}", f"length {chain.length_mm / 10:g} cm",
            _small(spec.accents),
        ]  # fmt: skip
    manner = "lariat " if chain.lay == "lariat" else ""
    phrases = [f"A {manner}necklace in {metal_words(spec)}"]
    if spec.pendant is not None:
        words = FORM_WORDS[spec.pendant.form]
        words = f"letter {spec.pendant.letter} pendant" if spec.pendant.form == "initial" else words
        if spec.motif is not None:
            words = f"{motif_words(spec.motif)} pendant"
        phrases.append(f"a {words} {_mm(spec.pendant.height_mm)} high")
        phrases += [
            *_motif(spec, sized=spec.motif is not None and spec.motif.mount == "station"),
            *_set_with(spec),
        ]
    phrases.append(_links(chain))
    phrases.append(f"chain length {chain.length_mm / 10:g} cm")
    phrases.append(f"{chain.clasp.replace('_', ' ')} clasp")
    if spec.pendant is not None:
        phrases.append(FRAMING_WORDS[spec.pendant.framing])
    return phrases


def _set_with(spec: Spec) -> list[str]:
    """A stone, on a motif small ones over its face beside it or alone, or none."""
    paved = _small(spec.accents) if spec.motif is not None and not (spec.stone and spec.stone.halo) else ""
    return [_stone(spec.stone, spec.accents) or ("" if paved else "no stone"), paved]


def _links(chain: Chain) -> str:
    metal = f"{chain.metal.replace('_', ' ')} " if chain.metal else ""
    name = {
        "pearl": "pearl strand", "bead": f"{chain.gem.replace('_', ' ')} beads", "cord": _CORD_WORDS[chain.cord],
    }.get(chain.style, f"{metal}{chain.style} chain")  # fmt: skip
    layers = f", {chain.strands} layered chains" if chain.strands > 1 else ""
    return f"{_mm(chain.gauge_mm)} {name}{layers}"


def _earrings(spec: Spec) -> list[str]:
    assert spec.earrings is not None  # noqa: S101 -- the spec's own validation guarantees it
    worn = spec.earrings
    names = {
        "stud": "stud earrings",
        "hoop": "hoop earrings",
        "drop": "drop earrings",
        "huggie": "huggie hoops",
        "cuff": "ear cuffs",
        "climber": "ear climbers",
        "nose_stud": "nose stud",
        "nose_ring": "nose ring",
    }
    single = worn.style in ("nose_stud", "nose_ring")
    hung = "" if worn.hung == "single" else f"{_HUNG_WORDS[worn.hung]} "
    phrases = [f"A {'' if single else 'pair of '}{hung}{names[worn.style]} in {metal_words(spec)}"]
    if worn.hung != "single":
        phrases.append(f"{_mm(worn.height_mm)} high")
    if worn.style == "climber":
        return [*phrases, f"{_mm(worn.height_mm)} high", _small(spec.accents) or "no stone"]
    if worn.style in ("hoop", "huggie", "cuff", "nose_ring"):
        phrases.append(f"{_mm(worn.diameter_mm)} diameter, {_mm(worn.wire_mm)} tube")
        phrases.append(_small(spec.accents))
        if spec.motif is not None:
            phrases += [f"a {motif_words(spec.motif)} charm", *_motif(spec, sized=True)]
        return [*phrases, _stone(spec.stone, None) or ("" if spec.accents else "no stone")]
    if spec.motif is not None:
        return [
            *phrases,
            f"{motif_words(spec.motif)} {_mm(worn.height_mm)} high",
            *_motif(spec, sized=False),
            *_set_with(spec),
        ]
    if spec.stone is None:
        phrases.append(_earring_form(worn) if worn.hung == "single" else "")
        phrases.append("no stone")
    return [*phrases, _stone(spec.stone, spec.accents)]


def _earring_form(worn: Earrings) -> str:
    shape = (
        f"letter {worn.letter}" if worn.form == "initial" else FORM_WORDS[worn.form].removesuffix(" pendant")
    )
    return f"{shape} {_mm(worn.height_mm)} high"


def _tiara(spec: Spec, worn: Bracelet) -> list[str]:
    return [
        f"A tiara in {metal_words(spec)}", f"{_mm(worn.width_mm)} high, length {worn.length_mm / 10:g} cm",
        f"of {motif_words(spec.motif)}s" if spec.motif is not None else "",
        *(_motif(spec, sized=False) if spec.motif is not None else ()),
        _small(spec.accents),
        _stone(spec.stone, None) or ("" if spec.accents else "no stone"),
    ]  # fmt: skip


def _bracelet(spec: Spec) -> list[str]:
    assert spec.bracelet is not None  # noqa: S101 -- the spec's own validation guarantees it
    worn = spec.bracelet
    if worn.style == "tiara":
        return _tiara(spec, worn)
    names = {
        "chain": "chain bracelet",
        "tennis": "tennis bracelet",
        "bangle": "bangle",
        "cuff": "cuff bracelet",
    }
    name = "anklet" if worn.worn == "ankle" and worn.style == "chain" else names[worn.style]
    phrases = [
        f"A{'n' if name[0] == 'a' else ''} {name} in {metal_words(spec)}",
        f"length {worn.length_mm / 10:g} cm",
    ]
    if spec.chain is not None:
        phrases.append(_links(spec.chain))
        phrases.append(f"{spec.chain.clasp.replace('_', ' ')} clasp")
    if worn.style in ("bangle", "cuff"):
        phrases.append(f"{_mm(worn.width_mm)} wide, {_mm(worn.thickness_mm)} thick")
    if spec.motif is not None:
        many = spec.motif.mount == "hung"
        noun = (
            f"with {spec.motif.count} {motif_words(spec.motif)} charm{'s' if spec.motif.count > 1 else ''}"
            if many
            else f"a {motif_words(spec.motif)}"
        )
        return [*phrases, noun, *_motif(spec, sized=True), *_set_with(spec)]
    phrases.append(_small(spec.accents))
    return phrases


def _brooch(spec: Spec) -> list[str]:
    assert spec.brooch is not None  # noqa: S101 -- the spec's own validation guarantees it
    names = {
        "circle": "circle brooch",
        "flower": "flower brooch",
        "bar": "bar brooch",
        "motif": "motif brooch",
        "cufflinks": "pair of cufflinks",
        "tie_bar": "tie bar",
    }
    if spec.motif is not None and spec.brooch.style == "motif":
        return [
            f"A {motif_words(spec.motif)} brooch in {metal_words(spec)}", f"{_mm(spec.brooch.width_mm)} wide brooch",
            *_motif(spec, sized=False), *_set_with(spec),
        ]  # fmt: skip
    return [
        f"A {names[spec.brooch.style]} in {metal_words(spec)}",
        f"{_mm(spec.brooch.width_mm)} wide",
        motif_words(spec.motif) if spec.motif is not None else "",
        _small(spec.accents) if not (spec.stone is not None and spec.stone.halo) else "",
        _stone(spec.stone, spec.accents) or ("" if spec.accents else "no stone"),
    ]


def _stone(stone: Stone | None, accents: Accents | None, *, each: bool = False) -> str:
    if stone is None:
        return ""
    size = f"{stone.length_mm:g} mm"
    if stone.ratio != USUAL_RATIO[stone.cut] or stone.ratio != 1.0:
        size = f"{stone.length_mm:g} x {stone.width_mm:.2f} mm (ratio {stone.ratio:g})"
    at_corners = stone.cut in CORNERS and stone.prongs == 4
    prongs = "prong set" if at_corners else f"in {stone.prongs} prongs"
    held = {"prong": prongs, "bezel": "bezel set", "flush": "flush set"}[stone.setting]
    words = f"{size} {CUT_WORDS[stone.cut]} {stone.gem.replace('_', ' ')}".replace("  ", " ")
    text = f"with a {words} {held}{' set east west' if stone.east_west else ''}"
    return text + _around(stone, accents, each=each)


def _around(stone: Stone, accents: Accents | None, *, each: bool) -> str:
    """What surrounds a stone: a rosette, a halo, one around each of three, one under its girdle."""
    text = " over a hidden halo" if stone.hidden_halo else ""
    if stone.cluster:
        around = accents or Accents()
        cut = "" if around.cut == "round" else f"{CUT_WORDS[around.cut]} "
        count = f"{around.count + 1} " if around.count else ""
        text += f" in a cluster of {count}{_mm(around.diameter_mm)} {cut}small {plural(around.gem)}"
    elif stone.halo and each:
        text += ", each of the stones in a halo"
    elif stone.halo:
        around = accents or Accents()
        circle = "double halo" if stone.double_halo else "halo"
        text += f" in a {circle} of {_count(around)}{_mm(around.diameter_mm)} small {plural(around.gem)}"
    return text


def _small(accents: Accents | None) -> str:
    if accents is None:
        return ""
    cut = "" if accents.cut == "round" else f"{CUT_WORDS[accents.cut]} "
    stones = f"{_mm(accents.diameter_mm)} {cut}small {plural(accents.gem)}"
    lying = " set east west" if accents.lengthwise else ""
    return f"{accents.setting} set with {_count(accents)}{stones}{lying}"


def _mm(value: float) -> str:
    return f"{value:g} mm"


def _count(accents: Accents) -> str:
    return f"{accents.count} " if accents.count else ""

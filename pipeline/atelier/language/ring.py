"""What a prompt says about a ring: its size, style, band, and the stones the band carries."""

import math
from typing import Any

from pipeline.atelier import ring_sizes
from pipeline.atelier.language import evidence, foreign, lexicon
from pipeline.atelier.language.context import Draft, beside, clamp, leftover, stone_of
from pipeline.atelier.language.motif import ornament, read_motif, rings_motif
from pipeline.atelier.language.stones import (
    assign_row,
    gem_name,
    is_all_row,
    is_cut_alone,
    is_faceted,
    is_ornament,
    lengthen,
    no_stone,
    read_accents,
    read_stone,
    row_size,
    side_cut,
    speaks_of_stones,
    stone_counts,
    surround,
)
from pipeline.atelier.language.terms import STONE_SLOTS, Measure
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import (
    GAP,
    OPAQUE_GEMS,
    RAIL_SHARE,
    USUAL_RATIO,
    Accents,
    Profile,
    Ring,
    RingStyle,
    row_needs,
)

CHANNEL_WALLS = 1.0
"""Width of both walls of a channel together, mm; thinner ones leave the stones' sides bare."""

_WIDTHS: dict[str, dict[str, float]] = {
    "band": {"small": 1.6, "": 2.0, "large": 4.0},
    "plain band": {"small": 2.0, "": 4.0, "large": 7.0},
    "signet": {"small": 2.6, "": 3.2, "large": 4.5},
}


def _ring_size(draft: Draft) -> float | None:
    """Inside diameter in mm from a ring size."""
    tokens = draft.sentence.tokens
    for k, token in enumerate(tokens[:-1]):
        place = k + 2 if tokens[k + 1] == ":" else k + 1  # "size: N"
        letter = "".join(tokens[place : place + 1])
        if token in _LETTERED and len(letter) == 1 and "a" <= letter <= "z":
            return _letter_size(draft, letter, place + 1)
    for measure, _ in draft.measures(""):
        before = set(tokens[max(measure.start - 3, 0) : measure.start])
        place = measure.end + (tokens[measure.end : measure.end + 1] == ("(",))
        behind = {*tokens[place : place + 1]} & _BEHIND
        if _SYSTEMS & before or behind - {"indian"}:
            return _numbered_size(draft, measure, before if before & _NAMED else before | behind)
    return None


def _numbered_size(draft: Draft, measure: Measure, before: set[str]) -> float:
    """Inside diameter of a numbered size; above 16 it is European where the system is not named."""
    number = measure.number
    system = next((foreign.SIZES[word] for word in before if foreign.SIZES.get(word, "size") != "size"), "")
    system = "indian" if "indian" in before else system
    if system and not before & {"us", "eu", "uk", "iso"}:
        diameter = _of_system(system, number)
        if diameter is not None:
            draft.take(measure, "ring size", f"{system.capitalize()} {number:g}")
            article = "an" if system[0] in "aeiou" else "a"
            draft.assume(f"Size {number:g} is read as {article} {system.capitalize()} ring size.")
            return round(diameter, 3)
    european = bool(before & {"eu", "iso"}) or ("us" not in before and number > 16)
    draft.take(measure, "ring size", f"{'EU' if european else 'US'} {number:g}")
    if not before & {"us", "eu", "iso"}:
        draft.assume(f"Size {number:g} is read as a {'European' if european else 'US'} ring size.")
    return round(ring_sizes.from_european(number) if european else ring_sizes.from_american(number), 3)


_FORTY = frozenset({"italian", "spanish", "french", "brazilian", "indian", "polish", "turkish"})
"""Systems that count the circumference from 40 mm."""


def _of_system(system: str, number: float) -> float | None:
    """Inside diameter of a size in one country's way; none where the number is one of the common systems there."""
    if system in _FORTY and number < 36:
        return ring_sizes.from_forty(number)
    if system in ("japanese", "korean") and number < 32:
        return ring_sizes.from_japanese(number)
    if system in ("german", "dutch", "russian") and 14 <= number < 24:
        return number
    return None


def _letter_size(draft: Draft, letter: str, after: int) -> float:
    """Inside diameter of a UK letter; there are half sizes."""
    half = 0.0
    beyond = draft.sentence.tokens[after : after + 1] == ("+",)  # "Z+1"
    for measure, _ in list(draft.measures("")):
        more = measure.start == after + beyond
        if more and (measure.number == 0.5 or (beyond and measure.number in range(1, 7))):
            half = measure.number
            draft.take(measure, "ring size", f"UK {letter.upper()}{_beyond(half)}")
    draft.assume(f"Size {letter.upper()}{_beyond(half)} is read as a UK ring size.")
    return round(ring_sizes.from_british(letter, half), 3)


def _beyond(more: float) -> str:
    """What stands behind a letter: half a size, or sizes beyond Z."""
    return "" if not more else " 1/2" if more == 0.5 else f"+{more:g}"


_NAMED = frozenset({"us", "eu", "uk", "iso", "indian"})
_BEHIND = frozenset({"号", "호", "размер", "us", "eu", "indian"})
"""Words for a size that stand behind its number."""
_SIZE_WORDS = frozenset({"size", "sz", "sizes"}) | frozenset(foreign.SIZES)
_LETTERED = _SIZE_WORDS | {"uk"}
_SYSTEMS = _SIZE_WORDS | {"us", "eu", "uk", "iso"}


_BANDS = frozenset(
    {
        "band",
        "bands",
        "thumb",
        "stacking",
        "stackable",
        "stacker",
        "stackers",
        "braided",
        "woven",
        "dome",
        "domed",
    }
)
"""Words of rings without a centre stone."""

TOE_MM = 15.0
"""Usual inside diameter of a toe ring, mm."""

_SOLITAIRES = frozenset({"engagement", "promise", "solitaire"})


def _style(draft: Draft, count: int | None) -> str:
    """The style named, else the one that carries as many stones as are asked for."""
    named = _named_style(draft)
    bare = no_stone(draft)
    style = named or _counted_style(draft, count, bare=bare)
    if style == "solitaire" and draft.has("cluster") and not bare:
        return style
    if (
        style == "solitaire"
        and not bare
        and (draft.side_cuts or draft.has("sides") or _is_sided(draft))
        and not draft.has("halo")
    ):
        style = "three_stone"
    if bare and style not in ("signet", "band"):
        draft.assume("A ring without stones is a plain band.")
        style = "band"
    return style


def _named_style(draft: Draft) -> str:
    """The style that is named; of a bridal set the ring with the stone is."""
    named = draft.choose("style", RingStyle, "")
    if named == "band" and _is_of_a_shank(draft):
        return "solitaire"
    if named == "band" and _is_bridal(draft):
        return "solitaire"
    return named


def _is_of_a_shank(draft: Draft) -> bool:
    """Whether a plain band is the shank of a ring with one stone: "engagement ring, princess cut, plain band"."""
    text = next((term.text for term in draft.every("style") if term.value == "band"), "")
    of_one = (bool(set(draft.sentence.tokens) & _SOLITAIRES) and bool(draft.every("cut"))) or is_cut_alone(
        draft
    )
    return text in ("plain band", "simple band") and of_one


def _is_bridal(draft: Draft) -> bool:
    """Whether a band is named beside an engagement ring that has a stone."""
    bridal = any(term.text in lexicon.BRIDAL_SETS for term in draft.every("standin"))
    return bool(set(draft.sentence.tokens) & _SOLITAIRES) and (bridal or bool(draft.every(*STONE_SLOTS)))


def _counted_style(draft: Draft, count: int | None, *, bare: bool) -> str:
    """The style that the number of stones, or none of them, makes."""
    if bare or _is_plain(draft) or _is_banded(draft, count):
        return "band"
    if draft.has("cluster") or (count or 1) < 3:
        return "solitaire"
    return "three_stone" if count == 3 else "band"


def _is_banded(draft: Draft, count: int | None) -> bool:
    """Whether the ring is called a band and carries a row, or no stone of its own."""
    several = (count or 1) > 1
    rowed = draft.has("accents") or draft.has("setting", "flush") or several or draft.many()
    stoned = bool(draft.every(*STONE_SLOTS, "cut"))
    of_one = _is_haloed(draft) or _is_sided(draft) or (is_cut_alone(draft) and not rowed)
    return _is_band(draft) and (rowed or not stoned) and not of_one


def _is_sided(draft: Draft) -> bool:
    """Whether stones are said to stand at the sides of another: "a sapphire, two diamonds on the sides"."""
    sides = [term for term in draft.accents if draft.at_sides(term)]
    return bool(sides) and len(draft.every(*STONE_SLOTS)) > len(draft.accents)


def _is_haloed(draft: Draft) -> bool:
    """Whether a halo stands around a stone of its own."""
    return draft.has("halo") and any(term not in draft.accents for term in draft.every(*STONE_SLOTS))


def _goes_bare(draft: Draft) -> bool:
    """Whether the ring is written on, of a kind or of a metal worn plain, and no stone or engagement is spoken of."""
    metals = {term.text.split()[-1] for term in draft.every("metal")} | {draft.value("substance")}
    industrial = bool(metals & _PLAIN_METALS)
    parted = draft.value("shank") in ("bypass", "open") or draft.has("worn", "toe")
    return (industrial or parted or draft.has("engraved")) and not speaks_of_stones(draft)


_PLAIN_METALS = frozenset({"steel", "titanium", "tungsten", "carbide", "cobalt", "ceramic"})
"""Metals whose rings are bands unless a stone is named."""


def _is_set_with_many(draft: Draft) -> bool:
    """Whether stones are named in the plural that a row can be made of: "a wedding band with diamonds"."""
    return any(is_plural(term) and is_faceted(term) for term in draft.every(*STONE_SLOTS))


def _is_band(draft: Draft) -> bool:
    """Whether the ring is called a band, or is of a kind without a centre stone."""
    tokens = set(draft.sentence.tokens)
    if tokens & {"band", "bands"} and not draft.has("kind", "ring"):
        return True
    stony = bool(draft.every(*STONE_SLOTS, "cut", "setting", "halo", "stone", "hue", "cathedral"))
    return bool(tokens & _BANDS) and not stony and not tokens & _SOLITAIRES


def _is_plain(draft: Draft) -> bool:
    """Whether the ring is of a motif, or a man's, and neither a stone nor an engagement is named."""
    tokens = set(draft.sentence.tokens)
    return not tokens & _SOLITAIRES and (
        _goes_bare(draft)
        or is_ornament(draft)
        or bool(draft.every("form"))
        or (draft.has("finish", "hammered") and not speaks_of_stones(draft))
        or (bool(tokens & _MENS) and not speaks_of_stones(draft))
    )


_MENS = frozenset(
    [
        "men",
        "mens",
        "men's",
        "man",
        "man's",
        "gents",
        "gent's",
        "herren",
        "herrenring",
        "homme",
        "hombre",
        "uomo",
        "masculino",
        "heren",
        "رجالي",
        "للرجال",
        "男",
        "男士",
        "男款",
        "男戒",
        "メンズ",
        "masculina",
        "caballero",
        "purush",
    ]
)


_OWN_SIZE: dict[str, float] = {"signet": 7.5, "band": 3.0}
"""Stones of a signet's face and sunk into a plain band, mm."""


def read_ring(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a ring: "ring", "stone" and "accents"."""
    if rings_motif(draft, _SOLITAIRES):
        return _with_motif(draft)
    count = _ring_count(draft)
    style = _style(draft, count)
    ring = _band(draft, style)
    several = draft.has("accents") or (count or 1) > 1 or draft.many() or _is_set_with_many(draft)
    stone = _centre(draft, style, several=several)
    accents = _small_stones(draft, style, stone, count, several=several)
    ring["shank"] = _shank(draft, ring, stone, accents)
    alone = is_all_row(style, stone)
    if accents is not None and alone:
        half_way = (ring["inner_diameter_mm"] + 2 * ring["thickness_mm"]) * math.pi / 2
        room = half_way * (2 if style == "eternity" else 1)
        accents["diameter_mm"] = row_size(draft, accents, room, GAP) or accents["diameter_mm"]
    width = _measured_width(draft, style)
    if width is not None and accents is not None and alone:
        _fit_row(draft, accents, width)
    ring["width_mm"] = width or _usual_width(draft, style, accents)
    ring["taper"] = _taper(draft, style, accents)
    _carry(draft, ring, stone, accents)
    _turn(draft, ring, stone)
    return {"ring": ring, "stone": stone, "accents": accents, **_paired(draft, style, stone)}


def _paired(draft: Draft, style: str, stone: dict[str, Any] | None) -> dict[str, Any]:
    """The other stone of a toi et moi; nothing of another ring."""
    return {"second_stone": _second(draft, stone)} if style == "toi_et_moi" and stone is not None else {}


def _shank(
    draft: Draft, ring: dict[str, Any], stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> str:
    """The shank that is named, where it can carry the ring's stones."""
    asked = draft.value("shank") or ("bypass" if ring["style"] == "toi_et_moi" else "closed")
    rowed = accents is not None and stone is None
    barred = ring["style"] in ("signet", "eternity") or (stone is not None and stone["setting"] == "flush")
    return "closed" if barred or (rowed and asked != "open") else asked


def _second(draft: Draft, stone: dict[str, Any]) -> dict[str, Any]:
    """The other stone of a toi et moi: the second gem and cut that are named, as heavy as the first."""
    terms = [term for term in draft.sentence.terms if term.slot in STONE_SLOTS and not term.negated]
    other = next((term for term in terms if stone_of(term) != stone["gem"]), None)
    gem = gem_name(draft, other) if other is not None else stone["gem"]
    if other is None:
        draft.assume(f"The second stone is not named; it is a {gem.replace('_', ' ')} too.")
    cut = _second_cut(draft, gem, stone)
    ratio = USUAL_RATIO[cut]
    wide = stone["length_mm"] / stone["ratio"] ** 0.5
    return {
        "gem": gem, "cut": cut, "ratio": ratio, "length_mm": round(min(wide * ratio**0.5, 20.0), 2),
        "setting": "bezel" if gem in OPAQUE_GEMS else "prong", "prongs": stone["prongs"],
        "tips": "round" if gem in OPAQUE_GEMS else stone["tips"],
    }  # fmt: skip


def _second_cut(draft: Draft, gem: str, stone: dict[str, Any]) -> str:
    """The second cut that is named, else the first one's for the same gem, else a round one."""
    if gem == "pearl" or gem in OPAQUE_GEMS:
        return "pearl" if gem == "pearl" else "cabochon"
    cuts = [term.value for term in draft.sentence.terms if term.slot == "cut" and not term.negated]
    cut = cuts[1] if len(cuts) > 1 else stone["cut"] if gem == stone["gem"] else "round"
    return cut if cut not in ("pearl", "cabochon") else "round"


def _turn(draft: Draft, ring: dict[str, Any], stone: dict[str, Any] | None) -> None:
    """Set a solitaire's stone across, where that is asked for and no arches rise to its sides."""
    if stone is not None and ring["style"] == "solitaire" and not ring["cathedral"]:
        stone["east_west"] = draft.has("east_west")


def _with_motif(draft: Draft) -> dict[str, Any]:
    """A ring that carries a motif on top, on a band of the usual width."""
    motif = read_motif(draft, "ring")
    ring = _band(draft, "motif")
    stone = read_stone(
        draft, default=False, size_mm=3.0, assumption="The stone is not named; a diamond is used."
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.1)
    stone, accents = ornament(draft, stone, accents, motif["size_mm"])
    ring["width_mm"] = _measured_width(draft, "motif") or _usual_width(draft, "motif", None)
    ring["taper"] = _taper(draft, "motif", None)
    return {"ring": ring, "stone": stone, "accents": accents, "motif": motif}


def _small_stones(
    draft: Draft, style: str, stone: dict[str, Any] | None, count: int | None, *, several: bool
) -> dict[str, Any] | None:
    """The row of a band or an eternity ring, two side stones, or a halo's."""
    if stone is not None and stone["cluster"]:
        return surround(draft, stone, 0.0)
    if style == "toi_et_moi":
        return None
    row = style in ("eternity", "three_stone") or (style == "band" and several and not _is_plain(draft))
    halo = bool(stone and stone["halo"])
    size = _accent_size(draft, style, stone, count)
    accents = read_accents(draft, asked=row or halo, size_mm=size, row=is_all_row(style, stone))
    assign_row(draft, style, stone, accents)
    if accents is not None and is_all_row(style, stone):
        lengthen(draft, accents)
    return accents


def _band(draft: Draft, style: str) -> dict[str, Any]:
    """Style, profile, size and thickness; what else a band has follows from its stones."""
    # A channel's walls stand as high as its stones only on a flat band.
    usual = "flat" if draft.has("accents", "channel") else "d_shape"
    if style == "band" and not draft.has("profile"):
        shape = {"flat": "flat, as a channel needs", "d_shape": "D-shaped with a comfort fit"}[usual]
        draft.assume(f"The band's profile is not named; it is {shape}.")
    size = _ring_size(draft) or beside(draft, "mm", {"inner"}, "inner diameter", above=13, below=24)
    if size is None and draft.has("worn", "toe"):
        size = TOE_MM
        inside = f"measures {TOE_MM:g} mm inside."
        draft.assume(
            f"The toe ring is open, to be bent to size; it {inside}",
            evidence.field("ring.shank", "open"),
            f"The toe ring {inside}",
        )
    if size is None:
        draft.assume("The ring size is not given; EU 54 is used.")
    thickness = beside(draft, "mm", {"thickness"}, "thickness")
    return {
        "style": style,
        "profile": draft.choose("profile", Profile, usual),
        "cathedral": draft.has("cathedral"),
        "pave": draft.has("halo") and draft.has("accents", "pave") and style == "solitaire",
        "inner_diameter_mm": clamp(draft, Ring, "inner_diameter_mm", size or 17.19),
        "thickness_mm": clamp(draft, Ring, "thickness_mm", thickness or 1.6),
    }


def _centre(draft: Draft, style: str, *, several: bool) -> dict[str, Any] | None:
    """The stone of a solitaire or of three, of a signet's face, or sunk into a plain band."""
    if style in ("solitaire", "three_stone", "toi_et_moi"):
        stone = read_stone(
            draft, default=True, size_mm=6.5, assumption="The stone is not named; a diamond is used."
        )
        if stone is not None and style != "solitaire":
            _stand_alone(draft, style, stone)
        return stone
    if style == "eternity" or (style == "band" and several) or not draft.every(*STONE_SLOTS):
        return None
    stone = read_stone(draft, default=False, size_mm=_OWN_SIZE[style], assumption="")
    if stone is not None:
        stone["cluster"] = False
    if stone is not None and not draft.every("setting"):
        if style == "signet" and stone["halo"]:
            stone |= {"halo": False, "double_halo": False}
            draft.assume("A signet's face has no room for a halo; the stone is set without.")
        sunk = stone["cut"] in ("round", "princess", "oval") and not stone["halo"]
        stone["setting"] = "flush" if sunk else "bezel"
    return stone


def _stand_alone(draft: Draft, style: str, stone: dict[str, Any]) -> None:
    """One of two or three stones stands without a rosette of its own, above the shank; three may have a halo each."""
    stone |= {"halo": stone["halo"] and style == "three_stone", "double_halo": False, "cluster": False}
    if stone["halo"]:
        draft.assume("Each of the three stones is set in a halo.")
    if style == "toi_et_moi" and stone["setting"] == "flush":
        stone["setting"] = "bezel"


def _fit_row(draft: Draft, accents: dict[str, Any], width: float) -> None:
    """Stones whose own size is not given are as large as a measured band carries."""
    sized = {"accent size", "stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    walls = CHANNEL_WALLS if accents["setting"] == "channel" else row_needs(1.0)[0] - 1.0
    if not sized and accents["diameter_mm"] > width - walls:
        accents["diameter_mm"] = clamp(draft, Accents, "diameter_mm", round(max(width - walls, 0.8), 2))


def _measured_width(draft: Draft, style: str) -> float | None:
    # A wider measure on a signet is its face's.
    most = 8.0 if style == "signet" else 1e9
    width = beside(draft, "mm", {"band", "width"}, "band width", below=most)
    width = width or leftover(draft, "band width", below=min(most, 12), also=frozenset({"edge"}))
    return clamp(draft, Ring, "width_mm", width) if width is not None else None


def _usual_width(draft: Draft, style: str, accents: dict[str, Any] | None) -> float:
    scale = draft.scale("band")
    if style == "signet":
        return _WIDTHS["signet"][scale]
    width = _WIDTHS["plain band" if style == "band" and not accents else "band"][scale]
    if accents is not None and accents["setting"] == "channel" and style in ("band", "eternity"):
        width = max(width, round(accents["diameter_mm"] + CHANNEL_WALLS, 2))
    return clamp(draft, Ring, "width_mm", width)


def _taper(draft: Draft, style: str, accents: dict[str, Any] | None) -> float:
    taper = 1.0 if style in ("band", "eternity") or accents or draft.has("taper", "no") else 0.85
    if draft.has("taper"):
        for measure, _ in draft.measures("percent"):
            if 50 <= measure.number <= 100:
                draft.take(measure, "taper", f"{measure.number:g} %")
                return measure.number / 100
    return taper


def _carry(
    draft: Draft, ring: dict[str, Any], stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> None:
    """Make the band wide, thick and flat enough for the stones set into it."""
    petals = bool(stone and stone["cluster"])
    haloed = bool(stone and stone["halo"]) and not ring["pave"]
    if accents is None or ring["style"] == "three_stone" or petals or haloed:
        return
    if ring["profile"] == "knife":
        ring["profile"] = "d_shape"
        draft.assume("A row of stones finds no hold on a knife edge; the band is D-shaped.")
    wide, thick = row_needs(Accents.model_validate(accents).across_mm)
    if ring["shank"] in ("split", "bypass"):
        wide = round(wide / RAIL_SHARE + 0.005, 2)
    for field, least in (("width_mm", wide), ("thickness_mm", thick)):
        if ring[field] * (ring["taper"] if field == "width_mm" else 1) < least:
            name = field.removesuffix("_mm")
            draft.assume(f"The band's {name} is {least:g} mm, to hold {accents['diameter_mm']:g} mm stones.")
            ring[field] = least
            ring["taper"] = 1.0


def _ring_count(draft: Draft) -> int | None:
    return next((int(measure.number) for measure in stone_counts(draft)), None)


def _accent_size(draft: Draft, style: str, stone: dict[str, Any] | None, count: int | None) -> float:
    if style == "three_stone" and stone:
        longer = float(USUAL_RATIO[side_cut(draft)] ** 0.5)
        size = 0.62 * longer * float(stone["length_mm"]) / float(stone["ratio"])
        return round(min(max(size, 1.5 * longer), 5.0), 2)
    if style == "band" and stone is None and count:
        # A few stones share the front of the band; many are a row of small ones.
        return round(min(max(14 / count, 1.3), 3.2), 1)
    return {"eternity": 2.4}.get(style, 1.3)

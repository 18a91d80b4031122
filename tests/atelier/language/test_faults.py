"""What strangers' prompts once got wrong, each with its kind."""
# ruff: noqa: E501 -- prompts are quoted as they were written

from operator import attrgetter

import pytest

from pipeline.atelier.language.evidence import gems_of
from pipeline.atelier.language.prompt import Reading, read
from pipeline.atelier.spec import row_needs
from pipeline.atelier.variation import variations
from tests.atelier.language.test_prompt import stone_of


def _said(reading: Reading) -> str:
    return " ".join(reading.assumed)


@pytest.mark.parametrize(
    ("prompt", "length"),
    [("studs {} diamond", 5.14)],
)
@pytest.mark.parametrize(
    "total",
    [
        "1 ct. t.w.",
        "1 ct. tw",
        "1 c.t.w.",
        "1 ctw",
        "1 cttw",
        "1 carat total weight",
        "1ct TDW",
        "1 ct t.d.w.",
        "1 tcw",
    ],
)
def test_every_spelling_of_a_total_weight_is_shared(prompt: str, length: float, total: str) -> None:
    """A pair of studs of 1 ct in all are 0.5 ct each."""
    stone = read(prompt.format(total)).spec.stone
    assert stone is not None
    assert stone.length_mm == pytest.approx(length, abs=0.05)


@pytest.mark.parametrize(
    "trade", ["Akoya", "freshwater", "Tahitian", "South Sea", "baroque", "cultured", "freshwater cultured"]
)
@pytest.mark.parametrize(
    "strand",
    ["{} pearl strand necklace", "{} pearl strand, 7 mm", "strand of {} pearls", "{} pearl necklace"],
)
def test_trade_names_keep_a_strand_a_strand(trade: str, strand: str) -> None:
    """Whatever the pearls are called, they are strung, and nothing denies it."""
    reading = read(strand.format(trade))
    assert reading.spec.chain is not None
    assert reading.spec.chain.style == "pearl"
    assert reading.spec.pendant is None
    assert "left out" not in _said(reading)


@pytest.mark.parametrize(
    "prompt",
    [
        "sapphire ring with tapered baguette shoulders", "emerald ring with pear side stones", "ruby trilogy ring",
        "three stone ring with an oval sapphire", "aquamarine ring flanked by baguettes",
    ],
)  # fmt: skip
def test_side_stones_without_a_gem_are_diamonds(prompt: str) -> None:
    """The trade's default; three rubies asked for as such stay three rubies."""
    spec = read(prompt).spec
    assert spec.accents is not None
    assert spec.accents.gem == "diamond"
    rubies = read("ring with three rubies").spec.accents
    assert rubies is not None
    assert rubies.gem == "ruby"


@pytest.mark.parametrize("width", [1.6, 2.0, 2.2, 2.5, 2.8, 3.0])
@pytest.mark.parametrize(
    "ring", ["diamond eternity band", "channel set eternity ring", "pave band", "half eternity ring"]
)
def test_a_measured_width_goes_before_a_default_stones(width: float, ring: str) -> None:
    """Stones nobody measured are made as small as the band that somebody did."""
    spec = read(f"{width} mm white gold {ring}").spec
    assert spec.ring is not None
    assert spec.accents is not None
    assert spec.ring.width_mm == pytest.approx(width)
    assert row_needs(spec.accents.diameter_mm)[0] <= width + 0.01


@pytest.mark.parametrize(
    "words",
    [
        "100mm macro lens", "85mm lens", "shot on Canon, 50 mm f/1.8", "f/2.8, ISO 100", "--ar 4:5 --v 6 --style raw", "1/200s",
        "octane render, hyperrealistic", "on a red carpet", "seed 1234, cfg 7, steps 30", "unreal engine 5", "35mm film",
        "1024x1024", "on black velvet background", "in the style of Cartier", "trending on artstation, cinematic",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "piece", ["gold ring with a ruby", "platinum circle brooch with a sapphire", "silver hoop earrings"]
)
def test_words_for_a_camera_change_nothing(words: str, piece: str) -> None:
    """Lens, f-number, flags and renderers are set aside in one sentence, and measure no part of the piece."""
    reading = read(f"{piece}, {words}")
    assert reading.spec == read(piece).spec
    assert sum("image model" in sentence for sentence in reading.assumed) == 1
    assert "could not be assigned" not in _said(reading)


@pytest.mark.parametrize(
    ("prompt", "metal", "left"),
    [
        ("solid gold ring with cobalt blue enamel", "yellow_gold", "enamel"),
        ("gold pendant with royal blue enamel", "yellow_gold", "enamel"),
        ("gold band with a channel of white gold", "yellow_gold", "white gold"),
        ("silver band with a rose gold inlay", "silver", "rose gold"),
        ("white gold band with a yellow gold stripe", "white_gold", "yellow gold"),
    ],
)
def test_a_word_in_another_role_does_not_change_the_metal(prompt: str, metal: str, left: str) -> None:
    """Enamel's colour and an inlay's metal are no metal of the body, and are told as left out."""
    reading = read(prompt)
    assert reading.spec.metal == metal
    assert reading.spec.stone is None
    assert reading.spec.accents is None
    assert any(noun.end == "left out" and left in noun.text for noun in reading.nouns)


@pytest.mark.parametrize(
    ("asked", "gem"),
    [
        ("coral", "ruby"), ("malachite", "emerald"), ("jade", "emerald"), ("lapis lazuli", "sapphire"), ("amber", "citrine"),
        ("moonstone", "opal"), ("black diamond", "onyx"), ("moissanite", "diamond"), ("tanzanite", "sapphire"),
        ("rose quartz", "morganite"), ("tsavorite", "emerald"),
    ],
)  # fmt: skip
def test_a_substitute_is_of_the_same_colour_and_says_so(asked: str, gem: str) -> None:
    """A stone the atelier lacks is shown by one of its colour; one it has is itself."""
    reading = read(f"gold ring with a {asked}")
    own = asked.replace(" ", "_")
    assert stone_of(reading.spec) in (gem, own)
    if stone_of(reading.spec) != own:
        assert f"has no {asked}; {gem}, the nearest in colour" in _said(reading)
        assert [noun.end for noun in reading.nouns if noun.text == asked] == ["made as"]


@pytest.mark.parametrize(
    "prompt", ["tiny diamond studs", "tiny stud earrings with a ruby", "ring with a small diamond dot"]
)
def test_scale_words_reach_stones(prompt: str) -> None:
    """Tiny studs carry tiny stones."""
    usual = {"earrings": 5.0, "ring": 6.5}
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.stone.length_mm < 0.8 * usual[spec.kind]


@pytest.mark.parametrize(
    ("prompt", "path", "value"),
    [
        ("ring with a 0.0760 ct diamond", "stone.length_mm", 2.75),
        ("plain 3 mm 14k gold band size 54", "ring.width_mm", 3.0),
        ("Gold 18ct ring with a 0.5 ct diamond", "stone.length_mm", 5.14),
        ("pearl strand necklace 7-7.5mm", "chain.gauge_mm", 7.5),
    ],
)
def test_measures_reach_their_part(prompt: str, path: str, value: float) -> None:
    """Small weights, bands beside a fineness, ranges."""
    assert attrgetter(path)(read(prompt).spec) == pytest.approx(value, abs=0.06)


def test_a_heavy_stone_is_told_with_its_size() -> None:
    """A number that may have been meant for the metal is not passed over."""
    assert "measures" in _said(read("ring with an 18 ct diamond"))


def test_a_carved_bangle_is_not_paved() -> None:
    """A jade bangle is told as what it is not, without diamonds nobody asked for."""
    reading = read("jade bangle with gold")
    assert reading.spec.accents is None
    assert "jade" in _said(reading)
    assert "turquoise" not in _said(reading)


def test_an_emerald_trilogy_is_of_emerald_cut_diamonds() -> None:
    """The cut in a title is no second gem, and each of the three stones has a halo of its own, which is said."""
    reading = read("Emerald Trilogy Halo - emerald-cut diamond trilogy ring with pear sides")
    spec = reading.spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.stone.cut, spec.stone.halo) == ("diamond", "emerald", True)
    assert (spec.accents.gem, spec.accents.cut) == ("diamond", "pear")
    assert "halo" in _said(reading)


@pytest.mark.parametrize(
    "prompt",
    [
        "men's signet ring with a diamond",
        "signet with an oval sapphire",
        "knife edge cathedral necklace",
        "flat profile stud earrings",
    ],
)
def test_every_reading_has_siblings(prompt: str) -> None:
    """A stone sunk into a signet's face needs no thicker shank, and a word for a ring settles nothing of a necklace."""
    reading = read(prompt)
    for seed in range(20):
        assert len(variations(reading.spec, seed, stated=reading.stated)) == 4
    assert all(getattr(reading.spec, path.split(".")[0]) is not None for path in reading.stated)


def test_no_stone_is_said_to_be_used_that_is_not_there() -> None:
    """What stands for a stone is told only where it is set."""
    reading = read("gold cuff with lapis lazuli")
    assert reading.spec.accents is None or reading.spec.accents.gem == "sapphire"
    assert reading.spec.accents is not None or not any(
        "nearest in colour" in line for line in reading.assumed
    )


_DOMED = ("jade", "turquoise", "opal", "pearl", "coral", "lapis lazuli", "tiger's eye")
_ROWED = (
    "hoop earrings", "huggies", "ear cuff", "ear climbers", "tennis bracelet", "eternity ring", "half eternity ring",
    "tennis necklace", "riviera", "bangle", "cuff bracelet", "nose ring", "bar brooch", "tie bar", "tiara",
)  # fmt: skip


@pytest.mark.parametrize("piece", _ROWED)
@pytest.mark.parametrize("gem", _DOMED)
def test_no_diamonds_are_set_in_the_place_of_a_gem_that_no_row_is_made_of(piece: str, gem: str) -> None:
    """Unless the sentence says that they are used: a row is left out, or of a faceted gem of that colour."""
    for prompt in (f"{gem} {piece} in gold", f"gold {piece} with {gem}"):
        reading = read(prompt)
        told = any("a row is of faceted stones; diamond" in line for line in reading.assumed)
        assert "diamond" not in gems_of(reading.spec) or told


@pytest.mark.parametrize("gem", _DOMED)
def test_a_rosette_around_what_is_not_faceted_says_what_it_is_of(gem: str) -> None:
    """Its petals are diamonds, and that is told."""
    reading = read(f"{gem} cluster ring gold")
    assert reading.spec.accents is not None
    assert reading.spec.accents.gem == "diamond"
    assert "The stones around the middle one are faceted; diamonds are used." in reading.assumed


@pytest.mark.parametrize(
    ("prompt", "length"),
    [
        ("collana diamante ct 0,50", 5.15), ("gold pendant, sapphire mm 6", 6.0), ("anello rubino mm. 5", 5.0),
        ("solitaire ring platinum, diamond ct. 1.00, round", 6.47), ("a diamond of about a carat on a gold ring", 6.47),
        ("pendente zaffiro mm 6, catena cm 45 mm 1", 6.0),
    ],
)  # fmt: skip
def test_a_unit_may_stand_before_its_number(prompt: str, length: float) -> None:
    """As Italians and catalogues write it."""
    stone = read(prompt).spec.stone
    assert stone is not None
    assert stone.length_mm == pytest.approx(length, rel=0.03)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("silver ring brooch", "brooch"), ("gold ring pendant", "necklace"), ("ring bracelet silver", "bracelet"),
        ("something silver to wear around her neck", "necklace"), ("a gold chain for my wrist", "bracelet"),
        ("small gold dots for my ears", "earrings"), ("gold butterfly", "necklace"), ("silver cross", "necklace"),
        ("gold butterfly size 6", "ring"), ("purple stones dangling from silver", "earrings"), ("a gold ruby riviera", "necklace"), ("tiger finger ring gold", "ring"), ("plain silver for french cuffs", "brooch"),
    ],
)  # fmt: skip
def test_the_last_of_two_kinds_and_where_it_is_worn_name_the_piece(prompt: str, kind: str) -> None:
    """A ring brooch is a brooch; what is only a motif hangs from a chain, unless a finger is spoken of."""
    assert read(prompt).spec.kind == kind


@pytest.mark.parametrize(
    ("prompt", "gem", "cut"),
    [
        ("a 2 ct cushion, hidden halo, rose gold, no diamonds, moissy please", "moissanite", "cushion"),
        ("six prong marquise, knife edge band, gold", "diamond", "marquise"),
        ("platinum band, 1.5 ct oval", "diamond", "oval"), ("3.01ct F VS1 radiant, platinum", "diamond", "radiant"),
        ("born in May, her birthstone in white gold, halo", "emerald", "round"),
        ("birthstone ring for September, gold", "sapphire", "round"),
    ],
)  # fmt: skip
def test_a_cut_that_is_weighed_or_held_is_a_stone(prompt: str, gem: str, cut: str) -> None:
    """And no shape of bare metal."""
    stone = read(prompt).spec.stone
    assert stone is not None
    assert (stone.gem, stone.cut) == (gem, cut)


@pytest.mark.parametrize("chain", ["cuban link chain", "curb chain", "rope chain"])
def test_stones_of_links_hang_no_pendant(chain: str) -> None:
    """Links are made plain, and the stones are told to be left out."""
    reading = read(f"moissanite {chain} silver 20 inch")
    assert (reading.spec.pendant, reading.spec.stone) == (None, None)
    assert any("moissanite" in line for line in reading.assumed)

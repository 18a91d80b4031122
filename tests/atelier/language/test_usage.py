"""What people write beside nouns: denials, choices, ranges, sizes of many countries, tags, slips, several pieces."""

import pytest

from pipeline.atelier import ring_sizes
from pipeline.atelier.language.prompt import Reading, read
from tests.atelier.language.test_prompt import stone_of


def _said(reading: Reading) -> str:
    return " ".join(reading.assumed)


@pytest.mark.parametrize(
    "denied",
    [
        "no diamonds", "without diamonds", "not diamond", "I don't like diamonds", "she doesn't want any diamonds",
        "he hates diamonds", "diamond free", "anything but diamonds", "instead of diamonds", "sin diamantes",
        "ohne Diamanten", "sans diamant", "senza diamanti", "bina heera", "ダイヤなし", "不带钻石", "بدون الماس",
    ],
)  # fmt: skip
@pytest.mark.parametrize("stone", ["ruby", "sapphire"])
def test_what_is_denied_is_not_made(denied: str, stone: str) -> None:
    """Before or behind the word that denies, in sentences of several languages; the other stone stays."""
    spec = read(f"gold ring with a {stone}, {denied}").spec
    assert stone_of(spec) == stone
    assert spec.accents is None or spec.accents.gem != "diamond"


@pytest.mark.parametrize(
    ("prompt", "metal"),
    [
        ("engagement ring, not yellow gold, platinum", "platinum"),
        ("my fiancee doesn't like yellow gold so please white gold, a single ruby", "white_gold"),
        ("a band made of silver rather than gold", "silver"),
        ("no silver, only rose gold hoops", "rose_gold"),
        ("kein Gelbgold, sondern Weißgold: Ring mit Rubin", "white_gold"),
    ],
)
def test_what_is_wanted_instead_is_made(prompt: str, metal: str) -> None:
    """A denial ends where what is wanted is named."""
    spec = read(prompt).spec
    assert (spec.metal, spec.second_metal) == (metal, None)


@pytest.mark.parametrize("joint", ["or", "or maybe", "oder", "ou", "/"])
@pytest.mark.parametrize(("first", "second"), [("white gold", "platinum"), ("silver", "rose gold")])
def test_of_a_choice_the_first_is_made_and_the_other_is_told(joint: str, first: str, second: str) -> None:
    """No metal that was only offered becomes the settings'."""
    reading = read(f"{first} {joint} {second} bangle")
    assert reading.spec.metal == first.replace(" ", "_")
    assert reading.spec.second_metal is None
    assert f"“{second}” is left out" in _said(reading)


def test_stones_are_chosen_between_too() -> None:
    """And two-tone metals are both meant, as stones with a stroke are."""
    reading = read("ruby or garnet pendant in silver")
    assert (stone_of(reading.spec), reading.spec.metal) == ("ruby", "silver")
    assert "“garnet”" in _said(reading)
    assert read("two-tone silver/gold ring with a ruby").spec.second_metal == "yellow_gold"


@pytest.mark.parametrize(
    ("written", "kept", "length"),
    [
        ("1-2 ct", "2 ct", 8.15), ("0.5 to 0.75ct", "0.75ct", 5.88), ("between 5 and 6 mm", "6 mm", 6.0),
        ("7–7.5mm", "7.5mm", 7.5),
    ],
)  # fmt: skip
def test_of_a_range_the_upper_end_is_read_and_told(written: str, kept: str, length: float) -> None:
    """A weight or a measure with a dash, "to" or "and"."""
    reading = read(f"solitaire ring gold, {written} round diamond")
    assert reading.spec.stone is not None
    assert reading.spec.stone.length_mm == pytest.approx(length, abs=0.05)
    assert f"is read as “{kept}”" in _said(reading)


@pytest.mark.parametrize(
    ("prompt", "diameter"),
    [
        ("anillo oro liso talla 14", ring_sizes.from_forty(14)),
        ("anello oro misura 15", ring_sizes.from_forty(15)),
        ("bague or taille 54", ring_sizes.from_european(54)),
        ("aliança ouro aro 18", ring_sizes.from_forty(18)),
        ("Ring Gold Größe 17,5", 17.5),
        ("Ring Gold Größe 56", ring_sizes.from_european(56)),
        ("gouden ring maat 18", 18.0),
        ("K18 リング 13号", 17.0),
        ("gold band, indian size 12", ring_sizes.from_forty(12)),
        ("gold band 6 1/2 US", ring_sizes.from_american(6.5)),
        ("plain band size 7 in gold", ring_sizes.from_american(7)),
        ("US 7 / EU 54 gold band", ring_sizes.from_american(7)),
        ("gold band size Z+1", ring_sizes.from_british("z", 1)),
        ("gold band size M½", ring_sizes.from_british("m", 0.5)),
    ],
)
def test_ring_sizes_are_read_as_their_country_counts(prompt: str, diameter: float) -> None:
    """By the word before the number or the sign behind it."""
    ring = read(prompt).spec.ring
    assert ring is not None
    assert ring.inner_diameter_mm == pytest.approx(diameter, abs=0.01)


@pytest.mark.parametrize(("size", "sixteenths"), [("2.4", 4), ("2-6", 6), ("2.10", 10), ("2/8", 8)])
def test_indian_bangles_are_measured_in_inches_and_sixteenths(size: str, sixteenths: int) -> None:
    """Size 2.10 is two inches and ten sixteenths inside."""
    bracelet = read(f"22k gold bangle size {size}").spec.bracelet
    assert bracelet is not None
    inside = ring_sizes.from_indian_bangle(sixteenths)
    assert bracelet.length_mm / 3.14159 == pytest.approx(inside, abs=0.1)


@pytest.mark.parametrize(
    ("tag", "kind", "metal", "stone"),
    [
        ("RG-10234 14KWG DIA SOL RING 0.33CT", "ring", "white_gold", "diamond"),
        ("ER925-CZ-6MM STUD RHOD PLT", "earrings", "silver", "cubic_zirconia"),
        ("BNGL 22K YG PLN 8GM", "bracelet", "yellow_gold", "none"),
        ("SS HEART PEND W/ SAPH", "necklace", "silver", "sapphire"),
        ("18K W/G OV EMER RNG", "ring", "white_gold", "emerald"),
        ("925 gold plated ring with opal", "ring", "yellow_gold", "opal"),
        ("SKU 88-12 gold hoops", "earrings", "yellow_gold", "none"),
        ("saphire rng in wite gold", "ring", "white_gold", "sapphire"),
        ("emrald earings silver", "earrings", "silver", "emerald"),
    ],
)
def test_tags_and_slips_are_spelt_out(tag: str, kind: str, metal: str, stone: str) -> None:
    """Abbreviations in capitals, numbers of articles, a coating over silver, and short nouns with a slip."""
    spec = read(tag).spec
    assert (spec.kind, spec.metal, spec.second_metal, stone_of(spec)) == (kind, metal, None, stone)


def test_abbreviations_are_told_and_spare_what_is_engraved() -> None:
    """Each as it is read; letters to be cut stay letters."""
    assert "“SAPH” is read as “sapphire”" in _said(read("SS HEART PEND W/ SAPH"))
    assert read('gold band engraved inside the band "SS DIA"').spec.engraving == "SS DIA"


@pytest.mark.parametrize(
    "several", ["two gold rings", "3 pcs silver bangles", "pack of 3 gold rings", "set of 5 silver bands"]
)
def test_of_several_pieces_one_is_made_and_that_is_told(several: str) -> None:
    """A pair of earrings is one piece."""
    reading = read(several)
    assert any(word in _said(reading) for word in ("one is made", "one piece is made"))
    assert "one is made" not in _said(read("two gold earrings"))


@pytest.mark.parametrize(
    "prompt",
    [
        "photo of a (ruby:1.3) solitaire ring, (gold:1.2), <lora:jewelry:0.8>",
        "ruby ring, gold, Hasselblad H6D, 120mm, f/11, ISO 64",
        "gold ring with ruby --no halo, diamonds --ar 1:1",
        "gold ruby ring, negative prompt: diamonds, halo, blurry, watermark",
        "gold ring::2 ruby::1 octane",
    ],
)
def test_weights_cameras_and_denials_of_image_models_are_set_aside(prompt: str) -> None:
    """The ring is the plain ruby solitaire, and nothing measures it."""
    reading = read(prompt)
    spec = reading.spec
    assert (spec.kind, spec.metal, stone_of(spec), spec.accents) == ("ring", "yellow_gold", "ruby", None)
    assert "assigned" not in _said(reading)

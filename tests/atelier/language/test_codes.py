"""Stamps, the trade's abbreviations, compounds and words without spaces, by kinds of them and not by titles."""

import pytest

from pipeline.atelier.language.prompt import read
from tests.atelier.language.test_prompt import stone_of

COLOURS = {"w": "white_gold", "y": "yellow_gold", "r": "rose_gold", "p": "rose_gold"}


@pytest.mark.parametrize("karat", [10, 14, 18, 22])
@pytest.mark.parametrize("letter", COLOURS)
def test_a_fineness_with_the_letter_of_its_colour(karat: int, letter: str) -> None:
    """ "14KW", "14kt wg" and "K14WG" are one gold, whatever stands behind it, and no measure is left over."""
    spellings = [
        f"{karat}K{letter.upper()}",
        f"{karat}kt {letter}g",
        f"K{karat}{letter.upper()}G",
        f"{karat}K{letter}g",
    ]
    for spelling in spellings:
        reading = read(f"{spelling} diamond halo ring")
        assert reading.spec.metal == COLOURS[letter], spelling
        assert not any("assigned" in line for line in reading.assumed), spelling
        assert reading.unknown == (), spelling


@pytest.mark.parametrize(
    ("title", "metal"),
    [
        ("Pt950 band", "platinum"), ("PT 900 ring", "platinum"), ("SV925 bangle", "silver"), ("Ag 925 hoops", "silver"),
        ("750 WG ring", "white_gold"), ("RG585 earrings", "rose_gold"), ("AU585 chain", "yellow_gold"),
        ("18KGP hoop earrings", "yellow_gold"), ("PVD gold steel chain", "yellow_gold"), ("K18 ring", "yellow_gold"),
    ],
)  # fmt: skip
def test_stamps_name_their_metal(title: str, metal: str) -> None:
    """As they are struck, with a space or without."""
    reading = read(title)
    assert reading.spec.metal == metal
    assert not any("assigned" in line for line in reading.assumed)


@pytest.mark.parametrize(
    "title", ["Diamond tennis necklace 10 ctw", "18 ct weight ring", "4k render of a gold ring"]
)
def test_what_only_looks_like_a_stamp_is_none(title: str) -> None:
    """A total weight, a picture's size and a word behind a unit stay what they are."""
    assert read(title).spec.fineness is None


@pytest.mark.parametrize(
    ("title", "kind", "unknown"),
    [
        ("Königskette Silber", "necklace", "konigs"), ("Freundschaftsarmband Silber", "bracelet", "freundschafts"),
        ("Panzerarmband Gold", "bracelet", ""), ("Schakelarmband goud", "bracelet", "schakel"),
    ],
)  # fmt: skip
def test_a_compound_is_the_piece_it_ends_in(title: str, kind: str, unknown: str) -> None:
    """What stands before the piece's noun is named where nobody knows it."""
    reading = read(title)
    assert reading.spec.kind == kind
    assert reading.unknown == ((unknown,) if unknown else ())


@pytest.mark.parametrize(
    ("title", "kind", "metal", "stone"),
    [
        ("プラチナ サファイア 指輪", "ring", "platinum", "sapphire"),
        ("ホワイトゴールドエメラルドネックレス", "necklace", "white_gold", "emerald"),
        ("シルバー イヤリング パール", "earrings", "silver", "pearl"),
        ("K18ピンクゴールド ブレスレット", "bracelet", "rose_gold", "none"),
        ("khatim fidda aqeeq", "ring", "silver", "garnet"),
        ("siwar dhahab", "bracelet", "yellow_gold", "none"),
        ("xianglian zujin", "necklace", "yellow_gold", "none"),
        ("sone ki anguthi, manik 5 ratti", "ring", "yellow_gold", "ruby"),
    ],
)  # fmt: skip
def test_trade_words_in_their_letters_and_in_latin_ones(
    title: str, kind: str, metal: str, stone: str
) -> None:
    """Japanese is cut into its words; Arabic, Hindi and Chinese are read in Latin letters, too."""
    spec = read(title).spec
    assert (spec.kind, spec.metal, stone_of(spec)) == (kind, metal, stone)


def test_katakana_that_nobody_knows_stay_one_word() -> None:
    """They are told as they were written."""
    assert read("プラチナ リング ラブラドール").unknown == ("ラブラドール",)


def test_diamond_cut_metal_has_no_diamond() -> None:
    """Of a chain or hoop it is the finish, and told; with a weight or a stone it is a cut diamond."""
    for title in ("Diamond cut rope chain gold 50 cm", "diamond-cut silver hoops", "diamond cut bangle"):
        reading = read(title)
        assert stone_of(reading.spec) == "none", title
        assert any("“diamond”" in line for line in reading.assumed), title
    assert stone_of(read("1 ct diamond cut cushion ring").spec) == "diamond"


def test_a_border_of_stones_is_around_the_other() -> None:
    """As lots are described: the named stone in the middle, those of the border around it."""
    spec = read("a gold cluster ring, the emerald within a border of old-cut diamonds").spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.accents.gem) == ("emerald", "diamond")

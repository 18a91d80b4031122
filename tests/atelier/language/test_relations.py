"""Which stone is in the middle and which stand around it, in any language; things that pieces are only kept with."""

import pytest

from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.prompt import read

AROUND = {
    "anillo de oro con esmeralda y halo de diamantes": ("emerald", "diamond"),
    "bague avec émeraude et halo de diamants": ("emerald", "diamond"),
    "anel de ouro com esmeralda e halo de diamantes": ("emerald", "diamond"),
    "Ring mit Smaragd und Halo aus Diamanten": ("emerald", "diamond"),
    "Ring mit Saphir und Halo aus Rubinen": ("sapphire", "ruby"),
    "ring met saffier en halo van diamanten": ("sapphire", "diamond"),
    "pierścionek z szafirem i halo z diamentów": ("sapphire", "diamond"),
    "кольцо с изумрудом и ореолом из бриллиантов": ("emerald", "diamond"),
    "anello con smeraldo ed aureola di diamanti": ("emerald", "diamond"),
    "anillo zafiro rodeado de diamantes": ("sapphire", "diamond"),
    "Ring Rubin umgeben von Diamanten": ("ruby", "diamond"),
    "anello rubino contornato da diamanti": ("ruby", "diamond"),
    "anel rubi rodeado de diamantes": ("ruby", "diamond"),
    "ring met robijn omringd door diamanten": ("ruby", "diamond"),
    "pierścionek z rubinem otoczonym diamentami": ("ruby", "diamond"),
    "sapphire halo ring": ("sapphire", "diamond"),
}
BESIDE = {
    "diamond ring with a sapphire in the middle": ("sapphire", "diamond"),
    "Ring mit kleinen Diamanten und einem großen Saphir in der Mitte": ("sapphire", "diamond"),
    "bague or blanc, diamants sur l'anneau, saphir au centre": ("sapphire", "diamond"),
    "Saphirring mit Diamanten an den Seiten": ("sapphire", "diamond"),
    "anillo de zafiro con diamantes a los lados": ("sapphire", "diamond"),
    "anello con zaffiro centrale e piccoli diamanti ai lati": ("sapphire", "diamond"),
    "bague saphir épaulée de diamants": ("sapphire", "diamond"),
    "anel com safira central e diamantes laterais": ("sapphire", "diamond"),
    "ring met saffier en diamanten aan de zijkanten": ("sapphire", "diamond"),
    "pierścionek z szafirem i diamentami po bokach": ("sapphire", "diamond"),
    "кольцо с сапфиром и бриллиантами по бокам": ("sapphire", "diamond"),
    "three stone ring, ruby in the centre, emeralds either side": ("ruby", "emerald"),
    "ring, a diamond between two sapphires": ("diamond", "sapphire"),
    "two rubies with a diamond between them, gold ring": ("diamond", "ruby"),
    "Ring, ein Diamant zwischen zwei Saphiren": ("diamond", "sapphire"),
    "bague, un diamant entre deux saphirs": ("diamond", "sapphire"),
}
SPECIES = {
    "trilogy ring with a padparadscha sapphire centre and two trillion diamonds": ("morganite", "diamond"),
    "three stone ring alexandrite chrysoberyl centre, diamond sides": ("alexandrite", "diamond"),
    "halo ring, rubellite tourmaline with diamond halo": ("ruby", "diamond"),
    "halo ring rhodolite garnet with diamond halo": ("garnet", "diamond"),
    "anillo de oro con granate tsavorita y halo de diamantes": ("emerald", "diamond"),
    "bague saphir padparadscha, halo de diamants": ("morganite", "diamond"),
}


@pytest.mark.parametrize(("prompt", "stones"), [*AROUND.items(), *BESIDE.items(), *SPECIES.items()])
def test_the_middle_stone_and_those_around_it(prompt: str, stones: tuple[str, str]) -> None:
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.accents.gem) == stones
    if prompt in AROUND:
        assert spec.stone.halo


@pytest.mark.parametrize("prompt", SPECIES)
def test_a_species_behind_its_variety_is_no_stone_of_its_own(prompt: str) -> None:
    reading = read(prompt)
    assert not [noun.text for noun in reading.nouns if noun.end == "left out"]


@pytest.mark.parametrize(
    "prompt",
    [
        "acrylic display tray for nose studs and earrings", "velvet stand for rings", "travel case for necklaces",
        "wooden hanger for necklaces and bracelets", "Ständer für Ringe aus Holz", "boîte à bijoux pour bagues",
        "коробка для колец", "pudełko na pierścionki", "caja para anillos", "silver cleaner kit for silver rings",
        "custom mold for a signet ring",
    ],
)  # fmt: skip
def test_what_pieces_are_kept_with_is_refused(prompt: str) -> None:
    assert read(prompt).refusal is not None


@pytest.mark.parametrize(
    "prompt",
    [
        "box chain necklace for men", "gold ring in a gift box for my wife", "ring, comes with a pouch for storage",
        "box clasp for a pearl necklace", "a tree pendant for her necklace in silver", "gold bail for pendant",
        "a locket to hold a photo, gold, for my mother's necklace", "cocktail ring with bowl for candles",
    ],
)  # fmt: skip
def test_a_piece_beside_such_a_word_is_made(prompt: str) -> None:
    assert read(prompt).refusal is None


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("white gold cross pendant, no chain", True), ("Anhänger Herz ohne Kette", True),
        ("colgante corazón sin cadena", True), ("heart pendant (chain sold separately)", True),
        ("pendant only, chain not included, gold heart", True), ("подвеска сердце без цепочки", True),
        ("gold locket on a chain", False), ("not a ring, a gold heart pendant on a chain", False),
        ("a chain, no pendant", False), ("gold ring, no chain", False),
    ],
)  # fmt: skip
def test_a_pendant_without_its_chain_is_told(prompt: str, told: bool) -> None:
    assert any("cannot be made without" in sentence for sentence in read(prompt).assumed) == told


def test_a_letter_behind_a_colon_is_a_size() -> None:
    assert (
        read("size: N; metal: 18ct yellow; stone: none").spec.ring
        == read("ring size N, 18ct gold, no stone").spec.ring
    )


@pytest.mark.parametrize(
    ("prompt", "gem"),
    [
        ("instead of a diamond use a sapphire, halo ring, rose gold", "sapphire"),
        ("replace the ruby with an emerald in a gold solitaire ring", "emerald"),
        ("swap the diamond for a ruby, platinum solitaire", "ruby"),
        ("necklace to match my emerald ring, silver with an opal", "opal"),
        ("earrings matching her pearl necklace, gold studs with garnets", "garnet"),
    ],
)
def test_what_is_put_in_another_stones_place_is_set(prompt: str, gem: str) -> None:
    stone = read(prompt).spec.stone
    assert stone is not None
    assert stone.gem == gem


def test_or_between_two_english_pieces_is_no_gold() -> None:
    assert read("bracelet or anklet? silver with a heart").spec.metal == "silver"
    assert read("bracelet or jaune 18k coeur").spec.metal == "yellow_gold"


@pytest.mark.parametrize(
    ("prompt", "kind", "metal", "gem"),
    [
        (
            "Gift for mum who already has a diamond ring: gold letter M necklace",
            "necklace",
            "yellow_gold",
            None,
        ),
        ("she already owns pearl earrings, a silver ring with a garnet for her", "ring", "silver", "garnet"),
        (
            "Meine Frau hat schon einen Rubinring, eine Kette aus Silber mit Saphir",
            "necklace",
            "silver",
            "sapphire",
        ),
        (
            "Elle a déjà une bague en rubis, un collier en argent avec saphir",
            "necklace",
            "silver",
            "sapphire",
        ),
        (
            "she has already a sapphire ring, so earrings in platinum with the same stone",
            "earrings",
            "platinum",
            "sapphire",
        ),
        (
            "Sie hat schon einen Rubinring, Ohrringe aus Silber mit dem gleichen Stein",
            "earrings",
            "silver",
            "ruby",
        ),
        (
            "Mi mujer ya tiene un anillo de rubí, unos pendientes de plata con zafiro",
            "earrings",
            "silver",
            "sapphire",
        ),
    ],
)
def test_what_somebody_has_already_is_not_made(prompt: str, kind: str, metal: str, gem: str | None) -> None:
    spec = read(prompt).spec
    assert (spec.kind, spec.metal, spec.stone and spec.stone.gem) == (kind, metal, gem)


@pytest.mark.parametrize(
    ("prompt", "metal", "gem"),
    [
        ("like my friend's ruby ring but with an emerald, gold", "yellow_gold", "emerald"),
        ("something like her gold ring but in silver, with a garnet", "silver", "garnet"),
        ("Ein Ring wie der Rubinring meiner Mutter, aber mit Smaragd, Gold", "yellow_gold", "emerald"),
        (
            "une bague comme celle en rubis de ma mère mais avec une émeraude, or jaune",
            "yellow_gold",
            "emerald",
        ),
        ("un anillo como el de rubí de mi madre pero con esmeralda, oro", "yellow_gold", "emerald"),
        ("My grandmother's emerald ring but in yellow gold", "yellow_gold", "emerald"),
    ],
)
def test_what_shall_be_otherwise_than_in_the_piece_compared_with(prompt: str, metal: str, gem: str) -> None:
    spec = read(prompt).spec
    assert spec.stone is not None
    assert (spec.metal, spec.stone.gem) == (metal, gem)


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("tennis bracelet no stones", False), ("tennis necklace without diamonds, gold", False),
        ("something like a tennis bracelet but without the stones, just gold chain", False),
        ("Tennisarmband ohne Steine, Silber", False), ("bracelet rivière sans pierres, or jaune", False),
        ("tennis bracelet, no diamonds, only sapphires", True), ("gold tennis necklace, no pendant", True),
    ],
)  # fmt: skip
def test_a_line_of_stones_without_them_is_a_chain_and_told(prompt: str, line: bool) -> None:
    reading = read(prompt)
    spec = reading.spec
    style = spec.bracelet.style if spec.bracelet else spec.chain and spec.chain.style
    assert (style == "tennis") == line
    assert (spec.accents is not None) == line
    assert any("without its stones is a chain" in sentence for sentence in reading.assumed) != line


def test_a_centre_named_twice_is_one_stone_and_its_cuts_stand_in_order() -> None:
    """Which cut the side stones get does not hang on the order of a set, which differs from run to run."""
    prompt = (
        "An emerald and diamond three stone ring, the rectangular-cut emerald between two old-cut diamonds"
    )
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.stone.cut) == ("emerald", "emerald")
    assert (spec.accents.gem, spec.accents.cut) == ("diamond", "old_european")
    cuts = Draft(
        parse("three stone ring, an oval ruby with a pear diamond, a kite sapphire, a trillion opal")
    ).side_cuts
    assert [cut.value for cut in cuts] == ["pear", "kite", "trillion"]


@pytest.mark.parametrize(
    "prompt",
    [
        "a matching set of pearl earrings and pearl necklace for my wedding",
        "pearl ring and pearl necklace",
        "gold pearl stud earrings to go with my pearl strand",
        "pearl and gold drop earrings to match a strand of pearls",
        "Perlenohrringe passend zur Perlenkette",
        "boucles d'oreilles perle et collier de perles",
        "pendientes de perlas y collar de perlas",
        "orecchini di perle con collana di perle",
        "серьги с жемчугом и жемчужное ожерелье",
    ],
)
def test_a_pearl_of_another_piece_is_no_row(prompt: str) -> None:
    """Beside a necklace of pearls the earrings and the ring have theirs."""
    spec = read(prompt).spec
    assert spec.kind in ("earrings", "ring")
    assert spec.stone is not None
    assert spec.stone.gem == "pearl"


@pytest.mark.parametrize(
    "prompt", ["pearl necklace and pearl earrings", "collar de perlas y pendientes a juego"]
)
def test_pearls_of_the_first_piece_are_its_row(prompt: str) -> None:
    spec = read(prompt).spec
    assert spec.chain is not None
    assert spec.chain.style == "pearl"


TWO_GOLDS = {
    "Ring aus Weiß- und Gelbgold": ("white_gold", "yellow_gold"),
    "anillo de oro blanco y amarillo": ("white_gold", "yellow_gold"),
    "bague or jaune et blanc, diamants blancs": ("yellow_gold", "white_gold"),
    "anello in oro bianco e rosa": ("white_gold", "rose_gold"),
    "anel de ouro branco e amarelo": ("white_gold", "yellow_gold"),
    "obrączka z białego i żółtego złota": ("white_gold", "yellow_gold"),
    "кольцо из белого и красного золота": ("white_gold", "rose_gold"),
    "ring in wit- en geelgoud": ("white_gold", "yellow_gold"),
    "two tone band, white inside and yellow outside": ("white_gold", "yellow_gold"),
    "two tone gold wedding ring, white gold inside, yellow outside": ("white_gold", "yellow_gold"),
    "band in white, yellow gold": ("white_gold", "yellow_gold"),
}
ONE_GOLD = {
    "ring in white/yellow gold": "white_gold",
    "white gold ring with yellow diamonds": "white_gold",
    "white gold and yellow sapphire ring": "white_gold",
    "white gold ring, rose engraving": "white_gold",
    "anillo de oro amarillo y rosas": "yellow_gold",
    "yellow gold ring and white enamel heart": "yellow_gold",
    "bague or jaune et diamant blanc": "yellow_gold",
    "Ring Gelbgold, weiße Perle": "yellow_gold",
    "rose, white gold pendant": "white_gold",
}


@pytest.mark.parametrize(("prompt", "golds"), TWO_GOLDS.items())
def test_colours_share_the_noun_of_their_gold(prompt: str, golds: tuple[str, str]) -> None:
    reading = read(prompt)
    assert (reading.spec.metal, reading.spec.second_metal) == golds
    assert not any("second metal is not named" in line for line in reading.assumed)


@pytest.mark.parametrize(("prompt", "gold"), ONE_GOLD.items())
def test_colours_of_other_things_are_no_gold(prompt: str, gold: str) -> None:
    spec = read(prompt).spec
    assert (spec.metal, spec.second_metal) == (gold, None)


COLOURED = {
    "bague saphir rose or blanc": "tourmaline",
    "anillo de zafiro amarillo": "citrine",
    "anillo oro rosa zafiro rosa diamante negro": "tourmaline",
    "anillo con diamante champán": "citrine",
    "Ring mit grünem Saphir": "peridot",
    "Ring grüner Turmalin": "emerald",
    "ring met roze saffier": "tourmaline",
    "anello con zaffiro giallo": "citrine",
    "anel com safira rosa": "tourmaline",
    "pierścionek z różowym szafirem": "tourmaline",
    "кольцо с розовым сапфиром": "tourmaline",
    "pembe safir yüzük": "tourmaline",
    "siyah oniks yüzük": "onyx",
    "pierścionek z onyksem": "onyx",
    "srebrny pierścionek turkus": "turquoise",
    "黑钻石戒指": "black_diamond",
    "黄色蓝宝石戒指": "citrine",
    "ブラックダイヤモンドの指輪": "black_diamond",
    "핑크 사파이어 반지": "tourmaline",
    "خاتم الماس اسود": "black_diamond",
    "violet sapphire ring": "amethyst",
    "ring with an orange garnet": "citrine",
    "topaze bleue bague": "topaz",
    "bague diamants blancs": "diamond",
    "hot pink stone ring": "tourmaline",
    "pale pink stone ring": "morganite",
    "ring with a pink stone, morganite": "morganite",
    "necklace with a blue stone (tanzanite)": "tanzanite",
    "silver ring, a green gemstone, peridot": "peridot",
}


@pytest.mark.parametrize(("prompt", "gem"), COLOURED.items())
def test_a_stone_is_of_the_colour_that_is_named(prompt: str, gem: str) -> None:
    """A pink sapphire in any language is no blue one, and one stone stays one."""
    reading = read(prompt)
    assert reading.spec.stone is not None
    assert reading.spec.stone.gem == gem
    assert not any(noun.end == "left out" for noun in reading.nouns if "negro" not in noun.text)
    if "diamants" not in prompt:
        assert not any("one is set" in line for line in reading.assumed)


WRITTEN = {
    'gold necklace engraved "LOVE"': ("pendant", "LOVE"),
    'Kette mit Gravur "Anna"': ("pendant", "Anna"),
    "mom necklace with kids initials A J M": ("pendant", "A J M"),
    "Golden necklace with the initials of my kids: A, J and M": ("pendant", "A J M"),
    "Kette mit den Buchstaben M und L": ("pendant", "M L"),
    "collier avec les initiales A et B": ("pendant", "A B"),
    "ring with initials J and K": ("ring", "J K"),
    'bracelet engraved "Mia"': ("bracelet", "Mia"),
}


@pytest.mark.parametrize(("prompt", "written"), WRITTEN.items())
def test_a_text_gets_a_face_to_stand_on(prompt: str, written: tuple[str, str]) -> None:
    """A chain alone has none; several letters are one text."""
    part, text = written
    spec = read(prompt).spec
    assert getattr(spec, part) is not None
    assert spec.engraving == text


def test_a_sign_of_the_zodiac_is_one_motif() -> None:
    reading = read("leo zodiac sign pendant")
    assert reading.spec.motif is not None
    assert reading.spec.motif.name == "leo"
    assert not any("zodiac" in line for line in reading.assumed)

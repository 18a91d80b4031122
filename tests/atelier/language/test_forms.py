"""Words for later forms: shanks, clusters, drops, chains, cords, dress pieces; each becomes that form, in any language."""
# ruff: noqa: E501 -- prompts are quoted as they are written

from operator import attrgetter

import pytest

from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.prompt import read
from tests.atelier.random_spec import FORMS, random_spec

ASKED = """
ring.shank split: split shank ring with a morganite; Ring mit geteilter Ringschiene, Diamant
ring.shank bypass: gold bypass ring with a ruby; crossover ring with two emeralds
ring.shank open: adjustable silver ring; open ring in gold, no stone; anello regolabile in oro; anel ajustável prata; 开口戒指 银
ring.style toi_et_moi: toi et moi ring with a pear emerald and an emerald cut diamond; bague toi et moi or jaune diamant et rubis; anillo tú y yo oro blanco
stone.hidden_halo True: 2 ct oval diamond ring, hidden halo; cushion moissanite engagement ring with hidden halo; bague diamant 2 carats halo caché
stone.cluster True: sapphire cluster ring; diamond cluster studs; ruby cluster pendant gold; Ring mit Rosette aus Diamanten
accents.cut baguette: baguette eternity band platinum; half eternity band with baguette sapphires
accents.cut oval: oval diamond eternity ring
earrings.style cuff: gold ear cuff; silver ear cuffs with diamonds; 耳骨夹 银
earrings.style climber: diamond ear climbers; gold ear crawlers
earrings.style nose_stud: diamond nose stud 18k gold; Nasenstecker Gold Diamant; laung sona heera; 鼻钉 银
earrings.style nose_ring: gold nose ring; silver nose hoop 8 mm; nath gold; Nasenring Silber
earrings.hung chandelier: chandelier earrings with sapphires; Kronleuchter Ohrringe Gold
earrings.hung tassel: gold tassel earrings; aretes con borlas de oro; 流苏耳环 银
earrings.hung jhumka: jhumka earrings gold; सोने के झुमके
earrings.hung double: double drop earrings with garnets
bracelet.worn ankle: gold anklet; Fußkettchen Silber; tobillera de plata; cavigliera argento; chaîne de cheville or; tornozeleira prata; enkelbandje zilver; chandi payal; خلخال فضة; 银脚链
chain.style bead: lapis bead necklace; turquoise beaded bracelet; strand of onyx beads 8 mm; pulsera de cuentas de amatista; Armband mit Kugeln aus Lapislazuli
chain.style cord: pendant on a leather cord; men's leather bracelet; Lederarmband Silber; pulsera de cuero; collana in cuoio con croce d'argento; 皮绳手链
chain.style tennis: tennis necklace; diamond riviera necklace 14k; collier rivière diamants
chain.lay lariat: gold lariat necklace; silver y necklace
chain.strands 3: triple layered gold necklace; layered necklace with three chains
chain.strands 2: double strand silver necklace; layered gold necklace
brooch.style cufflinks: silver cufflinks; cuff links with onyx; Manschettenknöpfe Silber; boutons de manchette argent; gemelos de plata; abotoaduras prata; manchetknopen zilver; 袖扣 银
brooch.style tie_bar: gold tie bar; silver tie clip; Krawattenklammer Silber; pince à cravate argent
substance ceramic: black ceramic ring; white ceramic band 6 mm; Ring aus Keramik
substance steel: stainless steel curb chain; Edelstahl Armband
substance titanium: titanium ring; anello in titanio
"""
CASES = [
    (*head.split(), prompt.strip())
    for line in ASKED.strip().splitlines()
    for head, _, prompts in (line.partition(":"),)
    for prompt in prompts.split(";")
]


@pytest.mark.parametrize(("path", "value", "prompt"), CASES)
def test_a_form_is_made_by_its_words(path: str, value: str, prompt: str) -> None:
    """The field has the value, nothing is refused, and no word for it is told as left out."""
    reading = read(prompt)
    assert str(attrgetter(path)(reading.spec)) == value
    assert reading.refusal is None
    assert not reading.unknown


@pytest.mark.parametrize(
    ("prompt", "first", "second"),
    [
        ("two tone gold band 6 mm", "yellow_gold", "white_gold"),
        ("yellow and white gold cross pendant", "yellow_gold", "white_gold"),
        ("two-tone curb bracelet in silver and yellow gold", "silver", "yellow_gold"),
        ("rose and white gold hoops", "rose_gold", "white_gold"),
    ],
)
def test_two_metals_stay_two_without_stones(prompt: str, first: str, second: str) -> None:
    """What has no settings shows its second metal in its body, and nobody is told that it cannot."""
    reading = read(prompt)
    assert (reading.spec.metal, reading.spec.second_metal) == (first, second)
    assert not any("no settings" in sentence for sentence in reading.assumed)


@pytest.mark.parametrize(
    "prompt",
    [
        "she is a star, gold ring", "shine like the sun, gold studs", "sie ist ein Stern, Ring Gold",
        "brille comme une étoile, bague or", "brilla como una estrella anillo de oro",
        "leaf-green emerald ring", "rose-pink ring with a pink sapphire", "wave-blue topaz studs",
        "Ring mit blattgrünem Smaragd", "Ring kirschrot Rubin", "bague émeraude vert feuille", "anello verde foglia smeraldo",
    ],
)  # fmt: skip
def test_a_figure_of_speech_or_a_shade_is_no_motif(prompt: str) -> None:
    """Who is called a star gets none, and leaf-green is a green."""
    assert read(prompt).spec.motif is None


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("ring shaped like a star", "star"), ("a pendant that looks like a leaf", "leaf"),
        ("butterfly blue topaz necklace", "butterfly"), ("green leaf brooch", "leaf"),
        ("red rose flower pendant", "rose"), ("blue enamel star pendant", "star"),
    ],
)  # fmt: skip
def test_what_is_shaped_like_a_motif_is_one(prompt: str, name: str) -> None:
    """A colour before its noun, and a likeness of the piece itself, keep the motif."""
    motif = read(prompt).spec.motif
    assert motif is not None
    assert motif.name == name


def test_both_stones_of_a_toi_et_moi_are_read() -> None:
    """Gem and cut of each, in their order."""
    spec = read("toi et moi ring with a pear emerald and an emerald cut diamond, platinum").spec
    assert spec.stone is not None
    assert spec.second_stone is not None
    assert (spec.stone.gem, spec.stone.cut) == ("emerald", "pear")
    assert (spec.second_stone.gem, spec.second_stone.cut) == ("diamond", "emerald")


def test_seven_stones_of_a_cluster_are_one_and_six() -> None:
    """A number counts the middle one too."""
    spec = read("cluster ring of seven diamonds").spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert spec.stone.cluster
    assert spec.accents.count == 6


def test_a_total_weight_is_no_fineness() -> None:
    """ "10 ctw" beside gold weighs the stones."""
    spec = read("Diamond tennis necklace white gold 10 ctw").spec
    assert spec.fineness is None
    assert spec.accents is not None
    assert 2.5 < spec.accents.diameter_mm < 3.5


@pytest.mark.parametrize("seed", range(3000, 3000 + len(FORMS)))
def test_every_form_is_described_in_words_that_are_read(seed: int) -> None:
    """A form's description names its kind, metal and form again, without an unknown word; it has a title."""
    spec = random_spec(seed)
    again = read(describe(spec))
    assert again.spec.kind == spec.kind
    assert (again.spec.metal, again.spec.substance) == (spec.metal, spec.substance)
    assert not again.unknown
    for path in ("ring.style", "ring.shank", "earrings.style", "earrings.hung", "bracelet.worn", "chain.style",
                 "chain.lay", "chain.strands", "brooch.style", "stone.cluster", "stone.hidden_halo", "accents.cut"):  # fmt: skip
        group, field = path.split(".")
        if (was := getattr(spec, group)) is not None:
            assert getattr(getattr(again.spec, group), field) == getattr(was, field), describe(spec)
    assert title(spec)


@pytest.mark.parametrize(
    "prompt",
    [
        "layered necklace with three fine yellow gold chains",
        "layered necklace, three chains",
        "necklace of three layered fine gold chains",
    ],
)
def test_layers_are_counted(prompt: str) -> None:
    spec = read(prompt).spec
    assert spec.chain is not None
    assert spec.chain.strands == 3

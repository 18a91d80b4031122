"""What is no piece of jewelry, or none that is made, never ends as a ring or a solitaire: it is declined first."""

import pytest

from pipeline.atelier.language import foreign
from pipeline.atelier.language.prompt import read

OBJECTS = (
    "Christening rattle, hallmarked silver, teddy bear, ivory-coloured ring handle",
    "silver thimble with a gold band",
    "Georgian caddy spoon with a heart",
    "sterling belt buckle, 9 ct gold ring border",
    "gold fountain pen with clip",
    "silver bookmark with a chain",
    "silver money clip with initials",
    "collar stays, silver",
    "cane top, silver collar",
    "card case, silver, with chain",
    "gold monocle on a chain",
    "bolo tie, turquoise",
    "sporran with silver chain",
    "belly bar with a diamond",
    "nipple bar, titanium",
    "tortoiseshell hair comb with pearls",
    "silver barrette, bow",
    "gold septum clicker with opal",
    "silver key ring with a heart",
    "prayer beads, amber",
    "pocket watch, gold chain",
    "jump rings 5 mm, silver, bag of 100",
    "gold head pins, pack of 50",
    "silver ear backs",
    "anello portachiavi argento",
    "hochet en argent avec anneau",
    "Babyrassel Silber mit Ring",
    "sonajero de plata con anillo",
    "sonaglio in argento con anello",
    "zilveren rammelaar met ring",
    "srebrna grzechotka",
    "погремушка серебро с кольцом",
    "gümüş çıngırak",
    "चांदी का झुनझुना",
    "خشخيشة فضة",
    "银勺 满月",
    "ベビー スプーン 銀",
    "은수저 세트",
    "cuillère de baptême argent",
    "Taufbecher Silber",
    "dedal de plata",
    "ditale in argento",
    "наперсток серебро",
)
STRANGE = (
    "Sistrum, bronze, ring handle",
    "Astrolabe with suspension ring",
    "Ladle, Georgian, ring terminal",
    "Aspergillum with chain",
    "Bodkin with ring head",
    "Situla mit Kette",
)
"""Titles whose first noun is in no table: what stands beside it is a part."""


@pytest.mark.parametrize("prompt", [*OBJECTS, *STRANGE])
def test_objects_are_declined(prompt: str) -> None:
    """Before anything is rendered it is said that the thing is not made, and it is quoted."""
    reading = read(prompt)
    assert reading.refusal is not None
    assert f"“{reading.refusal.asked}”" in reading.refusal.sentence


@pytest.mark.parametrize("language", sorted(foreign.TABLES))
def test_every_languages_word_for_an_object_is_declined(language: str) -> None:
    """Each entry of each table, by itself and in silver: with a nearest piece or none, never silently another."""
    for slot, _, phrase in foreign.lines(language):
        if slot == "unmade":
            reading = read(phrase)
            made = any(noun.text == phrase and noun.end == "made" for noun in reading.nouns)
            assert reading.refusal is not None or made, phrase


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("gold neck torc", "necklace"),
        ("Torc twisted from eight wires, ring terminals", "necklace"),
        ("silver hat pin with a pearl", "brooch"),
        ("sweater clip, silver", "brooch"),
        ("collar bar, gold", "brooch"),
        ("elven bracer, silver", "bracelet"),
        ("Halsreif Silber", "necklace"),
        ("银项圈", "necklace"),
    ],
)
def test_an_object_near_a_piece_is_offered_as_that(prompt: str, kind: str) -> None:
    """The nearest piece is named, and the prompt for it makes one of that kind without a word more."""
    reading = read(prompt)
    assert reading.refusal is not None
    assert reading.spec.kind == kind
    assert read(reading.refusal.offer).spec.kind == kind


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("Torc-like bracelet of twisted silver", "bracelet"),
        ("torc bangle, silver", "bracelet"),
        ("buckle ring, gold", "ring"),
        ("silver bracelet with a buckle", "bracelet"),
        ("knife edge wedding ring, platinum", "ring"),
        ("spoon ring, silver", "ring"),
        ("Guinevere, gold ring", "ring"),
        ("Wanderlust, gold chain with a heart", "necklace"),
        ("elf princess with a ruby necklace", "necklace"),
        ("jump ring bracelet in silver", "bracelet"),
        ("titanium labret with an opal", "earrings"),
        ("a lighter gold chain", "necklace"),
        ("14k door knocker hoop earrings", "earrings"),
    ],
)
def test_a_piece_that_an_object_only_describes_is_made(prompt: str, kind: str) -> None:
    """An object that stands beside a kind says how it looks; a name before a piece is a name."""
    reading = read(prompt)
    assert reading.refusal is None
    assert reading.spec.kind == kind


@pytest.mark.parametrize(
    ("prompt", "kind", "word"),
    [
        ("we're climbers getting married, two bands in white gold", "ring", "climbers"),
        ("we are both avid climbers: a rope bracelet in silver", "bracelet", "climbers"),
        ("my dad's a ring announcer, a gold bangle for mum please", "bracelet", "ring"),
        ("our ring bearer needs cufflinks", "brooch", "ring"),
        ("we met at the bar, a silver bangle please", "bracelet", "bar"),
        ("he plays in a band. Earrings with onyx", "earrings", "band"),
        ("she joined the band; pearl earrings please", "earrings", "band"),
        ("I'm a chain smoker, gold brooch", "brooch", "chain"),
        ("he's a stud, cufflinks in silver", "brooch", "stud"),
        ("she is a charm, gold bangle", "bracelet", "charm"),
        ("for a pearl harbor veteran, silver cufflinks", "brooch", "pearl"),
    ],
)
def test_people_and_places_set_no_kind(prompt: str, kind: str, word: str) -> None:
    """Who somebody is, what they do and where they met is told as that, and the piece is the one that is named."""
    reading = read(prompt)
    assert reading.spec.kind == kind
    assert any(f"“{word}” is said of people or a place" in sentence for sentence in reading.assumed)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("pearl ear climbers", "earrings"),
        ("a bar necklace that sits near the collarbone", "necklace"),
        ("she loves a gold band", "ring"),
        ("it is a ring with a ruby", "ring"),
        ("a diamond in a gold ring", "ring"),
        ("stud earrings that I wore at my wedding", "earrings"),
    ],
)
def test_pieces_beside_people_stay_pieces(prompt: str, kind: str) -> None:
    """Whoever wears or likes a piece is not called by it."""
    reading = read(prompt)
    assert reading.spec.kind == kind
    assert not any("is said of people" in sentence for sentence in reading.assumed)


@pytest.mark.parametrize(
    ("prompt", "metal", "stone"),
    [
        ("lost my sapphire ring, please have it remade but with a ruby", "yellow_gold", "ruby"),
        ("yellow gold ring with a diamond, made again, but in rose gold", "rose_gold", "diamond"),
        ("Ring mit Rubin nochmal, aber in Weißgold mit Saphir", "white_gold", "sapphire"),
        ("platinum ring, sapphires where the diamonds were", "platinum", "sapphire"),
        (
            "I already have a gold necklace with a heart and a ruby. Now a silver ring with onyx",
            "silver",
            "onyx",
        ),
        ("ring 14k white gold, too carrot emerald", "white_gold", "emerald"),
        ("ring / .925 Rh plated / onyx", "silver", "onyx"),
    ],
)
def test_what_was_and_what_somebody_has_gives_way(prompt: str, metal: str, stone: str) -> None:
    """A lost piece is made otherwise where that is said, and what somebody has already lends nothing."""
    spec = read(prompt).spec
    assert (spec.kind, spec.metal, spec.stone and spec.stone.gem) == ("ring", metal, stone)


@pytest.mark.parametrize(
    ("prompt", "letter"),
    [
        ("14K 로즈골드 이니셜 목걸이 A 여자친구 선물", "A"),
        ("Kette mit Buchstabe, Gold, K", "K"),
        ("initial pendant, silver, S", "S"),
        ("dainty initial M necklace", "M"),
        ("A gold initial necklace, size L", "A"),
        ("イニシャル ネックレス シルバー R", "R"),
    ],
)
def test_a_letter_may_stand_far_from_its_word(prompt: str, letter: str) -> None:
    """The one capital that stands alone is the initial; an article and a size are none."""
    pendant = read(prompt).spec.pendant
    assert pendant is not None
    assert (pendant.form, pendant.letter) == ("initial", letter)


def test_a_motif_held_in_its_chain_is_worn_on_one() -> None:
    """Layers beside a long name or a station are left out, and told, instead of a piece that nobody can make."""
    reading = read('layered necklace with the name "Alexandrina Maria"')
    chain = reading.spec.chain
    assert chain is not None
    assert chain.strands == 1
    assert any("“layered" in sentence for sentence in reading.assumed)

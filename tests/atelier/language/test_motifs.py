"""Words for motifs in every language end as a motif on the right host, and its description is read as the same one."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.ornaments import MOTIFS, NEAREST, motif_of
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.vocabulary import phrases
from pipeline.atelier.spec import Enamel, MotifName, Spec, shows_motif

ASKED = """
necklace butterfly: gold butterfly necklace; Schmetterling Halskette aus Gold; collier papillon en or
necklace butterfly: collana farfalla in oro
necklace tree: tree of life pendant silver; Lebensbaum Anhänger Silber; pendentif arbre de vie en argent
necklace tree: collar árbol de la vida de plata
necklace moon: crescent moon necklace; Halbmond Kette Gold; collier lune en or jaune; collar luna de oro; 月亮 项链 黄金
necklace clover: four leaf clover necklace gold; collar trébol de oro; collana quadrifoglio in oro; 四叶草 项链
necklace text: name necklace "Emma" in gold; "Mia" nameplate necklace silver; Namenskette "Lena" Silber
necklace evil_eye: evil eye pendant with blue enamel; colgante ojo turco de plata
necklace moon_and_star: moon and star necklace rose gold
necklace north_star: compass pendant gold
earrings star: star stud earrings; Stern Ohrstecker Gold; boucles d'oreilles étoile en or; brincos estrela de ouro
earrings leaf: leaf drop earrings silver; orecchini foglia in argento
earrings cat: cat earrings gold; aretes gato de oro; Katze Ohrstecker Silber
earrings moon: hoop earrings with moon charm
ring flower: flower ring in silver with a ruby; bague fleur en or
ring knot: love knot ring sterling silver
ring heart: open heart ring sterling silver; heart ring in silver
ring daisy: sunflower ring 14k gold
ring fox: wolf ring silver
bracelet infinity: infinity bracelet silver; pulsera infinito de plata; Unendlichkeit Armband Silber
bracelet star: charm bracelet with 3 star charms
bracelet heart: charm bracelet gold; heart charm bracelet
brooch elephant: elephant brooch gold; Elefant Brosche Gold
brooch butterfly: butterfly brooch with diamonds; broche papillon en or
"""
CASES = [
    (*head.split(), prompt.strip())
    for line in ASKED.strip().splitlines()
    for head, _, prompts in [line.partition(":")]
    for prompt in prompts.split(";")
]


@pytest.mark.parametrize(("kind", "name", "prompt"), CASES)
def test_a_motif_named_is_made(kind: str, name: str, prompt: str) -> None:
    """The kind and the motif, with nothing unknown, and its noun ends as made or made as."""
    reading = read(prompt)
    assert reading.spec.kind == kind
    assert reading.spec.motif is not None
    assert reading.spec.motif.name == name
    assert shows_motif(reading.spec)
    assert not any("is left out" in line for line in reading.assumed), reading.assumed


def test_every_word_for_a_motif_is_read() -> None:
    """Each phrase of the table means a motif that is drawn, whatever else it means; no value is a dead end."""
    for name, words in MOTIFS.items():
        for phrase in words.split(","):
            meanings = phrases()[tuple(phrase.replace("-", " ").split())]
            assert ("motif", name) in meanings, phrase
    assert all(motif_of(name) for name in NEAREST)
    assert set(MOTIFS) == set(get_args(MotifName)) - {"path"}


HOSTS = (
    {"kind": "necklace", "pendant": {"form": "motif", "height_mm": 17.5}},
    {"kind": "necklace", "pendant": {"form": "motif"}, "motif": {"mount": "station", "size_mm": 21.0}},
    {
        "kind": "earrings",
        "earrings": {"form": "motif", "height_mm": 9.0, "diameter_mm": 22.0},
        "motif": {"size_mm": 10.0},
    },
    {"kind": "earrings", "earrings": {"style": "hoop", "form": "motif"}, "motif": {"size_mm": 8.0}},
    {"kind": "ring", "ring": {"style": "motif", "inner_diameter_mm": 17.2}, "motif": {"size_mm": 12.0}},
    {"kind": "brooch", "brooch": {"style": "motif", "width_mm": 31.0}},
    {"kind": "bracelet", "motif": {"count": 3, "size_mm": 9.0}},
    {"kind": "bracelet", "motif": {"mount": "station", "size_mm": 13.0}},
)


@pytest.mark.parametrize("host", range(len(HOSTS)))
def test_a_described_motif_reads_back(host: int) -> None:
    """Every motif and every enamel in turn, flat and puffed, whole and open: the words for it are read as the same."""
    enamels = [None, *get_args(Enamel)]
    for k, name in enumerate(MOTIFS):
        if k % len(HOSTS) not in (host, (host + 3) % len(HOSTS)):
            continue
        look = {"name": name, "text": "Zoé" if name == "text" else "", "relief": ("flat", "domed")[k % 2],
                "openwork": k % 5 == 0, "enamel": enamels[(k + host) % len(enamels)]}  # fmt: skip
        extra = ({}, {"accents": {"diameter_mm": 1.2}}, {"stone": {"gem": "ruby", "length_mm": 3.0}})[k % 3]
        given = HOSTS[host]
        if host == 3:
            extra = {}
        spec = Spec.model_validate({**given, **extra, "motif": {**look, **given.get("motif", {})}})  # type: ignore[dict-item]
        again = read(describe(spec))
        assert again.spec.motif == spec.motif, describe(spec)
        assert (again.spec.stone, again.spec.accents, again.spec.pendant) == (
            spec.stone,
            spec.accents,
            spec.pendant,
        )
        assert read(describe(again.spec)).spec == again.spec
        assert again.unknown == ()
        assert title(spec)


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_any_name_is_set_or_told(word: str) -> None:
    """Whatever stands in the quotes, there is a piece: its letters are set, or it is said that they cannot be."""
    reading = read(f'gold name necklace "{word}"')
    motif = reading.spec.motif
    if motif is not None:
        assert motif.text in word.replace("\n", " ") or reading.assumed


@pytest.mark.parametrize(
    "prompt",
    [
        "gold pendant in a tree-lined box",
        "silver necklace by a star jewellery brand",
        "ring with a cross hatch finish",
        "sun-kissed gold bangle",
        "fish hook earrings in silver",
        "horse bit bracelet",
        "palm sized brooch",
        "swan neck ring",
        "five-star quality diamond ring",
        "topaz ring with a flower basket setting",
        "crown setting solitaire",
        "lock clasp bracelet",
        "heart clasp bracelet",
        "feather-light gold chain",
        "butterfly back studs",
        "cat eye studs",
        "gold necklace, no heart",
        "anchor chain without a moon",
    ],
)
def test_a_word_for_a_motif_in_another_role_makes_none(prompt: str) -> None:
    """What the word is compared with, or a part of the piece; and it is never said that such a piece cannot be made."""
    reading = read(prompt)
    assert reading.spec.motif is None
    assert reading.refusal is None


def test_a_motif_before_its_own_noun_stays_one() -> None:
    """Heads, sets and colours behind a motif take nothing from it, and a snake is no chain that is left out."""
    for prompt, name in (
        ("lion head ring", "lion"),
        ("star white gold necklace", "star"),
        ("butterfly set with diamonds, brooch", "butterfly"),
        ("snake head ring", "snake"),
    ):
        reading = read(prompt)
        assert reading.spec.motif is not None
        assert reading.spec.motif.name == name
        assert not any("is left out" in line for line in reading.assumed), reading.assumed


@pytest.mark.parametrize(
    ("quoted", "set_as"),
    [
        ("Mum's", "Mum's"),
        ("Mum\u2019s", "Mum's"),
        ("O'Brien", "O'Brien"),
        ("i", "i"),
        ("A" * 500, "A" * 16),
        ("Ana-María", "Ana-María"),
    ],
)
def test_a_name_is_read_to_its_end(quoted: str, set_as: str) -> None:
    """An apostrophe within a word closes no quotes; a letter is a name; of a long one the first letters are set."""
    reading = read(f'gold name necklace "{quoted}"')
    assert reading.spec.motif is not None
    assert reading.spec.motif.text == set_as
    assert any("16 letters" in line for line in reading.assumed) == (len(quoted) > 16)
    assert read(f'gold ring engraved "{quoted[:12]}"').spec.engraving == quoted[:12].replace("\u2019", "'")


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("anchor and star necklace", "“star”"),
        ("eagle pendant silver", "made as a bird in flight"),
        ("claddagh ring silver", "not modelled"),
        ("name necklace gold", "in quotes"),
        ('gold name necklace "さくら"', "in letters that can be set"),
        ('gold name necklace "Anna-Katharina Sophie"', "holds 16 letters"),
        ("star engagement ring with a 1 ct diamond", "carries no motif"),
        ("ruby ring with green enamel", "“green enamel”"),
        ("charm bracelet", "they are hearts"),
    ],
)
def test_what_becomes_of_a_motif_is_told(prompt: str, said: str) -> None:
    """A second motif, one that is made as another, one that is not drawn, one without a place."""
    assert any(said in line for line in read(prompt).assumed), read(prompt).assumed


@pytest.mark.parametrize(
    ("prompt", "single"),
    [
        ("flower ring in yellow gold with a diamond", True),
        ("lotus pendant with a small diamond", True),
        ("butterfly pendant in 18k gold with a single diamond", True),
        ("pendentif étoile en or avec un diamant", True),
        ("star pendant with diamonds", False),
        ("a diamond star pendant", False),
        ("diamond butterfly pendant", False),
    ],
)
def test_one_diamond_on_a_motif_is_one(prompt: str, single: bool) -> None:
    """Said as one it is set into the middle; as the motif's own manner, or as several, it paves the face."""
    spec = read(prompt).spec
    assert (spec.stone is not None, spec.accents is not None) == (single, not single)

"""The grammar: designers' prompts become the piece they describe, and nothing is dropped in silence."""

import math
from itertools import combinations
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.spec import Spec
from pipeline.atelier.variation import variations
from tests.atelier.language.prompt_table import rows
from tests.atelier.random_spec import random_spec

DEFAULT = (
    "A necklace with a thin gold chain and small round pendant, smooth polished texture, lightweight, elegant design, "
    "plain white background."
)


def stone_of(spec: Spec) -> str:
    """Gem of the centre stone, else of the row, else none."""
    if spec.stone is not None:
        return spec.stone.gem
    if spec.chain is not None and spec.chain.style == "pearl":
        return "pearl"
    if spec.chain is not None and spec.chain.style == "bead":
        return spec.chain.gem
    return spec.accents.gem if spec.accents is not None else "none"


def count_of(spec: Spec) -> str:
    """Stones asked for: a number, or "row"."""
    if spec.ring is not None and spec.ring.style == "three_stone":
        return "3"
    if spec.stone is not None and spec.stone.cluster and spec.accents is not None and spec.accents.count:
        return str(spec.accents.count + 1)
    if spec.accents is not None and spec.accents.count and (spec.stone is None or not spec.stone.halo):
        return str(spec.accents.count)
    if spec.stone is not None:
        return "1"
    strand = spec.chain is not None and spec.chain.style == "pearl"
    return "row" if spec.accents is not None or strand else "0"


def test_table_of_designers_prompts_is_read_right() -> None:
    """Kind, metal, stone and count are right in every cell of the table."""
    table = rows()
    assert len(table) >= 180
    wrong: dict[str, list[str]] = {"kind": [], "metal": [], "stone": [], "count": []}
    for kind, metal, stone, count, prompt in table:
        spec = read(prompt).spec
        told = {"kind": (spec.kind, kind), "metal": (spec.metal, metal)}
        told |= {"stone": (stone_of(spec), stone), "count": (count_of(spec), count)}
        for column, (found, expected) in told.items():
            if found != expected:
                wrong[column].append(f"{prompt!r}: {found} instead of {expected}")
    for column, failures in wrong.items():
        assert failures == [], "\n".join([column, *failures])


def test_default_prompt_is_exactly_that_necklace() -> None:
    """The prompt the page starts with: thin yellow gold cable chain, small round polished disc, no stone."""
    reading = read(DEFAULT)
    spec = reading.spec
    assert (spec.kind, spec.metal, spec.finish, spec.stone) == ("necklace", "yellow_gold", "polished", None)
    assert spec.chain is not None
    assert spec.chain.style == "cable"
    assert spec.chain.gauge_mm <= 1.5
    assert spec.pendant is not None
    assert spec.pendant.form == "round"
    assert spec.pendant.height_mm <= 14
    assert reading.unknown == ()


@pytest.mark.parametrize("prompt", [row[4] for row in rows()])
def test_described_piece_reads_back_to_itself(prompt: str) -> None:
    """The spec written as a prompt is read as the same spec, with no unknown word; so are its siblings."""
    for spec in variations(read(prompt).spec, seed=3, count=3):
        again = read(describe(spec))
        assert again.spec == spec, describe(spec)
        assert again.unknown == ()


@pytest.mark.parametrize(
    ("prompt", "path", "value"),
    [
        ("ring with a 1.5 ct round diamond", "stone.length_mm", 7.41),
        ("2 mm band solitaire", "ring.width_mm", 2.0),
        ("solitaire, band 2.2 mm wide, 1.4 mm thick", "ring.thickness_mm", 1.4),
        ("gold necklace, 45 cm chain", "chain.length_mm", 450.0),
        ("gold necklace 18 inch", "chain.length_mm", 457.2),
        ("gold ring size 54", "ring.inner_diameter_mm", 17.189),
        ("gold ring US size 7", "ring.inner_diameter_mm", 17.32),
        ("gold ring, UK size N", "ring.inner_diameter_mm", 17.205),
        ("hoops 40 mm across", "earrings.diameter_mm", 40.0),
        ("gold hoops with a 3 mm tube", "earrings.wire_mm", 3.0),
        ("round pendant 20 mm, gold necklace", "pendant.height_mm", 20.0),
        ("8 x 6 mm oval sapphire ring", "stone.length_mm", 8.0),
        ("ring with a 1,5 ct diamond", "stone.length_mm", 7.41),
        ("bangle 6 mm wide", "bracelet.width_mm", 6.0),
        ("18 cm curb bracelet", "chain.length_mm", 180.0),
        ("thin gold chain", "chain.gauge_mm", 1.4),
        ("0.3 ct diamond solitaire pendant", "chain.gauge_mm", 1.2),
        ("0.3 ct diamond solitaire pendant on a 2 mm chain", "chain.gauge_mm", 2.0),
        ("bold gold chain", "chain.gauge_mm", 4.5),
        ("six-prong solitaire", "stone.prongs", 6),
        ("solitaire with four claws", "stone.prongs", 4),
        ("brooch 45 mm wide", "brooch.width_mm", 45.0),
        ("gold ring, size N 1/2", "ring.inner_diameter_mm", 17.404),
        ("Ring aus Gold, Größe 52", "ring.inner_diameter_mm", 16.552),
        ("18ct gold solitaire", "stone.length_mm", 6.5),
        ("gold chain 0.5 m", "chain.length_mm", 500.0),
        ("Armreif Silber 8 mm breit", "bracelet.width_mm", 8.0),
        ("signet ring, oval onyx", "stone.ratio", 1.35),
        ("platinum solitaire .90ct round", "stone.length_mm", 6.25),
        ("rope chain 60 cm 3 mm yellow gold", "chain.gauge_mm", 3.0),
        ("curb chain bracelet, 19 cm, 7 mm wide", "chain.gauge_mm", 7.0),
        ("drop earrings: pear aquamarines 10x7", "stone.length_mm", 10.0),
        ("bangle 65 mm inner diameter", "bracelet.length_mm", 204.2),
        ("gold anklet", "bracelet.length_mm", 240.0),
        ("strand of 8 mm pearls, 45 cm", "chain.gauge_mm", 8.0),
        ("pearl necklace, 6.5 mm pearls", "chain.gauge_mm", 6.5),
        ("pearl necklace 45 cm", "chain.length_mm", 450.0),
        ("12 x 10 mm cocktail ring with an emerald cut aquamarine", "stone.length_mm", 12.0),
        ("hoop earrings 45mm x 3mm", "earrings.wire_mm", 3.0),
        ("hoop earrings 45mm x 3mm", "earrings.diameter_mm", 45.0),
        ("cushion cut garnet studs, 6 mm, bezel", "stone.length_mm", 6.0),
        ("five stone diamond ring", "accents.diameter_mm", 2.8),
        ("halo ring with a 1.8 mm pave shank", "ring.width_mm", 1.8),
        ("tennis bracelet 3 ct total", "accents.diameter_mm", 2.25),
        ("eternity band 2 ctw", "accents.diameter_mm", 2.99),
        ("half eternity band with 7 diamonds 0.1 ct each", "accents.diameter_mm", 3.0),
        ("1 ctw diamond studs", "stone.length_mm", 5.14),
        ("1 ct diamond studs", "stone.length_mm", 6.47),
    ],
)
def test_measures_reach_their_place(prompt: str, path: str, value: float) -> None:
    """A number with a unit lands on the part it stands beside."""
    found = read(prompt).spec.model_dump()
    for key in path.split("."):
        found = found[key]
    assert found == pytest.approx(value, abs=0.02)


@pytest.mark.parametrize(
    ("prompt", "framing"),
    [
        ("rose gold bar pendant", "pendant"),
        ("silver locket necklace, whole necklace", "whole"),
        ("a gold cross pendant, show the entire chain", "whole"),
        ("heart pendant on a full-length chain", "whole"),
        ("ruby pendant, the complete necklace in the picture", "whole"),
        ("ruby pendant, not the whole necklace", "pendant"),
        ("close-up of the pendant, gold disc necklace", "pendant"),
    ],
)
def test_a_necklace_is_framed_as_asked_for(prompt: str, framing: str) -> None:
    """A pendant is shown close unless all of the necklace is asked for; a choice nobody made is told."""
    reading = read(prompt)
    assert reading.spec.kind == "necklace"
    assert reading.spec.pendant is not None
    assert reading.spec.pendant.framing == framing
    assert not reading.unknown
    chips = {chip.value for chip in reading.understood if chip.slot == "framing"}
    assert framing in chips or any("whole necklace" in text for text in reading.assumed)


def test_older_specs_keep_their_picture() -> None:
    """A stored necklace that says nothing of its framing is shown whole, as it was."""
    stored = Spec.model_validate_json('{"kind":"necklace","pendant":{"form":"heart"}}')
    assert stored.pendant is not None
    assert stored.pendant.framing == "whole"


@pytest.mark.parametrize("word", ["flurbish", "zxqv", "quetzal", "Schmetterling", "ドラゴン", "неизвестно"])
def test_unknown_words_are_reported(word: str) -> None:
    """A word that means nothing here comes back as unknown, whatever stands around it."""
    assert word.casefold() in " ".join(read(f"a gold ring with a {word} and a ruby").unknown)


@pytest.mark.parametrize(
    ("prompt", "centre", "small"),
    [
        ("oval ruby halo ring with diamonds", "ruby", "diamond"),
        ("diamond halo ring with a ruby centre", "diamond", "ruby"),
        ("ruby ring with a diamond halo", "ruby", "diamond"),
        ("emerald ring, halo of sapphires", "emerald", "sapphire"),
        ("ruby solitaire with diamond shoulders", "ruby", "diamond"),
    ],
)
def test_gems_keep_their_roles(prompt: str, centre: str, small: str) -> None:
    """The centre stone is not taken for its halo, nor the halo for the centre."""
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.accents.gem) == (centre, small)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("amethist", "amethyst"),
        ("braclet", "bracelet"),
        ("earing", "earring"),
        ("necklase", "necklace"),
        ("saphhire", "sapphire"),
        ("whitegold", "white gold"),
        ("silberkette", "silber kette"),
        ("goldring", "gold ring"),
        ("rubby", "ruby"),
        ("hammerd", "hammered"),
    ],
)
def test_a_slip_of_the_hand_is_mended_and_told(word: str, meant: str) -> None:
    """One wrong letter or a compound is read as the word meant, and the page says so."""
    reading = read(f"{word}, polished")
    assert f"“{word}” is read as “{meant}”." in reading.assumed
    assert reading.unknown == ()


@pytest.mark.parametrize(
    "word", ["chair", "garden", "dragon", "barring", "castle", "father", "store", "peal"]
)
def test_other_words_are_not_bent_into_jewelry(word: str) -> None:
    """A word that merely resembles one of the trade's stays unknown."""
    assert word in read(f"a gold ring with a {word}").unknown


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "names nothing"),
        ("ein Ding aus Weißgold", "does not say what kind"),
        ("a ring with no stone and a big ruby", "without"),
        ("gold ring with 900 mm band", "out of reach"),
        ("gold necklace 5000 cm", "out of reach"),
        ("gold ring, onyx princess cut", "cabochon"),
        ("gold ring with kunzite", "has no kunzite"),
        ("engraved gold ring", "without a text"),
        ("gold ring " * 4000, "Only the first"),
        ("titanium and steel ring", "shown as"),
        ("0 mm gold band", "is no size"),
        ("platinum, silver and rose gold ring", "More than two metals"),
        ("signet eternity ring in gold", "exclude each other"),
        ("gold ring size 500", "An inner diameter"),
        ("tie pin in gold with onyx", "none of the atelier's rings"),
        ("gunmetal band 8 mm", "shown as blackened silver"),
        ("a solitaire but make it blue", "read as the stone's colour; a sapphire"),
        ("1 ctw diamond studs", "0.5 ct each"),
        ("Tahitian pearl studs", "no Tahitian pearl"),
    ],
)
def test_assumptions_are_stated(prompt: str, sentence: str) -> None:
    """Whatever was missing, impossible or contradictory is told in a sentence."""
    assert any(sentence in told for told in read(prompt).assumed), read(prompt).assumed


def test_chosen_kind_wins_and_says_so() -> None:
    """The kind chosen beside the prompt overrides the text, with a sentence."""
    reading = read("a gold ring with a ruby", kind="brooch")
    assert reading.spec.kind == "brooch"
    assert any("was chosen beside it" in told for told in reading.assumed)


def test_negation_ends_at_the_comma() -> None:
    """What follows a comma after "no stone" is asked for again."""
    reading = read("round pendant necklace without stone, milgrain edge, rope chain")
    assert reading.spec.milgrain
    assert reading.spec.chain is not None
    assert reading.spec.chain.style == "rope"


def test_seed_changes_proportions_only() -> None:
    """Another seed gives other siblings: same kind, metal, gem and cut, other proportions."""
    spec = read("ruby ring in platinum").spec
    families = [variations(spec, seed=seed) for seed in (0, 7)]
    assert len({sibling.model_dump_json() for family in families for sibling in family}) == 7
    for sibling in (*families[0], *families[1]):
        assert sibling.stone is not None
        assert (sibling.kind, sibling.metal, sibling.stone.gem) == ("ring", "platinum", "ruby")


@pytest.mark.parametrize(
    ("prompt", "stated"),
    [
        ("2 mm gold band solitaire", {"ring.width_mm"}),
        ("1 carat six prong knife edge solitaire", {"stone.length_mm", "stone.prongs", "ring.profile"}),
        ("cathedral ring with an 8 x 6 mm oval sapphire", {"stone.length_mm", "ring.cathedral"}),
        ("pave ring, band 1.9 mm wide", {"ring.width_mm"}),
        ("30 mm gold hoops, 3 mm tube", {"earrings.diameter_mm", "earrings.wire_mm"}),
        ("heart pendant 12 mm on a 45 cm chain", {"pendant.height_mm"}),
        ("hammered silver bangle 10 mm wide", {"bracelet.width_mm", "finish"}),
        ("emerald ring in gold", set()),
    ],
)
def test_siblings_keep_what_the_prompt_states(prompt: str, stated: set[str]) -> None:
    """What a measure or a detail's word settles is the same in every sibling, for any seed."""
    reading = read(prompt)
    assert stated <= reading.stated
    for seed in range(25):
        for sibling in variations(reading.spec, seed, count=5, stated=reading.stated):
            for path in stated:
                get = attrgetter(path)
                assert get(sibling) == get(reading.spec), path


@pytest.mark.parametrize(
    "prompt",
    ["gold solitaire", "plain band", "gold hoops", "tennis bracelet", "cuff", "oval locket", "brooch"],
)
def test_siblings_differ_to_the_eye(prompt: str) -> None:
    """Between any two of a piece's four candidates some proportion differs by 4 %, or a detail does."""
    for seed in range(12):
        told = [_proportions(sibling) for sibling in variations(read(prompt).spec, seed)]
        for one, other in combinations(told, 2):
            assert any(
                abs(one[path] / other[path] - 1) > 0.04
                if isinstance(one[path], float)
                else one[path] != other[path]
                for path in one
            ), (one, other)


def _proportions(spec: Spec) -> dict[str, Any]:
    """Every field of the groups that is set, by path."""
    return {
        f"{group}.{field}": value
        for group, fields in spec.model_dump().items()
        if isinstance(fields, dict)
        for field, value in fields.items()
        if value is not None
    }


@given(st.text(max_size=400))
@settings(max_examples=150)
def test_any_text_gives_a_valid_spec(text: str) -> None:
    """No text, however hostile, fails: it becomes a piece with stated assumptions."""
    reading = read(text)
    assert Spec.model_validate(reading.spec.model_dump()) == reading.spec


@given(st.lists(st.sampled_from([word for row in rows() for word in row[4].split()]), max_size=25))
@settings(max_examples=150)
def test_any_mixture_of_jewelers_words_gives_a_valid_spec(words: list[str]) -> None:
    """Contradictory mixtures of the table's own words are resolved, never refused."""
    assert read(" ".join(words)).spec.kind


@pytest.mark.parametrize(
    "noun",
    [
        "tennis bracelet", "bangle", "cuff", "riviera necklace", "eternity ring", "half eternity ring", "band",
        "hoop earrings", "huggies", "circle brooch", "tie bar", "climbers", "charm bracelet", "anklet", "signet ring",
        "open ring", "bypass ring", "three stone ring", "cluster ring", "chandelier earrings", "disc pendant",
    ],
)  # fmt: skip
def test_a_cut_is_given_or_said_to_be_left_out_on_every_piece(noun: str) -> None:
    """Rows that are cut for round stones stay round, and say so; none is refused."""
    for cut in (
        "oval",
        "princess",
        "emerald",
        "pear",
        "marquise",
        "heart",
        "asscher",
        "baguette",
        "old mine",
        "trillion",
    ):
        for words in (f"{cut} cut diamond {noun}", f"pave {noun} with a row of {cut} cut rubies"):
            reading = read(words)
            stones = (reading.spec.stone, reading.spec.accents)
            shown = [stone.cut.replace("_", " ") for stone in stones if stone is not None]
            told = [*reading.assumed, *(noun.because for noun in reading.nouns)]
            assert cut in shown or cut in " ".join(told), words


@pytest.mark.parametrize("seed", range(40))
def test_variations_of_any_spec_are_valid(seed: int) -> None:
    """Siblings of any valid spec are valid; the first is the spec itself, and the same seed gives the same ones."""
    spec = random_spec(seed)
    siblings = variations(spec, seed=seed, count=5)
    assert siblings[0] == spec
    assert siblings == variations(spec, seed=seed, count=5)
    for sibling in siblings:
        assert Spec.model_validate(sibling.model_dump()) == sibling
        assert (sibling.kind, sibling.metal) == (spec.kind, spec.metal)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "ring", "ring": {"style": "eternity"}}, "row of stones"),
        ({"kind": "ring", "stone": {"gem": "pearl", "cut": "round"}}, "always cut 'pearl'"),
        ({"kind": "ring", "stone": {"gem": "onyx", "cut": "princess"}}, "opaque"),
        ({"kind": "ring", "stone": {}, "accents": {"diameter_mm": 3.0}}, "needs a band"),
        ({"kind": "ring", "pendant": {}, "stone": {}}, "has no pendant"),
        ({"kind": "necklace", "pendant": {"height_mm": 8.0}, "stone": {"length_mm": 12.0}}, "does not fit"),
        ({"kind": "bracelet", "bracelet": {"style": "tennis"}}, "row of stones"),
    ],
)
def test_what_no_bench_could_make_is_refused_in_a_sentence(data: dict[str, Any], sentence: str) -> None:
    """Impossible combinations raise with the reason."""
    with pytest.raises(ValidationError, match=sentence):
        Spec.model_validate(data)


def test_idle_fields_are_named() -> None:
    """What a piece cannot show is told, not kept in silence."""
    spec = Spec.model_validate({"kind": "earrings", "engraving": "AMOR", "milgrain": True, "stone": {}})
    assert set(spec.idle()) == {"engraving", "milgrain"}


@pytest.mark.parametrize(
    ("prompt", "dropped"),
    [
        ("ring with pear and emerald cut diamonds", "“emerald cut”"),
        ("brooch with baguette sapphires and pearls", "“pearls”"),
        ("chain bracelet with pave diamonds", "“pave”"),
        ("snake chain ring in gold", "“snake chain”"),
        ("knife edge pendant", "“knife edge”"),
        ("layered necklace with nine chains", "four are made"),
        ("briolette sapphire drop earrings", "pear-shaped brilliant"),
        ("ring with tapered baguette diamonds beside a ruby", "cut straight"),
        ("hexagon pendant in gold, no stone", "“hexagon”"),
        ("chandelier ring", "“chandelier”"),
        ("charm bracelet", "they are hearts"),
        ("ear jacket with diamonds", "stud"),
        ("gold hoops with a halo", "halo"),
        ("ring with a 3 mm diamond, hidden halo", "at least 4.5 mm"),
        ("toi et moi ring with a ruby", "second stone is not named"),
        ("split shank eternity ring in gold", "split shank"),
        ("6 mm flat band with three flush set rubies", "“flush set”"),
        ("drop earrings with pearls, lever back", "plain hook"),
        ("rose gold ring with a ruby and blue enamel", "“blue enamel”"),
        ("bangle with an oval profile", "“oval”"),
        ("flower and anchor earrings with diamonds", "“anchor”"),
        ("tennis brooch", "“tennis”"),
        ("wide cuff with turquoise", "“turquoise”"),
        ("signet ring with a 14 mm face", "“14 mm”"),
    ],
)
def test_nothing_asked_for_is_silently_dropped(prompt: str, dropped: str) -> None:
    """What was understood but has no trace in the piece, or stands for something near, is told in a sentence."""
    assert any(dropped in text for text in read(prompt).assumed)


@pytest.mark.parametrize("prompt", [row[-1] for row in rows() if "brooch" not in row[-1]][:60])
def test_what_is_made_is_not_told_as_dropped(prompt: str) -> None:
    """An ordinary prompt leaves nothing out."""
    assert not any("is left out" in text for text in read(prompt).assumed if "“" in text)


@pytest.mark.parametrize(
    "prompt", ["stackable rings, three thin bands in gold", "twisted rope band ring", "braided gold ring"]
)
def test_bands_carry_no_stone_that_nobody_asked_for(prompt: str) -> None:
    """Rings called bands are plain metal, unlike an engagement ring that comes with a band."""
    spec = read(prompt).spec
    assert spec.ring is not None
    assert (spec.ring.style, spec.stone, spec.accents) == ("band", None, None)
    assert read("engagement ring and matching band").spec.stone is not None


def test_denying_one_gem_asks_for_the_other() -> None:
    """ "No diamonds, just an emerald" is an emerald ring; "no stone" and a ruby stays bare."""
    emerald = read("no diamonds, just an emerald ring").spec.stone
    assert emerald is not None
    assert emerald.gem == "emerald"
    assert read("a ring with no stone and a big ruby").spec.stone is None


def test_a_cuff_gets_no_diamonds_that_nobody_asked_for() -> None:
    """Rows are of faceted stones: a turquoise is told as left out, not replaced."""
    assert read("wide cuff with turquoise").spec.accents is None


def test_emeralds_on_the_sides_leave_the_middle_alone() -> None:
    """The centre of a three-stone ring is not the stone that stands at its sides."""
    spec = read("three stone ring, emeralds on the sides, 2 ct center").spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.accents.gem) == ("diamond", "emerald")


def test_a_cut_without_a_stone_is_told_once() -> None:
    """A cut that names no shape of metal is told as a cut, not as a shape as well."""
    told = [text for text in read("plain gold chain, asscher").assumed if "“asscher”" in text]
    assert len(told) == 1


def test_natural_colours_go_without_saying() -> None:
    """A green emerald leaves nothing out; a grade of purity is understood."""
    reading = read("ring with a green emerald, VVS1")
    assert not reading.unknown
    assert not any("is left out" in text for text in reading.assumed)
    assert "grade" in {chip.slot for chip in reading.understood}


@pytest.mark.parametrize("words", ["initials AB", "monogram AB", "initials “AB”", "initials A & B"])
def test_initials_are_engraved(words: str) -> None:
    """Capitals after "initials" are the text of the engraving, not an unknown word."""
    reading = read(f"yellow gold signet ring with {words}")
    assert reading.spec.engraving in ("AB", "A & B")
    assert not reading.unknown


def test_a_halo_around_a_stone_in_the_metal_is_held_in_a_bezel_or_left_out() -> None:
    """A plain band's stone is sunk by default, but stands out for a halo; a signet's face has no room for one."""
    band = read("plain band with an amethyst and a halo").spec.stone
    assert band is not None
    assert (band.setting, band.halo) == ("bezel", True)
    signet = read("signet with an amethyst and a halo")
    assert signet.spec.stone is not None
    assert not signet.spec.stone.halo
    assert any("no room for a halo" in text for text in signet.assumed)


@pytest.mark.parametrize(
    "prompt", ["halo ring with oval sapphire, pave band", "ring with a sapphire and pave shoulders"]
)
def test_a_gem_before_a_comma_is_no_part_of_the_pave_behind_it(prompt: str) -> None:
    """The stone is the sapphire; the pave that follows in another breath is of diamonds."""
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.stone.gem, spec.accents.gem) == ("sapphire", "diamond")


def test_hoops_take_their_row_from_the_gem_that_is_named() -> None:
    """A hoop has no single stone: "sapphire halo" is its row of sapphires."""
    row = read("hoops with sapphire halo").spec.accents
    assert row is not None
    assert row.gem == "sapphire"


@pytest.mark.parametrize(
    ("prompt", "engraving"),
    [
        ('silver ring with "Frodo" engraved', "Frodo"),
        ('silver ring "Frodo" inscription, 6 mm', "Frodo"),
        ("Silberring “Für immer” Gravur, 6mm", "Für immer"),
        ("gold band 'always' inscribed inside", "always"),
        ('"Forever yours" laser engraved gold band', "Forever yours"),
        ('zilveren ring met "liefde" gegraveerd', "liefde"),
        ('obrączka ze złota "na zawsze" grawerowana', "na zawsze"),
        ("gold bar necklace with 'Mia' engraved on the front", "Mia"),
        ('silver cuff bracelet "carpe diem" engraving', "carpe diem"),
        ('"Aurora" gold ring. Engraving on request', ""),
        ('pendant "Luna", gold, with an opal and 40 cm chain, can be engraved', ""),
    ],
)
def test_a_text_may_stand_before_the_word_that_engraves_it(prompt: str, engraving: str) -> None:
    """In quotes and near it, in one sentence; and it is no longer read as words of the trade."""
    reading = read(prompt)
    assert reading.spec.engraving == engraving
    assert not engraving or not any(word in reading.unknown for word in engraving.lower().split())


@pytest.mark.parametrize(
    ("text", "cut", "told"),
    [
        ("спаси", "", "none of the text is"),
        ("永遠", "", "none of the text is"),
        ("Аня & Max", "& Max", "of the text “& Max” is"),
    ],
)
def test_letters_that_cannot_be_engraved_are_told(text: str, cut: str, told: str) -> None:
    """The engraver's face has Latin letters."""
    reading = read(f'gold ring engraved "{text}"')
    assert reading.spec.engraving == cut
    assert told in " ".join(reading.assumed)


@pytest.mark.parametrize(
    ("prompt", "engraving"),
    [
        ("yellow gold signet ring, engraved M", "M"),
        ("yellow gold signet ring engraved M, size 54", "M"),
        ("signet ring engraved with the letter K", "K"),
        ("silver signet ring, engraved with A & B on the inside", "A & B"),
        ("gold band engraved LOVE", "LOVE"),
        ("GOLD SIGNET RING, ENGRAVED M", "M"),
        ("ENGRAVED GOLD RING", ""),
        ("SIGNET RING, ENGRAVED GOLD", ""),
        ("engraved Art Deco gold ring", ""),
        ("engraved A gold ring", ""),
        ("an engraved gold ring with M shaped links", ""),
    ],
)
def test_capitals_after_the_word_are_engraved_without_quotes(prompt: str, engraving: str) -> None:
    """One to twelve capitals at the end of their phrase; a word of a phrase is none, nor one of a shouted prompt."""
    reading = read(prompt)
    assert reading.spec.engraving == engraving
    if engraving:
        assert not any("without a text" in sentence for sentence in reading.assumed)
        assert not set(reading.unknown) & {"m", "k", "love"}


@pytest.mark.parametrize(
    ("prompt", "gem"),
    [
        ("star sapphire ring in white gold", "star_sapphire"),
        ("gold ring with a star ruby", "star_ruby"),
        ("cat's eye chrysoberyl pendant", "cats_eye"),
        ("silver ring with a cats eye", "cats_eye"),
        ("iolite stud earrings", "iolite"),
        ("white gold ring with a 2 ct zircon", "zircon"),
        ("sapphire ring with a star", "sapphire"),
    ],
)
def test_stones_that_show_an_effect_are_stones_of_their_own(prompt: str, gem: str) -> None:
    """A star is in the stone where it is said of it, and a motif where it is not."""
    spec = read(prompt).spec
    stone = spec.stone if spec.stone is not None else spec.accents
    assert stone is not None
    assert stone.gem == gem


@pytest.mark.parametrize(
    ("prompt", "inside_mm"),
    [
        ("gold bangle 62 mm", 62),
        ("Armreif Silber 65mm", 65),
        ("bangle 58mm, 4 mm wide, silver", 58),
        ("silver cuff bracelet 60 mm", 60),
    ],
)
def test_a_bangles_only_measure_is_what_is_inside(prompt: str, inside_mm: float) -> None:
    """As bangles are sold: no word stands beside it."""
    bracelet = read(prompt).spec.bracelet
    assert bracelet is not None
    assert bracelet.length_mm == pytest.approx(inside_mm * math.pi, abs=0.1)


@pytest.mark.parametrize(
    ("prompt", "fineness"),
    [
        ("diamond tennis necklace 16in 10ct total white gold", None),
        ("tennis bracelet 9ct tw diamonds yellow gold", None),
        ("tennis necklace 9ct total weight in 14k yellow gold", 585),
        ("18ct gold cuff, total weight 12 g", None),
        ("9ct yellow gold tennis bracelet, 5 ct total", 375),
    ],
)
def test_carats_in_total_are_no_gold(prompt: str, fineness: int | None) -> None:
    """They stand right before the gold as its karats do; and 18 k is what gold is of unless it is said."""
    assert read(prompt).spec.fineness == fineness


@pytest.mark.parametrize(
    ("prompt", "letter"),
    [
        ("gargantilla de oro con inicial L", "L"),
        ("Kette mit Buchstabe K, Silber", "K"),
        ("collier or lettre M", "M"),
        ("collana argento con iniziale S", "S"),
        ("colar de ouro com a letra R", "R"),
        ("подвеска буква B золото", "B"),
    ],
)
def test_a_letter_is_named_in_any_language(prompt: str, letter: str) -> None:
    """Its word is each language's, the letter itself a Latin one."""
    pendant = read(prompt).spec.pendant
    assert pendant is not None
    assert (pendant.form, pendant.letter) == ("initial", letter)

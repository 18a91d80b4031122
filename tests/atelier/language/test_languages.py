"""Other languages: any plural, declension or number word of the trade means what the word means.

The forms are made here by the rules of each language's grammar, apart from the stemmers that read them.
"""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.language.prompt import read
from tests.atelier.language.test_prompt import stone_of


def _german(word: str) -> Iterator[str]:
    yield from (word, f"{word}s", f"{word}es") if not word.endswith("e") else (word,)
    if word.endswith("e"):
        yield f"{word}n"
    elif word.endswith(("ring", "reif", "in", "agd", "ant", "ir", "al", "as", "is")):
        yield from (f"{word}e", f"{word}en")


def _french(word: str) -> Iterator[str]:
    yield word
    if not word.endswith(("s", "x", "z")):
        yield f"{word}s"


def _italian(word: str) -> Iterator[str]:
    yield word
    if word.endswith(("ca", "ga")):
        yield f"{word[:-1]}he"
    elif word.endswith("io"):
        yield word[:-1]
    elif word.endswith("a"):
        yield f"{word[:-1]}e"
    elif word.endswith(("o", "e")):
        yield f"{word[:-1]}i"


def _spanish(word: str) -> Iterator[str]:
    yield word
    if word.endswith("z"):
        yield f"{word[:-1]}ces"
    elif word.endswith(("a", "e", "o")):
        yield f"{word}s"
    elif not word.endswith("x"):
        yield f"{word}es"


def _portuguese(word: str) -> Iterator[str]:
    yield word
    if word.endswith(("a", "e", "i", "o")):
        yield f"{word}s"
    elif word.endswith("l"):
        yield f"{word[:-1]}is"
    elif word.endswith("r"):
        yield f"{word}es"


KINDS: dict[Callable[[str], Iterator[str]], dict[str, str]] = {
    _german: {
        "ring": "Ring Verlobungsring Ehering Trauring Siegelring", "necklace": "Halskette Kette Perlenkette",
        "earrings": "Ohrring Creole", "bracelet": "Armreif Armkette Armspange", "brooch": "Brosche",
    },
    _french: {
        "ring": "bague anneau alliance chevalière", "necklace": "collier pendentif",
        "earrings": "créole puce", "bracelet": "bracelet jonc gourmette", "brooch": "broche",
    },
    _italian: {
        "ring": "anello fede", "necklace": "collana ciondolo", "earrings": "orecchino",
        "bracelet": "bracciale braccialetto", "brooch": "spilla",
    },
    _spanish: {
        "ring": "anillo sortija alianza", "necklace": "collar gargantilla colgante", "earrings": "pendiente arete aro",
        "bracelet": "pulsera brazalete", "brooch": "broche prendedor",
    },
    _portuguese: {
        "ring": "aliança", "necklace": "colar gargantilha", "earrings": "brinco argola",
        "bracelet": "pulseira bracelete", "brooch": "broche",
    },
}  # fmt: skip
GEMS: dict[Callable[[str], Iterator[str]], dict[str, str]] = {
    _german: {
        "diamond": "Diamant", "ruby": "Rubin", "sapphire": "Saphir", "emerald": "Smaragd", "pearl": "Perle",
        "opal": "Opal", "topaz": "Topas", "turquoise": "Türkis", "aquamarine": "Aquamarin", "garnet": "Granat",
    },
    _french: {
        "diamond": "diamant", "ruby": "rubis", "sapphire": "saphir", "emerald": "émeraude", "pearl": "perle",
        "opal": "opale", "topaz": "topaze", "turquoise": "turquoise", "garnet": "grenat", "amethyst": "améthyste",
    },
    _italian: {
        "diamond": "diamante", "ruby": "rubino", "sapphire": "zaffiro", "emerald": "smeraldo", "pearl": "perla",
        "opal": "opale", "topaz": "topazio", "turquoise": "turchese", "garnet": "granato", "onyx": "onice",
        "amethyst": "ametista",
    },
    _spanish: {
        "diamond": "diamante", "ruby": "rubí", "sapphire": "zafiro", "emerald": "esmeralda", "pearl": "perla",
        "opal": "ópalo", "topaz": "topacio", "turquoise": "turquesa", "garnet": "granate", "amethyst": "amatista",
    },
    _portuguese: {
        "diamond": "diamante", "ruby": "rubi", "sapphire": "safira", "emerald": "esmeralda", "pearl": "pérola",
        "opal": "opala", "topaz": "topázio", "turquoise": "turquesa", "amethyst": "ametista",
    },
}  # fmt: skip
RING_WITH = {
    _german: "Ring aus Silber mit {}", _french: "bague en argent avec {}", _italian: "anello in argento con {}",
    _spanish: "anillo de plata con {}", _portuguese: "anel de prata com {}",
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "kind"),
    sorted(
        {
            (form, kind)
            for inflect, kinds in KINDS.items()
            for kind, words in kinds.items()
            for word in words.split()
            for form in inflect(word)
        }
    ),
)
def test_any_plural_of_a_kind_is_that_kind(form: str, kind: str) -> None:
    """ "Armreifen", "collares" and "anelli" are what their singulars are, in capitals too."""
    assert read(form).spec.kind == kind
    assert read(form.upper()).spec.kind == kind
    assert read(form).unknown == ()


@pytest.mark.parametrize(
    ("prompt", "gem"),
    sorted(
        {
            (RING_WITH[inflect].format(form), gem)
            for inflect, gems in GEMS.items()
            for gem, word in gems.items()
            for form in inflect(word)
        }
    ),
)
def test_any_plural_of_a_gem_is_that_gem(prompt: str, gem: str) -> None:
    """No plural becomes a diamond; the metal and the kind are read beside it."""
    spec = read(prompt).spec
    assert (stone_of(spec), spec.kind, spec.metal) == (gem, "ring", "silver")


@pytest.mark.parametrize("ending", ["", "e", "er", "es", "en", "em"])
@pytest.mark.parametrize(
    ("stem", "metal"), [("silbern", "silver"), ("golden", "yellow_gold"), ("rosegolden", "rose_gold")]
)
def test_german_declensions_of_metals(stem: str, metal: str, ending: str) -> None:
    """An adjective of metal in any case and gender."""
    assert read(f"{stem}{ending} Armband").spec.metal == metal


NUMBERS = {
    3: ("Ring mit drei Diamanten", "bague avec trois diamants", "anello con tre diamanti", "anillo con tres diamantes",
        "anel com três diamantes", "ring met drie diamanten"),
    5: ("Ring mit fünf Diamanten", "bague avec cinq diamants", "anello con cinque diamanti",
        "anillo con cinco diamantes"),
    7: ("Ring mit sieben Diamanten", "bague avec sept diamants", "anello con sette diamanti",
        "anillo con siete diamantes"),
    12: ("Ring mit zwölf Diamanten", "bague avec douze diamants", "anello con dodici diamanti",
         "anillo con doce diamantes"),
    21: ("Ring mit einundzwanzig Diamanten", "bague avec vingt et un diamants", "anello con ventuno diamanti",
         "anillo con veintiún diamantes"),
    32: ("Ring mit zweiunddreißig Diamanten", "bague avec trente deux diamants", "anello con trentadue diamanti",
         "anillo con treinta y dos diamantes"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("count", "prompt"), [(n, prompt) for n, prompts in NUMBERS.items() for prompt in prompts]
)
def test_number_words_count_stones(count: int, prompt: str) -> None:
    """ "Drei Diamanten" are three stones, as "3 Diamanten" are."""
    spec = read(prompt).spec
    assert spec.ring is not None
    if count == 3:
        assert spec.ring.style == "three_stone"
    else:
        assert spec.accents is not None
        assert spec.accents.count == count


@pytest.mark.parametrize(
    ("prompt", "kind", "metal", "stone"),
    [
        ("Diamantringe aus Weißgold", "ring", "white_gold", "diamond"),
        ("Smaragdohrringe Gold", "earrings", "yellow_gold", "emerald"),
        ("Saphirketten Silber", "necklace", "silver", "sapphire"),
        ("सोने की अंगूठी हीरे के साथ", "ring", "yellow_gold", "diamond"),
        ("चांदी की अंगूठी पन्ना", "ring", "silver", "emerald"),
        ("خاتم ذهب أبيض مع الياقوت", "ring", "white_gold", "ruby"),
        ("قلادة من الذهب مع زمرد", "necklace", "yellow_gold", "emerald"),
        ("18K白金蓝宝石戒指", "ring", "white_gold", "sapphire"),
        ("玫瑰金钻石吊坠", "necklace", "rose_gold", "diamond"),
        ("chandi ki anguthi neelam", "ring", "silver", "sapphire"),
    ],
)
def test_compounds_and_other_scripts(prompt: str, kind: str, metal: str, stone: str) -> None:
    """German compounds with their endings; Devanagari, Arabic and Chinese as they are written."""
    spec = read(prompt).spec
    assert (spec.kind, spec.metal, stone_of(spec)) == (kind, metal, stone)


@given(
    st.sampled_from(["ring", "bague", "anillo", "anello"]),
    st.sampled_from([9, 14, 18, 22]),
    st.sampled_from(
        [
            "gold {}ct",
            "gold {} ct.",
            "{}ct gold",
            "or jaune {} carats",
            "or {} carats",
            "oro {} quilates",
            "oro giallo {} carati",
            "oro de {} kilates",
            "{} carat gold",
            "gold {}k",
            "gold, {}ct",
            "{} kt gold",
            "ouro {} quilates",
            "goud {} karaat",
        ]
    ),
    st.sampled_from(["", " with a ruby", ", emerald", " 0.5 ct diamond"]),
)
@settings(max_examples=120)
def test_fineness_is_never_a_weight(kind: str, karat: int, gold: str, rest: str) -> None:
    """Karats before or behind gold, in any language and spelling, leave the stone its own size."""
    stone = read(f"{gold.format(karat)} {kind}{rest}").spec.stone
    assert stone is None or stone.length_mm < 9


@pytest.mark.parametrize("colour", ["white", "rose", "yellow"])
@pytest.mark.parametrize("fineness", ["9ct", "18ct.", "14k", "14 kt", "585", "18 carat"])
def test_the_colour_of_gold_may_follow_its_fineness(colour: str, fineness: str) -> None:
    """ "Gold 18ct. White ring" is of white gold, and so is "white 18ct gold ring"."""
    for prompt in (
        f"Gold {fineness} {colour.capitalize()} ring",
        f"ring in {colour} {fineness} gold, emerald",
    ):
        reading = read(prompt)
        assert reading.spec.metal == f"{colour}_gold", prompt
        assert reading.unknown == ()


@pytest.mark.parametrize(
    ("prompt", "cut"),
    [
        ("anillo diamante corte princesa 1 ct", "princess"),
        ("anillo con esmeralda corte pera", "pear"),
        ("anillo de oro con zafiro talla en lágrima", "pear"),
        ("anillo con topacio en corte esmeralda", "emerald"),
        ("anello con smeraldo taglio a goccia", "pear"),
        ("anello diamante taglio principessa", "princess"),
        ("anello zaffiro taglio ovale", "oval"),
        ("anel com esmeralda corte gota", "pear"),
        ("anel com safira talhe almofada", "cushion"),
        ("anel de noivado diamante princesa", "princess"),
        ("bague diamant coupe princesse", "princess"),
        ("bague saphir taille ovale", "oval"),
        ("ring met prinses geslepen diamant", "princess"),
        ("ring met smaragdgeslepen saffier", "emerald"),
        ("pierścionek z szafirem, szlif gruszka", "pear"),
        ("кольцо с сапфиром, огранка груша", "pear"),
        ("oval kesim safir yüzük", "oval"),
    ],
)
def test_a_cut_is_said_with_any_noun_of_its_trade(prompt: str, cut: str) -> None:
    """ "Corte" as well as "talla", with or without a small word between; none of them becomes another style."""
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.ring is not None
    assert (spec.stone.cut, spec.ring.style) == (cut, "solitaire")

"""What people say beside a piece: what they take back, forms they fill in, and everyday words near a jewel's."""

import pytest

from pipeline.atelier.language.ordinary import ORDINARY
from pipeline.atelier.language.prompt import Reading, read
from pipeline.atelier.language.vocabulary import mend

TAKEN_BACK = (
    "sorry, I mean",
    "no wait,",
    "scratch that,",
    "actually no,",
    "on second thought",
    "or rather",
    "no, sorry,",
)


@pytest.mark.parametrize("words", TAKEN_BACK)
@pytest.mark.parametrize(
    ("first", "second", "of"),
    [
        ("a ruby ring", "an emerald ring", lambda reading: reading.spec.stone.gem == "emerald"),
        ("a silver bangle", "a rose gold bangle", lambda reading: reading.spec.metal == "rose_gold"),
        ("a gold necklace with a heart", "a cross", lambda reading: reading.spec.pendant.form == "cross"),
        ("silver hoops 30 mm", "40 mm", lambda reading: reading.spec.earrings.diameter_mm == 40.0),
        ("an oval diamond ring", "a pear diamond ring", lambda reading: reading.spec.stone.cut == "pear"),
    ],
)
def test_of_what_is_taken_back_the_later_holds(words: str, first: str, second: str, of: object) -> None:
    """And a noun that is taken back is told, not made."""
    reading = read(f"{first}, {words} {second}")
    assert callable(of)
    assert of(reading)
    assert not any("could not be assigned" in line for line in reading.assumed)


def test_a_later_thing_of_another_sort_takes_nothing_back() -> None:
    """Neither does one that says the same again."""
    reading = read("a gold ring with a ruby, no wait, make it 4 mm wide")
    assert reading.spec.stone is not None
    assert reading.spec.stone.gem == "ruby"
    assert not any("taken back" in line for line in reading.assumed)
    assert not any("taken back" in line for line in read("a solitaire, I mean a solitaire in gold").assumed)


FORMS = (
    "Type: {kind}; Metal: silver; Stone: none; Width: 6 mm",
    "Kind - {kind} | Metal - silver | Stones - no | Width - 6 mm",
    "item={kind}, metal=silver, gemstone=no, width=6mm",
    '{{"type": "{kind}", "metal": "silver", "stones": "none", "width_mm": 6}}',
    '{{"title": "{kind}", "metal": "silver", "gem": "n/a", "width (mm)": "6"}}',
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["bangle", "band ring"])
def test_a_form_reads_as_its_sentence(form: str, kind: str) -> None:
    """Fields of a shop's form or of JSON, with their denials and units."""
    assert _made(read(form.format(kind=kind))) == _made(read(f"silver {kind}, no stones, 6 mm wide"))


def _made(reading: Reading) -> dict[str, object]:
    return reading.spec.model_dump()


def test_everyday_words_stay_as_they_are() -> None:
    """No everyday word is mended into one of the trade, and none adds a stone, metal or motif to a plain band."""
    mended = {word: meant for word in sorted(ORDINARY) if (meant := mend([word])[0]) != (word,)}
    assert not mended
    plain = read("plain silver band ring, size 54").spec
    words = sorted(ORDINARY)
    for start in range(0, len(words), 12):
        text = f"plain silver band ring, size 54. {' '.join(words[start : start + 12])}"
        assert read(text).spec == plain, text


@pytest.mark.parametrize(
    ("prompt", "metal", "kind", "gem"),
    [
        ("серебряное кольцо с рубином", "silver", "ring", "ruby"),
        ("серебряные кольца с рубинами", "silver", "ring", "ruby"),
        ("серьги из белого золота с бриллиантами", "white_gold", "earrings", "diamond"),
        ("позолоченная подвеска с жемчужиной", "yellow_gold", "necklace", "pearl"),
        ("srebrny pierścionek z rubinem", "silver", "ring", "ruby"),
        ("srebrne pierścionki z rubinami", "silver", "ring", "ruby"),
        ("kolczyki z białego złota z brylantami", "white_gold", "earrings", "diamond"),
        ("pozłacana zawieszka z perłą", "yellow_gold", "necklace", "pearl"),
        ("yakut taşlı gümüş yüzük", "silver", "ring", "ruby"),
        ("yakutlu gümüş yüzükler", "silver", "ring", "ruby"),
        ("beyaz altın pırlantalı küpeler", "white_gold", "earrings", "diamond"),
        ("altın kaplama incili kolye ucu", "yellow_gold", "necklace", "pearl"),
        ("은 루비 반지", "silver", "ring", "ruby"),
        ("루비반지를 실버로", "silver", "ring", "ruby"),
        ("화이트골드 다이아몬드 귀걸이", "white_gold", "earrings", "diamond"),
        ("금도금 진주 펜던트", "yellow_gold", "necklace", "pearl"),
    ],
)
def test_slavic_turkish_and_korean_titles_are_read(prompt: str, metal: str, kind: str, gem: str) -> None:
    """In any declension, with endings or particles; plating counts as the metal that is seen."""
    spec = read(prompt).spec
    assert (spec.metal, spec.kind) == (metal, kind)
    assert spec.stone is not None
    assert spec.stone.gem == gem

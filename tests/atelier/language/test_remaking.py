"""What a piece is made of again gives its metal and stones, and what becomes of it is made."""

import pytest

from pipeline.atelier.language.prompt import read
from tests.atelier.language.test_prompt import stone_of


@pytest.mark.parametrize(
    ("prompt", "kind", "metal", "stone"),
    [
        ("a pendant made from grandma's wedding ring, white gold", "necklace", "white_gold", "none"),
        ("emerald pendant made out of an old brooch", "necklace", "yellow_gold", "emerald"),
        ("Can you melt down my two old gold rings to make a bangle?", "bracelet", "yellow_gold", "none"),
        ("make the stones from my mother's earrings into a ring, platinum", "ring", "platinum", "diamond"),
        ("signet recast from his father's cufflinks, silver", "ring", "silver", "none"),
        (
            "One of her pearl earrings is lost. Could the other become a pendant?",
            "necklace",
            "yellow_gold",
            "pearl",
        ),
        (
            "aus dem Ehering meiner Oma (Gelbgold) einen Anhänger mit Aquamarin",
            "necklace",
            "yellow_gold",
            "aquamarine",
        ),
        ("Eheringe der Eltern umarbeiten zu einem Armreif, Rotgold", "bracelet", "rose_gold", "none"),
        (
            "transformer la bague de ma grand-mère en pendentif avec son saphir",
            "necklace",
            "yellow_gold",
            "sapphire",
        ),
        ("pendentif réalisé à partir de la bague de maman, or blanc", "necklace", "white_gold", "none"),
        (
            "convertir el anillo de mi abuela en un colgante con esmeralda",
            "necklace",
            "yellow_gold",
            "emerald",
        ),
        ("colgante hecho con los pendientes de mi madre, oro rosa", "necklace", "rose_gold", "none"),
        ("dall'anello della nonna vorrei un ciondolo in argento", "necklace", "silver", "none"),
        ("trasformare gli orecchini in un anello di platino", "ring", "platinum", "diamond"),
        ("transformar o anel da vovó em um pingente de ouro branco", "necklace", "white_gold", "none"),
        ("van de trouwring van oma een hanger laten maken in witgoud", "necklace", "white_gold", "none"),
        ("de trouwring van oma omsmelten tot een armband", "bracelet", "yellow_gold", "none"),
        ("przerobić pierścionek babci na wisiorek z rubinem", "necklace", "yellow_gold", "ruby"),
        ("из бабушкиного кольца сделать кулон с рубином", "necklace", "yellow_gold", "ruby"),
        ("anneannemin yüzüğünü kolyeye çevirmek istiyorum", "necklace", "yellow_gold", "none"),
        ("दादी की अंगूठी को पेंडेंट में बदलना है", "necklace", "yellow_gold", "none"),
        ("تحويل خاتم جدتي إلى قلادة ذهب", "necklace", "yellow_gold", "none"),
        ("把奶奶的旧戒指改成吊坠", "necklace", "yellow_gold", "none"),
        ("母の指輪をペンダントにリフォームしたい", "necklace", "yellow_gold", "none"),
        ("ペンダントに祖母の指輪をリメイク、プラチナ", "necklace", "platinum", "none"),
        ("엄마 금반지 녹여서 팔찌 만들기", "bracelet", "yellow_gold", "none"),
    ],
)
def test_the_source_is_not_the_piece(prompt: str, kind: str, metal: str, stone: str) -> None:
    """The target is the kind; what the source is of is kept; and that it is not made itself is told."""
    reading = read(prompt)
    assert (reading.spec.kind, reading.spec.metal, stone_of(reading.spec)) == (kind, metal, stone)
    assert any("is to be made from" in sentence for sentence in reading.assumed)


def test_the_new_piece_has_its_own_materials_where_it_names_them() -> None:
    """Of what is melted nothing else is kept then, and each of its words is told."""
    reading = read("turn nan's yellow gold ring with the ruby into a platinum pendant with a sapphire")
    assert (reading.spec.kind, reading.spec.metal, stone_of(reading.spec)) == (
        "necklace",
        "platinum",
        "sapphire",
    )
    told = " ".join(reading.assumed)
    assert all(f"“{word}” is said of what" in told for word in ("yellow gold", "ring", "ruby"))


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("I want to turn heads with a gold necklace and big hoop earrings", "necklace"),
        ("made to order ring, also available as earrings", "ring"),
        ("necklace made from recycled silver, with a ring clasp", "necklace"),
        ("convertible necklace and bracelet, silver", "necklace"),
        ("pendant hanging from the chain of a long necklace", "necklace"),
        ("ring made out of rose gold with matching earrings", "ring"),
        ("Ring aus der Serie Aurora, dazu passende Kette", "ring"),
        ("серьги из комплекта с кольцом, серебро", "earrings"),
        ("kolczyki i pierścionek wykonane na zamówienie", "earrings"),
        ("handmade ring and bracelet set", "ring"),
        ("heritage signet ring and chain, inherited look", "ring"),
        ("bague marguerite, collier assorti", "ring"),
    ],
)
def test_what_is_only_made_is_no_source(prompt: str, kind: str) -> None:
    """Making, turning and coming from something are said of more than of pieces that are made again."""
    reading = read(prompt)
    assert reading.spec.kind == kind
    assert not any("is to be made from" in sentence for sentence in reading.assumed)

"""The cards for sharing: exact sizes, what they say of themselves, any name."""

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from pipeline import metadata
from pipeline.export import cards
from pipeline.records import Design
from pipeline.store import Store


@pytest.mark.parametrize("shape", cards.SIZES)
@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp"])
def test_sizes_and_origin(
    shape: cards.Shape, media_type: cards.Format, shelf: Store, finished: Design
) -> None:
    """A card has the stated size and type, shows the piece, and its XMP says it was rendered."""
    with Image.open(io.BytesIO(cards.write(shelf, finished, shape, media_type))) as card:
        assert card.size == cards.SIZES[shape]
        assert Image.MIME[card.format or ""] == media_type
        packet = ET.fromstring(card.info["xmp"])  # noqa: S314 - our own packet
        pixels = np.asarray(card.convert("RGB")).astype(int)
    assert (
        packet.findtext(".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
        == metadata.RENDERED
    )
    gold = (pixels[..., 0] > pixels[..., 2] + 50).mean()
    assert gold > 0.03


@pytest.mark.parametrize(
    "name", ['"><script>', "خاتم ذهب", "💍", "n" * 300, "../../x", "one " * 70], ids=range(6)
)
def test_any_name(name: str, shelf: Store, finished: Design) -> None:
    """Every name is drawn, on at most two lines, inside the card."""
    for shape in cards.SIZES:
        named = np.asarray(
            Image.open(
                io.BytesIO(cards.write(shelf, finished.model_copy(update={"name": name}), shape, "image/png"))
            )
        )
        assert (named[:, -12:] == named[0, 0]).all()
        assert (named[-12:] == named[0, 0]).all()


def test_no_boxes(shelf: Store, finished: Design) -> None:
    """Every East Asian sign has a drawing of its own, and what no face has leaves the card as without it."""

    def card(name: str) -> bytes:
        return cards.write(shelf, finished.model_copy(update={"name": name}), "square", "image/png")

    drawn = [np.asarray(Image.open(io.BytesIO(card(name)))) for name in ("戒", "指", "반", "リ")]
    assert all((one != other).any() for n, one in enumerate(drawn) for other in drawn[n + 1 :])
    assert (np.asarray(Image.open(io.BytesIO(card("戒💍")))) == drawn[0]).all()


@pytest.mark.parametrize("sign", "…–—’‘“”·×°éłőřğß")
def test_typographic_signs_keep_the_typeface(sign: str) -> None:
    """An ellipsis, a dash, an apostrophe or an accent is set in the serif, and the letters round it stay in it."""
    runs = cards._Type(cards._SERIF, 40)._runs(f"Ring{sign} rosé")
    assert "".join(run for _, run in runs) == f"Ring{sign} rosé"
    assert {font.getname()[0] for font, _ in runs} == {"Cormorant Garamond Medium"}


def test_one_foreign_word_changes_its_own_face_alone() -> None:
    """Only the signs the serif does not have are set in another face; words of one script stay together."""
    runs = cards._Type(cards._SERIF, 40)._runs("Ring خاتم ذهب rosé")
    assert [run for _, run in runs] == ["Ring ", "خاتم ذهب", " rosé"]


def test_a_design_without_pictures(empty: Store) -> None:
    """A design that has only a name still makes a card."""
    assert cards.write(empty, empty.create("Only a name"), "square")

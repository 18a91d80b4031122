"""Whose documents they are, what clients see of the workshop, and how files are named."""

import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import images
from pipeline.errors import BadInput
from pipeline.export import brand, cards, documents, dossier, page
from pipeline.export.brand import Brand
from pipeline.records import Design
from pipeline.store import Store

HOUSE = Brand(name="Maison Étoile", colour=(20, 60, 120))
WORKSHOP = Brand(workshop=True)


def words_of(data: bytes) -> str:
    """All that a reader finds in a PDF."""
    document = pypdfium2.PdfDocument(data)
    told = "\n".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    document.close()
    return told


def seen_in(html: str) -> str:
    """What a page shows, without styles, scripts and tags."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL))


def hashes(design: Design) -> set[str]:
    return {asset.id[:16] for asset in design.assets()}


def test_clients_see_no_workshop(shelf: Store, finished: Design) -> None:
    """Neither cost nor working time nor a hash stands on page or dossier, unless it is switched on."""
    for told in (seen_in(page.write(shelf, finished).decode()), words_of(dossier.write(shelf, finished))):
        assert "$" not in told
        assert not re.search(r"\d (s|min)\b", told)
        assert not [digest for digest in hashes(finished) if digest in told]
        assert "SHA-256" not in told
    html = seen_in(page.write(shelf, finished, brand=WORKSHOP).decode())
    pdf = words_of(dossier.write(shelf, finished, brand=WORKSHOP))
    assert "$" in html
    assert all(digest in html for digest in {c.result.id[:16] for c in finished.branch.chosen_close_ups})  # type: ignore[union-attr]
    assert "SHA-256" in pdf
    assert "SHA-256" in html


def test_a_house_signs_what_it_hands_out(shelf: Store, finished: Design) -> None:
    """Its name stands on page, dossier and cards in place of Loupe's, its colour on the page."""
    html = page.write(shelf, finished, brand=HOUSE).decode()
    assert "Maison Étoile" in seen_in(html)
    assert "made with Loupe" not in html
    assert "--gold: #143c78" in html
    assert "Maison Étoile" in words_of(dossier.write(shelf, finished, brand=HOUSE))
    plain, signed = (cards.write(shelf, finished, "square", "image/png", b) for b in (Brand(), HOUSE))
    assert plain != signed


def test_a_logo_is_laid_in(tmp_path: Path, shelf: Store, finished: Design) -> None:
    """A logo stands in the page's head and on the dossier's cover."""
    file = tmp_path / "logo.png"
    file.write_bytes(images.encode_png(np.full((50, 2000, 3), (200, 30, 30), np.uint8)))
    made = brand.read("Maison", file, "#143c78", workshop=False)
    assert max(images.decode(made.logo).shape[:2]) <= 800
    assert 'class="logo"' in page.write(shelf, finished, brand=made).decode()
    assert len(dossier.write(shelf, finished, brand=made)) > len(dossier.write(shelf, finished))


@pytest.mark.parametrize(
    ("logo", "colour"), [("missing.png", ""), ("text.txt", ""), (None, "gold"), (None, "#12345")]
)
def test_a_brand_that_cannot_be_read_is_a_sentence(tmp_path: Path, logo: str | None, colour: str) -> None:
    """A logo that is no picture and a colour that is none are told with what to do."""
    (tmp_path / "text.txt").write_text("no picture")
    with pytest.raises(BadInput, match="brand"):
        brand.read("", tmp_path / logo if logo else None, colour, workshop=False)


def test_a_document_belongs_to_one_brand(empty: Store) -> None:
    """A changed brand makes its documents afresh."""
    design = empty.create("Only a name")
    documents.make(empty, design, "page", lambda *_: None)
    assert documents.stored(empty, design, "page") is not None
    assert documents.stored(empty, design, "page", HOUSE) is None
    assert "Maison" in documents.make(empty, design, "page", lambda *_: None, HOUSE).read_text("utf-8")


@given(st.text(min_size=1, max_size=120))
def test_files_are_named_after_their_design(name: str) -> None:
    """Any name gives a file name that every system takes, and words in it stay readable."""
    design = Design(id="abc1234567", name="x").model_copy(update={"name": name})
    for made in (brand.file_name(design, "pdf"), brand.file_name(design, "jpeg", "square")):
        assert re.fullmatch(r"[\w-]+\.(pdf|jpeg)", made)
        assert len(made) < 80
    assert brand.file_name(design.model_copy(update={"name": "Oval halo ring, rose gold"}), "pdf") == (
        "oval-halo-ring-rose-gold.pdf"
    )

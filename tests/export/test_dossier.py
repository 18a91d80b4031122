"""The dossier: its pages, what stands on them, and names no typesetter likes."""

import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pipeline.export import dossier, sheet
from pipeline.export.brand import Brand
from pipeline.records import Design
from pipeline.store import Store

AWKWARD = (
    '"><script>',
    "خاتم ذهب",
    "שלום",
    "💍 戒指",
    "Łódź — Привет αβγ",
    "n" * 300,
    "../../x",
    "word " * 60,
)


@pytest.fixture(scope="module")
def pdf(shelf: Store, finished: Design) -> bytes:
    """The finished design's dossier."""
    return dossier.write(shelf, finished)


def pages(pdf: bytes) -> int:
    """How many pages a PDF has, by its page objects."""
    return pdf.count(b"/Type /Page\n")


def test_pages(pdf: bytes, shelf: Store, finished: Design) -> None:
    """Cover, master, one page for each close-up and each sketch, 3D views, certificate; for the workshop hashes."""
    assert finished.branch
    wanted = 2 + len(finished.branch.chosen_close_ups) + len(finished.branch.latest_sketches) + 3
    assert pages(dossier.write(shelf, finished, brand=Brand(workshop=True))) == wanted
    assert pages(pdf) == wanted - 1


def test_same_bytes(pdf: bytes, shelf: Store, finished: Design) -> None:
    """The same design gives the same bytes."""
    assert dossier.write(shelf, finished) == pdf


@pytest.mark.skipif(not Path("/usr/bin/pdftotext").exists(), reason="poppler-utils is not installed")
def test_text_can_be_read(pdf: bytes, finished: Design, tmp_path: Path) -> None:
    """Names, figures and hashes are text in the PDF, not pictures of text."""
    file = tmp_path / "dossier.pdf"
    file.write_bytes(pdf)
    text = subprocess.run(
        ["/usr/bin/pdftotext", "-layout", file, "-"], capture_output=True, check=True
    ).stdout.decode()
    assert finished.branch
    assert finished.name in text
    assert finished.branch.master.id in text
    for close_up in finished.branch.chosen_close_ups:
        assert f"{close_up.fidelity.locked.lr_psnr_db:.1f} dB" in text
    assert "What it cannot see" in text


@pytest.mark.skipif(not Path("/usr/bin/pdftotext").exists(), reason="poppler-utils is not installed")
def test_every_script_or_a_word_about_it(empty: Store, tmp_path: Path) -> None:
    """Chinese, Korean and Arabic are set, an emoji is named, and signs of no face are told by number."""
    file = tmp_path / "dossier.pdf"
    file.write_bytes(dossier.write(empty, empty.create("戒指 반지 💍 Ring เ, خاتم")))
    told = subprocess.run(["/usr/bin/pdftotext", file, "-"], capture_output=True, check=True)
    assert told.stderr == b""  # a reader finds no fault in the file
    text = told.stdout.decode()
    assert "戒指 반지 [ring] Ring" in " ".join(text.split())
    assert "خاتم" in text
    assert "□ stands for" in text
    assert "U+0E40" in text


def test_vectors_stay_lines(pdf: bytes, shelf: Store, finished: Design) -> None:
    """A kept plate is drawn as lines: its page holds no picture, and enlarging it costs nothing."""
    assert finished.branch
    pictures = tuple(s.model_copy(update={"drawing": None}) for s in finished.branch.sketches)
    flat = finished.with_branch(finished.branch.model_copy(update={"sketches": pictures}))
    made = dossier.write(shelf, flat)
    assert pdf.count(b"/Subtype /Image") == made.count(b"/Subtype /Image") - 1


@pytest.mark.parametrize("turn", range(0, len(AWKWARD), 3))
def test_awkward_names(turn: int, pdf: bytes, shelf: Store, finished: Design) -> None:
    """Any name in any field is set as text and adds no page."""
    assert finished.branch
    names = [AWKWARD[(turn + n) % len(AWKWARD)] for n in range(16)]
    branch = finished.branch.model_copy(
        update={
            "close_ups": tuple(
                c.model_copy(update={"region": c.region.model_copy(update={"label": name[:40]})})
                for c, name in zip(finished.branch.close_ups, names, strict=False)
            ),
            "sketches": tuple(
                s.model_copy(update={"title": name})
                for s, name in zip(finished.branch.sketches, names[5:], strict=False)
            ),
            "models": tuple(m.model_copy(update={"known": names[2]}) for m in finished.branch.models),
        }
    )
    design = finished.with_branch(branch).model_copy(update={"name": names[0], "prompt": names[1]})
    made = dossier.write(shelf, design)
    assert made.startswith(b"%PDF")
    assert pages(made) == pages(pdf)


def test_unfinished_designs(empty: Store, shelf: Store, finished: Design) -> None:
    """A design with no master is a cover; one without views is a cover and its master."""
    assert pages(dossier.write(empty, empty.create("Only a name"))) == 1
    assert finished.branch
    bare = finished.branch.model_copy(update={"close_ups": (), "sketches": (), "models": ()})
    assert pages(dossier.write(shelf, finished.with_branch(bare))) == 2


def test_every_face_is_here() -> None:
    """All fonts that pages name are in the repository and open."""
    for file in {*sheet.FACES.values(), *sheet.FALLBACKS.values(), sheet.EAST_ASIAN}:
        with TTFont(sheet.FONTS / file) as font:
            assert font.getBestCmap()

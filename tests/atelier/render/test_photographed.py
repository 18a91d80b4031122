"""What is photographed by wish: veils in a stone, worn metal, an open lens; and that nothing of it is there unasked."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera, opened, view_camera
from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT, digest
from pipeline.atelier.render.protocol import pack_piece, unpack_piece
from pipeline.atelier.render.scene import lay_out
from pipeline.atelier.spec import Spec
from tests.atelier.sample_piece import ring

needs_llvm = pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer")
SIZE = 192


@pytest.mark.parametrize(
    ("prompt", "clarity", "wear", "aperture"),
    [
        ("emerald ring", "eye_clean", "new", None),
        ("eye clean emerald ring, chain included", "eye_clean", "new", None),
        ("emerald ring without inclusions, brand new", "eye_clean", "new", None),
        ("emerald ring with jardin", "included", "new", None),
        ("an included emerald in a gold ring", "included", "new", None),
        ("emerald ring worn on the left hand", "eye_clean", "new", None),
        ("well worn gold ring with an emerald, patina", "eye_clean", "worn", None),
        ("antique emerald ring", "eye_clean", "new", None),
        ("emerald ring, 100mm macro lens, f/11", "eye_clean", "new", "f/11"),
        ("emerald ring, f/1.8, shallow depth of field", "eye_clean", "new", None),
        ("emerald ring, Canon 100 mm f/9", "eye_clean", "new", "f/8"),
        ("emerald ring, f16", "eye_clean", "new", "f/16"),
        ("Goldring mit Smaragd, sichtbare Einschlüsse, Tragespuren", "included", "worn", None),
        ("bague en or avec émeraude, inclusions visibles, patinée", "included", "worn", None),
        ("anello in oro con smeraldo, inclusioni visibili, graffi", "included", "worn", None),
        ("anillo de oro con esmeralda, inclusiones, envejecido", "included", "worn", None),
        ("anel de ouro com esmeralda, inclusões, desgastado", "included", "worn", None),
        ("gouden ring met smaragd, insluitsels, krassen", "included", "worn", None),
        ("złoty pierścionek ze szmaragdem, inkluzje, rysy", "included", "worn", None),
        ("золотое кольцо с изумрудом, включения, царапины", "included", "worn", None),
        ("altın yüzük zümrüt kapanım çizik", "included", "worn", None),
        ("金戒指 祖母绿 内含物 划痕", "included", "worn", None),
    ],
)
def test_what_is_wished_for_is_read_told_and_described(
    prompt: str, clarity: str, wear: str, aperture: str | None
) -> None:
    """In ten languages; what is set stands in a chip or a sentence, and the piece's description reads back to it."""
    reading = read(prompt)
    spec = reading.spec
    assert spec.stone is not None
    assert (spec.stone.clarity, spec.wear, spec.aperture) == (clarity, wear, aperture)
    told = " ".join((*(chip.slot for chip in reading.understood), *reading.assumed))
    assert (clarity == "included") <= ("inclusions" in told or "veils" in told)
    assert (wear == "worn") <= ("wear" in told)
    assert (aperture is not None) <= (f"taken at {aperture}" in told and "lens" in told)
    assert read(describe(spec)).spec == spec


@pytest.mark.parametrize(
    ("prompt", "tips"),
    [
        ("gold ring with a 1 ct diamond, claw set", "round"),
        ("gold ring with a 1 ct diamond in six filed claws", "claw"),
        ("Goldring mit Diamant, gefeilte Krappen", "claw"),
        ("bague en or avec diamant, griffes pointues", "claw"),
        ("anello in oro con diamante, griffe appuntite", "claw"),
        ("anillo de oro con diamante, garras puntiagudas", "claw"),
        ("bezel set ruby ring in gold, eagle claws", "round"),
        ("pearl ring, filed claws", "round"),
    ],
)
def test_claws_are_filed_where_that_is_said_and_they_hold(prompt: str, tips: str) -> None:
    """A setting without prongs says that they are left out."""
    reading = read(prompt)
    assert reading.spec.stone is not None
    assert reading.spec.stone.tips == tips
    assert (tips == "claw") <= any(chip.slot == "tips" for chip in reading.understood)
    asked = "claws" in prompt and tips == "round"
    assert asked == any("No prongs hold a single stone" in line for line in reading.assumed)
    assert read(describe(reading.spec)).spec == reading.spec


def test_a_stone_that_nothing_is_seen_in_has_no_veils() -> None:
    """The prompt is told so, and the part of a spec that says it anyway is drawn without."""
    assert any("a single stone that is clear" in line for line in read("pearl ring with inclusions").assumed)
    spec = Spec.model_validate({"kind": "ring", "stone": {"gem": "onyx", "clarity": "included"}})
    assert not any(part.included for part in build(spec).parts)


def test_nothing_of_it_is_there_unasked() -> None:
    """A usual piece is laid out without: no stone or metal has a mark of age; and a process hears of each that is."""
    plain = read("gold ring with an emerald").spec
    piece = build(plain)
    scene = lay_out(piece)
    assert not scene.surfaces[:, 7].any()
    assert (scene.has_inclusions, scene.has_wear, master_camera(piece).aperture_mm) == (False, False, 0.0)
    assert plain.stone is not None
    garden = build(plain.model_copy(update={"stone": plain.stone.model_copy(update={"clarity": "included"})}))
    worn = build(plain.model_copy(update={"wear": "worn"}))
    assert len({digest(each) for each in (piece, garden, worn)}) == 3
    for each, expected in ((garden, (True, False)), (worn, (False, True))):
        there = lay_out(unpack_piece(*pack_piece(each)))
        assert (there.has_inclusions, there.has_wear) == expected


@needs_llvm
def test_veils_are_in_the_stone_and_scratches_on_the_metal(renderer: Renderer) -> None:
    """Each changes what it is of, by more than noise, and leaves the rest and the page as they are."""
    piece = ring(gem="emerald")
    camera = view_camera(piece, "top")
    part = renderer.gbuffer(piece, camera, width=3 * SIZE, height=3 * SIZE).part
    stones = np.array([part.material == "emerald" for part in piece.parts])
    x = int(np.nonzero((part >= 0).any(axis=0))[0][0])
    y = int(np.nonzero(part[:, x] >= 0)[0][0]) - 32
    # The ring's end, at three pixels for one: scratches are finer than a pixel of the whole.
    end = slice(y, y + 64), slice(x, x + 64)

    def pictures(piece: Piece, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        close = renderer.render(piece, camera, size=3 * SIZE, window=(x, y, 64, 64), quality=DRAFT, seed=seed)
        return renderer.render(piece, camera, size=SIZE, quality=DRAFT, seed=seed).astype(
            float
        ), close.astype(float)

    def changed(piece: Piece, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        whole, close = (
            np.abs(picture - before).mean(axis=2)
            for picture, before in zip(pictures(piece, seed), usual, strict=True)
        )
        return whole, close

    usual = pictures(piece)
    seen = part[1::3, 1::3]
    stone, metal = (seen >= 0) & stones[seen], (seen >= 0) & ~stones[seen]
    bare = (part[end] >= 0) & ~stones[part[end]]
    noise, noise_close = changed(piece, seed=1)
    parts = tuple(replace(part, included=bool(of)) for part, of in zip(piece.parts, stones, strict=True))
    garden, _ = changed(replace(piece, parts=parts))
    worn, worn_close = changed(replace(piece, worn=True))
    assert np.median(garden[stone]) > 2 * np.median(noise[stone])
    assert np.median(garden[metal]) < 0.3 * np.median(garden[stone])
    assert np.median(worn_close[bare]) > 2 * np.median(noise_close[bare])
    assert max(garden[seen < 0].mean(), worn[seen < 0].mean()) < 1.0


@needs_llvm
def test_an_open_lens_is_sharp_where_it_is_focused(renderer: Renderer) -> None:
    """Of two blocks one behind the other the near one, a stone's, keeps its edge, and the far one loses it the more
    the wider the lens is open.
    """
    near, far = (_block(-8.0, -6.0, PartRole.STONE), _block(8.0, 6.0, PartRole.BODY))
    piece = Piece("brooch", (near, far))
    pinhole = replace(view_camera(piece, "front"), up=(0.0, 0.0, 1.0))
    steps = []
    for camera in (pinhole, opened(piece, pinhole, 16.0), opened(piece, pinhole, 8.0)):
        row = renderer.render(piece, camera, size=SIZE, quality=DRAFT)[SIZE // 2 - 8 : SIZE // 2].astype(
            float
        )
        steps.append([np.abs(np.diff(half.mean(axis=(0, 2)))).max() for half in np.split(row, 2, axis=1)])
    (sharp_near, sharp_far), (near_16, far_16), (near_8, far_8) = steps
    assert min(near_16, near_8) > 0.6 * sharp_near
    assert sharp_far > far_16 > far_8
    assert far_8 < 0.6 * sharp_far


def _block(y: float, x: float, role: PartRole) -> Part:
    """A dark box 4 mm wide and 12 high."""
    corners = np.array([[i, j, k] for i in (-2, 2) for j in (-1, 1) for k in (0, 12)], dtype=float)
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = np.array([tri for a, b, c, d in quads for tri in ((a, b, c), (a, c, d))], dtype=np.int32)
    return Part(f"block {role}", corners + np.array([x, y, 0.0]), faces, "onyx", smooth=False, role=role)

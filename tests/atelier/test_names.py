"""A part's name is a label: whatever parts are called, cameras, regions, figures, drawings and pixels stay the same."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.camera import master_camera, view_camera
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.prompt import read
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import HUNG_BY, WORN_BY, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import named_regions
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.spec import Spec
from pipeline.bench import views
from pipeline.drawing import manner
from pipeline.drawing.plate import to_bytes

PROMPTS = (
    "three stone ring with pear sapphire sides and milgrain",
    "halo ring with an oval emerald and a pave band",
    "gold necklace with a round pendant close up, a ruby in a bezel",
    "pearl strand necklace",
    "diamond stud earrings with a halo",
    "pearl drop earrings",
    "brushed gold cuff bracelet",
    "tennis bracelet",
    "flower brooch with a sapphire",
)
LOOKED_UP = (
    "shank", "stone 1", "stones", "prong 1", "bezel", "halo", "chain", "clasp", "jump ring 1", "end cap 1",
    "eye", "bail", "pendant", "cuff", "bangle", "side 1 stone", "left stone 1", "right post", "engraving", "",
)  # fmt: skip
"""Names that mean something to a jeweler, so that one taken for another's would show."""


@cache
def piece_of(prompt: str) -> tuple[Spec, Piece]:
    spec = read(prompt).spec
    return spec, build(spec, COARSE)


def renamed(piece: Piece, names: list[str]) -> Piece:
    parts = (replace(part, name=names[k % len(names)]) for k, part in enumerate(piece.parts))
    return replace(piece, parts=tuple(parts))


@cache
def as_built(prompt: str) -> tuple[object, ...]:
    return everything(*piece_of(prompt))


def everything(spec: Spec, piece: Piece) -> tuple[object, ...]:
    """What is reckoned from a piece's parts."""
    camera = master_camera(piece)
    return (
        [view_camera(piece, view) for view in ("front", "three-quarter", "top")],
        camera,
        named_regions(spec, piece, camera),
        figures(spec, piece),
        [[part.role for part in piece.without(roles).parts] for roles in (WORN_BY, HUNG_BY)],
    )


@settings(max_examples=15)
@given(
    st.sampled_from(PROMPTS),
    st.lists(st.sampled_from(LOOKED_UP) | st.text(max_size=8), min_size=1, max_size=12),
)
def test_names_change_no_camera_no_region_and_no_figure(prompt: str, names: list[str]) -> None:
    spec, piece = piece_of(prompt)
    assert everything(spec, renamed(piece, names)) == as_built(prompt)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    with Renderer(Path(tmp_path_factory.mktemp("renderer"))) as running:
        yield running


@pytest.mark.parametrize(
    "prompt", ["pearl drop earrings", "gold necklace with a round pendant, a ruby in a bezel"]
)
def test_names_change_no_drawing(prompt: str, renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "BUFFER_SIDE_PX", 140)
    spec, piece = piece_of(prompt)
    other = renamed(piece, list(LOOKED_UP))
    for view in views.BENCH_VIEWS:
        drawings = [
            views.bench_view(spec, p, renderer.gbuffer, view, manner("contour")) for p in (piece, other)
        ]
        assert to_bytes(drawings[0]) == to_bytes(drawings[1]), view


def test_names_change_no_pixel_of_a_brushed_cuff(renderer: Renderer) -> None:
    _, piece = piece_of("brushed gold cuff bracelet")
    camera = master_camera(piece)
    plain, other = (renderer.render(p, camera, size=64) for p in (piece, renamed(piece, ["a"])))
    assert np.array_equal(plain, other)

"""The engine without LLVM shows the same piece from the same place, smaller, and says why."""

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.atelier.camera import Orthographic, master_camera
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT
from pipeline.errors import RendererUnavailable
from tests.atelier.sample_piece import ring


@pytest.fixture(scope="module")
def scalar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    with Renderer(tmp_path_factory.mktemp("scalar"), scalar=True) as made:
        yield made


def test_a_small_picture_is_rendered(scalar: Renderer) -> None:
    """White border, a golden ring, and a shadow, at 96 pixels."""
    picture = scalar.render(ring(), master_camera(ring()), size=96, quality=DRAFT)
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert border.min() >= 254
    red, green, blue = picture[picture.max(axis=2) < 235].mean(axis=0)
    assert red > green > blue


def test_a_large_picture_is_refused_with_what_to_do(scalar: Renderer) -> None:
    """Beyond 512 pixels the sentence names the missing library."""
    with pytest.raises(RendererUnavailable, match="libllvm19"):
        scalar.render(ring(), master_camera(ring()), size=2048, quality=DRAFT)


def test_a_macro_of_a_small_master_is_rendered_whole(scalar: Renderer) -> None:
    """Four times enlarged it may be larger than the largest master: it takes fewer samples instead of being refused."""
    macro = scalar.render(
        ring(), master_camera(ring()), size=160, window=(0, 0, 140, 140), scale=4, quality=DRAFT
    )
    assert macro.shape == (560, 560, 3)
    with pytest.raises(RendererUnavailable, match="libllvm19"):
        scalar.render(ring(), master_camera(ring()), size=160, window=(0, 0, 9, 9), scale=5, quality=DRAFT)


@pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer to compare with")
@pytest.mark.parametrize(
    "camera", [master_camera(ring()), Orthographic((0, 0, 10), (0, 1, 0), (0, 0, 1), width_mm=40.0)]
)
def test_both_engines_see_the_same_surfaces(
    scalar: Renderer, renderer: Renderer, camera: Orthographic
) -> None:
    """Parts agree on 97 % of the pixels; where they do, depths agree within a tenth of a millimetre (median)."""
    slow, fast = (r.gbuffer(ring(), camera, width=120, height=120) for r in (scalar, renderer))
    assert (slow.part == fast.part).mean() > 0.97
    both = (slow.part == fast.part) & (slow.part >= 0)
    assert both.sum() > 500
    assert np.median(np.abs(slow.depth[both] - fast.depth[both])) < 0.1

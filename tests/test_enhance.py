"""Enhance: one close-up from the region to the stored pictures, with the provider's answer as it comes."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline import images
from pipeline.providers.base import Answer, EnhanceRequest, Limits, Silent
from pipeline.records import Branch, Detail, Recipe, Region, Role
from pipeline.stages import enhance
from pipeline.stages.tools import Tools
from pipeline.store import Store
from tests.fidelity.conftest import paint, shrink
from tests.icc import levels_in, matrix_profile


class Enlarger:
    """Answers with a given window of the truth, as a given file."""

    id, name, model = "enlarger", "Enlarger", "test"

    def __init__(self, truth, write, factors=(2, 4)):
        self.limits = {Role.ENHANCE: Limits(factors=factors, detail=Detail.INTERPOLATED)}
        self.truth, self.write = truth, write

    def run(self, request: EnhanceRequest, watch) -> Answer:
        size = (request.width, request.height)
        large = Image.fromarray(self.truth).resize(size, Image.Resampling.LANCZOS)
        return Answer(self.write(np.asarray(large)), "test")


def tools_of(store):
    """What a stage needs to make one close-up; nothing else is asked for."""
    return Tools(store, lambda _: None, None, lambda _: "", dict)


def in_p3(pixels):
    out = io.BytesIO()
    Image.fromarray(levels_in(pixels, "Display P3")).save(
        out, "PNG", icc_profile=matrix_profile("Display P3")
    )
    return out.getvalue()


def close_up(store, provider, design_id, region):
    """Order one close-up of four times the region and give it back."""
    order = enhance.EnhanceOrder(
        design_id=design_id, provider=provider.id, regions=(region,), factor=4, prompt=""
    )
    branch = store.load(design_id).branch
    order.make(tools_of(store), provider, branch, region, Silent())
    return store.load(design_id).branch.close_ups[-1]


@pytest.fixture
def made(tmp_path):
    """A store with a painted master whose one region is all of it, and the truth at four times its size."""
    truth = paint()
    store = Store(tmp_path)
    design = store.create("A pendant", kind="necklace")
    master = store.put_picture(shrink(truth), Recipe(role="upload", provider="upload"))
    region = Region(id="whole", label="whole", x=0, y=0, width=master.width, height=master.height)
    store.update(design.id, lambda d: d.with_master(Branch(master=master, regions=(region,))))
    return store, design.id, region, truth


def test_an_answer_is_judged_by_its_colours_not_by_its_encoding(made) -> None:
    """The same answer in sRGB and in tagged Display P3 gets the same verdict and, to a level, the same pictures."""
    store, design_id, region, truth = made
    plain, tagged = (
        close_up(store, Enlarger(truth, write), design_id, region) for write in (images.encode_png, in_p3)
    )
    assert plain.fidelity.raw_verdict == tagged.fidelity.raw_verdict == "pass"
    assert tagged.fidelity.drift == pytest.approx(plain.fidelity.drift, abs=0.05)
    first, second = (store.pixels(each.locked).astype(int) for each in (plain, tagged))
    assert np.abs(first - second).mean() < 0.6


def test_what_is_stored_is_what_was_measured(made) -> None:
    """Every stored picture is a PNG that says it is sRGB; the crop is the master's, the answer four times as large."""
    store, design_id, region, truth = made
    attempt = close_up(store, Enlarger(truth, images.encode_png), design_id, region)
    for asset in (attempt.crop, attempt.raw, attempt.registered, attempt.locked, attempt.heatmap):
        with Image.open(io.BytesIO(store.read(asset))) as picture:
            assert picture.info["srgb"] == 0
            assert "loupe-recipe" in picture.info
    assert np.array_equal(store.pixels(attempt.crop), shrink(truth))
    assert (attempt.locked.width, attempt.locked.height) == (640, 640)


@pytest.mark.parametrize(
    ("side", "wanted", "factors", "factor"),
    [
        (1024, 4, (2, 4), 4),
        (1025, 4, (2, 4), 2),
        (1300, 4, (), 3),
        (1300, 4, (2, 3, 4), 2),
        (1300, 3, (2, 3, 4), 3),
        (2000, 4, (2, 4), 2),
        (3000, 4, (2, 4), 2),
        (3000, 3, (), 2),
        (5000, 4, (4,), 4),
        (600, 3, (2, 4), 2),
    ],
)
def test_a_large_region_is_enlarged_to_what_is_useful(side, wanted, factors, factor) -> None:
    """An answer past 4096 px is asked for smaller where something smaller is offered; never is that an error."""
    region = Region(id="r", label="r", x=0, y=0, width=side, height=side // 2)
    assert enhance.useful_factor(region, wanted, Limits(factors=factors)) == factor


def test_a_lowered_factor_is_told(made, monkeypatch) -> None:
    """The close-up says what was wanted and what it is."""
    store, design_id, region, truth = made
    monkeypatch.setattr(enhance, "LONGEST_ANSWER_PX", 400)
    attempt = close_up(store, Enlarger(truth, images.encode_png), design_id, region)
    assert attempt.factor == 2
    assert attempt.raw.recipe.options["wanted"] == 4
    assert attempt.locked.width == 320

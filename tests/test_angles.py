"""The six stills and the turntable as a stage: stored with the model, resumed after a stop, carried by every export."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline import images, views
from pipeline.errors import BadInput, Cancelled
from pipeline.export import archive
from pipeline.providers.base import Silent
from pipeline.records import Branch, Detail, Model3D, Recipe
from pipeline.stages import angles
from pipeline.store import Store


class Painted:
    """An eye that paints flat pictures, and counts how often it is asked."""

    provider, model, detail, at_once = "atelier", "paint 1", Detail.RENDERED.value, 1

    def __init__(self) -> None:
        self.asked: list[object] = []

    def still(self, name, size, watch):
        self.asked.append(name)
        return np.full((size, size, 3), 40 + 30 * views.STILLS.index(name), np.uint8)

    def frame(self, angle_deg, size, watch):
        self.asked.append(angle_deg)
        return np.full((size, size, 3), round(angle_deg / 2), np.uint8)


class Impatient(Silent):
    """A watch that presses Cancel after some looks."""

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def cancelled(self) -> bool:
        self.patience -= 1
        return self.patience < 0


@pytest.fixture
def piece(store: Store, ring_pixels):
    """A design with a master and a model whose bytes nobody looks into."""
    master = store.put_picture(ring_pixels, Recipe(role="generate", provider="atelier"))
    design = store.create("Ring", kind="ring")
    kept = store.put(b"glTF" + bytes(40), Recipe(role="model", provider="atelier", parents=(master.id,)))
    branch = Branch(master=master, models=(Model3D(id="m1", glb=kept, known="Every side."),))
    return store.update(design.id, lambda d: d.with_master(branch))


def test_six_stills_in_their_order_each_with_its_recipe(store, piece):
    """Made in any order they stand in the shown one; parents are the model and its master, and the PNG says so."""
    eye = Painted()
    for name in reversed(views.STILLS):
        angles.still(store, eye, piece.id, "m1", name, watch=Silent())
    model = store.load(piece.id).branch.model
    assert tuple(view.name for view in model.views) == views.STILLS
    assert len(model.views) == 6
    for view in model.views:
        recipe = view.picture.recipe
        assert recipe.parents == (model.glb.id, piece.branch.master.id)
        assert (recipe.role, recipe.detail, recipe.options) == (
            "view",
            Detail.RENDERED.value,
            {"view": view.name},
        )
        assert (view.picture.width, view.picture.height) == (1024, 1024)
        with Image.open(io.BytesIO(store.read(view.picture))) as picture:
            assert model.glb.id in picture.info["loupe-recipe"]
    assert angles.missing(model) == ()


def test_only_what_is_missing_is_made(store, piece):
    """A model that has two views still lacks the other four."""
    for name in views.STILLS[:2]:
        angles.still(store, Painted(), piece.id, "m1", name, watch=Silent())
    assert angles.missing(store.load(piece.id).branch.model) == views.STILLS[2:]


def test_a_stopped_turn_goes_on_where_it_stood(store, piece):
    """Cancelled after nine frames, the second call makes the other 27, and nothing is left lying about."""
    first, second = Painted(), Painted()
    with pytest.raises(Cancelled):
        angles.turntable(store, first, piece.id, "m1", watch=Impatient(9))
    assert len(first.asked) == 9
    assert store.load(piece.id).branch.model.turntable is None
    turn = angles.turntable(store, second, piece.id, "m1", watch=Silent())
    assert [*first.asked, *second.asked] == [10.0 * n for n in range(36)]
    assert not list((store.folder / "turning").glob("*"))
    assert store.load(piece.id).branch.model.turntable == turn
    with Image.open(io.BytesIO(store.read(turn.loop))) as played:
        assert (played.n_frames, played.size) == (36, (512, 512))
        played.seek(35)
        assert np.asarray(played.convert("L")).mean() == pytest.approx(175, abs=3)
    assert images.media_type(store.read(turn.film)) == "video/webm"
    assert turn.loop.recipe.parents[0] == piece.branch.models[0].glb.id


def test_a_model_that_is_gone_is_said_to_be_gone(store, piece):
    """Angles of an unknown model are refused in words."""
    with pytest.raises(BadInput, match="not part of the design"):
        angles.still(store, Painted(), piece.id, "m9", "front", watch=Silent())


def test_the_angles_travel_with_the_design(store, piece, tmp_path, ring_pixels):
    """Export and import keep the views, the loop and the film byte for byte."""
    from tests.solids.files import ring_glb

    kept = store.put(ring_glb(), Recipe(role="model", provider="atelier"))
    whole = Model3D(id="m2", glb=kept, known="Every side.")
    store.update(piece.id, lambda d: d.with_branch(d.branch.model_copy(update={"models": (whole,)})))
    angles.still(store, Painted(), piece.id, "m2", "side", watch=Silent())
    angles.turntable(store, Painted(), piece.id, "m2", watch=Silent())
    design = store.load(piece.id)
    other = Store(tmp_path / "other")
    again = archive.read(other, archive.write(store, design))
    assert again == design
    for asset in design.branch.model.assets:
        assert other.read(asset) == store.read(asset)

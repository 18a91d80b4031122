"""The model stage: what a maker gets to see, and what is said of what it answers."""

import numpy as np
import pytest

from pipeline import glb
from pipeline.providers.base import Answer, Limits, Silent
from pipeline.records import Branch, CloseUp, Design, Detail, Model3D, Recipe, Region, Role, View
from pipeline.solids import reading
from pipeline.solids.raster import look
from pipeline.solids.shade import develop
from pipeline.stages import model3d
from pipeline.store import Store
from tests.solids.files import rewritten, ring_glb


class Maker:
    """A remote maker of models that remembers what it was asked."""

    id, name = "maker", "The maker"

    def __init__(self, data: bytes, *, pictures: int = 1, detail: Detail = Detail.REDRAWN) -> None:
        self.limits = {Role.MODEL: Limits(max_images=pictures, detail=detail)}
        self.data, self.asked = data, []

    def model(self, role):
        return "maker 1"

    def run(self, request, watch):
        self.asked.append(request)
        return Answer(self.data, "maker 1")


@pytest.fixture(scope="module")
def taken() -> np.ndarray:
    """The ring as its own camera sees it, 512 px."""
    solid = reading.read(ring_glb())
    return develop(solid, solid.camera, look(solid, solid.camera, 1024))


@pytest.fixture
def piece(store: Store, taken: np.ndarray) -> Design:
    """A design whose master is the ring, with an accepted and an undecided close-up."""
    master = store.put_picture(taken, Recipe(role="generate", provider="other"))
    region = Region(id="r1", label="stone", x=200, y=40, width=128, height=128)
    crop = store.put_picture(taken[40:168, 200:328], Recipe(role="crop", provider="crop"))
    shown = {"crop": crop, "raw": crop, "registered": crop, "locked": crop, "heatmap": crop}
    regions = (region, region.model_copy(update={"id": "r2"}))
    figures = {"lr_psnr_db": 50.0, "worst_window_db": 40.0, "delta_e_max": 1.0}
    report = {"verdict": "pass", "raw_verdict": "pass", "drift": 0.1, "reasons": ()}
    report |= {"raw": figures, "locked": figures}
    close_ups = tuple(
        CloseUp(id=f"c{n}", region=r, factor=1, fidelity=report, decision=d, **shown)
        for n, (r, d) in enumerate(zip(regions, ("accepted", ""), strict=True))
    )
    design = store.create("Ring", kind="ring")
    branch = Branch(master=master, regions=regions, close_ups=close_ups)
    return store.update(design.id, lambda d: d.with_branch(branch) if d.branches else d.with_master(branch))


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares the search for the camera: the file's own is taken."""
    monkeypatch.setattr("pipeline.solids.pose.find", lambda solid, *_: solid.camera)


@pytest.mark.usefixtures("lying")
def test_close_ups_are_sent_only_once_accepted(store: Store, piece: Design) -> None:
    """A maker that takes four pictures gets the master and the accepted close-up, and its model says so."""
    maker = Maker(ring_glb(), pictures=4)
    made = model3d.model(store, maker, piece.id, watch=Silent())
    assert len(maker.asked[0].images) == 2
    assert made.glb.recipe.parents == (piece.branch.master.id, piece.branch.close_ups[0].locked.id)
    assert "from 2 pictures" in made.known


@pytest.mark.usefixtures("lying")
def test_angles_of_the_geometry_come_before_close_ups(store: Store, piece: Design, taken) -> None:
    """Where the same piece was seen from other sides, those views are sent, as many as the maker takes."""
    views = tuple(
        View(name=name, picture=store.put_picture(np.roll(taken, n, 1), Recipe(role="view", provider="a")))
        for n, name in enumerate(("front", "side", "back", "top"), 1)
    )
    exact = Recipe(role="model", provider="atelier", detail=Detail.RENDERED.value)
    own = Model3D(id="m1", glb=store.put(ring_glb(), exact), known="All.", views=views)
    store.update(piece.id, lambda d: d.with_branch(d.branch.model_copy(update={"models": (own,)})))
    maker = Maker(ring_glb(), pictures=3)
    made = model3d.model(store, maker, piece.id, watch=Silent())
    assert made.glb.recipe.parents == (piece.branch.master.id, views[0].picture.id, views[1].picture.id)


@pytest.mark.usefixtures("lying")
def test_stills_go_out_under_the_names_of_their_sides(store: Store, piece: Design, taken) -> None:
    """A maker of named sides gets those there are, straight on ones only, beside the master; others get none."""
    maker = Maker(ring_glb())
    maker.limits = {Role.MODEL: Limits(sides=("front", "back", "left", "right", "top", "bottom"))}
    exact = Recipe(role="model", provider="atelier", detail=Detail.RENDERED.value)
    stills = tuple(
        View(
            name=name,
            picture=store.put_picture(taken - np.uint8(n + 1), Recipe(role="model", provider="atelier")),
        )
        for n, name in enumerate(("front", "three-quarter", "side", "top"))
    )
    own = Model3D(id="m1", glb=store.put(ring_glb(), exact), known="All.", views=stills)
    store.update(piece.id, lambda d: d.with_branch(d.branch.model_copy(update={"models": (own,)})))
    made = model3d.model(store, maker, piece.id, watch=Silent())
    sent = maker.asked[-1]
    assert [name for name, _ in sent.sides] == ["front", "left", "top"]
    assert len(sent.images) == 1
    assert made.glb.recipe.parents == (piece.branch.master.id, *(stills[n].picture.id for n in (0, 2, 3)))
    plain = Maker(ring_glb())
    model3d.model(store, plain, piece.id, watch=Silent())
    assert plain.asked[-1].sides == ()


@pytest.mark.usefixtures("lying")
def test_a_remote_model_is_scored_by_searching_for_the_camera(store: Store, piece: Design) -> None:
    """A stranger's own camera is not believed: the search is asked, its answer scored and said to be searched."""
    made = model3d.model(store, Maker(ring_glb()), piece.id, watch=Silent())
    assert made.figures["iou"] > 0.9
    assert made.overlay.recipe.options == {"camera": "searched"}
    assert "the rest is invented" in made.known


def test_the_exact_outline_is_used_where_the_master_has_one(store: Store, piece: Design, taken) -> None:
    """A rendered master's silhouette comes from its geometry, its camera from the file."""
    solid = reading.read(ring_glb())
    exact = Recipe(role="generate", provider="maker", detail=Detail.RENDERED.value, origin="spec")
    master = store.put_picture(taken, exact)
    store.update(piece.id, lambda d: d.with_master(Branch(master=master)))
    asked = []

    def outline(origin: str, size: int) -> np.ndarray:
        asked.append((origin, size))
        return look(solid, solid.camera, size).silhouette

    maker = Maker(ring_glb(), detail=Detail.RENDERED)
    made = model3d.model(store, maker, piece.id, outline=outline, watch=Silent())
    assert asked == [("spec", 1024)]
    assert maker.asked[0].origin == "spec"
    assert made.figures["iou"] == 1.0
    assert made.overlay.recipe.options == {"camera": "known"}
    assert glb.document(store.read(made.glb))["asset"]["extras"]["loupe"]["provider"] == "maker"


def test_what_cannot_be_read_is_kept_and_said_to_be_unmeasured(store: Store, piece: Design) -> None:
    """A compressed GLB of a maker is no failure: it is paid for. It has no score, and the sentence says why."""
    packed = rewritten(ring_glb(), lambda t: t.update(extensionsRequired=["KHR_draco_mesh_compression"]))
    made = model3d.model(store, Maker(packed), piece.id, watch=Silent())
    assert (made.figures, made.overlay) == ({}, None)
    assert "could not be laid over the master: this GLB is compressed" in made.known

"""The stage: a traced photograph is a model of the design, and begins a design that is the atelier's own."""

import pytest

from pipeline.atelier.spec import Spec
from pipeline.errors import BadInput
from pipeline.orders import TraceOrder, read
from pipeline.providers.base import Silent
from pipeline.records import Branch, Design, Recipe
from pipeline.records.brush import Stroke
from pipeline.solids.pose import Pose
from pipeline.solids.reading import read as read_glb
from pipeline.stages import angles, trace, vary
from pipeline.store import Store
from pipeline.trace import tracing
from pipeline.trace.families import named
from tests.trace.scene import scene

BAND = named("ring", "band")
POSE = Pose(20, 30, 0, 2.5, 0.5, 0.5)


@pytest.fixture(scope="module")
def photograph():
    return scene(BAND, {"ring.width_mm": 4.5}, POSE, 400)


@pytest.fixture
def design(store: Store, photograph) -> Design:
    master = store.put_picture(photograph.pixels, Recipe(role="upload", provider="upload"))
    begun = store.create("Grandmother's band", kind="ring")
    return store.update(begun.id, lambda d: d.with_master(Branch(master=master)))


def test_a_traced_photograph_is_a_model_with_its_figures_and_is_kept(store: Store, design: Design) -> None:
    """One order, one model with words, figures and its geometry; asked again it is not made again."""
    order = TraceOrder(design_id=design.id, style="band", size_mm=18.0)
    assert read(order.model_dump(mode="json")) == order
    model = trace.trace(store, order, watch=Silent())
    assert model.known.startswith("Modelled after the photograph: outline .9")
    assert model.figures["iou"] > 0.95
    spec = Spec.model_validate_json(model.glb.recipe.origin)
    assert spec.ring is not None
    assert spec.ring.inner_diameter_mm == 18.0
    solid = read_glb(store.read(model.glb))
    assert float(solid.points[:, 0].max() - solid.points[:, 0].min()) > 0.018
    branch = store.load(design.id).branch
    assert branch is not None
    assert [m.id for m in branch.models] == [model.id]
    assert angles.geometry_of(branch, model) == model.glb.recipe.origin
    assert trace.trace(store, order, watch=Silent()).id == model.id

    placement = trace.placement_of(model)
    assert placement is not None
    wider = placement.model_copy(update={"values": {**placement.values, "ring.width_mm": 7.0}})
    other = trace.trace(store, TraceOrder(design_id=design.id, placement=wider), watch=Silent())
    assert other.figures["iou"] < model.figures["iou"]
    assert "Rough" in other.known
    branch = store.load(design.id).branch
    assert branch is not None
    assert branch.model == other

    begun = vary.modelled(store, design.id, model.id)
    assert begun.origin == model.glb.recipe.origin
    assert "gold" in begun.design.prompt
    assert begun.design.branch is None
    with pytest.raises(BadInput, match="traced"):
        vary.modelled(store, design.id, "m0000000000")


def test_what_cannot_be_traced_is_refused_before_anything_is_stored(store: Store, design: Design) -> None:
    """A master rendered from geometry, points without their family, a scale of nothing."""

    class Tooled:
        def __init__(self) -> None:
            self.store = store

    TraceOrder(design_id=design.id).check(Tooled())  # type: ignore[arg-type]
    point = {"curve": "hole", "x": 0.5, "y": 0.5}
    with pytest.raises(BadInput, match="one family"):
        TraceOrder(design_id=design.id, points=(point,)).check(Tooled())  # type: ignore[arg-type]
    branch = design.branch
    assert branch is not None
    rendered = branch.master.recipe.model_copy(update={"detail": "re-rendered from geometry"})
    master = branch.master.model_copy(update={"recipe": rendered})
    store.update(design.id, lambda d: d.with_branch(branch.model_copy(update={"master": master})))
    with pytest.raises(BadInput, match="nothing to trace"):
        TraceOrder(design_id=design.id).check(Tooled())  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        read({"verb": "trace", "design_id": design.id, "size_mm": 0})


def test_other_families_are_kept_as_they_lie_and_shown_small(
    store: Store, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no family was asked for, the next ones come along, each one press from being the model."""
    monkeypatch.setattr(tracing, "families", lambda *_: (BAND, named("ring", "signet")))
    model = trace.trace(store, TraceOrder(design_id=design.id), watch=Silent())
    (other,) = trace.others_of(model)
    assert other.family == "signet"
    assert design.branch is not None
    picture = tracing.picture_under(store.pixels(design.branch.master), "ring", BAND)
    small = tracing.glimpse(picture, named("ring", "signet"), other)
    assert small.shape == (tracing.GLIMPSE_PX, tracing.GLIMPSE_PX, 3)
    assert small.std() > 10

    placement = trace.placement_of(model)
    assert placement is not None
    assert tracing.following("ring", other, placement, placement) == other
    wider = placement.model_copy(update={"values": {**placement.values, "ring.width_mm": 9.0}})
    followed = tracing.following("ring", other, placement, wider)
    assert followed.values["ring.width_mm"] == pytest.approx(6.0)  # as wide as its box lets a signet be
    assert followed.values["ring.thickness_mm"] == pytest.approx(other.values["ring.thickness_mm"])
    assert (tracing.glimpse(picture, named("ring", "signet"), followed) != small).any()


def test_a_piece_is_traced_anew_as_another_kind(design: Design) -> None:
    """What was kept of the picture as a ring is not shown again where it is a bracelet's."""
    assert design.branch is not None
    order = TraceOrder(design_id=design.id)
    keys = {trace._key(design.branch, kind, order) for kind in ("ring", "bracelet")}
    assert len(keys) == 2


def test_a_piece_is_traced_by_its_mask_as_it_is_corrected(store: Store, design: Design) -> None:
    """Half the band painted away: traced anew, and the figures are measured against what was left."""
    order = TraceOrder(design_id=design.id, style="band")
    whole = trace.trace(store, order, watch=Silent())
    stroke = Stroke(points=((0.75, 0.0), (0.75, 1.0)), width=0.5, adds=False)
    store.update(
        design.id,
        lambda d: d.with_branch(d.branch.model_copy(update={"strokes": (stroke,)})) if d.branch else d,
    )
    corrected = trace.trace(store, order, watch=Silent())
    assert corrected.id != whole.id
    assert corrected.figures["iou"] < whole.figures["iou"] - 0.2

"""The 3D page: the score in words, every side, and the user's own file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.atelier.spec import Spec
from pipeline.errors import BadModel
from pipeline.export import archive
from pipeline.providers.builtin.atelier import Atelier
from pipeline.records import Design, Detail, Model3D
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT, finish
from tests.pages.test_pages import PAGES, Open
from tests.solids.files import ring_glb

SAMPLE = ROOT / "samples" / "rose-gold-solitaire.loupe"


def model_of(bench: Workbench, design: Design) -> Model3D:
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert branch.model is not None
    return branch.model


def test_a_photograph_becomes_a_scored_relief_seen_from_every_side(
    visit: Open, bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relief follows the photograph's outline within 3 %, says what is inferred, and gets its six views."""
    monkeypatch.setattr("pipeline.stages.angles.STILL_PX", 192)
    design = photographed(bench.store)
    at = visit(PAGES[4], design=design.id)
    at.button(key="make-model").click().run()
    finish(at, bench, design.id, "model")
    relief = model_of(bench, design)
    assert relief.figures["iou"] > 0.97
    assert relief.overlay is not None
    at = visit(PAGES[4], design=design.id)
    told = [line.value for line in at.markdown]
    assert any("depth and back are inferred" in line for line in told)
    assert at.metric[0].value == f"{relief.figures['iou']:.1%}"
    at.button(key="make-views").click().run()
    finish(at, bench, design.id, "views")
    views = model_of(bench, design).views
    assert len(views) == 6
    assert {view.picture.recipe.detail for view in views} == {"rasterised from the model"}
    at = visit(PAGES[4], design=design.id)
    assert not [button for button in at.button if button.key == "make-views"]


def test_an_own_file_is_checked_and_scored(
    bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GLB of one's own becomes a model with a score; an FBX is refused and leaves no trace."""
    monkeypatch.setattr("pipeline.solids.pose.find", lambda solid, *_: solid.camera)
    design = photographed(bench.store)
    with pytest.raises(BadModel, match="FBX"):
        bench.bring_model(design.id, b"Kaydara FBX Binary  \x00" + bytes(100))
    assert bench.store.load(design.id).branch.models == ()
    job = bench.bring_model(design.id, ring_glb())
    assert job.wait(90)
    assert not job.troubles
    own = model_of(bench, design)
    assert own.glb.recipe.provider == "upload"
    assert own.glb.recipe.detail != Detail.RENDERED.value
    assert "Your own model" in own.known
    assert 0.1 < own.figures["iou"] < 1
    assert bench.store.read(own.glb) == ring_glb()
    assert own.overlay.recipe.options == {"camera": "searched"}


def test_what_is_too_thin_to_cast_is_listed_on_wish(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A piece of known geometry is measured when it is asked for; a photograph's model offers no such thing."""
    spec = Spec.model_validate({"kind": "ring", "ring": {"style": "band"}, "milgrain": True})
    for measure in ("thin_places", "thickened"):
        monkeypatch.setattr(bench.atelier, measure, getattr(Atelier(tmp_path), measure), raising=False)
    monkeypatch.setattr("pages.ui.model.geometry_of", lambda *_: spec.model_dump_json())
    ring = archive.read(bench.store, SAMPLE.read_bytes(), ours=True)
    at = visit(PAGES[4], design=ring.id)
    assert not [line for line in at.markdown if "caster" in line.value]
    at.toggle(key="casting").set_value(True).run()
    assert not at.exception
    (told,) = (line.value for line in at.markdown if "caster" in line.value)
    assert told == "1. milgrain\\: 0.26 mm, a caster asks for 0.3 mm"
    at.button(key="thicken").click().run()
    assert not at.exception
    (thicker,) = (each for each in bench.store.designs() if "thickened to cast" in each.name)
    assert "castable with 0.8 mm walls" in thicker.prompt
    monkeypatch.setattr("pages.ui.model.geometry_of", lambda *_: "")
    assert not visit(PAGES[4], design=ring.id).toggle

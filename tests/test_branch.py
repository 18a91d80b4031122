"""Several masters of one design: work and decisions stay with the master they were given for, whichever stands."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import BadInput
from pipeline.orders import EditOrder, EnhanceOrder, SketchOrder, WholeSetOrder, read, read_note
from pipeline.providers.base import GenerateRequest, Silent
from pipeline.records import Branch, Design, Recipe
from pipeline.settings import Settings
from pipeline.stages import crop, enhance, generate, sheets
from pipeline.stages.branch import branch_of, change_branch, go_back, number_of
from pipeline.workbench import Workbench
from tests.pages.conftest import Painter, ring


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr("pipeline.workbench.Atelier", Painter)
    return Workbench(Settings(data_dir=tmp_path))


def photographed(bench: Workbench, *seeds: int) -> Design:
    """A design with a photograph for each seed; the last one stands."""
    design = bench.store.create("Ring", kind="ring")
    for seed in seeds:
        design = brought(bench, design, seed)
    return design


def brought(bench: Workbench, design: Design, seed: int, kind: str = "ring") -> Design:
    """A further photograph for the master."""
    recipe = Recipe(role="upload", provider="upload", options={"kind": kind})
    picture = bench.store.put_picture(ring(320, seed), recipe)
    return generate.set_master(bench.store, design.id, picture)


def orders(design: Design) -> list[dict[str, Any]]:
    """One order of each kind that works on the master that stands."""
    branch = branch_of(design)
    regions = [region.model_dump() for region in branch.regions[:1]]
    close_up = {"factor": 2, "prompt": ""}
    return [
        {"verb": "enhance", "provider": "local", "regions": regions, **close_up},
        {"verb": "bakeoff", "providers": ["local"], "region": regions[0], **close_up},
        {"verb": "sketch", "provider": "local", "numbers": [1]},
        {"verb": "model", "provider": "local"},
        {"verb": "set", "enhancer": "local", "sketcher": "local", "modeler": "local"},
    ]


def test_what_was_interrupted_goes_on_for_the_master_it_was_given_for(bench: Workbench) -> None:
    """Its note names the master; with another one standing, Resume adds nothing to that one.

    A whole set waits until one goes back, for it goes on from page to page.
    """
    design = photographed(bench, 1)
    given = [read({"design_id": design.id, **order}).given(design) for order in orders(design)]
    notes = [read_note(order.model_dump(mode="json")) for order in given]
    first = branch_of(design).master.id
    assert [note.master for note in notes] == [first] * 5
    second = branch_of(brought(bench, design, 2))
    for order in given[:-1]:
        job = bench.submit(order)
        assert job.wait(60)
        assert [str(row.error) for row in job.troubles] == []
    done = bench.store.load(design.id)
    assert branch_of(done) == second
    assert (
        len(done.branches[0].close_ups),
        len(done.branches[0].sketches),
        len(done.branches[0].models),
    ) == (2, 1, 1)
    for verb in ("views", "turntable"):
        looks = read({"design_id": design.id, "verb": verb})
        assert looks.given(go_back(bench.store, design.id, first)).model_id == done.branches[0].models[0].id
    go_back(bench.store, design.id, second.master.id)
    with pytest.raises(BadInput, match="go back to the first"):
        bench.submit(given[-1])


def test_a_set_that_makes_its_own_master_names_none_of_before(bench: Workbench) -> None:
    """The master it is given beside is not the one it goes on from."""
    design = photographed(bench, 1)
    start = {"verb": "candidates", "design_id": design.id, "provider": "atelier", "prompt": "a gold band",
             "kind": "ring", "size": 512, "seed": 0}  # fmt: skip
    makers = {"enhancer": "local", "sketcher": "local", "modeler": "local"}
    order = WholeSetOrder(design_id=design.id, start=start, **makers)
    assert order.given(design).master is None


def test_decisions_stay_with_what_they_are_about(bench: Workbench) -> None:
    """A tab that still shows an earlier master decides, chooses and draws there, not on the one that stands."""
    design = photographed(bench, 1)
    region = branch_of(design).regions[0]
    for order in (
        EnhanceOrder(design_id=design.id, provider="local", regions=(region,), factor=2, prompt=""),
        SketchOrder(design_id=design.id, provider="local", numbers=(1,)),
    ):
        assert bench.submit(order).wait(60)
    made = branch_of(bench.store.load(design.id))
    second = branch_of(brought(bench, design, 2))
    enhance.decide(bench.store, design.id, made.close_ups[0].id, "accepted")
    sheets.choose(bench.store, design.id, made.sketches[0].id)
    sheets.set_views(bench.store, design.id, made.master.id, ("front",))
    crop.edit_regions(bench.store, design.id, lambda regions: regions[:2], made.master.id)
    changed, standing = bench.store.load(design.id).branches
    assert standing == second
    assert changed.close_ups[0].decision == "accepted"
    assert changed.chosen_sheets == (made.sketches[0].id,)
    assert changed.views == ("front",)
    assert changed.regions == made.regions[:2]
    with pytest.raises(BadInput, match="not there any more"):
        sheets.choose(bench.store, design.id, "s0")


def test_one_upload_that_is_two_masters_of_an_older_design(bench: Workbench) -> None:
    """The one under work is meant, nothing reaches both, and each can be gone back to by its number."""
    store = bench.store
    master = store.put_picture(ring(400, 1), Recipe(role="upload", provider="upload"))
    design = store.create("Ring", kind="ring")
    for _ in range(3):
        design = store.update(design.id, lambda d: d.with_master(Branch(master=master)))
    for number in (1, 0, 2):
        design = go_back(store, design.id, master.id, number)
        assert (design.current, number_of(design, master.id)) == (number, number)
        change_branch(
            store,
            design.id,
            master.id,
            lambda b, n=number: b.model_copy(update={"views": ("front", "side", "top")[: n + 1]}),
        )
    assert [len(branch.views) for branch in store.load(design.id).branches] == [1, 2, 3]
    assert go_back(store, design.id, master.id, 7).current == 2
    assert go_back(store, design.id, master.id).current == 2


def test_the_draft_of_an_edited_piece_is_of_the_pieces_own_kind(bench: Workbench) -> None:
    """A ring is edited while a photograph of earrings is the master: its master will be a ring's."""
    design = bench.store.create("Ring", kind="ring", prompt="a gold ring")
    candidate = generate.candidate(
        bench.store, bench.atelier, GenerateRequest("a gold ring", "ring", 256, 256), Silent()
    )
    generate.add_candidate(bench.store, design.id, candidate)
    brought(bench, design, 1, "earrings")
    job = bench.submit(EditOrder(design_id=design.id, provider="atelier", origin=candidate.recipe.origin))
    assert job.wait(60)
    standing = bench.store.load(design.id)
    assert standing.kind == "earrings"
    assert standing.candidates[0].recipe.options["kind"] == "ring"
    assert generate.described_kind("no description", "brooch") == "brooch"

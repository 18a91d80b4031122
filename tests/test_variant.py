"""One piece in other metals and sizes: designs of their own with the same side and the same regions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import ranges as page
from pages.ui.workbench import forget, workbench
from pipeline.atelier import ranges, sets
from pipeline.atelier.language.prompt import read
from pipeline.atelier.ring_sizes import european
from pipeline.atelier.spec import Spec
from pipeline.jobs import Job
from pipeline.orders import EditOrder, MasterOrder, VariantOrder, WholeSetOrder
from pipeline.orders import read as read_order
from pipeline.records import Design, Region
from pipeline.stages import generate, vary
from pipeline.workbench import Workbench
from tests.pages.conftest import Painter

PROMPTS = (
    "rose gold halo engagement ring with a 1.5 ct oval morganite and pave band",
    "a two-tone ring in yellow gold with white gold settings and a ruby",
    "diamond eternity ring, platinum",
    "18k gold necklace with a heart pendant",
    "silver hoop earrings",
    "diamond studs in platinum",
    "a yellow gold curb chain bracelet",
    "a titanium band",
    "platinum tennis bracelet",
    "a rose gold bangle",
    "a gold flower brooch",
)


def flat(spec: Spec) -> dict[str, object]:
    groups = spec.model_dump()
    return {
        f"{name}.{inner}": value
        for name, group in groups.items()
        for inner, value in (group.items() if isinstance(group, dict) else [("", group)])
    }


@pytest.mark.parametrize("prompt", PROMPTS)
def test_only_metal_or_size_differs(prompt: str) -> None:
    """Every variant can be made, none is the piece itself, no two are alike, and nothing else differs."""
    spec = read(prompt).spec.model_copy(update={"view": "top"})
    own = flat(spec)
    of_metal = {"metal.", "second_metal.", "fineness.", "substance."}
    of_size = {"ring.inner_diameter_mm", "bracelet.length_mm", "chain.length_mm", "earrings.diameter_mm"}
    for variants, may_differ in ((ranges.metals(spec), of_metal), (ranges.sizes(spec), of_size)):
        shown = [variant.spec for variant in variants]
        assert all(shown.count(each) == 1 and each != spec for each in shown)
        assert len({variant.words for variant in variants}) == len(variants)
        for each in shown:
            assert Spec.model_validate_json(each.model_dump_json()) == each
            assert {path for path, value in flat(each).items() if value != own[path]} <= may_differ
    assert len(ranges.metals(spec)) >= 4
    has_sizes = spec.ring or spec.chain or spec.bracelet or "hoop" in prompt
    assert bool(ranges.sizes(spec)) == bool(has_sizes)


def test_ring_sizes_are_those_of_the_norm() -> None:
    """“size EU 54” is a ring of 54 mm around."""
    for variant in ranges.sizes(read("a gold band, size EU 52").spec):
        assert variant.spec.ring is not None
        assert european(variant.spec.ring.inner_diameter_mm) == pytest.approx(
            float(variant.words.split()[-1]), abs=0.02
        )


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workbench]:
    """A workbench whose atelier paints, and the one pages find."""
    monkeypatch.setattr("pipeline.workbench.Atelier", Painter)
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("pages.ui.samples.FOLDER", tmp_path / "none")
    forget()
    yield workbench()
    workbench().cache.close()
    forget()


@pytest.fixture
def design(bench: Workbench) -> Design:
    """A ring seen from the top, with regions drawn by hand."""
    design = bench.store.create("Oval morganite halo ring, rose gold", kind="ring", prompt=PROMPTS[0])
    bench.store.update(design.id, lambda newest: newest.model_copy(update={"tags": ("spring",)}))
    spec = read(PROMPTS[0]).spec.model_copy(update={"view": "top"})
    order = VariantOrder(
        design_id=design.id,
        provider="atelier",
        origin=spec.model_dump_json(exclude_none=True),
        size=512,
        regions=(
            Region(id="stone", label="the stone", x=200, y=40, width=120, height=90),
            Region(id="pave", label="pave", x=90, y=200, width=64, height=64),
        ),
    )
    ended(bench.submit(order))
    return bench.store.load(design.id)


def ended(job: Job | None) -> Job:
    assert job is not None
    assert job.wait(60)
    assert [str(row.error) for row in job.troubles] == []
    return job


def test_all_metals_have_the_same_side_and_regions(bench: Workbench, design: Design) -> None:
    """Each is named by its metal and tagged alike; the first design is as it was."""
    spec = vary.own_spec(design)
    assert spec is not None
    assert design.branch is not None
    begun = within_a_page(design, [*ranges.metals(spec), ranges.sizes(spec)[0]])
    for new in begun:
        ended(bench.jobs.find(new.id, "variant"))
    variants = [bench.store.load(new.id) for new in begun]
    assert [each.name for each in variants] == [
        "Oval morganite halo ring, yellow gold",
        "Oval morganite halo ring, white gold",
        "Oval morganite halo ring, platinum",
        "Oval morganite halo ring, silver",
        "Oval morganite halo ring, rose gold, size EU 48",
    ]
    for each in variants:
        assert each.branch is not None
        assert each.branch.regions == design.branch.regions
        assert (each.branch.master.width, each.tags) == (512, ("spring",))
        other = vary.own_spec(each)
        assert other is not None
        assert other.view == "top"
        assert read(each.prompt).spec.metal == other.metal
    assert bench.store.load(design.id) == design
    assert vary.renamed(variants[-1], "size EU 60") == "Oval morganite halo ring, rose gold, size EU 60"


def within_a_page(design: Design, variants: list[ranges.Variant]) -> list[Design]:
    return page.begin(design, variants, whole=False)


def test_a_refused_one_leaves_no_empty_design(
    bench: Workbench, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where too much is under way those that began go on, and the refusal is told."""
    spec = vary.own_spec(design)
    assert spec is not None
    submitted: list[object] = []
    submit = bench.submit

    def at_most_two(*args: object, **kwargs: object) -> Job:
        submitted.append(args)
        if len(submitted) > 2:
            raise generate.BadInput("Six of your jobs are under way.")
        return submit(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(bench, "submit", at_most_two)
    begun = within_a_page(design, list(ranges.metals(spec)))
    assert len(begun) == 2
    assert {each.id for each in bench.store.designs()} == {design.id, *(each.id for each in begun)}


@pytest.mark.parametrize(("change", "kept"), [("in white gold", True), ("3 mm band", False)])
def test_a_variation_keeps_the_regions_where_nothing_moves(
    bench: Workbench, design: Design, change: str, *, kept: bool
) -> None:
    """Another metal lies where the first one lay; where the geometry changes the regions are suggested afresh."""
    assert design.branch is not None
    begun = vary.vary(bench.store, design.id, change)
    fields = {"design_id": begun.design.id, "provider": "atelier"}
    ended(bench.submit(EditOrder(**fields, origin=begun.origin, placed=begun.regions)))
    draft = bench.store.load(begun.design.id).candidates[0]
    ended(bench.submit(MasterOrder(**fields, candidate=draft.id, size=1024)))
    branch = bench.store.load(begun.design.id).branch
    assert branch is not None
    doubled = [(r.id, r.label, *(2 * side for side in r.box)) for r in design.branch.regions]
    assert ([(r.id, r.label, *r.box) for r in branch.regions] == doubled) == kept
    assert branch.regions


def test_the_whole_set_of_a_variant_goes_on_from_its_master(bench: Workbench, design: Design) -> None:
    """What a stopped server would find is an order without its beginning once the master is there."""
    assert design.branch is not None
    master = design.branch.master
    start = VariantOrder(design_id=design.id, provider="atelier", origin=master.recipe.origin, size=512)
    whole = bench.whole_set(design, start)
    assert (whole.enhancer, whole.modeler) == ("atelier", "atelier")
    assert read_order(whole.model_dump(mode="json")) == whole
    assert isinstance(whole, WholeSetOrder)
    stages = [work for work, _, _ in whole._stages()]
    assert stages == ["master atelier 512", "enhance atelier", "sketch atelier", "model atelier"]


def test_the_page_offers_all_three(bench: Workbench, design: Design) -> None:
    """A ring of the atelier has metals, sizes and a set; the dialog has all of them chosen, up to six."""
    del bench
    at = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=60)
    at.run()
    at.query_params["design"] = design.id
    at.switch_page("pages/generate.py")
    at.run()
    at.button(key="all-metals").click().run()
    assert not at.exception
    assert at.button(key="make-metals").label == "Make 4 designs"
    at.run()
    at.button(key="all-sizes").click().run()
    assert at.button(key="make-sizes").label == "Make 6 designs"
    at.run()
    at.button(key="its-set").click().run()
    assert at.button(key="make-set").label == "Make 3 designs"


def test_the_rest_of_a_set_are_designs_of_their_own_kind(bench: Workbench, design: Design) -> None:
    """A ring's set is a pendant, studs and a bracelet, each with regions of its own; the ring is as it was."""
    spec = vary.own_spec(design)
    assert spec is not None
    (pendant,) = (piece for piece in sets.others(spec) if piece.spec.kind == "necklace")
    (new,) = within_a_page(design, [pendant])
    ended(bench.jobs.find(new.id, "variant"))
    made = bench.store.load(new.id)
    assert (made.kind, made.name, made.tags) == (
        "necklace",
        "Oval morganite halo pendant, rose gold",
        ("spring",),
    )
    assert made.branch is not None
    assert design.branch is not None
    assert made.branch.regions != design.branch.regions
    assert vary.own_spec(made) == pendant.spec
    assert bench.store.load(design.id) == design

"""The second picture of a master that shows its piece close: made with it, cut from, measured against, handed out."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import images
from pipeline.atelier.camera import master_camera, project, whole_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import named_regions
from pipeline.errors import BadArchive, BadRegion
from pipeline.export import archive, certificate, dossier, manifest, page
from pipeline.export.verify import check_close_up
from pipeline.prompts import MASTER
from pipeline.providers.base import Answer, EnhanceRequest, GenerateRequest, Limits, Request, Silent
from pipeline.providers.call.cache_key import key_of
from pipeline.records import Branch, Design, Detail, Region, Role
from pipeline.stages import crop, enhance, generate
from pipeline.stages.branch import placed
from pipeline.stages.subjects import subjects
from pipeline.stages.tools import Tools
from pipeline.store import Store
from tests.export.pieces import SIDE, paint

PLACES = [
    {"label": "pendant", "x": 0.3, "y": 0.4, "width": 0.35, "height": 0.35},
    {"label": "clasp", "x": 0.4, "y": 0.02, "width": 0.25, "height": 0.25, "shot": "whole"},
]


class Jeweller:
    """Makes a close master of the painted pendant, and the whole of it where that is asked for."""

    id, name = "jeweller", "Jeweller"

    def __init__(self) -> None:
        self.limits = {
            Role.GENERATE: Limits(refines=True, detail=Detail.RENDERED),
            Role.ENHANCE: Limits(factors=(2, 4), detail=Detail.RENDERED),
        }
        self.places = PLACES
        self.asked: list[Request] = []

    def model(self, role: Role) -> str:
        return "1"

    @staticmethod
    def film(shot: str, scale: int) -> images.Pixels:
        close = (SIDE // 4, SIDE * 3 // 8, SIDE // 2, SIDE // 2)
        return paint(scale, (0, 0, SIDE, SIDE)) if shot else paint(2 * scale, close)

    def run(self, request: Request, watch: object) -> Answer:
        self.asked.append(request)
        if isinstance(request, EnhanceRequest):
            x, y, wide, high = (side * request.factor for side in request.window or (0, 0, 0, 0))
            film = self.film(request.shot, request.factor)
            return Answer(images.encode_png(np.ascontiguousarray(film[y : y + high, x : x + wide])), "1")
        assert isinstance(request, GenerateRequest)
        notes = {} if request.shot else {"regions": json.dumps(self.places)}
        return Answer(images.encode_png(self.film(request.shot, 1)), "1", origin="{}", notes=notes)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Jeweller, Design]:
    """A design whose master shows a pendant close, with both close-ups."""
    store, jeweller = Store(tmp_path_factory.mktemp("whole")), Jeweller()
    design = store.create("Pendant", kind="necklace", prompt="a pendant")
    drawn = generate.candidate(
        store, jeweller, GenerateRequest("a pendant", "necklace", SIDE, SIDE), Silent()
    )
    store.update(design.id, lambda d: d.model_copy(update={"candidates": (drawn,)}))
    design = generate.master(store, jeweller, design.id, drawn.id, size=SIDE, watch=Silent())
    assert design.branch is not None
    order = enhance.EnhanceOrder(
        design_id=design.id, provider=jeweller.id, regions=design.branch.regions, factor=2, prompt=""
    )
    tools = Tools(store, lambda _: None, None, lambda _: "", dict)  # type: ignore[arg-type, return-value]
    for region in design.branch.regions:
        order.make(tools, jeweller, design.branch, region, Silent())
    return store, jeweller, store.load(design.id)


def branch_of(design: Design) -> Branch:
    assert design.branch is not None
    return design.branch


def test_the_seed_prompt_is_told_in_its_five_parts() -> None:
    """Pendant, chain, clasp, side, edge: the clasp lies outside the master, and inside the whole view's box."""
    spec = read(MASTER).spec
    piece = build(spec)
    boxes = {box.label: box for box in named_regions(spec, piece, master_camera(piece))}
    assert set(boxes) == {"pendant", "chain", "clasp", "bail", "edge"}
    assert [box.label for box in boxes.values() if box.shot] == ["clasp"]
    clasp = np.vstack([part.vertices for part in piece.parts if part.role is PartRole.CLASP])
    assert not (
        (project(master_camera(piece), clasp, 1.0) > 0) & (project(master_camera(piece), clasp, 1.0) < 1)
    ).all()
    box = boxes["clasp"]
    inside = project(whole_camera(piece), clasp, 1.0) - (box.x, box.y)
    assert ((inside > 0) & (inside < (box.width, box.height))).all()


@pytest.mark.parametrize(
    ("prompt", "labels"),
    [
        ("gold necklace with a round sapphire pendant", {"pendant", "stone", "setting", "chain", "clasp"}),
        ('silver disc pendant engraved with "Anna"', {"pendant", "engraving", "chain", "clasp", "bail"}),
        ("silver disc pendant on a leather cord", {"pendant", "edge", "bail", "chain", "clasp"}),
    ],
)
def test_five_places_of_any_pendant(prompt: str, labels: set[str]) -> None:
    """Five, the clasp among them, whatever hangs on whatever."""
    spec = read(prompt).spec
    piece = build(spec)
    boxes = named_regions(spec, piece, master_camera(piece))
    assert {box.label for box in boxes} == labels


def test_the_clasp_is_cut_from_the_whole_view_and_measured_against_it(
    made: tuple[Store, Jeweller, Design],
) -> None:
    store, jeweller, design = made
    branch = branch_of(design)
    assert branch.whole is not None
    assert branch.whole.recipe.parents == (branch.master.id,)
    clasp = next(c for c in branch.close_ups if c.region.label == "clasp")
    assert np.array_equal(store.pixels(clasp.crop), images.crop(store.pixels(branch.whole), clasp.region.box))
    assert clasp.crop.recipe.parents == (branch.whole.id,)
    assert clasp.verdict == "pass"
    assert all(line.ok for c in branch.close_ups for line in check_close_up(store, branch, c))
    # Against the master it would be told: the picture it is measured by is its own.
    amiss = branch.model_copy(update={"whole": branch.master})
    assert not all(line.ok for line in check_close_up(store, amiss, clasp))
    enhanced = [request for request in jeweller.asked if isinstance(request, EnhanceRequest)]
    assert [request.shot for request in enhanced] == ["", "whole"]


def test_a_maker_without_places_on_it_is_not_asked_for_one(tmp_path: Path) -> None:
    store, jeweller = Store(tmp_path), Jeweller()
    jeweller.places = PLACES[:1]
    design = store.create("Pendant", kind="necklace", prompt="a pendant")
    drawn = generate.candidate(
        store, jeweller, GenerateRequest("a pendant", "necklace", SIDE, SIDE), Silent()
    )
    store.update(design.id, lambda d: d.model_copy(update={"candidates": (drawn,)}))
    branch = branch_of(generate.master(store, jeweller, design.id, drawn.id, size=SIDE, watch=Silent()))
    assert branch.whole is None
    assert not any(isinstance(r, GenerateRequest) and r.shot for r in jeweller.asked)
    with pytest.raises(BadRegion, match="no second picture"):
        crop.edit_regions(store, design.id, lambda r: [*r, crop.new_region("clasp", (9, 9, 90, 90), "whole")])


def test_exports_show_it_and_say_so(made: tuple[Store, Jeweller, Design]) -> None:
    store, _, design = made
    branch = branch_of(design)
    sentence = certificate.beyond(["clasp"])
    certified = certificate.certify(store, design)
    assert sentence in certified.origins
    assert certified.composite is not None
    assert certified.composite.difference.shape[1] == 2 * SIDE
    assert certified.composite.proof.psnr_db > 40
    html = page.write(store, design).decode()
    assert 'id="whole"' in html
    assert "cut from here, measured against it" in html
    assert dossier.write(store, design).startswith(b"%PDF")
    assert ("whole-view.png", branch.whole) in manifest.show_files(branch)
    assert [(s.id, s.shot) for s in subjects(branch)][1:] == [("pendant", ""), ("clasp", "whole")]


def test_it_travels_in_the_archive(made: tuple[Store, Jeweller, Design], tmp_path: Path) -> None:
    store, _, design = made
    elsewhere = Store(tmp_path / "elsewhere")
    assert branch_of(archive.read(elsewhere, archive.write(store, design))).whole == branch_of(design).whole
    branch = branch_of(design).model_copy(update={"whole": None})
    table = manifest.Manifest(design=design.with_branch(branch), files=())
    with pytest.raises(BadArchive, match="a picture that is not there"):
        manifest.decode(manifest.encode(table))


def test_records_of_one_picture_are_written_as_before(made: tuple[Store, Jeweller, Design]) -> None:
    """Neither a region nor a branch nor a question of today differs from one of the time before."""
    _, jeweller, design = made
    plain = branch_of(design).model_copy(update={"whole": None, "regions": (), "close_ups": ()})
    assert "whole" not in plain.model_dump()
    region = crop.new_region("stone", (1, 2, 30, 40))
    assert "shot" not in region.model_dump()
    assert Region.model_validate(region.model_dump()) == region
    question = EnhanceRequest(b"x", "", 8, 8)
    assert key_of(jeweller, question) != key_of(jeweller, replace(question, shot="whole"))
    written = json.loads(placed(branch_of(design)))
    assert [place.get("shot") for place in written] == [None, "whole"]


def test_a_change_on_one_picture_leaves_the_others_regions() -> None:
    on_master, on_whole = crop.new_region("a", (0, 0, 50, 50)), crop.new_region("b", (0, 0, 50, 50), "whole")
    fresh = crop.new_region("c", (5, 5, 50, 50), "whole")
    assert crop.only_on("whole", lambda r: [*r, fresh])((on_whole, on_master)) == (on_whole, on_master, fresh)
    assert crop.only_on("whole", lambda _: [])((on_whole, on_master)) == (on_master,)
    assert crop.only_on("", lambda _: [])((on_whole, on_master)) == (on_whole,)

"""The sketch stage: what is kept of a sheet, versions, a known length, redrawn answers, and pictures without edges."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from pipeline import images
from pipeline.drawing import Manner, engrave, kept_page, manner, pencil, rasterize, to_dxf, view
from pipeline.drawing.page import Text
from pipeline.drawing.plate import to_bytes
from pipeline.errors import BadInput, NotRegistrable, Unsupported
from pipeline.export import archive
from pipeline.photo import ground
from pipeline.photo.ground import NOT_TOLD
from pipeline.providers.base import Answer, Limits, Request, Silent, SketchRequest, Watch
from pipeline.providers.builtin.local import Local
from pipeline.records import Design, Detail, KnownLength, Model3D, Recipe, Role, Sketch
from pipeline.stages import generate, sheets, sketch, subjects
from pipeline.store import Store
from tests.drawing.surfaces import ring_with_stone
from tests.export.pieces import finish
from tests.photo.test_ground import at_the_rim

PENCIL = Manner()


class Hand:
    """A provider that answers what it is given."""

    def __init__(self, answer: bytes, detail: Detail, name: str = "hand") -> None:
        self.id, self.name, self.answer = name, "A hand", answer
        self.limits: Mapping[Role, Limits] = {Role.SKETCH: Limits(detail=detail, views=("front",))}
        self.asked: list[SketchRequest] = []

    def model(self, role: Role) -> str:
        return "hand 1"

    def run(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, SketchRequest)
        self.asked.append(request)
        return Answer(self.answer)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketch, "_DRAWN_PX", 800)


@pytest.fixture
def design(store: Store, photographed: Callable[..., Design]) -> Design:
    return photographed(store)


@pytest.fixture(scope="module")
def plate_bytes() -> bytes:
    return to_bytes(engrave(view(ring_with_stone()), manner("contour"), title="Front elevation"))


def draw(store: Store, design: Design, provider: object = None, how: Manner = PENCIL) -> Sketch:
    subject = subjects.subjects(store.load(design.id).branch)[0]
    return sketch.sketch(store, provider or Local(), design.id, subject, how, watch=Silent(), prompt="draw")  # type: ignore[arg-type]


def words(store: Store, drawn: Sketch, layer: str) -> list[str]:
    page = kept_page(drawn, store.read)
    return [i.text for i in page.items if isinstance(i, Text) and i.layer == layer]


def test_a_detail_of_what_cannot_be_told_is_drawn_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the master's piece is not told from its ground, its details are asked for whole: nobody cuts them again."""
    monkeypatch.setattr(ground, "apart", lambda _: ground.Apart(None, NOT_TOLD))
    master = at_the_rim(800)
    made = generate.upload(store, store.create("Slab", kind="ring").id, images.encode_png(master))
    hand = Hand(images.encode_png(np.full((800, 800, 3), 255, np.uint8)), Detail.INTERPOLATED)
    drawn = draw(store, made, hand)
    assert sheets.ground_note(drawn) == NOT_TOLD
    _, piece = images.decode_masked(hand.asked[0].image)
    assert piece is not None
    assert piece.all()


def test_a_sheet_can_be_made_again(store: Store, design: Design) -> None:
    """The drawing is kept beside its sheet, and the page made from it gives the sheet's pixels, in 16 greys."""
    drawn = draw(store, design)
    assert drawn.drawing in store.load(design.id).assets()
    again = rasterize(kept_page(drawn, store.read))
    assert np.abs(store.pixels(drawn.sheet)[..., 0].astype(int) - again).max() <= images.GREY_STEP / 2
    assert drawn.figures["precision"] > 0.9
    assert max(drawn.drawing.width, drawn.drawing.height) == 800


def test_an_older_sheet_is_one_picture(store: Store, design: Design) -> None:
    """Of a sheet whose drawing was not kept the page is its picture, and it can still go into the PDF."""
    drawn = draw(store, design).model_copy(update={"drawing": None})
    assert (rasterize(kept_page(drawn, store.read)) == store.pixels(drawn.sheet)[..., 0]).all()


def test_versions_are_kept_and_chosen(store: Store, design: Design) -> None:
    """The newest version stands until an older one is chosen; a still newer one stands again."""
    first = draw(store, design)
    second = draw(store, design, how=replace(PENCIL, style="contour"))
    assert store.load(design.id).branch.latest_sketches == (second,)
    sheets.choose(store, design.id, first.id)
    branch = store.load(design.id).branch
    assert branch.latest_sketches == (first,)
    assert branch.versions(1) == (first, second)
    third = draw(store, design)
    assert store.load(design.id).branch.latest_sketches == (third,)
    with pytest.raises(BadInput, match="reload"):
        sheets.choose(store, design.id, "nobody")


def test_no_number_before_a_length_is_known(store: Store, design: Design) -> None:
    """A photograph's sheet has no measure; with one known length it tells scale and overall size, and back again."""
    drawn = draw(store, design)
    assert words(store, drawn, "dimensions") == []
    assert "not to scale" in words(store, drawn, "title")
    # The ring of the picture is 0.63 of 640 px wide: 21 mm across at 19.2 px a millimetre.
    known = KnownLength(start=(100.0, 300.0), end=(292.0, 300.0), mm=10.0)
    sheets.set_known_length(store, design.id, known)
    (laid,) = store.load(design.id).branch.latest_sketches
    assert laid.id != drawn.id
    assert laid.drawing == drawn.drawing
    numbers = [float(text) for text in words(store, laid, "dimensions")]
    assert numbers[0] == pytest.approx(0.63 * 640 / 19.2, rel=0.02)
    assert any(text.startswith("about ") for text in words(store, laid, "title"))
    assert draw(store, design).pitch_mm == pytest.approx(laid.pitch_mm)
    sheets.set_known_length(store, design.id, None)
    (bare,) = store.load(design.id).branch.latest_sketches
    assert words(store, bare, "dimensions") == []


@pytest.mark.parametrize("end", [(101.0, 300.0), (5000.0, 300.0)])
def test_a_length_must_be_on_the_picture(store: Store, design: Design, end: tuple[float, float]) -> None:
    """Points that fall together or lie outside are a clear sentence, and nothing changes."""
    with pytest.raises(BadInput, match=r"picture|close"):
        sheets.set_known_length(store, design.id, KnownLength(start=(100.0, 300.0), end=end, mm=5))
    assert store.load(design.id).branch.known_length is None


def test_a_redrawn_picture_passes_the_gate(store: Store, design: Design, ring_pixels: images.Pixels) -> None:
    """A true answer, moved by 1 %, is laid back and passes, with its figures; controls are not asked for."""
    moved = np.roll(pencil(ring_pixels, style="contour"), 6, axis=1)
    hand = Hand(images.encode_png(moved), Detail.REDRAWN)
    drawn = draw(store, design, hand, replace(PENCIL, weight=2.0))
    assert drawn.verdict == "pass"
    assert drawn.figures["precision"] > 0.9
    assert hand.asked[0].weight == 1.0
    assert hand.asked[0].prompt == "draw"


def test_another_drawing_gets_no_sheet(store: Store, design: Design, ring_pixels: images.Pixels) -> None:
    """An answer that shows something else is refused in words; no sheet is added."""
    foreign = pencil(np.ascontiguousarray(ring_pixels[::-1]), style="contour")
    with pytest.raises(NotRegistrable, match="A hand"):
        draw(store, design, Hand(images.encode_png(foreign), Detail.REDRAWN))
    assert store.load(design.id).branch.sketches == ()


@pytest.mark.parametrize("kind", ["white", "noise"])
def test_a_picture_without_edges_gets_a_sheet_that_says_so(store: Store, kind: str) -> None:
    """An all-white or pure noise picture never gives an empty frame."""
    pixels = np.full((520, 600, 3), 255, np.uint8)
    if kind == "noise":
        pixels = np.random.default_rng(1).integers(0, 255, (520, 600, 3)).astype(np.uint8)
    made = store.create("Nothing", kind="ring")
    asset = store.put_picture(pixels, Recipe(role="generate", provider="upload"))
    generate.set_master(store, made.id, asset)
    drawn = draw(store, made)
    assert "No clear edges" in words(store, drawn, "notes")[0]
    assert drawn.figures == {"precision": 0.0, "recall": 0.0}


def test_a_traced_photographs_bench_views_are_of_its_traced_piece(
    store: Store, design: Design, plate_bytes: bytes
) -> None:
    """Drawn from the newest traced model's description, its figure in the title block and its provenance kept; before
    there is one, and by a provider that knows no geometry, they are refused.
    """
    hand = Hand(plate_bytes, Detail.RENDERED, "atelier")
    subject = subjects.subjects(store.load(design.id).branch, ("front",))[0]
    with pytest.raises(Unsupported, match="trace a photograph first"):
        sketch.sketch(store, hand, design.id, subject, PENCIL, watch=Silent())  # type: ignore[arg-type]
    known = "Modelled after the photograph: outline .97, 1.2 px apart."
    figures = {"iou": 0.97, "edge_px": 1.2, "colour_delta_e": 8.0}
    for number, origin in enumerate(('{"kind": "ring"}', '{"kind": "ring", "ring": {}}')):
        recipe = Recipe(role=Role.MODEL, provider="trace", origin=origin)
        model = Model3D(
            id=f"m{number}",
            glb=store.put(b"glTF\x02\0\0\0%d" % number, recipe),
            known=known,
            figures=figures,
        )
        store.update(
            design.id,
            lambda d, model=model: d.with_branch(
                d.branch.model_copy(update={"models": (*d.branch.models, model)})
            ),
        )
    subject = subjects.subjects(store.load(design.id).branch, ("front",))[0]
    drawn = sketch.sketch(store, hand, design.id, subject, PENCIL, watch=Silent())  # type: ignore[arg-type]
    assert hand.asked[-1].origin == '{"kind": "ring", "ring": {}}'
    assert hand.asked[-1].view == "front"
    assert drawn.block["fidelity"] == "traced, outline 0.97"
    assert drawn.drawing.recipe.options["provenance"] == known
    other = Hand(plate_bytes, Detail.RENDERED)
    with pytest.raises(Unsupported, match="cannot draw this view"):
        sketch.sketch(store, other, design.id, subject, PENCIL, watch=Silent())  # type: ignore[arg-type]


def test_bench_views_make_a_set_of_their_own(
    store: Store, ring_pixels: images.Pixels, plate_bytes: bytes
) -> None:
    """A view is drawn by who made the master, is kept as lines, and stands once its set does; the ZIP keeps it."""
    made = store.create("Ring", kind="ring")
    master = store.put_picture(ring_pixels, Recipe(role="generate", provider="maker", origin="{}"))
    generate.set_master(store, made.id, master)
    maker = Hand(plate_bytes, Detail.RENDERED, "maker")
    general = draw(store, made, maker)
    (front,) = subjects.subjects(store.load(made.id).branch, ("front",))
    drawn = sketch.sketch(store, maker, made.id, front, PENCIL, watch=Silent())
    assert maker.asked[-1].view == "front"
    assert drawn.title == "Front elevation"
    assert drawn.drawing.media_type == "application/json"
    assert "LWPOLYLINE" in to_dxf(kept_page(drawn, store.read))
    assert store.load(made.id).branch.latest_sketches == (general,)
    sheets.set_views(store, made.id, master.id, ("front",))
    whole = store.load(made.id)
    assert whole.branch.latest_sketches == (drawn,)
    beneath, over = sheets.overlay(store, whole.branch, drawn)
    assert images.dimensions(over)[0] > 400
    assert np.ptp(images.decode(beneath)) > 100
    packed = archive.write(store, whole)
    other = Store(store.folder.parent / "other")
    assert archive.read(other, packed) == whole
    with pytest.raises(Unsupported, match="view"):
        sketch.sketch(store, Local(), made.id, front, PENCIL, watch=Silent())


def test_a_sheet_is_called_a_detail_once(store: Store) -> None:
    """A region's sheet is headed by what it shows; one called "detail 2" is no "Detail: detail 2"."""
    branch = finish(store).branch
    assert branch is not None
    labels = ["pendant", "detail 2", "Detail", "clasp", "edge"]
    named = tuple(
        c.model_copy(update={"region": c.region.model_copy(update={"label": label})})
        for c, label in zip(branch.close_ups, labels, strict=True)
    )
    drawn = subjects.subjects(branch.model_copy(update={"close_ups": named}))
    assert [s.title for s in drawn[1:]] == [
        "Detail: pendant",
        "Detail 2",
        "Detail",
        "Detail: clasp",
        "Detail: edge",
    ]

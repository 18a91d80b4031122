"""What a new piece is drawn with and an older one is not: fillets of solder at its joints, light under its stones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from pipeline.atelier.camera import Camera, view_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT, digest
from pipeline.atelier.render.protocol import pack_piece, unpack_piece
from pipeline.atelier.render.scene import lay_out
from pipeline.atelier.spec import Spec, composed

needs_llvm = pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer")
SIZE = 192


def test_new_pieces_have_both_and_kept_ones_neither() -> None:
    """A spec from before says nothing of them; each makes another piece, and a process hears of it."""
    kept = Spec.model_validate_json('{"kind": "ring", "stone": {"gem": "ruby"}}')
    older, newer = build(kept), build(composed(kept))
    assert (older.filleted, older.tinted, newer.filleted, newer.tinted) == (False, False, True, True)
    each = [
        replace(older, filleted=fillet, tinted=tint) for fillet in (False, True) for tint in (False, True)
    ]
    assert len({digest(piece) for piece in each}) == 4
    for piece in each:
        scene = lay_out(unpack_piece(*pack_piece(piece)))
        assert (scene.has_fillets, scene.tinted) == (piece.filleted, piece.tinted)


def test_grains_and_beads_are_no_joints() -> None:
    """They are of one body with what they sit on: no face of theirs is looked at, nor one that only they touch."""
    piece = build(composed(read("white gold band with pave diamonds and milgrain").spec))
    grains = {index for index, part in enumerate(piece.parts) if part.repeats}
    scene = lay_out(piece)
    assert grains
    assert not scene.has_fillets
    assert not scene.surfaces[sorted(grains), 7, 0].any()


def test_nothing_is_followed_where_there_is_nothing_to_see() -> None:
    """A band of one part has no joint, and what has no clear stone lets no light through."""
    scene = lay_out(build(composed(read("plain gold wedding band").spec)))
    assert (scene.has_fillets, scene.tinted) == (False, False)


@pytest.mark.parametrize(
    ("role", "material", "joint"),
    [
        (PartRole.PRONG, "yellow_gold", True), (PartRole.HALO, "platinum", True),
        (PartRole.CHAIN, "yellow_gold", False), (PartRole.BAIL, "yellow_gold", False),
        (PartRole.STONE, "onyx", False),
    ],
)  # fmt: skip
def test_solder_joins_metal_that_does_not_move(role: PartRole, material: str, *, joint: bool) -> None:
    """Of a plate and a post on it the plate's far corners are at no joint, whatever stands in its middle."""
    plate, post = _block((8, 8, 1), (0, 0, 0), cells=8), _block((1, 1, 4), (0, 0, 0.5))
    scene = lay_out(Piece("brooch", (plate, replace(post, role=role, material=material)), filleted=True))
    near = scene.corner_normals[:, 0, 3] > 0
    assert near.any() == joint
    middle = scene.vertices[scene.faces].mean(axis=1)
    assert not near[(np.abs(middle[:, :2]) > 2).all(axis=1)].any()


@needs_llvm
def test_a_fillet_is_at_the_joint_alone(renderer: Renderer) -> None:
    """A wall on a plate is mirrored otherwise within a millimetre of where they meet; beyond it, nothing changes."""
    plate, wall = _block((12, 12, 1), (0, 0, 0)), _block((12, 1, 4), (0, 0, 0.5), role=PartRole.GALLERY)
    sharp = Piece("brooch", (plate, wall))
    camera = view_camera(sharp, "top")
    before, after = (
        renderer.render(piece, camera, size=SIZE, quality=DRAFT).astype(float)
        for piece in (sharp, replace(sharp, filleted=True))
    )
    changed = np.abs(after - before).mean(axis=2)
    form = renderer.gbuffer(sharp, camera, width=SIZE, height=SIZE)
    on_plate = form.part == 0
    away = np.abs(_places(camera, form.depth)[1]) - 0.5
    assert changed[on_plate & (away < 0.1)].mean() > 5
    assert changed[on_plate & (away > 1)].mean() < 0.5


@needs_llvm
@pytest.mark.parametrize(("gem", "strongest"), [("ruby", 0), ("emerald", 1), ("sapphire", 2)])
def test_light_under_a_stone_has_its_colour(renderer: Renderer, gem: str, strongest: int) -> None:
    """The page beside a stone that lies on it is tinted by it, and grey where it was; elsewhere it stays white."""
    ring = build(read(f"gold ring with a 12 mm round {gem}").spec)
    lying = replace(ring, kind="brooch", parts=tuple(part for part in ring.parts if part.stone))
    camera = view_camera(lying, "top")
    seen = binary_dilation(renderer.gbuffer(lying, camera, width=SIZE, height=SIZE).part >= 0, iterations=2)
    grey, tinted = (
        renderer.render(piece, camera, size=SIZE, quality=DRAFT)[~seen].astype(float)
        for piece in (lying, replace(lying, tinted=True))
    )
    shade = grey.min(axis=1) < 245
    assert shade.any()
    colour = tinted[shade].mean(axis=0)
    assert np.ptp(grey[shade].mean(axis=0)) < 1
    assert colour.argmax() == strongest
    assert np.ptp(colour) > 3


def _places(camera: Camera, depth: np.ndarray) -> np.ndarray:
    """Where each pixel's surface lies, (3, h, w) mm; not finite on the page."""
    height, width = depth.shape
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    origin, direction = camera.ray_planes(x, y, width, height)
    return np.stack([o + depth * d for o, d in zip(origin, direction, strict=True)])


def _block(
    size: tuple[float, float, float],
    at: tuple[float, float, float],
    *,
    cells: int = 1,
    role: PartRole = PartRole.BODY,
) -> Part:
    """A box of gold of that size on that point, its sides cut into cells."""
    steps = np.linspace(-0.5, 0.5, cells + 1)
    corners, faces = [], []
    for axis in range(3):
        for side in (-0.5, 0.5):
            u, v = np.meshgrid(steps, steps, indexing="ij")
            grid = np.stack([np.full(u.size, side), u.ravel(), v.ravel()], axis=1)[:, np.roll(range(3), axis)]
            first = sum(map(len, corners))
            low = first + (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
            quads = np.stack([low, low + cells + 1, low + cells + 2, low + 1], axis=1)
            quads = quads if side > 0 else quads[:, ::-1]
            corners.append(grid)
            faces += [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    vertices = np.concatenate(corners) * size + np.asarray(at) + (0, 0, size[2] / 2)
    return Part(
        f"block {role} {size}",
        vertices,
        np.concatenate(faces).astype(np.int32),
        "yellow_gold",
        smooth=False,
        role=role,
    )

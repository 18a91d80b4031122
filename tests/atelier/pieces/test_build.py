"""The geometry: every valid spec becomes closed bodies that stand or lie on the floor, and fit together."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import MOST_TRIANGLES
from pipeline.atelier.geometry.gemstones import facet
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.prompt import read
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces import links
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import USUAL_RATIO, Spec
from pipeline.atelier.weights import carats, size_for
from tests.atelier.random_spec import random_spec
from tests.atelier.soundness import bodies, open_at


def assert_closed(mesh: Mesh, name: str) -> None:
    """Each edge is used once in each direction, and the body has a positive volume."""
    assert open_at(mesh) == "", name


@pytest.mark.parametrize(
    "prompt",
    [
        "pave band with 2.4 mm diamonds",
        "pave solitaire",
        "gold wedding band with five diamonds",
        "cathedral ring with pave shank",
    ],
)
def test_no_grain_floats(prompt: str) -> None:
    """Every grain of a row along a ring is as far from the finger's axis as its neighbours, to 0.08 mm."""
    piece = build(read(prompt).spec)
    shank = next(part for part in piece.parts if part.name == "shank").vertices
    axis = (shank.min(axis=0) + shank.max(axis=0)) / 2
    for part in piece.parts:
        if part.name.endswith("grains"):
            middles = part.repeats[0].poses[:, :3, 3] - axis
            away = np.hypot(middles[:, 0], middles[:, 2])
            assert np.ptp(away) < 0.08, away.round(2)


@pytest.mark.parametrize(
    "prompt",
    [
        "strand of 7 mm pearls, 45 cm",
        "pearl bracelet, 9 mm pearls, 16 cm",
        "pearl choker, 5 mm pearls, toggle",
    ],
)
def test_pearls_are_strung_without_touching(prompt: str) -> None:
    """A strand is closed bodies of pearl in a row, a little apart, with a clasp of metal."""
    spec = read(prompt).spec
    assert spec.chain is not None
    piece = build(spec)
    strand = next(part for part in piece.parts if part.name == "chain")
    assert strand.material == "pearl"
    for mesh in bodies(strand):
        assert_closed(mesh, "pearl")
    middles = strand.repeats[0].poses[:, :3, 3]
    apart = np.linalg.norm(np.diff(middles, axis=0), axis=1)
    assert figures(spec, piece).stone_count == len(middles)
    assert apart.min() > spec.chain.gauge_mm
    assert apart.max() < 1.12 * spec.chain.gauge_mm
    assert {part.material for part in piece.parts if part.name == "clasp"} == {spec.metal}


def test_no_arch_lies_over_the_row() -> None:
    """A cathedral's pave begins where its arches have left the shank: no stone is under one."""
    piece = build(read("cathedral solitaire with a pave shank").spec)
    parts = {part.name: part.vertices for part in piece.parts}
    middle = (parts["shank"].min(axis=0) + parts["shank"].max(axis=0)) / 2
    for side in ("right", "left"):
        stones, arch = parts[f"pave stones {side}"] - middle, parts[f"cathedral {side}"] - middle
        nearest = np.abs(np.degrees(np.arctan2(stones[:, 0], stones[:, 2]))).min()
        assert nearest > np.abs(np.degrees(np.arctan2(arch[:, 0], arch[:, 2]))).max()


def test_a_row_lies_on_no_ridge() -> None:
    """A knife edge under stones would leave their grains in the air: the band is built rounded, and the user told."""
    reading = read("knife edge ring with a pave shank")
    assert any("knife edge" in text for text in reading.assumed)
    assert reading.spec.ring is not None
    sharp = reading.spec.model_copy(
        update={"ring": reading.spec.ring.model_copy(update={"profile": "knife"})}
    )
    assert all(
        np.array_equal(a.vertices, b.vertices)
        for a, b in zip(build(sharp).parts, build(reading.spec).parts, strict=True)
    )


@pytest.mark.parametrize("seed", [*range(60), *range(1000, 1008)])
def test_random_valid_spec_builds_closed_bodies(seed: int) -> None:
    """Any valid spec builds, no more than the renderer holds: every part is watertight, outward, finite, uniquely
    named, and rests on the floor.
    """
    piece = build(random_spec(seed))
    assert sum(len(part.faces) for part in piece.parts) <= MOST_TRIANGLES
    names = [part.name for part in piece.parts]
    assert len(set(names)) == len(names)
    assert min(float(part.vertices[:, 2].min()) for part in piece.parts) == pytest.approx(0, abs=1e-9)
    for part in piece.parts:
        assert np.isfinite(part.vertices).all()
        for mesh in bodies(part):
            assert_closed(mesh, part.name)


def test_same_spec_gives_the_same_piece() -> None:
    """Building is deterministic to the bit."""
    spec = read("halo sapphire necklace in white gold").spec
    one, two = build(spec), build(spec)
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(one.parts, two.parts, strict=True))


@pytest.mark.parametrize(
    ("cut", "facets"), [("round", 57), ("oval", 57), ("pear", 57), ("emerald", 49), ("marquise", 57)]
)
def test_cuts_have_their_facets(cut: str, facets: int) -> None:
    """Facets besides the girdle: 57 in a brilliant, 49 in a three-step emerald cut."""
    stone = facet(cut, 7.0, 7.0 / USUAL_RATIO[cut])  # type: ignore[arg-type]
    corners = stone.mesh.vertices[stone.mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    normal = normal[area > 1e-7] / area[area > 1e-7, None]
    slanted = normal[np.abs(normal[:, 2]) > 0.02]
    distinct = {tuple(row) for row in np.round(slanted, 3).tolist()}
    assert abs(len(distinct) - facets) <= 1
    assert np.ptp(stone.mesh.vertices[:, 1]) == pytest.approx(7.0, abs=0.02)


def test_brilliant_keeps_its_angles_at_every_size() -> None:
    """The pavilion mains of a round stone lie at 40.75 degrees, whatever its size."""
    for size in (2.0, 6.5, 12.0):
        stone = facet("round", size, size)
        half_girdle = 0.03 * size / 2
        assert np.degrees(np.arctan((stone.depth - half_girdle) / (size / 2))) == pytest.approx(
            40.75, abs=0.01
        )


def test_carats_agree_with_the_stones_volume() -> None:
    """The trade's formula and the cut's own volume agree within 8 % for a round diamond; 6.5 mm weighs about 1 ct."""
    stone = facet("round", 6.5, 6.5)
    assert carats("diamond", "round", 6.5, 6.5) == pytest.approx(volume(stone.mesh) * 3.52 / 200, rel=0.08)
    assert carats("diamond", "round", 6.5, 6.5) == pytest.approx(1.0, abs=0.03)
    assert size_for("diamond", "round", carats("diamond", "round", 5.2, 5.2), 1.0) == pytest.approx(5.2)


@pytest.mark.parametrize(
    "prompt", ["six prong solitaire ring", "pear ruby ring", "princess ring bezel", "opal ring"]
)
def test_metal_does_not_enter_the_stone(prompt: str) -> None:
    """Prongs and bezels are cut to the stone they hold: they touch it and share no volume."""
    piece = build(read(prompt).spec)
    stone = next(Mesh(part.vertices, part.faces) for part in piece.parts if part.name == "stone 1")
    for part in piece.parts:
        if part.name.startswith(("prong", "bezel", "shank")):
            shared = solid.intersect(Mesh(part.vertices, part.faces), stone)
            assert len(shared.faces) == 0 or volume(shared) < 1e-3 * volume(stone), part.name


def test_prongs_touch_the_girdle() -> None:
    """Every prong reaches the stone: their least distance is a hair."""
    piece = build(read("four prong round solitaire ring").spec)
    stone = next(part.vertices for part in piece.parts if part.name == "stone 1")
    for part in piece.parts:
        if part.name.startswith("prong"):
            near = min(float(np.linalg.norm(part.vertices - point, axis=1).min()) for point in stone)
            assert near < 0.05


def linking_number(one: np.ndarray, two: np.ndarray) -> float:
    """Gauss' integral over two closed polylines (n, 3) and (m, 3): how often one passes through the other."""
    one, two = (
        np.concatenate([line + t * (np.roll(line, -1, 0) - line) for t in np.arange(0, 1, 0.1)]).reshape(10, -1, 3)
        .swapaxes(0, 1).reshape(-1, 3)
        for line in (one, two)
    )  # fmt: skip
    a, b = np.roll(one, -1, 0) - one, np.roll(two, -1, 0) - two
    between = (one + a / 2)[:, None] - (two + b / 2)[None]
    triple = np.einsum("ijk,ijk->ij", np.cross(a[:, None], b[None]), between)
    return float((triple / np.linalg.norm(between, axis=2) ** 3).sum() / (4 * np.pi))


@pytest.mark.parametrize(("style", "sides"), [("cable", 14), ("curb", 14), ("figaro", 14), ("box", 12)])
def test_links_interlock_without_touching(style: str, sides: int) -> None:
    """Neighbouring links pass through one another exactly once and share no volume."""
    path = np.column_stack([np.linspace(0, 30, 600), np.zeros(600), np.zeros(600)])
    units = links.links(style, 3.0, path)  # type: ignore[arg-type]
    placed = sorted(
        (
            (pose[0, 3], Mesh(mesh.vertices @ pose[:3, :3].T + pose[:3, 3], mesh.faces))
            for mesh, poses in units
            for pose in poses
        ),
        key=lambda item: item[0],
    )
    for (_, one), (_, two) in list(pairwise(placed))[:6]:
        shared = solid.intersect(one, two)
        assert len(shared.faces) == 0 or volume(shared) < 1e-6
        centres = [mesh.vertices.reshape(-1, sides, 3).mean(1) for mesh in (one, two)]
        assert abs(linking_number(*centres)) == pytest.approx(1.0, abs=0.05)


def test_chain_has_the_length_asked_for() -> None:
    """From clasp to clasp along its links, with the clasp, a 45 cm chain measures 45 cm within 2 %."""
    piece = build(Spec.model_validate({"kind": "necklace", "chain": {"length_mm": 450.0}}))
    chain = next(part for part in piece.parts if part.name == "chain")
    centres = chain.repeats[0].poses[:, :3, 3]
    run = float(np.linalg.norm(np.diff(centres, axis=0), axis=1).sum())
    closing = float(np.linalg.norm(centres[0] - centres[-1]))
    assert run + closing == pytest.approx(450.0, rel=0.02)


def test_ring_is_round_inside_and_true_to_size() -> None:
    """The finger's hole measures what the spec says, and a ring stands with its head up."""
    piece = build(read("plain gold band 4 mm, size 54").spec)
    shank = piece.parts[0].vertices
    middle = (shank.max(0) + shank.min(0)) / 2
    inner = 2 * float(np.hypot(shank[:, 0] - middle[0], shank[:, 2] - middle[2]).min())
    assert inner == pytest.approx(54 / np.pi, abs=0.05)


def test_earrings_come_as_a_pair() -> None:
    """Left and right carry the same parts, side by side, without touching."""
    piece = build(read("sapphire drop earrings").spec)
    sides = {side: [p for p in piece.parts if p.name.startswith(side)] for side in ("left", "right")}
    assert [p.name.split(" ", 1)[1] for p in sides["left"]] == [
        p.name.split(" ", 1)[1] for p in sides["right"]
    ]
    assert max(p.vertices[:, 0].max() for p in sides["left"]) < min(
        p.vertices[:, 0].min() for p in sides["right"]
    )


def test_necklace_pendant_hangs_on_the_chain() -> None:
    """The bail encloses the chain, and the eye: neither can be pulled out."""
    piece = build(read("gold necklace with a round pendant").spec)
    parts = {part.name: part for part in piece.parts}
    bail, eye, chain = parts["bail"].vertices, parts["eye"].vertices, parts["chain"].vertices
    inside = chain[np.abs(chain[:, 0]) < 0.3]
    assert bail[:, 1].max() > inside[:, 1].max() > bail[:, 1].min()
    assert bail[:, 2].max() > inside[:, 2].max()
    assert bail[:, 2].min() < inside[:, 2].min()
    assert eye[:, 1].max() > bail[:, 1].min()


def whole(piece: Piece) -> np.ndarray:
    """All vertices of a piece."""
    return np.vstack([part.vertices for part in piece.parts])


def test_engraving_is_cut_where_asked() -> None:
    """An engraved disc weighs less than a plain one by about the letters' depth."""
    plain = build(read("gold disc pendant necklace 20 mm").spec)
    cut = build(read('gold disc pendant necklace 20 mm engraved "AMOR"').spec)
    loss = [
        volume(Mesh(p.vertices, p.faces))
        for piece in (plain, cut)
        for p in piece.parts
        if p.name == "pendant"
    ]
    assert 0.3 < loss[0] - loss[1] < 30
    assert whole(plain).shape != whole(cut).shape


@pytest.mark.parametrize("style", ["bangle", "cuff"])
def test_stones_of_a_stiff_bracelet_sit_in_its_metal(style: str) -> None:
    """Every stone of the row lies as deep under the outer surface as the first one, to 0.05 mm: none floats."""
    accents = {"diameter_mm": 1.6}
    bare = {"kind": "bracelet", "bracelet": {"style": style, "width_mm": 7.0}}
    set_with = build(Spec.model_validate({**bare, "accents": accents}))
    plain = next(p for p in build(Spec.model_validate(bare)).parts if p.name == style).vertices
    stones = next(p for p in set_with.parts if p.name == "stones").repeats[0].poses[:, :3, 3]
    body = next(p for p in set_with.parts if p.name == style).vertices
    # Stones stand a little out of the front, so the whole is centred otherwise; sides and back are the same.
    moved = [plain[:, 0].min() - body[:, 0].min(), plain[:, 1].max() - body[:, 1].max()]
    middle = (plain[:, 2].min() + plain[:, 2].max()) / 2
    line = plain[np.abs(plain[:, 2] - middle) < 0.02][:, :2]
    outer = line[ConvexHull(line).vertices]
    depths = []
    for place in stones[:, :2] + moved:
        near = outer[np.argsort(np.linalg.norm(outer - place, axis=1))[:2]]
        along = (near[1] - near[0]) / np.linalg.norm(near[1] - near[0])
        offset = place - near[0]
        depths.append(float(np.linalg.norm(offset - (offset @ along) * along)))
    assert np.ptp(depths) < 0.05
    assert max(depths) < 0.2

"""What we claim about tracing, measured again: known pieces from jittered cameras, turned, by noisy points, refused.

Run as `python -m benchmarks trace`; `python -m benchmarks.trace NAME ...` takes those pieces alone. The photographs of
`PHOTOS`, where that folder is there, are traced by themselves; their overlays go to `OVERLAYS`.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline import images
from pipeline.atelier.camera import Camera as MasterCamera
from pipeline.atelier.camera import aim, master_camera, stands
from pipeline.atelier.geometry.detail import FULL
from pipeline.atelier.piece import HUNG_BY, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import DRAFT
from pipeline.atelier.spec import Spec
from pipeline.errors import LoupeError
from pipeline.images import Pixels
from pipeline.photo.brush import piece_mask
from pipeline.photo.foreground import foreground
from pipeline.photo.relief import relief
from pipeline.solids.camera import Array, Camera, axes_of
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose, apart
from pipeline.solids.reading import read
from pipeline.solids.score import FILM_PX, Mask, overlap
from pipeline.trace.families import FAMILIES, Body, Family, body_of, named
from pipeline.trace.points import CLEAR_LEAD, curves, solve
from pipeline.trace.records import Curve, Point
from pipeline.trace.tracing import Traced, picture_under, rank, seen_by, shown, trace

SIDE_PX, MASTER_PX = 640, 2048
SEED = 7
TRIALS = 20
NOISE_PX = 3.0
PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"
OVERLAYS = Path(tempfile.gettempdir()) / "traced"

PIECES: dict[str, tuple[str, dict[str, Any]]] = {
    "solitaire": (
        "solitaire-round",
        {"kind": "ring", "ring": {"width_mm": 2.2, "thickness_mm": 1.7}, "stone": {"length_mm": 7.2}},
    ),
    "oval ruby": (
        "solitaire-oval",
        {
            "kind": "ring",
            "metal": "platinum",
            "ring": {"width_mm": 2.8, "thickness_mm": 1.8, "taper": 0.7, "inner_diameter_mm": 16.5},
            "stone": {"gem": "ruby", "cut": "oval", "length_mm": 9.0},
        },
    ),
    "bezel emerald": (
        "bezel-round",
        {
            "kind": "ring",
            "ring": {"width_mm": 3.4, "thickness_mm": 1.9},
            "stone": {"gem": "emerald", "length_mm": 6.0, "setting": "bezel"},
        },
    ),
    "band": (
        "band",
        {
            "kind": "ring",
            "metal": "rose_gold",
            "ring": {
                "style": "band",
                "width_mm": 5.2,
                "thickness_mm": 1.9,
                "taper": 1.0,
                "inner_diameter_mm": 18.5,
            },
        },
    ),
    "halo": (
        "halo-round",
        {
            "kind": "ring",
            "metal": "white_gold",
            "ring": {"width_mm": 2.0, "inner_diameter_mm": 16.8},
            "stone": {"length_mm": 5.6, "halo": True},
            "accents": {"diameter_mm": 1.4},
        },
    ),
    "three-stone": (
        "three_stone-round",
        {
            "kind": "ring",
            "ring": {"style": "three_stone", "width_mm": 2.4},
            "stone": {"gem": "sapphire", "length_mm": 6.8},
            "accents": {"diameter_mm": 3.8},
        },
    ),
    "signet": (
        "signet",
        {
            "kind": "ring",
            "metal": "silver",
            "ring": {"style": "signet", "width_mm": 3.8, "thickness_mm": 1.8},
        },
    ),
    "disc": (
        "disc",
        {"kind": "necklace", "pendant": {"form": "round", "framing": "pendant", "height_mm": 18}},
    ),
    "pear pendant": (
        "bezel pendant-pear",
        {
            "kind": "necklace",
            "metal": "silver",
            "pendant": {"form": "stone", "framing": "pendant"},
            "stone": {"gem": "amethyst", "cut": "pear", "length_mm": 11, "setting": "bezel"},
        },
    ),
    "heart": (
        "heart",
        {
            "kind": "necklace",
            "metal": "rose_gold",
            "pendant": {"form": "heart", "framing": "pendant", "height_mm": 16},
        },
    ),
    "studs": (
        "stud-princess-pair",
        {"kind": "earrings", "metal": "platinum", "stone": {"cut": "princess", "length_mm": 5.5}},
    ),
    "hoops": ("hoop", {"kind": "earrings", "earrings": {"style": "hoop", "diameter_mm": 28, "wire_mm": 2.6}}),
    "bangle": (
        "bangle",
        {"kind": "bracelet", "bracelet": {"style": "bangle", "width_mm": 8.0, "thickness_mm": 2.4}},
    ),
    "cathedral": (
        "cathedral-round",
        {
            "kind": "ring",
            "metal": "white_gold",
            "ring": {"width_mm": 2.4, "thickness_mm": 1.8, "cathedral": True},
            "stone": {"gem": "sapphire", "length_mm": 6.8},
        },
    ),
    "split shank": (
        "split shank-oval",
        {
            "kind": "ring",
            "ring": {"width_mm": 3.0, "shank": "split"},
            "stone": {"gem": "emerald", "cut": "oval", "length_mm": 8.0},
        },
    ),
    "split halo": (
        "split halo-cushion",
        {
            "kind": "ring",
            "metal": "rose_gold",
            "ring": {"width_mm": 2.8, "shank": "split"},
            "stone": {"gem": "morganite", "cut": "cushion", "length_mm": 7.0, "halo": True},
            "accents": {"diameter_mm": 1.4},
        },
    ),
    "cluster": (
        "cluster-round",
        {
            "kind": "ring",
            "ring": {"width_mm": 2.2},
            "stone": {"gem": "ruby", "length_mm": 5.0, "cluster": True},
            "accents": {"diameter_mm": 2.8},
        },
    ),
    "tennis": (
        "tennis-round",
        {
            "kind": "bracelet",
            "bracelet": {"style": "tennis"},
            "accents": {"gem": "sapphire", "diameter_mm": 4.0},
        },
    ),
}
"""Name of the family, and the piece."""

EXPRESSIBLE = {
    "ring-c0000": ("ring", "band"),
    "ring-a0104": ("ring", "band"),
    "earring-c0010": ("earrings", "hoop"),
}
"""Photographs that a family can express, and which."""


@dataclass(frozen=True)
class Clicked:
    """A piece of a photograph that a family can express, and at most 16 points a person placed on it, in per cent."""

    photograph: str
    which: str
    kind: str
    style: str
    places: Mapping[Curve, list[tuple[float, float]]]


CLICKED: tuple[Clicked, ...] = (
    Clicked("ring-c0022", "the band in front", "ring", "band", {
        "hole": [(45.6, 27), (52, 20.8), (65, 24.2), (80, 34.8), (95.5, 53), (86, 60.4), (68, 52.6), (53, 39)],
        "rim": [(38.3, 34), (46, 21), (56, 18), (75, 25.5), (93, 43), (99.5, 58), (90, 74.3), (66, 70)],
    }),
    Clicked("ring-c0022", "the band behind", "ring", "band", {
        "hole": [(4, 45), (12, 39.3), (25, 37.2), (37, 36.8), (30, 55), (18, 52.5), (8, 49.5)],
        "edge": [(10, 36.5), (20, 34), (33, 33.4), (0.2, 53), (10, 67), (22, 72), (35, 73.4), (50, 72)],
    }),
    Clicked("ring-a0104", "", "ring", "band", {
        "hole": [(33.5, 59), (50, 51.5), (66.5, 59), (50, 66), (40, 64.5), (60, 64.5), (40, 52.8), (60, 52.8)],
        "rim": [(31.8, 58.5), (50, 50.2), (68.4, 58.5), (32, 74), (38, 78), (50, 80.3), (62, 78.3), (68.2, 73)],
    }),
    Clicked("ring-c0000", "", "ring", "band", {
        "hole": [(14.1, 42), (23.8, 18.4), (47, 8), (70.8, 18.4), (80.4, 43.5), (72, 67.5), (49, 79), (24, 68)],
        "rim": [(17, 22), (46, 3.6), (72, 11.5), (84.3, 40), (83, 62), (70, 87), (47, 96.5), (25, 88)],
    }),
    Clicked("earring-c0010", "the hoop in front", "earrings", "hoop", {
        "hole": [(38, 47), (39, 53), (45, 53.5), (52, 51), (57, 46.5), (42, 39)],
        "rim": [(28, 45), (30, 53), (37, 59), (45, 60), (56, 57.5), (63, 51.5), (66.3, 46), (65, 38),
                  (60, 34), (33, 34)],
    }),
    Clicked("bracelet-a0001", "the bangle on the right", "bracelet", "bangle", {
        "hole": [(59, 12.3), (65, 25), (68, 45), (67, 68)],
        "edge": [(61, 10.8), (67, 25), (69.5, 55), (63, 87), (76, 10), (84, 20), (88.5, 40), (89.2, 60),
                  (86, 78), (79, 91)],
    }),
    Clicked("bracelet-a0019", "the lowest bangle", "bracelet", "bangle", {
        "hole": [(11.8, 68), (14, 77), (20, 84), (31, 90), (45, 90), (57, 85.5), (65, 78.5), (69, 70)],
        "rim": [(8, 70), (9.5, 80), (15, 88), (30, 94.5), (45, 96.8), (58, 93), (66, 86), (72.5, 72)],
    }),
)  # fmt: skip
"""Of these seven six lie right to the eye; the right bangle, cut off and open, does not."""


@dataclass(frozen=True)
class Shot:
    """A path-traced piece and where its camera stood."""

    name: str
    family: Family
    spec: Spec
    pixels: Pixels
    azimuth: float
    elevation: float
    outlines: tuple[Mask, ...]
    """Where the piece truly is on the square film: of a pendant its chain aside, of two earrings traced singly each."""


def main() -> None:
    coarse_against_full()
    noisy_points()
    pieces(list(PIECES))
    photographs()
    clicked()


def pieces(names: list[str]) -> None:
    """Known pieces, path-traced from jittered cameras, and traced."""
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        shots = list(_shots(names, renderer))
    measure_shots(shots)


def measure_shots(shots: list[Shot]) -> None:
    """Print how known path-traced pieces are traced, by their family and among all."""
    traced = {}
    for shot in shots:
        started, seconds = time.process_time(), time.monotonic()
        result = trace(shot.pixels, shot.spec.kind, shot.family.name)
        _print_row(shot, result, time.process_time() - started, time.monotonic() - seconds)
        traced[shot.name] = result
    _summary(shots, traced)
    print(
        "waits on the page: the first overlay of a master of 2,048 px with its mask, and one that follows a slider"
    )
    for shot in shots:
        print(f"  {shot.name:14s} {_waits(shot, traced[shot.name])}")
    print("turned by 90 degrees, IoU with the truth: relief, traced")
    for shot in shots:
        turned = [_turned(shot, body) for body in (_relief(shot), _framed(traced[shot.name]))]
        print(f"  {shot.name:14s} {turned[0]:.2f}  {turned[1]:.2f}")
    print("words unknown: rank of the right style, and the ranking")
    for shot in shots:
        started = time.process_time()
        fits = rank(shot.pixels, shot.spec.kind).fits
        styles = [fit.family.style for fit in fits]
        place = styles.index(shot.family.style) + 1
        listed = ", ".join(f"{fit.family.name} {fit.agreement.iou:.2f}" for fit in fits[:3])
        print(f"  {shot.name:14s} {place}  {listed}  {time.process_time() - started:.1f} CPU-s", flush=True)


def coarse_against_full() -> None:
    """Silhouettes of every family's usual piece from six directions, and what a coarse body costs."""
    worst = (1.0, "")
    slowest = (0.0, "")
    for family in FAMILIES:
        values = family.values(family.start)
        family.body(values)
        started = time.process_time()
        for _ in range(5):
            coarse = family.body(values)
        slowest = max(slowest, ((time.process_time() - started) / 5, family.name))
        full = body_of(family.parts(family.spec(values), FULL))
        for azimuth, elevation in ((0, 0), (90, 0), (0, 90), (35, 25), (-60, 40), (150, -20)):
            camera = Pose(azimuth, elevation, 7, 2.4, 0.5, 0.5).camera(full.centre, full.radius)
            outlines = [labels(b.points, b.faces, b.label, camera, 320) >= 0 for b in (coarse, full)]
            worst = min(worst, (overlap(*outlines), family.name))
    print(f"coarse against full, {len(FAMILIES)} families: least IoU {worst[0]:.4f} ({worst[1]})")
    print(f"slowest coarse body: {1000 * slowest[0]:.1f} ms ({slowest[1]})")


def noisy_points() -> None:
    """Eighteen points or twelve, each some pixels off: camera and stone."""
    for name in ("solitaire-round", "bezel-round", "halo-round", "solitaire-oval", "band"):
        family = named("ring", name)
        turns, stones, unsure, chance = [], [], 0, np.random.default_rng(SEED)
        started = time.process_time()
        for _ in range(TRIALS):
            values = {**family.values(family.start), "ring.width_mm": float(chance.uniform(1.8, 4.5))}
            if family.cut:
                values["stone.length_mm"] = float(chance.uniform(5.0, 8.5))
            pose = Pose(float(chance.uniform(10, 46)), float(chance.uniform(8, 40)), 0, 2.5, 0.5, 0.5)
            body = family.body(values)
            camera = pose.camera(body.centre, body.radius)
            places = {}
            for curve, lines in curves(family, values).items():
                line = camera.project(lines[0])[:, :2]
                chosen = ((np.arange(6) + 0.5 * chance.random(6)) / 6 * len(line)).astype(int)
                if curve != "edge":
                    places[curve] = line[chosen] + chance.normal(0, NOISE_PX / 1024, (6, 2))
            answer, sizes, lead = solve(family, places)
            turns.append(_apart(family, answer, pose))
            unsure += lead < CLEAR_LEAD
            if family.cut:
                stones.append(abs(sizes["stone.length_mm"] / values["stone.length_mm"] - 1))
        stone = f", stone {100 * np.median(stones):.1f} % (worst {100 * max(stones):.0f})" if stones else ""
        within = sum(turn <= 3 for turn in turns)
        print(
            f"{NOISE_PX:g} px points, {name}: camera {np.median(turns):.1f} degrees (worst {max(turns):.1f}, "
            f"{within} of {TRIALS} within 3, {unsure} unsure){stone}, "
            f"{(time.process_time() - started) / TRIALS:.2f} CPU-s"
        )


def photographs() -> None:
    """Photographs by themselves: what is accepted, and the overlays for an eye."""
    if not PHOTOS.is_dir():
        print("no photographs at hand")
        return
    OVERLAYS.mkdir(exist_ok=True)
    print(f"photographs by themselves; overlays in {OVERLAYS}")
    for path in sorted(PHOTOS.glob("*.jpg")):
        stem = path.stem
        kind = {"earring": "earrings"}.get(stem.split("-")[0], stem.split("-")[0])
        kind, style = EXPRESSIBLE.get(stem, (kind, ""))
        try:
            result = trace(images.decode(path.read_bytes()), kind, style)
        except LoupeError as error:
            print(f"  {stem}: {error}")
            continue
        (OVERLAYS / f"{stem}.png").write_bytes(images.encode_png(result.overlay))
        verdict = "ACCEPTED" if result.accepted else "rough"
        print(f"  {stem} ({style or 'any'}): {result.family.name}, {verdict}. {result.words}", flush=True)


def clicked() -> None:
    """Photographs through placed points, and their overlays for an eye."""
    OVERLAYS.mkdir(exist_ok=True)
    for one in CLICKED:
        path = PHOTOS / f"{one.photograph}.jpg"
        if not path.is_file():
            print(f"  no {one.photograph} at hand")
            continue
        points = [
            Point(curve=curve, x=x / 100, y=y / 100) for curve, row in one.places.items() for x, y in row
        ]
        result = trace(images.decode(path.read_bytes()), one.kind, one.style, points=points)
        name = f"{one.photograph} {one.which}".strip()
        (OVERLAYS / f"{name.replace(' ', '-')}-clicked.png").write_bytes(images.encode_png(result.overlay))
        print(f"  {name}, {len(points)} points: {result.words}", flush=True)


def _shots(names: list[str], renderer: Renderer) -> Iterator[Shot]:
    chance = np.random.default_rng(SEED)
    for name, (family, fields) in PIECES.items():
        spec = Spec.model_validate(fields)
        piece = build(spec)
        if piece.framing == "pendant":
            camera, azimuth, elevation = master_camera(piece), 0.0, 70.0
        else:
            first = (24.0, 17.0) if stands(piece) else (0.0, 34.0)
            azimuth, elevation = first[0] + chance.uniform(-22, 22), first[1] + chance.uniform(-10, 22)
            camera = aim(piece, azimuth, elevation)
        if name in names:
            pixels = renderer.render(piece, camera, size=SIDE_PX, quality=DRAFT)
            chosen = named(spec.kind, family)
            yield Shot(name, chosen, spec, pixels, azimuth, elevation, _outlines(chosen, piece, camera))


def _outlines(family: Family, piece: Piece, camera: MasterCamera) -> tuple[Mask, ...]:
    """What the known camera sees of the piece without its chain, or of each of two earrings traced singly."""
    forward, right, up = (_upright(axis) for axis in camera.frame())
    half = float(np.tan(np.radians(camera.field_of_view_deg / 2)))
    film = Camera(_upright(np.array(camera.position)), np.stack([right, up, -forward]), half)
    parts = (piece.without(HUNG_BY) if piece.kind == "necklace" else piece).parts
    apart = family.kind == "earrings" and not family.pair
    pieces = [[p for p in parts if p.side == side] for side in ("left", "right")] if apart else [list(parts)]
    bodies = [body_of(one) for one in pieces]
    return tuple(labels(b.points, b.faces, b.label, film, FILM_PX) > NOTHING for b in bodies)


def _upright(vector: Array) -> Array:
    return np.array([vector[0], vector[2], -vector[1]])


def _print_row(shot: Shot, result: Traced, cpu: float, seconds: float) -> None:
    errors = ", ".join(
        f"{path.split('.')[-1]} {100 * error:+.0f} %" for path, error in _errors(shot, result).items()
    )
    turn = _apart(shot.family, result.pose, Pose(shot.azimuth, shot.elevation, 0, 1, 0.5, 0.5))
    seen = seen_by(result.family, result.values, result.pose) > NOTHING
    truth = max(overlap(seen, outline) for outline in shot.outlines)
    print(
        f"{shot.name:14s} IoU {result.figures.iou:.3f} (with the truth {truth:.3f}), "
        f"{result.figures.edge_px:.1f} px, camera {turn:.1f} degrees; "
        f"{errors or 'no free size'}; {cpu:.1f} CPU-s, {seconds:.1f} s; {'accepted' if result.accepted else 'rough'}",
        flush=True,
    )


def _waits(shot: Shot, result: Traced) -> str:
    """Seconds and CPU-seconds to the first overlay, mask and encoding with it, and to the next one."""
    pixels = np.asarray(cv2.resize(shot.pixels, (MASTER_PX, MASTER_PX), interpolation=cv2.INTER_CUBIC))
    words = []
    picture = None
    for _ in range(2):
        started, seconds = time.process_time(), time.monotonic()
        if picture is None:
            picture = picture_under(pixels, shot.spec.kind, result.family, piece_mask(pixels, ()))
        images.encode_png(shown(picture, result.family, result.placement)[::2, ::2])
        words.append(f"{time.monotonic() - seconds:.2f} s ({time.process_time() - started:.2f} CPU-s)")
    return ", then ".join(words)


def _summary(shots: list[Shot], traced: Mapping[str, Traced]) -> None:
    fits = sum(result.figures.iou >= 0.95 for result in traced.values())
    wanted = ("ring.width_mm", "stone.length_mm")
    sizes = [
        abs(error)
        for shot in shots
        for path, error in _errors(shot, traced[shot.name]).items()
        if path in wanted
    ]
    print(f"IoU of .95 or more: {fits} of {len(shots)}; band width and stone within 5 %: "
          f"{sum(size <= 0.05 for size in sizes)} of {len(sizes)}")  # fmt: skip


def _errors(shot: Shot, result: Traced) -> dict[str, float]:
    size = shot.family.size
    scale = result.values.get(size.path, size.reference_mm) / _value(shot.spec, size.path)
    return {
        p.path: result.values[p.path] / (_value(shot.spec, p.path) * (scale if p.is_length else 1)) - 1
        for p in shot.family.parameters
        if p.path in result.values
    }


def _value(spec: Spec, path: str) -> float:
    group, name = path.split(".")
    return float(getattr(getattr(spec, group), name))


def _apart(family: Family, one: Pose, other: Pose) -> float:
    """The angle between two cameras; of what is round about an axis, that between the axes seen."""
    axis = {"band": 2, "bangle": 1, "hoop": -1}.get(family.style)
    if axis is None or axis < 0:
        return apart(one, other)
    first, second = (axes_of(p.azimuth, p.elevation, p.roll)[:, axis] for p in (one, other))
    return float(np.degrees(np.arccos(min(1.0, abs(float(first @ second))))))


def _framed(result: Traced) -> tuple[Array, Array, Array]:
    """Points in the traced camera's axes, and faces."""
    body = result.family.body(result.values)
    pose = result.pose
    return body.points @ axes_of(pose.azimuth, pose.elevation, pose.roll).T, body.faces, body.label


def _relief(shot: Shot) -> tuple[Array, Array, Array]:
    solid = read(relief(shot.pixels, foreground(shot.pixels)))
    return solid.points.astype(float), solid.faces.astype(np.int32), np.zeros(len(solid.faces), np.int8)


def _turned(shot: Shot, seen: tuple[Array, Array, Array]) -> float:
    """IoU of the silhouettes of a model and of the truth, both turned by 90 degrees and brought to one size."""
    truth = body_of(shot.family.parts(shot.spec, FULL))
    axes = axes_of(shot.azimuth, shot.elevation)
    outlines = []
    for points, faces, label in ((truth.points @ axes.T, truth.faces, truth.label), seen):
        low, high = points.min(axis=0), points.max(axis=0)
        unit = (points - (low + high) / 2) / (max(high[0] - low[0], high[1] - low[1]) / 2)
        body = Body(unit, faces, label)
        side = np.ptp(unit[:, [2, 1]], axis=0)
        camera = Pose(90, 0, 0, 3.0, 0.5, 0.5, 0.001).camera(body.centre, 1.0)
        outlines.append(labels(body.points, body.faces, body.label, camera, 256) >= 0)
        assert side.all()
    return overlap(*outlines)


if __name__ == "__main__":
    pieces(sys.argv[1:]) if sys.argv[1:] else main()

"""A small finished design: a painted piece, five close-ups the gate measured, six sheets, a tetrahedron."""

import json
import struct

import numpy as np

from pipeline import images
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import composed
from pipeline.drawing.plate import Plate, to_bytes
from pipeline.drawing.surface import OUTLINE, Curve
from pipeline.fidelity import examine
from pipeline.fidelity.gate_version import judged_by
from pipeline.records import (
    Asset,
    Branch,
    Check,
    CloseUp,
    Design,
    Model3D,
    Recipe,
    Region,
    Sketch,
    Turntable,
    View,
)
from pipeline.store import Store
from pipeline.turntable import loop, video

SIDE = 384
FACTOR = 2
REGIONS = {
    "pendant": {"x": 128, "y": 176, "width": 128, "height": 128},
    "chain": {"x": 40, "y": 30, "width": 96, "height": 96},
    "clasp": {"x": 150, "y": 8, "width": 84, "height": 64},
    "side": {"x": 96, "y": 200, "width": 72, "height": 96},
    "edge": {"x": 200, "y": 240, "width": 96, "height": 72},
}
"""Boxes on a master of 384 px."""


def paint(scale: int = 1, box: tuple[int, int, int, int] | None = None, side: int = SIDE) -> images.Pixels:
    """Paint a window of a gold disc with a red stone on a chain; `scale` pixels per master pixel."""
    box = box or (0, 0, side, side)
    left, top, width, height = box
    fine = 2 * scale
    y = (np.arange(height * fine) / fine + top)[:, None] / side
    x = (np.arange(width * fine) / fine + left)[None, :] / side
    radius, angle = np.hypot(x - 0.5, y - 0.62), np.arctan2(y - 0.62, x - 0.5)
    gold = np.array([214.0, 170, 84])
    shine = 0.6 + 0.4 * np.cos(3 * angle) * np.cos(38 * radius)
    picture = np.full((*radius.shape, 3), 252.0)
    disc = (radius < 0.2)[..., None]
    picture = np.where(disc, gold * shine[..., None] + 30, picture)
    facets = np.cos(8 * angle + 0.4) * np.cos(70 * radius)
    picture = np.where((radius < 0.09)[..., None], np.array([150, 20, 45]) + 75 * facets[..., None], picture)
    arc = np.abs(np.hypot(x - 0.5, (y - 0.2) * 1.2) - 0.24)
    links = 0.55 + 0.45 * np.sin(60 * np.arctan2(y - 0.2, x - 0.5))
    picture = np.where((arc < 0.014)[..., None], gold * links[..., None] + 25, picture)
    averaged = picture.reshape(height * scale, 2, width * scale, 2, 3).mean(axis=(1, 3))
    return np.clip(averaged + 0.5, 0, 255).astype(np.uint8)


def sheet(n: int, side: int = SIDE) -> images.Pixels:
    """A framed drawing of a circle on A4 landscape."""
    height, width = round(side / 1.414), side
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[[8, -9]] = picture[:, [8, -9]] = 40
    rows, columns = np.mgrid[:height, :width]
    circle = np.hypot(rows - height / 2, columns - width / 2) - side * (0.08 + 0.02 * n)
    picture[np.abs(circle) < max(1, side / 500)] = 60
    return picture


def plate(side: int = 200) -> bytes:
    """A circle drawn as a line, as the atelier's draughtsman keeps it."""
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    points = side / 2 + side / 3 * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    seen = np.full((side, side, 3), 255, np.uint8)
    seen[side // 5 : -side // 5, side // 5 : -side // 5] = 120
    box = (side / 6, side / 6, side * 5 / 6, side * 5 / 6)
    return to_bytes(Plate("General view", side, side, box, (Curve(points, OUTLINE, closed=True),), seen))


def tetrahedron() -> bytes:
    """The smallest honest GLB: four golden triangles."""
    points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], np.float32) * 0.01
    faces = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    corners = points[faces].reshape(-1, 3)
    normals = np.repeat(
        np.cross(points[faces][:, 1] - points[faces][:, 0], points[faces][:, 2] - points[faces][:, 0]), 3, 0
    )
    normals = (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32)
    body = corners.tobytes() + normals.tobytes()
    count = len(corners)
    tree = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [1, 0.77, 0.34, 1],
                    "metallicFactor": 1,
                    "roughnessFactor": 0.2,
                }
            }
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "material": 0}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": count,
                "type": "VEC3",
                "min": corners.min(axis=0).tolist(),
                "max": corners.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": corners.nbytes},
            {"buffer": 0, "byteOffset": corners.nbytes, "byteLength": normals.nbytes},
        ],
        "buffers": [{"byteLength": len(body)}],
    }
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def of_the_atelier(store: Store, design: Design) -> Design:
    """The design with a model of the atelier: a golden band, lit by the studio of its master."""
    data = to_glb(build(composed(read("plain gold wedding band").spec), COARSE))
    assert design.branch
    assert design.branch.model
    glb = store.put(data, design.branch.model.glb.recipe)
    models = (design.branch.model.model_copy(update={"glb": glb}),)
    return design.with_branch(design.branch.model_copy(update={"models": models}))


def turntable(store: Store, master: Asset) -> Turntable:
    """One turn in six small frames."""
    frames = [np.roll(paint(side=96), 16 * n, axis=1) for n in range(6)]
    recipe = Recipe(role="turntable", provider="atelier", parents=(master.id,))
    film = store.put(video(frames, seconds=1), recipe)
    return Turntable(frames=6, loop=store.put(loop(frames, seconds=1), recipe), film=film)


def close_up(store: Store, master: Asset, region: Region, n: int, factor: int) -> CloseUp:
    """One attempt: the painted window at twice the size, the second one recoloured by a careless maker."""
    crop = store.put_picture(
        images.crop(store.pixels(master), region.box),
        Recipe(role="crop", provider="crop", parents=(master.id,)),
    )
    answer = paint(factor, region.box, master.width)
    if n == 1:
        answer = np.clip(answer * np.array([1.0, 0.86, 0.7]), 0, 255).astype(np.uint8)
    raw = store.put_picture(
        answer,
        Recipe(
            role="enhance",
            provider="atelier",
            model="atelier-1",
            parents=(crop.id,),
            detail="re-rendered from geometry",
            options={"factor": factor},
            seconds=1.5,
        ),
    )
    examined = examine(store.pixels(crop), answer)
    step = {"provider": "fidelity", "parents": (crop.id, raw.id), "detail": "re-rendered from geometry"}
    kept = {
        role: store.put_picture(pixels, Recipe(role=role, **step))
        for role, pixels in (
            ("register", examined.registered),
            ("lock", examined.locked),
            ("heatmap", examined.heatmap),
        )
    }
    return CloseUp(
        id=f"c{n}",
        region=region,
        factor=factor,
        crop=crop,
        raw=raw,
        registered=kept["register"],
        locked=kept["lock"],
        heatmap=kept["heatmap"],
        fidelity=examined.fidelity.recorded(judged_by(None)),
        decision="accepted",
    )


def finish(store: Store, name: str = "Ruby pendant", *, side: int = SIDE, factor: int = FACTOR) -> Design:
    """Make the whole design in a store; `side` of the master in px, close-ups `factor` times their crops."""
    design = store.create(name, kind="necklace", prompt="A gold pendant with a red stone on a thin chain.")
    master = store.put_picture(
        paint(side=side),
        Recipe(role="generate", provider="atelier", model="atelier-1", prompt=design.prompt, seconds=12.0),
    )
    regions = tuple(
        Region(id=f"r{n}", label=label, **{name: v * side // SIDE for name, v in box.items()})
        for n, (label, box) in enumerate(REGIONS.items())
    )
    subjects = ("master", *(region.id for region in regions))
    sketches = tuple(
        Sketch(
            id=f"s{n}",
            subject=subject,
            title=f"{'General view' if n == 1 else regions[n - 2].label}",
            style="pencil",
            number=n,
            source=master.id,
            sheet=store.put_picture(
                sheet(n, side),
                Recipe(role="sketch", provider="atelier", model="atelier-1", parents=(master.id,)),
            ),
            figures={"precision": 0.98, "recall": 0.95},
            drawing=store.put(plate(), Recipe(role="sketch", provider="atelier")) if n == 1 else None,
        )
        for n, subject in enumerate(subjects, 1)
    )
    model = Model3D(
        id="m1",
        glb=store.put(tetrahedron(), Recipe(role="model", provider="atelier", parents=(master.id,))),
        known="All sides are known: the model is the geometry the master was rendered from.",
        figures={"iou": 0.99, "edge_px": 0.4, "colour_delta_e": 3.1},
        overlay=store.put_picture(paint(), Recipe(role="overlay", provider="overlay", parents=(master.id,))),
        views=tuple(
            View(
                name=name,
                picture=store.put_picture(
                    np.roll(paint(side=128), 20 * n, axis=1),
                    Recipe(role="view", provider="atelier", parents=(master.id,)),
                ),
            )
            for n, name in enumerate(("front", "side"), 1)
        ),
        turntable=turntable(store, master),
    )
    branch = Branch(
        master=master,
        checks=(Check(name="resolution", label="Resolution", figure="384 x 384 px", ok=True),),
        regions=regions,
        close_ups=tuple(close_up(store, master, region, n, factor) for n, region in enumerate(regions)),
        sketches=sketches,
        models=(model,),
    )
    return store.update(
        design.id, lambda d: d.with_master(branch).model_copy(update={"candidates": (master,)})
    )

"""A small finished design: a painted piece, five close-ups the gate measured, six sheets, a tetrahedron."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from pipeline import images
from pipeline.fidelity import examine
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
)
from pipeline.store import Store

SIDE = 384
FACTOR = 2
REGIONS = (
    ("pendant", 128, 176, 128, 128),
    ("chain", 40, 30, 96, 96),
    ("clasp", 150, 8, 84, 64),
    ("side", 96, 200, 72, 96),
    ("edge", 200, 240, 96, 72),
)


def paint(scale: int = 1, box: tuple[int, int, int, int] = (0, 0, SIDE, SIDE)) -> images.Pixels:
    """Paint a window of a gold disc with a red stone on a chain; `scale` pixels per master pixel."""
    left, top, width, height = box
    fine = 2 * scale
    y = (np.arange(height * fine) / fine + top)[:, None] / SIDE
    x = (np.arange(width * fine) / fine + left)[None, :] / SIDE
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


def sheet(n: int) -> images.Pixels:
    """A framed drawing of some lines."""
    picture = np.full((240, 320, 3), 255, np.uint8)
    picture[[8, -9]] = picture[:, [8, -9]] = 40
    rows, columns = np.mgrid[:240, :320]
    picture[np.abs(np.hypot(rows - 120, columns - 160) - 30 - 8 * n) < 1] = 60
    return picture


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


def close_up(store: Store, master: Asset, region: Region, n: int) -> CloseUp:
    """One attempt: the painted window at twice the size, the second one recoloured by a careless maker."""
    crop = store.put_picture(
        images.crop(store.pixels(master), region.box),
        Recipe(role="crop", provider="crop", parents=(master.id,)),
    )
    answer = paint(FACTOR, region.box)
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
            options={"factor": FACTOR},
            seconds=1.5,
        ),
    )
    examined = examine(store.read(crop), store.read(raw))
    step = {"provider": "fidelity", "parents": (crop.id, raw.id), "detail": "re-rendered from geometry"}
    kept = {
        role: store.put_picture(images.decode(data), Recipe(role=role, **step))
        for role, data in (
            ("register", examined.registered),
            ("lock", examined.locked),
            ("heatmap", examined.heatmap),
        )
    }
    return CloseUp(
        id=f"c{n}",
        region=region,
        factor=FACTOR,
        crop=crop,
        raw=raw,
        registered=kept["register"],
        locked=kept["lock"],
        heatmap=kept["heatmap"],
        fidelity=examined.fidelity.to_dict(),
        decision="accepted",
    )


def finish(store: Store, name: str = "Ruby pendant", labels: tuple[str, ...] = ()) -> Design:
    """Make the whole design in a store."""
    design = store.create(name, kind="necklace", prompt="A gold pendant with a red stone on a thin chain.")
    master = store.put_picture(
        paint(),
        Recipe(role="generate", provider="atelier", model="atelier-1", prompt=design.prompt, seconds=12.0),
    )
    regions = tuple(
        Region(id=f"r{n}", label=labels[n] if labels else label, x=x, y=y, width=w, height=h)
        for n, (label, x, y, w, h) in enumerate(REGIONS)
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
                sheet(n), Recipe(role="sketch", provider="atelier", model="atelier-1", parents=(master.id,))
            ),
            figures={"precision": 0.98, "recall": 0.95},
        )
        for n, subject in enumerate(subjects, 1)
    )
    model = Model3D(
        id="m1",
        glb=store.put(tetrahedron(), Recipe(role="model", provider="atelier", parents=(master.id,))),
        known="All sides are known: the model is the geometry the master was rendered from.",
        figures={"iou": 0.99},
    )
    branch = Branch(
        master=master,
        checks=(Check(name="resolution", label="Resolution", figure="384 x 384 px", ok=True),),
        regions=regions,
        close_ups=tuple(close_up(store, master, region, n) for n, region in enumerate(regions)),
        sketches=sketches,
        models=(model,),
    )
    return store.update(
        design.id, lambda d: d.with_master(branch).model_copy(update={"candidates": (master,)})
    )


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that holds the finished design; tests only read from it."""
    return Store(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def finished(shelf: Store) -> Design:
    """The finished design."""
    return finish(shelf)


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    """An empty data folder."""
    return Store(tmp_path / "empty")

"""What we claim about 3D models, measured again: reprojection, validity, sizes, and how long the angles take.

Run as `python -m benchmarks model3d`, or `python -m benchmarks.model3d COUNT` for another number of random specs.
"""

import io
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import trimesh

from pipeline import views
from pipeline.atelier.camera import master_camera
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.stl import to_stl
from pipeline.atelier.language.prompt import read as read_prompt
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.orders import CandidatesOrder, ModelOrder, TurntableOrder, ViewsOrder
from pipeline.photo.foreground import foreground
from pipeline.photo.relief import relief
from pipeline.settings import Settings
from pipeline.solids.pose import find
from pipeline.solids.raster import look
from pipeline.solids.reading import read
from pipeline.solids.score import FILM_PX, overlap, score, square, square_mask
from pipeline.solids.usdz import to_usdz
from pipeline.stages import generate
from pipeline.stages.tools import StageOrder
from pipeline.workbench import Workbench
from tests.atelier.random_spec import random_spec
from tests.photo.pieces import SILVER, necklace, pair, solitaire
from tests.validator import opened

SPECS = 100
CAST = 20
POSES = 5
RING = "a rose gold solitaire ring with a 1.2 ct oval sapphire"


def main() -> None:
    measure(SPECS)


def measure(count: int) -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer, opened() as validator:
        pieces = {seed: build(random_spec(seed)) for seed in range(count)}
        glbs = {seed: to_glb(piece) for seed, piece in pieces.items()}
        reproject(pieces, glbs, renderer)
        print(f"Khronos glTF-Validator {validator.version()}")
        spoilt = [seed for seed, data in glbs.items() if validator.complaints(data)]
        print(
            f"  atelier: {len(glbs) - len(spoilt)} of {len(glbs)} specs without error or warning {spoilt or ''}"
        )
        reliefs = [relief(rgb, mask) for rgb, mask in photographs()]
        clean = sum(not validator.complaints(data) for data in reliefs)
        print(f"  relief: {clean} of {len(reliefs)} pictures without error or warning")
    laid_reliefs()
    closed(pieces)
    search(pieces, glbs)
    angles()


def reproject(pieces: dict[int, Piece], glbs: dict[int, bytes], renderer: Renderer) -> None:
    """The file through its own camera against the pixels the renderer exposes."""
    fits, sizes = defaultdict(list), defaultdict(list)
    for seed, piece in pieces.items():
        solid = read(glbs[seed])
        exposed = renderer.gbuffer(piece, master_camera(piece), width=FILM_PX, height=FILM_PX).part >= 0
        fits[piece.kind].append(overlap(look(solid, solid.camera, FILM_PX).silhouette, exposed))
        sizes[piece.kind].append(len(glbs[seed]) / 1e6)
    print(
        f"{len(pieces)} random specs, silhouettes of {FILM_PX} px   IoU worst, median   GLB MB median, worst"
    )
    for kind in sorted(fits):
        print(
            f"  {kind:10s} {len(fits[kind]):4d} {min(fits[kind]):28.5f}, {np.median(fits[kind]):.5f}"
            f" {np.median(sizes[kind]):14.2f}, {max(sizes[kind]):.2f}"
        )
    worst = min(min(found) for found in fits.values())
    print(f"  worst of all {worst:.5f} (wanted: at least 0.995)")


def photographs() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Twelve drawn pieces with their true masks."""
    for side in (420, 560, 700):
        for drawn in (solitaire, necklace, pair):
            yield drawn(side).picture()
        yield solitaire(side, backdrop=(225, 226, 228), metal=SILVER).picture()


def laid_reliefs() -> None:
    """Reliefs over the pictures they were raised from, the mask found, not given."""
    fits = []
    for rgb, _ in photographs():
        mask = foreground(rgb)
        solid = read(relief(rgb, mask))
        fits.append(score(solid, solid.camera, square(rgb), square_mask(mask)).figures)
    worst, colours = min(f["iou"] for f in fits), [f["colour_delta_e"] for f in fits]
    print(
        f"reliefs over their pictures: IoU worst {worst:.4f}, colour median {np.median(colours):.1f} CIEDE2000"
    )


def closed(pieces: dict[int, Piece]) -> None:
    """Every part by trimesh, and some STLs as they are read from the file."""
    parts = [part for piece in pieces.values() for part in piece.parts]
    tight = sum(trimesh.Trimesh(p.vertices, p.faces, process=False).is_watertight for p in parts)
    print(f"trimesh: {tight} of {len(parts)} parts watertight")
    some = list(pieces.values())[:CAST]
    cast = [trimesh.load(io.BytesIO(to_stl(piece)), file_type="stl") for piece in some]
    print(f"trimesh: {sum(mesh.is_watertight for mesh in cast)} of {len(cast)} STLs watertight")
    sizes = [len(to_usdz(to_glb(piece))) / 1e6 for piece in some]
    print(f"USDZ: median {np.median(sizes):.1f} MB, worst {max(sizes):.1f} MB of {len(sizes)}")


def search(pieces: dict[int, Piece], glbs: dict[int, bytes]) -> None:
    """The camera forgotten and found again from the silhouette."""
    fits, turns, begun = [], [], time.process_time()
    for seed in list(pieces)[:POSES]:
        solid = read(glbs[seed])
        silhouette = look(solid, solid.camera, FILM_PX).silhouette
        master = np.where(silhouette[..., None], 128, 255).astype(np.uint8) * np.ones(3, np.uint8)
        camera = find(solid, master, silhouette)
        fits.append(overlap(look(solid, camera, FILM_PX).silhouette, silhouette))
        turn = np.trace(camera.axes @ solid.camera.axes.T)
        turns.append(float(np.degrees(np.arccos(np.clip((turn - 1) / 2, -1, 1)))))
    spent = (time.process_time() - begun) / POSES
    rows = ", ".join(f"{fit:.3f} ({turn:.0f}° off)" for fit, turn in zip(fits, turns, strict=True))
    print(f"camera searched for, {POSES} pieces: IoU {rows}; {spent:.0f} CPU-s each")


def angles() -> None:
    """Six stills and a turntable of the same ring, path-traced and rasterised, as the app makes them."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Settings(data_dir=Path(folder)))
        design = bench.store.create("Ring", kind="ring", prompt=RING)
        do(
            bench,
            CandidatesOrder(
                design_id=design.id,
                provider="atelier",
                prompt=RING,
                kind="ring",
                size=1024,
                seed=0,
                count=1,
            ),
        )
        first = bench.store.load(design.id).candidates[0]
        generate.set_master(bench.store, design.id, first)
        do(bench, ModelOrder(design_id=design.id, provider="atelier"))
        traced = [do(bench, kind(design_id=design.id)) for kind in (ViewsOrder, TurntableOrder)]
        turn = bench.store.load(design.id).branch.model.turntable
        print(f"path-traced on {cores} cores: six views {traced[0]:.1f} s, turntable {traced[1]:.1f} s")
        print(
            f"  turntable: WebP {turn.loop.size_bytes / 1e3:.0f} kB, WebM {turn.film.size_bytes / 1e3:.0f} kB"
        )
        bench.bring_model(design.id, to_glb(build(read_prompt(RING).spec))).wait()
        drawn = [do(bench, kind(design_id=design.id)) for kind in (ViewsOrder, TurntableOrder)]
        print(f"rasterised on {cores} cores: six views {drawn[0]:.1f} s, turntable {drawn[1]:.1f} s")
        assert len(bench.store.load(design.id).branch.model.views) == len(views.STILLS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"  peak {peak:.0f} MB in this process, {worker:.0f} MB in the largest other")


def do(bench: Workbench, order: StageOrder) -> float:
    """Seconds a piece of work takes. Raises what it failed with."""
    begun = time.monotonic()
    job = bench.submit(order)
    job.wait()
    for row in job.troubles:
        raise row.error
    return time.monotonic() - begun


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else SPECS)

"""Re-measure what the atelier claims about geometry: 200 random specs build closed, 120 prompts are read right.

Run: python -m benchmarks.atelier_geometry [count]
"""

import sys
import time
from collections import defaultdict

import numpy as np

from pipeline.atelier.build import build
from pipeline.atelier.gltf import to_glb
from pipeline.atelier.mesh import Mesh, volume
from pipeline.atelier.prompt import read
from pipeline.atelier.stl import to_stl
from tests.atelier.prompt_table import rows
from tests.atelier.random_spec import random_spec
from tests.atelier.test_prompt import count_of, stone_of


def measure(count: int) -> None:
    """Print one table of geometry and one line about the grammar."""
    build_s, glb_s, size, faces, closed = (defaultdict(list) for _ in range(5))
    for seed in range(count):
        spec = random_spec(seed)
        start = time.process_time()
        piece = build(spec)
        built = time.process_time()
        glb = to_glb(piece)
        build_s[spec.kind].append(built - start)
        glb_s[spec.kind].append(time.process_time() - built)
        size[spec.kind].append(len(glb))
        faces[spec.kind].append(sum(len(part.faces) for part in piece.parts))
        closed[spec.kind].append(all(is_closed(Mesh(p.vertices, p.faces)) for p in piece.parts))
    print(f"{count} random valid specs")
    print(
        "kind        pieces  closed  build CPU-s (median, worst)  triangles (median)  GLB kB (median, worst)  GLB CPU-s"
    )
    for kind in sorted(build_s):
        print(
            f"{kind:10s} {len(closed[kind]):7d} {sum(closed[kind]):7d} {np.median(build_s[kind]):14.2f}, "
            f"{max(build_s[kind]):5.2f} {np.median(faces[kind]):22,.0f} {np.median(size[kind]) / 1e3:15,.0f}, "
            f"{max(size[kind]) / 1e3:7,.0f} {np.median(glb_s[kind]):12.2f}"
        )
    start = time.process_time()
    right = [agrees(row) for row in rows()]
    each = (time.process_time() - start) / len(right)
    print(
        f"prompts read right in kind, metal, stone and count: {sum(right)} of {len(right)}, {each * 1e3:.1f} ms each"
    )
    start = time.process_time()
    stl = to_stl(build(read("six prong diamond solitaire in platinum").spec))
    print(f"solitaire as STL: {len(stl) / 1e6:.1f} MB, {time.process_time() - start:.2f} CPU-s with building")


def is_closed(mesh: Mesh) -> bool:
    """Every edge has its counterpart, and the body encloses a positive volume."""
    edges = np.concatenate([mesh.faces[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]).astype(np.int64)
    forward = np.sort(edges[:, 0] * len(mesh.vertices) + edges[:, 1])
    backward = np.sort(edges[:, 1] * len(mesh.vertices) + edges[:, 0])
    return bool(np.array_equal(forward, backward)) and volume(mesh) > 0


def agrees(row: tuple[str, str, str, str, str]) -> bool:
    """Whether a prompt of the table is read as expected."""
    kind, metal, stone, count, prompt = row
    spec = read(prompt).spec
    return (spec.kind, spec.metal, stone_of(spec), count_of(spec)) == (kind, metal, stone, count)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
